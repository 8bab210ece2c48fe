"""Verification of an export: whatever was changed, cut, swapped or forged, it fails, and says where."""

import io
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crypto import canonical
from crypto.keys import SigningKey
from crypto.merkle import EMPTY_ROOT
from crypto.notes import Checkpoint, NoteSigner, NoteVerifier, add_signature, sign_checkpoint
from crypto.statements import Entry, Statement
from tests.evidence.logs import Log, read, sample
from tests.passkeys import SoftPasskey
from tests.roster.township import (
    AUDITOR,
    INTEGRITY,
    LOG_KEY,
    NEWCOMER,
    ORIGIN,
    REGISTRAR,
    REVIEWER_A,
    START,
    body,
    desk,
    genesis,
    signed,
    unit,
)
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.verify import VerifyResult, verify_export

KEY = NoteVerifier(ORIGIN, LOG_KEY.public)
LOG = sample()
EXPORT = LOG.export()
SIZE = len(LOG.entries)
OTHER_KEY = SigningKey.from_seed(b"\x07" * 32)


def verify(data: bytes, *, key: NoteVerifier | None = KEY, old: bytes | None = None) -> VerifyResult:
    return verify_export(io.BytesIO(data), log_key=key, old_checkpoint=old, progress=None)


def failure(data: bytes, *, key: NoteVerifier | None = KEY, old: bytes | None = None) -> VerificationFailed:
    with pytest.raises(VerificationFailed) as failed:
        verify(data, key=key, old=old)
    return failed.value


def after(log: Log | None = None) -> Log:
    """A log to which something bad is going to be added, as entry SIZE."""
    return (log or LOG).copy()


@given(st.integers(0, len(EXPORT) - 1), st.integers(1, 255))
@example(len(EXPORT) - 1, ord("\n") ^ ord(" "))
def test_no_byte_can_be_changed(place: int, difference: int) -> None:
    changed = bytearray(EXPORT)
    changed[place] ^= difference
    for key in (KEY, None):
        failure(bytes(changed), key=key)


@given(st.integers(0, len(EXPORT) - 1), st.binary(min_size=1, max_size=3))
def test_no_byte_can_be_put_in_or_taken_out(place: int, more: bytes) -> None:
    failure(EXPORT[:place] + EXPORT[place + 1 :])
    longer = EXPORT[:place] + more + EXPORT[place:]
    if longer != EXPORT:
        failure(longer)
    failure(EXPORT + more)


@pytest.mark.parametrize("place", range(SIZE))
def test_a_bad_entry_is_named_by_its_index(place: int) -> None:
    lines = EXPORT.splitlines(keepends=True)
    line = lines[place + 1]
    at = line.index(b'"nonce":"') + len(b'"nonce":"')
    changed = line[:at] + (b"0" if line[at : at + 1] != b"0" else b"1") + line[at + 1 :]
    assert failure(b"".join([*lines[: place + 1], changed, *lines[place + 2 :]])).index == place


@pytest.mark.parametrize("place", range(1, SIZE))
def test_a_deleted_or_swapped_entry_is_named_by_its_index(place: int) -> None:
    lines = EXPORT.splitlines(keepends=True)
    assert failure(b"".join([*lines[:place], *lines[place + 1 :]])).index == place - 1
    swapped = [*lines[:place], lines[place + 1], lines[place], *lines[place + 2 :]]
    assert failure(b"".join(swapped)).index == place - 1


@pytest.mark.parametrize("size", range(SIZE))
def test_a_cut_tail_fails_with_the_signed_checkpoint(size: int) -> None:
    failure(Log(LOG.entries[:size]).export(checkpoint=LOG.checkpoint()))


@pytest.mark.parametrize("size", range(1, SIZE))
def test_a_tail_cut_by_the_logs_owner_fails_with_an_earlier_checkpoint(size: int) -> None:
    cut = Log(LOG.entries[:size]).export()
    assert verify(cut).size == size
    failed = failure(cut, old=LOG.checkpoint())
    assert failed.sentence == f"entries before {SIZE} were changed or the tail was cut"


@pytest.mark.parametrize("place", range(1, SIZE - 1))
def test_a_log_rewritten_by_its_owner_fails_with_an_earlier_checkpoint(place: int) -> None:
    rewritten = LOG.copy()
    statement = Entry.decode(LOG.entries[place]).statement
    rewritten.entries[place] = Entry(START + place, "refused", "bad-signature", statement).encode()
    other = Log(rewritten.entries[: place + 1])
    other.done(read(77, at=START + 20))
    assert verify(other.export()).size == place + 2
    assert "were changed" in failure(other.export(), old=LOG.checkpoint(place + 1)).sentence


