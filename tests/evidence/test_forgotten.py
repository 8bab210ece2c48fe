"""A statement may be missing only where a later entry says so, and its time was over."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from crypto.merkle import Frontier, leaf_hash
from crypto.notes import Checkpoint, NoteVerifier, sign_checkpoint
from crypto.statements import commitment
from tests.evidence import alone
from tests.evidence.logs import Log, read, salt
from tests.roster.township import (
    AUDITOR,
    LOG_KEY,
    NEWCOMER,
    ORIGIN,
    POLICE,
    REGISTRAR,
    REVIEWER_A,
    START,
    body,
    genesis,
    member,
)
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.export import ExportWriter
from tipline.evidence.verify import VerifyResult, verify_export

KEY: Final = NoteVerifier(ORIGIN, LOG_KEY.public)
DAY: Final = 86_400
TERM: Final = 1826
NOW: Final = START + (TERM + 10) * DAY

verifier = alone.load()


def old_log() -> Log:
    """Readings, an entry that stays for ever, readings from today: entries 1 to 3 are old."""
    log = Log()
    log.done(genesis())
    log.done(read(1, at=START + 1))
    log.done(read(2, at=START + 2))
    log.done(read(3, at=START + 3))
    log.done(body("member", [REGISTRAR], at=START + 4, member=member(NEWCOMER, POLICE)))
    log.done(read(5, at=NOW - 20))
    return log


def forget(
    log: Log, entries: Sequence[Sequence[int]], *, days: int = TERM, by: str = "keeper", at: int = NOW
) -> None:
    """State that entries are forgotten that were logged before a day."""
    before = datetime.fromtimestamp(at - days * DAY, UTC).date().isoformat()
    log.done(body("forget", [by], at=at, entries=[list(pair) for pair in entries], before=before), at=at)


def export(log: Log, gone: Sequence[int]) -> bytes:
    """The export of a log without some entries."""
    out = io.BytesIO()
    writer, tree = ExportWriter(out), Frontier()
    whole = log.export()
    out.write(whole[: whole.index(b"\n") + 1])
    writer._next = 0
    for index, entry in enumerate(log.entries):
        leaf = leaf_hash(commitment(salt(index), entry))
        tree.append(leaf)
        if index in gone:
            writer.forgotten(index, leaf)
        else:
            writer.entry(index, salt(index), entry)
    writer.finish(sign_checkpoint(Checkpoint(ORIGIN, tree.size, tree.root()), [log.signer]))
    return out.getvalue()


def verify(data: bytes) -> VerifyResult:
    return verify_export(io.BytesIO(data), log_key=KEY, old_checkpoint=None, progress=None)


def refused(data: bytes, tmp_path: Path) -> str:
    """Both verifiers refuse; why the service's own does."""
    file = tmp_path / "export"
    file.write_bytes(data)
    with pytest.raises(verifier.Failed) as alone_failed:
        verifier.verify(file, verifier.Pins(verifier.Key.parse(KEY.vkey), "", None))
    with pytest.raises(VerificationFailed) as failed:
        verify(data)
    assert failed.value.index is None or f"entry {failed.value.index}:" in str(alone_failed.value)
    return failed.value.sentence


def test_an_entry_that_nobody_forgot_may_not_be_missing(tmp_path: Path) -> None:
    assert "no later entry says" in refused(export(old_log(), [2]), tmp_path)
    log = old_log()
    forget(log, [[1, 1]])
    assert "no later entry says" in refused(export(log, [1, 2]), tmp_path)


def test_an_entry_is_not_forgotten_by_one_that_comes_before_it(tmp_path: Path) -> None:
    log = old_log()
    forget(log, [[1, 1]])
    log.done(read(7, at=NOW + 5))
    assert "no later entry says" in refused(export(log, [1, 7]), tmp_path)


def test_what_was_too_young_is_not_forgotten(tmp_path: Path) -> None:
    log = old_log()
    forget(log, [[1, 3]], days=TERM - 1)
    assert refused(export(log, [1, 2, 3]), tmp_path) == "it forgets what was not old enough"
    log = old_log()
    log.done(read(6, at=NOW - 10))
    forget(log, [[1, 3], [5, 5]])
    assert "before its time" in refused(export(log, [1, 2, 3, 5]), tmp_path)


def test_no_member_forgets_anything(tmp_path: Path) -> None:
    for by in (AUDITOR, REVIEWER_A):
        log = old_log()
        forget(log, [[1, 3]], by=by)
        assert "the keeper alone" in refused(export(log, [1, 2, 3]), tmp_path)


@pytest.mark.parametrize("entries", [[[3, 1]], [[1, 2], [2, 3]], [[1, 9]], [[0, 3]], [[1]], [["1", 3]]])
def test_what_is_forgotten_is_named_in_order_and_lies_behind(
    entries: list[list[int]], tmp_path: Path
) -> None:
    log = old_log()
    forget(log, entries)
    assert "what is forgotten" in refused(export(log, [1, 2, 3]), tmp_path)


def test_the_first_entry_and_the_roster_are_never_forgotten(tmp_path: Path) -> None:
    log = old_log()
    forget(log, [[1, 4]])
    log.done(read(8, by=[NEWCOMER], at=NOW + 9))
    refused(export(log, [0]), tmp_path)
    refused(export(log, [4]), tmp_path)  # who signed last is unknown without it


def test_what_was_old_and_is_named_may_be_missing(tmp_path: Path) -> None:
    log = old_log()
    forget(log, [[1, 2]])
    forget(log, [[3, 3]], at=NOW + 2 * DAY)
    data = export(log, [1, 2, 3])
    result = verify(data)
    assert (result.forgotten, result.size) == (3, 8)
    file = tmp_path / "export"
    file.write_bytes(data)
    proved = verifier.verify(file, verifier.Pins(verifier.Key.parse(KEY.vkey), "", None))
    assert any("3 statements are gone" in sentence for sentence in proved.yes)
    assert verify(export(log, [1])).forgotten == 1  # another copy may have more


def test_a_leaf_that_was_changed_is_found(tmp_path: Path) -> None:
    log = old_log()
    forget(log, [[1, 3]])
    data = export(log, [1, 2, 3])
    place = data.index(b'"forgotten":true,"index":2,"leaf":"') + len(b'"forgotten":true,"index":2,"leaf":"')
    changed = data[:place] + (b"0" if data[place : place + 1] != b"0" else b"1") + data[place + 1 :]
    assert "not that of these entries" in refused(changed, tmp_path)


def test_a_longer_term_of_two_people_is_kept(tmp_path: Path) -> None:
    log = Log()
    log.done(genesis())
    log.done(body("deadlines", [REGISTRAR, AUDITOR], at=START, days={"statement": 2000}))
    log.done(read(1, at=START + 1))
    log.done(body("member", [REGISTRAR], at=START + 4, member=member(NEWCOMER, POLICE)))
    forget(log, [[2, 2]])
    assert refused(export(log, [2]), tmp_path) == "it forgets what was not old enough"
