"""A cleaner, and what it makes of a whole file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tipline.cleaning.service import Cleaner

Clean = Callable[[bytes, str], bytes]


@pytest.fixture
def cleaner(tmp_path: Path) -> Cleaner:
    return Cleaner(tmp_path / "slots", wait=60)


@pytest.fixture
def clean(cleaner: Cleaner) -> Clean:
    def whole(file: bytes, media_type: str) -> bytes:
        with cleaner.clean(media_type, [file[:1000], file[1000:]]) as pieces:
            return b"".join(pieces)

    return whole
