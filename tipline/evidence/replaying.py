"""The statements of a log, one after the other, each under the roster and the keys of its place.

Exports bring every entry, packs only some: of a pack each change of the roster is replayed, and what hangs on
the neighbours of an entry is not asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final

from crypto.errors import BadFormat
from crypto.log_keys import LOG_KEY
from crypto.merkle import leaf_hash
from crypto.notes import Checkpoint, NoteVerifier
from crypto.statements import DONE, Entry, commitment
from tipline.evidence.disclosures import Disclosures
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.interference import Register
from tipline.evidence.kinds import Kinds
from tipline.evidence.lines import ExportedEntry
from tipline.evidence.payees import Payees
from tipline.evidence.questions import Questions
from tipline.evidence.rewards import Rewards
from tipline.evidence.routes import Routes, day_of
from tipline.evidence.signatures import Signatures
from tipline.rewards.ledger import Ledger
from tipline.roster import Roster, RosterRefused
from tipline.roster.acknowledging import ACKNOWLEDGE, ROLLBACK, ROWS
from tipline.roster.freshness import FRESH_SECONDS, oldest
from tipline.roster.rules import KEEPER
from tipline.roster.sensitive import require_assertions

UNREADABLE: Final = "unreadable"
UNPROVEN: Final = frozenset({"malformed", "too-large", "bad-signature", "unknown-member", "removed-member"})
"""Refusals that the keeper may state before it knows that the signers signed."""


def is_unreadable(entry: Entry) -> bool:
    """Whether the keeper logged the digest of what it refused, in a statement of its own."""
    body = entry.statement.body
    return body["type"] == UNREADABLE and list(body["by"]) == [KEEPER]


@dataclass(frozen=True)
class Rollback:
    """Two people took the log as it stands after it was set back: both heads, and where they say so."""

    index: int
    by: tuple[str, ...]
    lost: tuple[int, str]
    found: tuple[int, str]

    def explains(self, size: int) -> bool:
        """Whether a checkpoint of this size covers entries that were lost with it."""
        return self.found[0] < size <= self.lost[0]

    def sentence(self, earlier: Checkpoint) -> str:
        """What an earlier checkpoint beyond it means."""
        people = " and ".join(self.by)
        return (
            f"the earlier checkpoint (size {earlier.size}, root {earlier.root.hex()}) covers entries that "
            f"are gone: the log was set back, and in entry {self.index} {people} acknowledged that it goes "
            f"on from size {self.found[0]}, root {self.found[1]}, instead of size {self.lost[0]}, root "
            f"{self.lost[1]}"
        )


@dataclass(frozen=True)
class RowsTaken:
    """Two people let changed rows of the keeper's database count: where they say so, on which UTC day."""

    index: int
    day: date
    by: tuple[str, ...]

    def sentence(self) -> str:
        """What that means for whoever verifies the log."""
        return (
            f"In entry {self.index}, of {self.day}, {' and '.join(self.by)} acknowledged that changed rows "
            "of the keeper's database count as they were found: what had been changed, no statement tells."
        )


