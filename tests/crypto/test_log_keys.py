"""The log's keys follow one another: each by a statement that the old one signs and the new one proves."""

from typing import Any

import pytest

from crypto.errors import BadFormat, BadSignature, CryptoError
from crypto.keys import SigningKey
from crypto.log_keys import (
    CHAIN,
    KEEPER,
    Link,
    LogVerifier,
    follow_key,
    key_proof,
    next_key_fields,
    open_following,
)
from crypto.merkle import EMPTY_ROOT
from crypto.mldsa import MldsaSigningKey
from crypto.notes import (
    Checkpoint,
    NoteSigner,
    NoteVerifier,
    open_checkpoint,
    open_json,
    sign_checkpoint,
    sign_json,
)
from crypto.statements import Statement

ORIGIN = "log.example/tips"
FIRST, SECOND, THIRD, STRANGE = (SigningKey.from_seed(bytes([number]) * 32) for number in range(1, 5))
PQ = MldsaSigningKey.from_seed(b"\x09" * 32)
CHANGED = 10
"""Where the second key's statement stands; the third's stands at twice that."""


def body(**changes: Any) -> dict[str, Any]:
    base = {"v": 1, "log": ORIGIN, "at": 1_700_000_000, "nonce": "00" * 16, "by": [KEEPER]}
    return {**base, **next_key_fields(ORIGIN, FIRST.public, SECOND, PQ.public), **changes}


def statement(
    old: SigningKey = FIRST, new: SigningKey = SECOND, signer: SigningKey | None = None
) -> Statement:
    fields = body(**next_key_fields(ORIGIN, old.public, new, PQ.public))
    return Statement.signed(fields, {KEEPER: signer or old})


LINKS = (Link(CHANGED, statement()), Link(2 * CHANGED, statement(SECOND, THIRD)))


@pytest.fixture
def verifier() -> LogVerifier:
    return LogVerifier(ORIGIN, FIRST.public)


def note(key: SigningKey, **fields: Any) -> bytes:
    return sign_json({"v": 1, **fields}, NoteSigner(ORIGIN, key))


def checkpoint(key: SigningKey, size: int) -> bytes:
    return sign_checkpoint(Checkpoint(ORIGIN, size, EMPTY_ROOT), [NoteSigner(ORIGIN, key)])


# ---------------------------------------------------------------- a statement


def test_a_next_key_that_the_old_one_did_not_sign_is_refused() -> None:
    for signer in (SECOND, STRANGE):
        with pytest.raises(BadSignature):
            follow_key(ORIGIN, FIRST.public, statement(signer=signer))


def test_a_next_key_that_does_not_prove_itself_is_refused() -> None:
    fields = body()
    fields["proof"] = STRANGE.sign(key_proof(ORIGIN, FIRST.public, fields)).hex()
    with pytest.raises(BadSignature):
        follow_key(ORIGIN, FIRST.public, Statement.signed(fields, {KEEPER: FIRST}))


def test_a_proof_for_another_log_or_another_old_key_is_none() -> None:
    for origin, old in (("other.example", FIRST), (ORIGIN, STRANGE)):
        fields = body(**next_key_fields(origin, old.public, SECOND, PQ.public))
        with pytest.raises(BadSignature):
            follow_key(ORIGIN, FIRST.public, Statement.signed(fields, {KEEPER: FIRST}))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"type": "export"}, id="another type"),
        pytest.param({"log": "other.example"}, id="another log"),
        pytest.param({"by": ["m00000000"]}, id="a member"),
        pytest.param({"more": 1}, id="a field too many"),
        pytest.param({"log_key": "00" * 31}, id="a short key"),
        pytest.param({"log_key": SECOND.public.raw.hex().upper()}, id="hex in capitals"),
        pytest.param({"log_key": FIRST.public.raw.hex()}, id="the old key"),
        pytest.param({"log_key": 1}, id="no text"),
        pytest.param({"log_key_pq": "AAAA"}, id="a short second key"),
        pytest.param({"proof": "00"}, id="a short proof"),
    ],
)
def test_a_statement_of_another_form_brings_no_key(changes: dict[str, Any]) -> None:
    fields = body(**changes)
    with pytest.raises(BadFormat):
        follow_key(ORIGIN, FIRST.public, Statement.signed(fields, {fields["by"][0]: FIRST}))


def test_a_statement_brings_both_keys() -> None:
    pair = follow_key(ORIGIN, FIRST.public, statement())
    assert (pair.key, pair.pq) == (SECOND.public, PQ.public)


# -------------------------------------------------------------------- a chain


