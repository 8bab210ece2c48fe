"""All that somebody finds out who has both databases, the log, and every key of staff and mint.

A clue is something that is said of each award, or of each voucher: a column, a field of a file or statement,
a place in a list, table or file, a hash, a size, a day, a number that the mint was shown.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from crypto.blind_rsa import EXPONENT
from tests.keeper.rewards.till import YEAR
from tests.rewards.many_awards import View
from tests.rewards.quick_keys import quick_key

Place = tuple[int, ...]
Clues = dict[str, dict[bytes, Any]]
"""By name of the clue, what it says of each award (by its tip) or voucher (by its hash)."""
NAMED_BY_NUMBER: Final = ("index", "award", "collected[][]", "collected[]")
"""Where a whole number is the name of an award."""
TREE_PAGES: Final = (2, 10)
"""SQLite's kinds of pages that hold rows without a number. Source: sqlite.org/fileformat2.html, 1.3, 1.6."""


@dataclass
class Known:
    """What stands about each award and each voucher, and which award stands alone in a row with a voucher."""

    awards: Clues = field(default_factory=lambda: defaultdict(dict))
    vouchers: Clues = field(default_factory=lambda: defaultdict(dict))
    in_one_row: dict[bytes, bytes] = field(default_factory=dict)


def look(view: View) -> Known:
    """Read everything, and sort it by what it is about."""
    names, known = _Names(view), Known()
    for path in (view.keeper, view.main):
        for table, place, row in rows_of(path):
            _note(known, names, table, {**row, "#": place})
        for key, place in places_in(path, (*names.numbers.values(), *view.presented)):
            of = known.vouchers if key in view.presented else known.awards
            of[f"{path.name} first place"].setdefault(key, place)
            of[f"{path.name} last place"][key] = place
    for of, keys in ((known.awards, names.numbers.values()), (known.vouchers, view.presented)):
        for key in keys:
            of["id"][key], of["hash"][key] = key, sha256(key).digest()
    return known


def rows_of(path: Path) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Each row of a database: its table, its place as the database hands it out, its columns."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for place, row in enumerate(connection.execute(f'SELECT * FROM "{table}"')):
                yield table, place, dict(row)


def places_in(path: Path, keys: tuple[bytes, ...]) -> Iterator[tuple[bytes, int]]:
    """Where in a file the rows with these keys lie, wherever the key comes first in the row."""
    known, lengths, content = frozenset(keys), {len(key) for key in keys}, path.read_bytes()
    size_of_page = int.from_bytes(content[16:18], "big")
    for start in range(size_of_page, len(content), size_of_page):  # the first page has no rows of ours
        page = content[start : start + size_of_page]
        if page[0] not in TREE_PAGES:
            continue
        child = 4 if page[0] == TREE_PAGES[0] else 0
        count = int.from_bytes(page[3:5], "big")
        for pointer in range(8 + child, min(8 + child + 2 * count, size_of_page), 2):
            row = int.from_bytes(page[pointer : pointer + 2], "big")
            size = row + child
            while page[size : size + 1] >= b"\x80":  # a number of several bytes: how long the row is
                size += 1
            header = int.from_bytes(page[size + 1 : size + 2], "big")  # which begins with its own length
            for length in lengths:
                key = page[size + 1 + header : size + 1 + header + length]
                if key in known:
                    yield key, start + row