class Replay:
    """What is known at one place of a log: the roster, the log's keys, the time."""

    def __init__(self, origin: str, genesis: str, signatures: Signatures, *, whole: bool) -> None:
        """Begin before entry 0, whose hex SHA-256 is `genesis`; `whole` when no entry is left out.

        What `take` says holds once `signatures` has found all that it was handed to be right.
        """
        self.keys: list[NoteVerifier] = []  # of the log, the present one last
        self.rollbacks: list[Rollback] = []
        self.rows: list[RowsTaken] = []
        self._origin = origin
        self._genesis = genesis
        self._signatures = signatures
        self._whole = whole
        self._roster: Roster | None = None
        self._routes = Routes(whole=whole)
        self._kinds = Kinds()
        self._rewards = Rewards(self._routes, whole=whole)
        self._disclosures = Disclosures(self._routes, self._rewards.payees, whole=whole)
        self._payees = Payees()
        self._questions = Questions(whole=whole)
        self._register = Register(whole=whole)
        self._last_at = 0
        # Digests of all done statements, about 120 bytes each: times may stand still (see _check_time), so no
        # window of time would do. Bare nonces would not do either: whoever used one of theirs again an hour
        # later, which the keeper lets pass, would spoil the log for good.
        self._done: set[bytes] = set()

    @property
    def roster(self) -> Roster:
        """The roster behind the last entry.

        Raises:
            VerificationFailed: there was none yet.
        """
        if self._roster is None:
            raise VerificationFailed(0, "the log has no first entry")
        return self._roster

    def take(self, exported: ExportedEntry) -> Entry:
        """Check one entry and go on behind it.

        Raises:
            VerificationFailed: it is not what its leaf says, or not what its signers may state.
        """
        index = exported.index
        if leaf_hash(commitment(exported.salt, exported.entry)) != exported.leaf:
            raise VerificationFailed(index, "the entry is not the one that its leaf commits to")
        try:
            entry = Entry.decode(exported.entry)
        except BadFormat as error:
            raise VerificationFailed(index, f"the entry is malformed ({error})") from error
        if self._roster is None:
            self._found(entry, sha256(exported.entry).hexdigest())
        elif entry.outcome == DONE:
            self._check_done(self._roster, entry, index)
        else:
            self._check_refused(self._roster, entry, index)
        if entry.at < self._last_at:
            raise VerificationFailed(index, "its time lies before that of the entry before")
        self._last_at = entry.at
        self._note_key()
        return entry

    @property
    def routed(self) -> int:
        """Of how many tips, not erased, a statement gave the route."""
        return self._routes.routed

    @property
    def books(self) -> Ledger:
        """What the statements about rewards come to."""
        return self._rewards.ledger

    def miss(self) -> None:
        """An entry is gone here."""
        _ = self.roster  # entry 0 is never forgotten
        self._routes.miss()
        self._rewards.miss()
        self._disclosures.end()

    def end(self) -> None:
        """The log ends here.

        Raises:
            VerificationFailed: something should have followed.
        """
        self._disclosures.end()

    def _found(self, entry: Entry, digest: str) -> None:
        """Begin roster and keys with entry 0."""
        if entry.outcome != DONE or digest != self._genesis:
            raise VerificationFailed(0, "the first entry is not the genesis that the first line names")
        try:
            self._roster = Roster.from_genesis(entry.statement.body)
            self._note_key()
        except (RosterRefused, BadFormat) as error:
            raise VerificationFailed(0, f"the genesis is malformed ({error})") from error
        if self._roster.origin != self._origin:
            raise VerificationFailed(0, "the genesis is of another log")
        self._check_signatures(self._roster, entry, 0)

    def _note_key(self) -> None:
        """Take up the log's key as the roster names it now."""
        if self._roster is not None and (not self.keys or self.keys[-1].key != self._roster.log_key):
            self.keys.append(NoteVerifier(self._origin, self._roster.log_key))

    def _check_refused(self, roster: Roster, entry: Entry, index: int) -> None:
        self._disclosures.end()
        if is_unreadable(entry):
            self._check_signatures(roster, entry, index)
            _check_named(roster, entry, index)
        elif entry.reason not in UNPROVEN:
            self._check_signatures(roster, entry, index)

    def _check_done(self, roster: Roster, entry: Entry, index: int) -> None:
        body = entry.statement.body
        self._check_signatures(roster, entry, index)
        self._check_time(body, entry.at, index)
        digest = bytes.fromhex(entry.statement.digest)
        if digest in self._done:
            raise VerificationFailed(index, "its statement was done before")
        self._done.add(digest)
        try:
            require_assertions(roster, entry.statement)
            roster.check(body)
            self._routes.take(roster, entry, index)
            self._kinds.take(body, index)
            self._disclosures.take(roster, entry, index)
            self._questions.take(entry, index)
            self._register.take(roster, entry, index)
            self._rewards.take(roster, entry, index)
            if self._whole:
                self._payees.take(entry, index)
            self._roster = roster.apply(index, body)
        except RosterRefused as error:
            raise VerificationFailed(index, f"the roster forbids it ({error})") from error
        if body["type"] == ACKNOWLEDGE and body["what"] == ROWS:
            self.rows.append(RowsTaken(index, day_of(entry.at), tuple(body["by"])))
        if body["type"] == ACKNOWLEDGE and body["what"] == ROLLBACK and body["lost"]:
            heads = (body[name] for name in ("lost", "found"))
            lost, found = ((head["size"], head["root"]) for head in heads)
            self.rollbacks.append(Rollback(index, tuple(body["by"]), lost, found))

    def _check_time(self, body: Mapping[str, Any], logged: int, index: int) -> None:
        # When the keeper's clock is set back, its entries stand still in time until it has caught up, while
        # statements bear the right time: then a statement may seem old, but never new. In a pack nobody sees
        # whether time stood still. A log's next key is stated while its keeper stands still, and is logged
        # whenever that starts; the time proves nothing.
        if body["type"] == LOG_KEY:
            return
        stands_still = logged == self._last_at or not self._whole
        age = logged - body["at"]
        if age < -FRESH_SECONDS or (age > oldest(body) and not stands_still):
            raise VerificationFailed(index, "its statement was not made when it was logged")

    def _check_signatures(self, roster: Roster, entry: Entry, index: int) -> None:
        try:
            keys = {signer: roster.key_of(signer) for signer in entry.statement.signers}
        except RosterRefused as error:
            raise VerificationFailed(index, "somebody signed whom the roster does not know") from error
        self._signatures.take(entry.statement, keys, index)


def _check_named(roster: Roster, entry: Entry, index: int) -> None:
    """Members whom the keeper names were there to sign; who else signed, it does not know."""
    members = entry.statement.body.get("members", [])
    known = isinstance(members, list) and all(isinstance(one, str) for one in members)
    if not known or not all(one in roster.members and roster.members[one].active for one in members):
        raise VerificationFailed(index, "it names members whom the roster does not know")
