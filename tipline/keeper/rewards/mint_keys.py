"""The private keys of vouchers: made for a year before anything is set aside in it, and published at once.

The files are durable before the statement that names them: a key that everybody knows is never lost. One
statement names all keys of a year, so roster, directory, auditors and verifiers know the same ones, and none
can be made for one person.
"""

import threading
from collections.abc import Mapping
from typing import Any, Final

from crypto.blind_rsa import MintKey
from crypto.errors import BadFormat
from tipline.keeper.asked import Settled
from tipline.keeper.errors import KeyFilesUnsafe, Refusal, Unavailable
from tipline.keeper.fields import read_number
from tipline.keeper.folder import KeeperFolder
from tipline.keeper.kept_time import KeptTime
from tipline.keeper.rewards.money import KeyRow, put_key
from tipline.keeper.rewards.settling import settle
from tipline.keeper.state import Draft
from tipline.keeper.writer import Writer
from tipline.keeper_client.reasons import Reason
from tipline.roster import Roster
from tipline.roster.rewards import MOST_VALUES

MISSING: Final = "A private key of the mint is missing, or is another than the one that was published."
EARLY_MONTH: Final = 12
"""From this month on the next year's keys are made: on its first day awards are collected under them."""


class MintKeys:
    """Makes and reads them. A key that was read is kept: to check one takes a tenth of a second."""

    def __init__(self, folder: KeeperFolder, writer: Writer, clock: KeptTime) -> None:
        self._folder = folder
        self._writer = writer
        self._clock = clock
        self._guard = threading.Lock()
        self._keys: dict[tuple[int, int], MintKey] = {}

    def make(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The operation `mint-keys`: have the keys of this year, or of the next one, where there are none.

        One private key for each question, which may take a second; asked again until it is `done`.

        Raises:
            Refusal: wrong-day, for another year.
        """
        year, present = read_number(request, "year"), self._clock.today().year
        if year not in (present, present + 1):
            raise Refusal(Reason.WRONG_DAY)
        return {"done": self._ensure(year, at_once=1)}

    def make_due(self) -> None:
        """Where there are any keys, have those under which awards are collected next."""
        today = self._clock.today()
        known = self._writer.memory.roster.mint_keys
        for year in (today.year, today.year + 1):
            if known and year not in known and (year == today.year or today.month >= EARLY_MONTH):
                self._ensure(year, at_once=MOST_VALUES)

    def key(self, roster: Roster, year: int, value: int) -> MintKey:
        """The private key of a year's vouchers of one value, as the roster knows it.

        Raises:
            Unavailable: the file is missing, unsafe or holds another one.
        """
        with self._guard:
            key = self._keys.get((year, value)) or self._read(year, value)
            if key.public.n_hex != dict(roster.mint_keys.get(year, ())).get(value):
                raise Unavailable(MISSING)
            self._keys[year, value] = key
        return key

    def _ensure(self, year: int, at_once: int) -> bool:
        """Make so many of a year's missing keys; publish all when none is missing. Whether they stand now."""
        with self._guard:
            roster = self._writer.memory.roster
            if year in roster.mint_keys:
                return True
            values, made = roster.reward_rules.values, 0
            for value in values:
                if made == at_once:
                    return False
                made += self._folder.make_mint_key(year, value, lambda: MintKey.generate().to_pem())
                self._keys[year, value] = self._keys.get((year, value)) or self._read(year, value)
            named = [{"value": value, "n": self._keys[year, value].public.n_hex} for value in values]
        settle(self._writer, lambda draft: _publish(draft, year, named))
        return True

    def _read(self, year: int, value: int) -> MintKey:
        try:
            return MintKey.from_pem(self._folder.mint_key(year, value).encode("ascii"))
        except (BadFormat, KeyFilesUnsafe):
            pass  # raised outside the handler: the error may hold a part of the key
        raise Unavailable(MISSING)


def _publish(draft: Draft, year: int, named: list[dict[str, Any]]) -> Settled:
    """State the keys, once; nothing where somebody was quicker."""
    if year in draft.roster.mint_keys:
        return Settled({})
    values = tuple(key["value"] for key in named)
    if values != draft.roster.reward_rules.values:
        raise Refusal(Reason.NO_MINT_KEYS)  # the rules were changed meanwhile: ask again
    for value in values:
        put_key(draft.rows, KeyRow(year, value), new=True)
    return Settled({}, ({"type": "mint-keys", "year": year, "keys": named},))