def test_an_earlier_checkpoint_of_another_log_or_key_is_refused() -> None:
    stranger = Log(LOG.entries, key=OTHER_KEY).checkpoint(3)
    assert "earlier checkpoint is not signed" in failure(EXPORT, old=stranger).sentence
    assert "earlier checkpoint is malformed" in failure(EXPORT, old=b"nothing").sentence
    elsewhere = NoteSigner("other.example/log", LOG_KEY)
    other = sign_checkpoint(Checkpoint("other.example/log", 1, EMPTY_ROOT), [elsewhere])
    assert "earlier checkpoint" in failure(EXPORT, old=other).sentence
    empty = sign_checkpoint(Checkpoint(ORIGIN, 0, OTHER_KEY.public.raw), [NoteSigner(ORIGIN, LOG_KEY)])
    assert "entries before 0" in failure(EXPORT, old=empty).sentence


def test_another_key_than_the_one_given_is_refused() -> None:
    assert failure(EXPORT, key=NoteVerifier(ORIGIN, OTHER_KEY.public)).index == 0
    assert failure(EXPORT, key=NoteVerifier("other.example/log", LOG_KEY.public)).index is None
    forged = Log(LOG.entries, key=OTHER_KEY)
    for key in (KEY, None):
        assert "checkpoint is not signed" in failure(forged.export(), key=key).sentence


def test_a_whole_log_under_another_key_agrees_with_itself_and_with_no_given_key() -> None:
    other = Log(key=OTHER_KEY)
    body = genesis(log_key=OTHER_KEY.public.raw.hex())
    other.done(Statement.signed(body, {"keeper": OTHER_KEY}))
    assert not verify(other.export(), key=None).signer_checked
    assert failure(other.export()).index == 0


def test_a_checkpoint_with_a_line_that_nobody_checks_is_refused() -> None:
    more = add_signature(LOG.checkpoint(), NoteSigner("witness.example", OTHER_KEY))
    assert "does not cover" in failure(LOG.export(checkpoint=more)).sentence


def test_an_empty_log_is_no_log() -> None:
    assert failure(Log().export()).index == 0


def first(entry: Entry) -> bytes:
    return Log([entry.encode()]).export()


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(Entry(START, "refused", "malformed", signed(genesis())), id="refused"),
        pytest.param(Entry(START, "done", "", signed(read(1))), id="no genesis"),
        pytest.param(Entry(START, "done", "", Statement(genesis(), {})), id="not signed"),
        pytest.param(
            Entry(START, "done", "", Statement.signed(genesis(), {"keeper": OTHER_KEY})), id="forged"
        ),
        pytest.param(
            Entry(START, "done", "", signed({**genesis(), "log": "other.example"})), id="another log"
        ),
        pytest.param(Entry(START, "done", "", signed(genesis(desks=[]))), id="members without desks"),
    ],
)
def test_a_bad_genesis_is_entry_0(entry: Entry) -> None:
    assert failure(first(entry)).index == 0


def test_a_genesis_other_than_the_first_line_names_is_refused() -> None:
    header, rest = EXPORT.split(b"\n", 1)
    value = {**canonical.decode(header), "genesis": "ab" * 32}
    assert failure(canonical.encode(value) + b"\n" + rest).index == 0


BAD = {
    "unsigned": Statement(read(9, at=START + 20), {}),
    "forged": Statement.signed(read(9, at=START + 20), {REVIEWER_A: OTHER_KEY}),
    "by a stranger": Statement.signed(read(9, by=["m00000099"], at=START + 20), {"m00000099": OTHER_KEY}),
}


@pytest.mark.parametrize("statement", BAD.values(), ids=BAD.keys())
def test_what_is_done_was_signed_under_the_keys_of_its_time(statement: Statement) -> None:
    log = after()
    log.done(statement)
    assert failure(log.export()).index == SIZE


@pytest.mark.parametrize("statement", BAD.values(), ids=BAD.keys())
def test_what_is_refused_was_signed_too_unless_that_is_the_reason(statement: Statement) -> None:
    for reason in ("stale", "not-allowed", "excluded"):
        log = after()
        log.refused(statement, reason)
        assert failure(log.export()).index == SIZE
    for reason in ("bad-signature", "unknown-member", "removed-member", "malformed", "too-large"):
        log = after()
        log.refused(statement, reason)
        assert verify(log.export()).size == SIZE + 1


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(read(9, by=[INTEGRITY], at=START + 20), id="a desk that is not held"),
        pytest.param(read(9, by=[NEWCOMER], at=START + 20), id="by a removed member"),
        pytest.param(read(9, by=["keeper"], at=START + 20), id="a reading by the keeper"),
        pytest.param(body("remove", [REVIEWER_A], at=START + 20, member=INTEGRITY), id="not a registrar"),
        pytest.param(
            body("desk", [REGISTRAR], at=START + 20, desk=desk("rewards")), id="one signature for two"
        ),
        pytest.param(body("audit", [REVIEWER_A], at=START + 20, first=0, count=1), id="an audit by a reader"),
        pytest.param(body("export", [AUDITOR], at=START + 20, size=1, root=""), id="an export by an auditor"),
        pytest.param(body("unreadable", ["keeper"], at=START + 20, digest=""), id="done and unreadable"),
        pytest.param(body("something", [REGISTRAR], at=START + 20), id="an unknown type"),
        pytest.param({**genesis(), "at": START + 20, "nonce": "cd" * 16}, id="a second genesis"),
        pytest.param({**read(9, at=START + 20), "log": "other.example/log"}, id="for another log"),
    ],
)
def test_what_the_roster_forbids_was_not_done(statement: dict[str, Any]) -> None:
    log = after()
    log.done(statement)
    assert failure(log.export()).index == SIZE
    refused = after()
    refused.refused(statement, "not-allowed")
    assert verify(refused.export()).size == SIZE + 1


