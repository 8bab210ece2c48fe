"""Looking for words that must be nowhere: the forms they can take, and the places a process can leave them.

Every canary holds one of two marks, so that a search for the marks finds all of them; what has no mark (a
tracking code, a cookie, an address) is searched for by itself.
"""

import base64
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from crypto.tracking_codes import TrackingCode

LATIN = "zqcanary"
CHINESE = "金丝雀暗号"
MARKS = (LATIN, CHINESE)

MOST_BYTES = 64 * 1024 * 1024
"""Of one open file; none of ours is larger."""


def canary(name: str) -> str:
    """Words for one field, with both marks in them."""
    return f"{LATIN}-{name}-{CHINESE}"


def forms(text: str) -> frozenset[bytes]:
    """A text as it could stand somewhere, by whatever way it was written down."""
    escaped = json.dumps(text)[1:-1]
    references = "".join(f"&#{ord(letter)};" for letter in text)
    percent = "".join(f"%{byte:02X}" for byte in text.encode())
    spelled = {
        text.encode(),
        text.encode("utf-16-le"),
        text.encode("utf-16-be"),
        escaped.encode(),
        escaped.upper().replace("\\U", "\\u").encode(),
        references.encode(),
        quote(text).encode(),
        quote(text).lower().encode(),
        percent.encode(),
        percent.lower().encode(),
        text.encode("unicode_escape"),
        repr(text.encode())[2:-1].encode(),
    }
    return frozenset(spelled | raw_forms(text.encode()))


def raw_forms(raw: bytes) -> frozenset[bytes]:
    """Bytes as they are, in hex, and in base64 wherever in a longer text they begin."""
    found = {raw, raw.hex().encode(), raw.hex().upper().encode()}
    for offset, skipped in ((0, 0), (1, 2), (2, 3)):
        whole = base64.b64encode(bytes(offset) + raw).rstrip(b"=")
        # The last digit also holds bits of what follows, unless the bytes end with it.
        stop = len(whole) - 1 if (offset + len(raw)) % 3 else len(whole)
        found |= {whole[skipped:stop], whole[skipped:stop].replace(b"+", b"-").replace(b"/", b"_")}
    return frozenset(found)


def code_forms(code: str) -> dict[str, frozenset[bytes]]:
    """A tracking code: its bytes, what opens the mailbox, and its groups in pairs."""
    parsed, groups = TrackingCode.parse(code), code.split()
    pairs = [
        f"{one}{between}{two}"
        for one, two in zip(groups[::2], groups[1::2], strict=True)
        for between in (" ", "", "+", "%20")
    ]
    return {
        "the code's bytes": raw_forms(parsed.raw) | raw_forms(parsed.raw[:8]),
        "the code's locator": raw_forms(parsed.locator),
        "the code's key": raw_forms(parsed.identity.seed) | raw_forms(parsed.claim_key.seed),
        "groups of the code": frozenset().union(
            *(raw_forms(pair.encode()) | {pair.encode("utf-16-le")} for pair in pairs)
        ),
    }


@dataclass
class Search:
    """What is looked for, by a name, and where: folders with everything below them, files, processes."""

    folders: tuple[Path, ...]
    leader: int = 0
    wanted: dict[str, frozenset[bytes]] = field(default_factory=lambda: {mark: forms(mark) for mark in MARKS})
    _clean: dict[bytes, set[frozenset[bytes]]] = field(default_factory=dict, repr=False)

    def add(self, wanted: Mapping[str, Iterable[bytes]]) -> None:
        """Look for more."""
        self.wanted |= {name: frozenset(needles) for name, needles in wanted.items()}

    def findings(self) -> list[str]:
        """What stands where; empty when nothing does."""
        return [f"{name} in {place}" for place, held in self.places() for name in self._found_in(held)]

    def _found_in(self, held: bytes) -> Iterator[str]:
        """The names of what these bytes hold. Where something was not, it is not looked for again."""
        clean = self._clean.setdefault(sha256(held).digest(), set())
        for name, needles in self.wanted.items():
            if needles in clean:
                continue
            if any(needle in held for needle in needles):
                yield name
            else:
                clean.add(needles)

    def places(self) -> Iterator[tuple[str, bytes]]:
        """Names and content of all files, and what the processes hold open, deleted or not."""
        for folder in self.folders:
            for path in [folder] if folder.is_file() else sorted(folder.rglob("*")):
                yield f"the name {path}", os.fsencode(path.name)
                with suppress(FileNotFoundError, IsADirectoryError, OSError):
                    if stat.S_ISREG(path.lstat().st_mode):
                        yield str(path), path.read_bytes()
        seen: set[tuple[int, int]] = set()
        for process in family(self.leader) if self.leader else ():
            yield from _open_files(process, seen)


def family(leader: int) -> list[int]:
    """A process and everything that came from it."""
    found = [leader]
    for process in found:
        with suppress(FileNotFoundError, ProcessLookupError):
            for task in Path(f"/proc/{process}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


def _open_files(process: int, seen: set[tuple[int, int]]) -> Iterator[tuple[str, bytes]]:
    with suppress(FileNotFoundError, ProcessLookupError):
        for descriptor in Path(f"/proc/{process}/fd").iterdir():
            with suppress(OSError):
                target, status = str(descriptor.readlink()), descriptor.stat()
                if stat.S_ISREG(status.st_mode) and (status.st_dev, status.st_ino) not in seen:
                    seen.add((status.st_dev, status.st_ino))
                    with descriptor.open("rb") as file:
                        yield f"{target}, open in {process}", file.read(MOST_BYTES)
