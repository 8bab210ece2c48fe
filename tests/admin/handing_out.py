"""Where the page of a file that was made says that it waits."""

import re
from typing import Final

ADDRESS: Final = re.compile(r'<a role="button" href="([^"]+)" download>')


def ready_at(page: str) -> str:
    """The address of the file; empty where the page offers none."""
    found = ADDRESS.search(page)
    return found[1] if found else ""
