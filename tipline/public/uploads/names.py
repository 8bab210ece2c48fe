"""The name under which a desk will see a file."""

import re
import unicodedata

MAX_NAME = 255  # characters

_LONGEST_ENDING = 16
_NAMELESS = "file"
_FOLDERS = re.compile(r"[/\\]")


def clean_name(name: str) -> str:
    """A file's name without folders and what does not print, at most 255 characters with its ending kept.

    What turns the direction of writing goes too: it would show "gpj.exe" as "exe.jpg".
    """
    last = _FOLDERS.split(unicodedata.normalize("NFC", name))[-1]
    printing = "".join(character for character in last if unicodedata.category(character)[0] != "C")
    plain = printing.strip(" .") or _NAMELESS
    if len(plain) <= MAX_NAME:
        return plain
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > _LONGEST_ENDING:
        return plain[:MAX_NAME]
    return f"{stem[: MAX_NAME - len(ending) - 1]}.{ending}"