def test_a_chain_that_does_not_begin_with_the_pinned_key_is_refused(verifier: LogVerifier) -> None:
    with pytest.raises(CryptoError):
        verifier.follow(LINKS[1:])
    with pytest.raises(CryptoError):
        verifier.follow([Link(CHANGED, statement(STRANGE, SECOND))])
    assert verifier.links == ()


def test_another_chain_than_the_known_one_is_refused(verifier: LogVerifier) -> None:
    verifier.follow(LINKS[:1])
    with pytest.raises(BadSignature):  # the first key, in strange hands, names another successor
        verifier.follow([Link(CHANGED, statement(FIRST, STRANGE))])
    with pytest.raises(BadSignature):
        verifier.follow([Link(CHANGED + 1, statement()), LINKS[1]])
    assert verifier.present.key == SECOND.public


def test_a_chain_out_of_order_or_back_to_an_old_key_is_refused(verifier: LogVerifier) -> None:
    for links in (
        [LINKS[0], Link(CHANGED, LINKS[1].statement)],
        [LINKS[0], Link(2 * CHANGED, statement(SECOND, FIRST))],
    ):
        with pytest.raises(BadFormat):
            verifier.follow(links)


def test_a_shorter_chain_changes_nothing(verifier: LogVerifier) -> None:
    verifier.follow(LINKS)
    verifier.follow(LINKS[:1])
    verifier.follow([])
    assert verifier.links == LINKS
    assert verifier.present.key == THIRD.public


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"index": 1},
        {"index": 0, "statement": {}},
        {"index": True, "statement": {}},
        {"index": 1, "statement": 1},
        [],
    ],
)
def test_a_link_of_another_form_is_refused(value: object) -> None:
    with pytest.raises(BadFormat):
        Link.read(value)


def test_a_link_reads_as_it_was_written() -> None:
    assert Link.read(LINKS[0].to_fields()) == LINKS[0]


# --------------------------------------------------- which key signs for what


@pytest.mark.parametrize(
    ("key", "place", "holds"),
    [
        (FIRST, CHANGED - 1, True),
        (FIRST, CHANGED, False),
        (FIRST, 10 * CHANGED, False),
        (SECOND, CHANGED - 1, False),
        (SECOND, CHANGED, True),
        (SECOND, 2 * CHANGED - 1, True),
        (SECOND, 2 * CHANGED, False),
        (THIRD, 2 * CHANGED - 1, False),
        (THIRD, 2 * CHANGED, True),
        (STRANGE, CHANGED, False),
    ],
)
def test_a_key_signs_for_its_own_part_of_the_log_alone(
    verifier: LogVerifier, key: SigningKey, place: int, *, holds: bool
) -> None:
    verifier.follow(LINKS)
    for open_it in (
        lambda: open_json(note(key, index=place), verifier),
        lambda: open_json(note(key, version=place), verifier),
        lambda: open_checkpoint(checkpoint(key, place + 1), [verifier]),
    ):
        if holds:
            open_it()
        else:
            with pytest.raises(BadSignature):
                open_it()


def test_a_note_that_rests_on_no_entry_counts_under_the_present_key_alone(verifier: LogVerifier) -> None:
    verifier.follow(LINKS)
    for key in (FIRST, SECOND):
        with pytest.raises(BadSignature):
            open_json(note(key), verifier)
    assert open_json(note(THIRD), verifier) == {"v": 1}


def test_a_single_key_is_a_chain_of_one() -> None:
    plain = NoteVerifier(ORIGIN, FIRST.public)
    verifier = LogVerifier.of(plain)
    assert verifier == plain
    assert LogVerifier.of(verifier) is verifier
    assert LogVerifier.parse(plain.vkey).present == plain
    assert open_json(note(FIRST), verifier) == {"v": 1}


# ------------------------------------------------ a note that brings the chain


def test_a_note_teaches_its_chain_only_when_its_last_key_signed_it(verifier: LogVerifier) -> None:
    fields = {"version": CHANGED, CHAIN: [link.to_fields() for link in LINKS[:1]]}
    for key in (FIRST, STRANGE):
        with pytest.raises(BadSignature):
            open_following(note(key, **fields), verifier)
    assert not verifier.links
    assert open_following(note(SECOND, **fields), verifier)["version"] == CHANGED
    assert verifier.links == LINKS[:1]


def test_a_stolen_first_key_makes_no_note_after_it_was_changed(verifier: LogVerifier) -> None:
    verifier.follow(LINKS[:1])
    with pytest.raises(BadSignature):
        open_following(note(FIRST, version=999), verifier)


@pytest.mark.parametrize("chain", [{}, [{}], "x"])
def test_a_note_with_a_malformed_chain_is_refused(verifier: LogVerifier, chain: object) -> None:
    with pytest.raises(BadFormat):
        open_following(note(FIRST, version=1, **{CHAIN: chain}), verifier)
