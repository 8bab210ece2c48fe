"""Collecting an award: what was approved is minted, under blind signatures, and not a voucher more.

    two claim signatures ─▶ the award's row and its keys' rows, durably ─▶ blind signatures

One is over the blinded values, the other over nothing but that this award was collected in this year: it
stays in the row for the day's statement. No entry tells of the visit. The same request again is answered from
the row; another one is refused. Signatures are computed when the row is durable, outside the writer's turn:
what a crash cut off is computed again.
Source: docs/decisions/0010-rewards.md.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any, Final, NamedTuple, Self

from sqlalchemy import Connection

from crypto.blind_rsa import MintPublicKey
from crypto.errors import BadFormat, BadSignature
from crypto.keys import VerifyKey
from crypto.notes import NoteSigner
from tipline.clock import Clock
from tipline.database import Database
from tipline.keeper.asked import Settled
from tipline.keeper.digests.rows import Rows
from tipline.keeper.errors import Refusal, Unavailable
from tipline.keeper.fields import read_text
from tipline.keeper.pins import Standing, read_standings
from tipline.keeper.rewards import awards
from tipline.keeper.rewards.mint_keys import MintKeys
from tipline.keeper.rewards.money import find_key, put_key
from tipline.keeper.rewards.notes import note_of
from tipline.keeper.rewards.settling import settle
from tipline.keeper.snapshots import look
from tipline.keeper.state import Draft, day_of
from tipline.keeper.writer import Writer
from tipline.keeper_client.collecting import Collect
from tipline.keeper_client.reasons import Reason
from tipline.rewards.amounts import split
from tipline.rewards.award import Award, AwardRefused, AwardState
from tipline.rewards.records import AwardRecord
from tipline.roster import Roster

AT_ONCE: Final = 8
"""Requests that are minted or wait for it; whoever comes then asks again, and most workers stay free."""
BUSY: Final = "The keeper mints for others. Ask again."
_SIGNATURE_LENGTH: Final = 64


class Signatures(NamedTuple):
    """The claim key's, 64 bytes each: over `Collect.message`, and over `Collect.proof`.

    The second is empty where the reporter wants to be paid by name: the log has the first one then.
    """

    request: bytes
    proof: bytes

    @classmethod
    def of(cls, request: Mapping[str, Any], *, named: bool) -> Self:
        """Read them from a request.

        Raises:
            BadFormat: one is missing, or has another form.
        """
        return cls(_signature(request, "signature"), b"" if named else _signature(request, "proof"))

    def require(self, collect: Collect, claim: bytes, log: str) -> None:
        """Check both under a claim key (32 bytes).

        Raises:
            Refusal: claim-signature.
        """
        try:
            key = VerifyKey(claim)
            key.verify(self.request, collect.message(log))
            if not collect.named:
                key.verify(self.proof, collect.proof(log))
        except (BadFormat, BadSignature):
            raise Refusal(Reason.CLAIM_SIGNATURE) from None


class Minting:
    """The operation `mint` of the public site's socket."""

    def __init__(
        self, writer: Writer, database: Database, keys: MintKeys, signer: NoteSigner, clock: Clock
    ) -> None:
        self._writer = writer
        self._database = database
        self._keys = keys
        self._signer = signer
        self._log = signer.name
        self._clock = clock
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._turn = threading.Lock()

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Blind signatures for an award's vouchers; or that it will be paid by name.

        Raises:
            Refusal: as `collected`.
            Unavailable: others are minting; or a key is not at hand.
        """
        collect = Collect.from_fields(request)
        signatures = Signatures.of(request, named=collect.named)
        with self._place():
            # A look first: what is refused, or repeated, never holds up a batch.
            if not self._is_collected(collect, signatures):
                self._collect(collect, signatures)
            return self._named(collect) if collect.named else {"signatures": self._signed(collect)}

    def _named(self, collect: Collect) -> dict[str, Any]:
        """That it will be paid by name, with the note for the mailbox, which need not wait to show it."""

        def question(_connection: Connection, rows: Rows) -> AwardRecord | None:
            award = awards.of_tip(rows, collect.tip)
            return None if award is None else AwardRecord.of(award)

        record = look(self._writer, self._database, question)
        if record is None:
            raise Refusal(Reason.UNKNOWN_AWARD)
        return {"named": True, "record": note_of(record, self._signer, self._writer.memory.roster)}

    def _is_collected(self, collect: Collect, signatures: Signatures) -> bool:
        memory = self._writer.memory

        def question(_connection: Connection, rows: Rows) -> bool:
            award = awards.of_tip(rows, collect.tip)
            standing = read_standings(rows, [collect.tip]).get(collect.tip)
            day = max(day_of(memory.last_at), self._clock.today())
            return award == collected(collect, signatures, award, standing, memory.roster, self._log, day)

        return look(self._writer, self._database, question)

    def _collect(self, collect: Collect, signatures: Signatures) -> None:
        roster = self._writer.memory.roster
        for value in collect.values:  # a key that is not at hand would leave an award collected and unsigned
            self._keys.key(roster, collect.year, value)
        settle(self._writer, lambda draft: _settle(collect, signatures, draft, self._log))

    def _signed(self, collect: Collect) -> list[str]:
        """One at a time of all that are minted, with a pause as long as each took: the mint's arithmetic
        lets no other thread of this process run, and entries must not wait for it."""
        roster, signed = self._writer.memory.roster, []
        for value, blinded in collect.blinded:
            key = self._keys.key(roster, collect.year, value)
            with self._turn:
                began = time.monotonic()
                signed.append(key.blind_sign(blinded).hex())
                time.sleep(time.monotonic() - began)
        return signed

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Unavailable(BUSY)
        try:
            yield
        finally:
            self._places.release()


def collected(
    collect: Collect,
    signatures: Signatures,
    award: Award | None,
    standing: Standing | None,
    roster: Roster,
    log: str,
    day: date,
) -> Award:
    """The award after a request to collect it; the same, when this very request was carried out before.

    Raises:
        Refusal: unknown-award, when the tip has no such award; claim-signature, when the reporter of this
            tip, to whom it was granted, did not sign this, or not that it is collected; not-allowed,
            award-expired or already-collected, as the award stands; wrong-day, for the keys of another year;
            no-mint-keys; wrong-amount, when the blinded values are not the ones that the award is split into.
            malformed, when a blinded number is none for its key.
    """
    if award is None or standing is None or award.index != collect.award:
        raise Refusal(Reason.UNKNOWN_AWARD)
    if award.claim != standing.claim.hex():
        raise Refusal(Reason.CLAIM_SIGNATURE)
    signatures.require(collect, standing.claim, log)
    try:
        after = _after(collect, signatures, award, log, day)
    except AwardRefused as refused:
        raise Refusal(Reason(refused.reason)) from refused
    if after is not award:
        _require_due(collect, award, roster, day)
    return after


def _after(collect: Collect, signatures: Signatures, award: Award, log: str, day: date) -> Award:
    if collect.named:
        return award.by_name(day)
    return award.minted(day, collect.year, collect.digest(log), signatures.proof.hex())


def _require_due(collect: Collect, award: Award, roster: Roster, day: date) -> None:
    if collect.year != day.year:
        raise Refusal(Reason.WRONG_DAY)
    if collect.named:
        return
    keys = dict(roster.mint_keys.get(collect.year, ()))
    if not keys:
        raise Refusal(Reason.NO_MINT_KEYS)
    if collect.values != dict(split(award.amount, keys)):
        raise Refusal(Reason.WRONG_AMOUNT)
    try:
        for value, blinded in collect.blinded:
            MintPublicKey.from_hex(keys[value]).read(blinded)
    except BadFormat as error:
        raise Refusal(Reason.MALFORMED) from error


def _settle(collect: Collect, signatures: Signatures, draft: Draft, log: str) -> Settled:
    """Set the award to collected and count its vouchers, in the batch's transaction, without an entry."""
    award, standing = awards.of_tip(draft.rows, collect.tip), draft.pins.tip(collect.tip)
    after = collected(collect, signatures, award, standing, draft.roster, log, awards.log_day(draft))
    if after == award:
        return Settled({})
    keys = [(find_key(draft.rows, collect.year, value), count) for value, count in collect.values.items()]
    if after.state is AwardState.COLLECTED:
        awards.put(draft.rows, after)
        for key, count in keys:
            put_key(draft.rows, key._replace(minted=key.minted + count, awards=key.awards + 1))
        return Settled({})
    awards.put_told(draft, after)
    named = {"award": after.index, "tip": after.tip, "amount": after.amount}
    wish = {"type": "reward-named", **named, "signature": signatures.request.hex()}
    return Settled({}, (wish,))


def _signature(request: Mapping[str, Any], name: str) -> bytes:
    try:
        signature = bytes.fromhex(read_text(request, name))
    except ValueError as error:
        raise BadFormat("a signature is hex digits") from error
    if len(signature) != _SIGNATURE_LENGTH:
        raise BadFormat("a claim signature has 64 bytes")
    return signature