class _Names:
    """Under which values awards and vouchers appear: awards by a number, too."""

    def __init__(self, view: View) -> None:
        self.tips: dict[Any, bytes] = {}
        self.numbers: dict[int, bytes] = {}
        self.spents: dict[Any, bytes] = {}
        with closing(sqlite3.connect(view.keeper)) as connection:
            awards = connection.execute('SELECT tip, "index", file FROM awards').fetchall()
            vouchers = connection.execute("SELECT spent, pickup FROM vouchers").fetchall()
        for tip, number, file in awards:
            [award] = json.loads(file)["awards"]
            names = {tip, tip.hex(), award["claim"], award["digest"], award["proof"]}
            names |= {bytes.fromhex(award["claim"])}
            self.tips |= dict.fromkeys(names - {"", b""}, tip)
            self.numbers[number] = tip
        for spent, pickup in vouchers:
            held = view.presented[spent]
            secrets = (spent, pickup, held.message, held.signature)
            self.spents |= {name: spent for secret in secrets for name in (secret, secret.hex())}

    def find(self, path: str, leaf: Any) -> tuple[bytes | None, bytes | None]:
        """The tip of the award and the hash of the voucher that a value names."""
        if isinstance(leaf, int):
            return (self.numbers.get(leaf) if path.endswith(NAMED_BY_NUMBER) else None), None
        return self.tips.get(leaf), self.spents.get(leaf)


def _note(known: Known, names: _Names, table: str, row: Mapping[str, Any]) -> None:
    """Note what a row says of the awards and vouchers in it."""
    leaves = list(_leaves("", row))
    tips, spents = set[bytes](), set[bytes]()
    for path, place, leaf in leaves:
        tip, spent = names.find(path, leaf)
        if tip is not None:
            known.awards[f"{table}{path} place"][tip] = place
            tips.add(tip)
        if spent is not None:
            known.vouchers[f"{table}{path} place"][spent] = place
            spents.add(spent)
    for clues, owners in ((known.awards, tips), (known.vouchers, spents)):
        if owners:
            for path, said in _single(leaves):
                clues[f"{table}{path}"].update(dict.fromkeys(owners, said))
    if len(tips) == 1:
        known.in_one_row |= dict.fromkeys(spents, *tips)


def _single(leaves: Sequence[tuple[str, Place, Any]]) -> Iterator[tuple[str, Any]]:
    """What a row says once, and how long that is."""
    for path, _, leaf in leaves:
        if "[]" not in path:
            yield path, leaf
            if isinstance(leaf, bytes | str):
                yield f"{path} length", len(leaf)


def _leaves(path: str, value: Any, place: Place = ()) -> Iterator[tuple[str, Place, Any]]:
    """Every single value in a row: where it stands, and its places in all lists around it."""
    if isinstance(value, bytes) and value[:1] == b"{":
        with suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _leaves(f"{path}.{name}", each, place)
    elif isinstance(value, list) and len(value) == 1:
        yield from _leaves(path, value[0], place)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _leaves(f"{path}[]", each, (*place, number))
    else:
        yield path, place, value


def arithmetic(view: View, value: int) -> tuple[Clues, Clues]:
    """What the mint saw when it signed, and what it sees now; both also by a secret prime of the key."""
    asked: Clues = defaultdict(dict)
    shown: Clues = defaultdict(dict)
    for tip, requests in view.requests.items():
        for request in requests:
            if request.value == value:
                asked["asked.blinded"][tip] = request.blinded
                asked["asked.signed"][tip] = request.signed
                asked["asked.character"][tip] = _character(value, request.blinded)
    for spent, voucher in view.presented.items():
        if voucher.value == value:
            encoded = _encoded(value, voucher.signature)
            shown["shown.encoded"][spent] = encoded
            shown["shown.message"][spent] = voucher.message
            shown["shown.signature"][spent] = voucher.signature
            shown["shown.character"][spent] = _character(value, encoded)
    return asked, shown


@cache
def _encoded(value: int, signature: bytes) -> bytes:
    """What was signed."""
    public = quick_key(YEAR, value).public
    return public.write(pow(int.from_bytes(signature, "big"), EXPONENT, public.n))


@cache
def _character(value: int, number: bytes) -> bool:
    """Whether a number is a square by a prime of the key."""
    prime = quick_key(YEAR, value).primes[0]
    return pow(int.from_bytes(number, "big"), (prime - 1) // 2, prime) == 1