def test_a_statement_is_done_once() -> None:
    log = after()
    log.done(read(9, at=START + 20))
    log.done(read(9, at=START + 20))
    assert failure(log.export()).index == SIZE + 1
    twice = after()
    twice.done(read(9, at=START + 20))
    twice.refused(read(9, at=START + 20), "replayed")
    assert verify(twice.export()).size == SIZE + 2


@pytest.mark.parametrize("difference", [-121, 121])
def test_a_statement_is_done_when_it_is_made(difference: int) -> None:
    log = after()
    log.done(read(9, at=START + 500), at=START + 500 - difference)
    assert failure(log.export()).index == SIZE
    refused = after()
    refused.refused(read(9, at=START + 500), "stale", at=START + 500 - difference)
    assert verify(refused.export()).size == SIZE + 1


def test_another_statement_with_a_nonce_used_before_spoils_nothing() -> None:
    log = after()
    log.done({**read(9, at=START + 20), "nonce": read(1)["nonce"]})
    assert verify(log.export()).size == SIZE + 1


def test_entries_do_not_go_back_in_time() -> None:
    log = after()
    log.refused(read(9, at=START + 20), "stale", at=START + 9)
    assert failure(log.export()).index == SIZE


def test_a_log_goes_on_when_the_keepers_clock_was_set_back() -> None:
    log = after()
    log.refused(read(8, at=START + 9_000), "excluded")
    log.done(read(9, at=START + 20), at=START + 9_000)
    assert verify(log.export()).size == SIZE + 2
    log.done(read(10, at=START + 9_200), at=START + 9_000)
    assert failure(log.export()).index == SIZE + 2


def test_a_malformed_entry_is_named() -> None:
    log = after()
    log.entries.append(b'{"v":1}')
    assert failure(log.export()).index == SIZE


def test_a_whole_log_verifies() -> None:
    result = verify(EXPORT)
    assert (result.size, result.origin, result.signer_checked, result.old_size) == (SIZE, ORIGIN, True, None)
    assert sign_checkpoint(Checkpoint(ORIGIN, result.size, result.root), [LOG.signer]) == LOG.checkpoint()


def test_without_a_key_the_signer_is_not_checked() -> None:
    assert not verify(EXPORT, key=None).signer_checked


@pytest.mark.parametrize("size", range(SIZE + 1))
def test_a_log_that_grew_goes_on_from_every_earlier_checkpoint(size: int) -> None:
    assert verify(EXPORT, old=LOG.checkpoint(size)).old_size == size


def test_progress_is_told() -> None:
    seen: list[tuple[int, int | None]] = []
    verify_export(
        io.BytesIO(EXPORT),
        log_key=None,
        old_checkpoint=None,
        progress=lambda done, whole: seen.append((done, whole)),
    )
    assert seen == [(SIZE, SIZE)]


# ------------------------------------------------------------------ what passkeys said


def with_passkey(*, answers: bool) -> Log:
    """A log in which the registrar has a passkey, and adds a unit with or without its answer."""
    soft, log = SoftPasskey.make(), after()
    bring = signed(
        body("passkey", [REGISTRAR], at=START + 20, member=REGISTRAR, passkey=soft.passkey.fields())
    )
    log.done(bring.add_assertion(REGISTRAR, soft.answer(bring.challenge)))
    change = signed(body("unit", [REGISTRAR, INTEGRITY], at=START + 21, unit=unit("u6")))
    log.done(change.add_assertion(REGISTRAR, soft.answer(change.challenge)) if answers else change)
    return log


def test_a_change_of_the_roster_without_its_passkey_s_answer_is_found_by_anybody() -> None:
    assert failure(with_passkey(answers=False).export()).index == SIZE + 1


def test_a_change_of_the_roster_with_its_passkey_s_answer_verifies() -> None:
    assert verify(with_passkey(answers=True).export()).size == SIZE + 2
