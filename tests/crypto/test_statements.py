"""Statements and entries: nothing counts as signed that its signers did not sign."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import canonical
from crypto.assertions import Passkey
from crypto.errors import BadFormat, BadSignature, CryptoError
from crypto.keys import SigningKey
from crypto.statements import (
    ENTRY_TAG,
    MAX_STATEMENT,
    MAX_TIME,
    STATEMENT_TAG,
    Entry,
    Statement,
    commitment,
)
from tests.passkeys import SoftPasskey

ANNA, BELA = SigningKey.from_seed(b"\x01" * 32), SigningKey.from_seed(b"\x02" * 32)
KEYS = {"m00000001": ANNA.public, "m00000002": BELA.public}
BODY: dict[str, Any] = {
    "v": 1,
    "log": "log.example/tips",
    "type": "grant",
    "at": 1_700_000_000,
    "nonce": "ab" * 16,
    "by": ["m00000001", "m00000002"],
    "desk": "intake",
}
STATEMENT = Statement.signed(BODY, {"m00000001": ANNA, "m00000002": BELA})
ENTRY = Entry(1_700_000_001, "done", "", STATEMENT)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("v", 2),
        ("v", True),
        ("v", "1"),
        ("log", ""),
        ("log", 1),
        ("type", ""),
        ("at", -1),
        ("at", True),
        ("at", "now"),
        ("at", MAX_TIME + 1),
        ("nonce", "AB" * 16),
        ("nonce", "ab" * 15),
        ("nonce", "ab" * 16 + "\n"),
        ("by", []),
        ("by", "m00000001"),
        ("by", ["m00000001", "m00000001"]),
        ("by", [""]),
        ("by", [1]),
        ("by", [["m00000001"]]),
        ("extra", None),
    ],
)
def test_a_body_with_a_wrong_field_is_refused(name: str, value: object) -> None:
    with pytest.raises(BadFormat):
        Statement({**BODY, name: value}, {})


@pytest.mark.parametrize("name", ["v", "log", "type", "at", "nonce", "by"])
def test_a_body_without_a_field_is_refused(name: str) -> None:
    with pytest.raises(BadFormat):
        Statement({key: value for key, value in BODY.items() if key != name}, {})


@pytest.mark.parametrize(
    "signatures",
    [
        {"m00000003": STATEMENT.signatures["m00000001"]},
        {"m00000001": "AAAA"},
        {"m00000001": 1},
        {"m00000001": "é"},
        {"m00000001": STATEMENT.signatures["m00000001"][:-3] + "9=="},
        {"m00000001": STATEMENT.signatures["m00000001"] + "\n"},
        [],
        "text",
    ],
)
def test_signatures_of_a_wrong_shape_are_refused(signatures: Any) -> None:
    with pytest.raises(BadFormat):
        Statement(BODY, signatures)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("log", "log.example/other"),
        ("type", "revoke"),
        ("at", BODY["at"] + 1),
        ("nonce", "cd" * 16),
        ("by", ["m00000002", "m00000001"]),
        ("desk", "integrity"),
        ("more", {}),
    ],
)
def test_a_changed_body_no_longer_bears_its_signatures(name: str, value: object) -> None:
    with pytest.raises(BadSignature):
        Statement({**BODY, name: value}, STATEMENT.signatures).verify(KEYS)


def test_every_signer_must_have_signed_with_the_right_key() -> None:
    alone = Statement.signed(BODY, {"m00000001": ANNA})
    with pytest.raises(BadSignature):
        alone.verify(KEYS)
    with pytest.raises(BadSignature):
        alone.add_signature("m00000002", ANNA).verify(KEYS)
    with pytest.raises(BadSignature):
        STATEMENT.verify({"m00000001": ANNA.public})
    swapped = dict(zip(BODY["by"], reversed(list(STATEMENT.signatures.values())), strict=True))
    with pytest.raises(BadSignature):
        Statement(BODY, swapped).verify(KEYS)


def test_a_signature_over_the_bare_body_does_not_count() -> None:
    body = {**BODY, "by": ["m00000001"]}
    bare = Statement.signed(body, {"m00000001": ANNA})
    ANNA.public.verify(base64.b64decode(bare.signatures["m00000001"]), STATEMENT_TAG + canonical.encode(body))
    with pytest.raises(BadSignature):
        ANNA.public.verify(base64.b64decode(bare.signatures["m00000001"]), canonical.encode(body))


def test_a_stranger_cannot_add_a_signature() -> None:
    with pytest.raises(BadFormat):
        STATEMENT.add_signature("m00000003", ANNA)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"body": BODY},
        {"body": [], "signatures": {}},
        {"body": BODY, "signatures": []},
        {"body": BODY, "signatures": {}, "more": 1},
    ],
)
def test_what_is_not_a_statement_is_refused(value: dict[str, Any]) -> None:
    with pytest.raises(BadFormat):
        Statement.decode(canonical.encode(value))


def test_a_statement_over_the_limit_is_neither_made_nor_read() -> None:
    long = Statement({**BODY, "desk": "x" * MAX_STATEMENT}, {})
    with pytest.raises(BadFormat):
        long.encode()
    with pytest.raises(BadFormat):
        Entry(1, "done", "", long).encode()
    encoded = canonical.encode({"body": dict(long.body), "signatures": {}})
    with pytest.raises(BadFormat):
        Statement.decode(encoded)
    with pytest.raises(BadFormat):
        Entry.decode(encoded * 3)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ("done", "stale"),
        ("done", "!"),
        ("refused", ""),
        ("refused", "Stale"),
        ("maybe", ""),
        ("refused", 1),
        ("done", 0),
    ],
)
def test_outcome_and_reason_must_fit(outcome: str, reason: Any) -> None:
    with pytest.raises(BadFormat):
        Entry(1, outcome, reason, STATEMENT)


@pytest.mark.parametrize("withheld", [("a", "a"), (1,), (["a"],)])
def test_withheld_items_are_distinct_texts(withheld: Any) -> None:
    with pytest.raises(BadFormat):
        Entry(1, "done", "", STATEMENT, withheld)


@pytest.mark.parametrize(
    "change", [{"v": 2}, {"v": True}, {"at": -1}, {"body": 1}, {"withheld": "ab"}, {"more": 1}]
)
def test_what_is_not_an_entry_is_refused(change: dict[str, Any]) -> None:
    value = canonical.decode(ENTRY.encode())
    with pytest.raises(BadFormat):
        Entry.decode(canonical.encode({**value, **change}))


@pytest.mark.parametrize(
    "other",
    [
        lambda data: b" " + data,
        lambda data: data.replace(b",", b", ", 1),
        lambda data: data.replace(b"intake", b"\\u0069ntake"),
        lambda data: data.replace(b'"desk":"intake"', b'"desk":"a","desk":"intake"'),
        lambda data: data.replace(b'"v":1,', b'"v":1.0,').replace(b'"v":1}', b'"v":1.0}'),
        lambda data: data[: data.index(b'"body"')] + b'"body":{},' + data[data.index(b'"body"') :],
        lambda data: data.replace(b'"signatures":{', b'"signatures": {'),
    ],
    ids=["before it", "a space", "an escape", "twice inside", "a fraction", "twice", "beside the body"],
)
def test_another_spelling_of_a_statement_or_an_entry_is_refused(other: Callable[[bytes], bytes]) -> None:
    for data, read in ((STATEMENT.encode(), Statement.decode), (ENTRY.encode(), Entry.decode)):
        assert other(data) != data
        with pytest.raises(BadFormat):
            read(other(data))


@pytest.mark.parametrize("name", ["at", "outcome", "reason", "withheld", "v"])
def test_another_spelling_beside_the_statement_is_refused(name: str) -> None:
    data = ENTRY.encode()
    for space in (b" :", b": "):
        with pytest.raises(BadFormat):
            Entry.decode(data.replace(b'"%s":' % name.encode(), b'"%s"' % name.encode() + space))


def test_a_body_that_would_lie_too_deep_in_its_entry_is_refused() -> None:
    value: Any = "x"
    for _ in range(canonical.MAX_DEPTH - 2):
        value = [value]
    Entry(1, "done", "", Statement({**BODY, "deep": value}, {})).encode()
    with pytest.raises(BadFormat):
        Statement({**BODY, "deep": [value]}, {})


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(data: bytes) -> None:
    for read in (Statement.decode, Entry.decode):
        with pytest.raises(BadFormat):
            read(data)


@given(st.integers(0, len(ENTRY.encode()) * 8 - 1))
def test_an_entry_with_one_bit_flipped_is_refused_or_another_entry(bit: int) -> None:
    changed = bytearray(ENTRY.encode())
    changed[bit // 8] ^= 1 << bit % 8
    try:
        entry = Entry.decode(bytes(changed))
        entry.statement.verify(KEYS)
    except CryptoError:
        return
    # Outcome, reason and times are the keeper's word: the tree covers them, not the members' signatures.
    assert entry != ENTRY
    assert entry.statement == STATEMENT


def test_a_salt_of_another_length_is_refused() -> None:
    with pytest.raises(BadFormat):
        commitment(b"short", b"entry")


def test_a_commitment_is_tag_salt_and_entry() -> None:
    # printf of tag, 32 zero bytes and "entry" through sha256sum.
    assert (
        commitment(bytes(32), b"entry").hex()
        == "dfdfb816f9dc00f69563421a96ba96df6f6b523e6427c561c2a58f4336adbf1a"
    )
    assert ENTRY_TAG == b"tipline-entry-v1\n"


@given(
    st.sampled_from(["done", "refused"]),
    st.lists(st.text("0123456789abcdef", min_size=32, max_size=32), unique=True),
)
def test_entries_and_statements_are_read_back(outcome: str, withheld: list[str]) -> None:
    entry = Entry(5, outcome, "" if outcome == "done" else "not-allowed", STATEMENT, tuple(withheld))
    assert Entry.decode(entry.encode()) == entry
    assert Statement.decode(STATEMENT.encode()) == STATEMENT


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=9)), st.lists(st.text(max_size=9), unique=True))
def test_an_encoding_put_together_from_parts_is_that_of_the_whole(
    more: dict[str, str], withheld: list[str]
) -> None:
    for said in (STATEMENT, ASSERTED):
        statement = Statement({**more, **BODY}, said.signatures, said.assertions)
        entry = Entry(7, "refused", "not-allowed", statement, tuple(withheld))
        fields = {"v": 1, "at": 7, "outcome": "refused", "reason": "not-allowed", "withheld": withheld}
        assert statement.encode() == canonical.encode(statement.parts())
        assert entry.encode() == canonical.encode({**fields, **statement.parts()})


def test_a_statement_signed_by_all_verifies_in_whatever_order_they_signed() -> None:
    STATEMENT.verify(KEYS)
    later = Statement.signed(BODY, {"m00000002": BELA}).add_signature("m00000001", ANNA)
    later.verify(KEYS)
    assert later == STATEMENT
    assert later.encode() == STATEMENT.encode()


def test_the_digest_names_the_body_not_its_signatures() -> None:
    unsigned = Statement(BODY, {})
    assert unsigned.digest == STATEMENT.digest
    assert Statement({**BODY, "at": 1}, {}).digest != STATEMENT.digest
    assert STATEMENT.signers == ("m00000001", "m00000002")


# ------------------------------------------------------------------ what passkeys said


SOFT = {signer: SoftPasskey.make() for signer in KEYS}
PASSKEYS = {signer: soft.passkey for signer, soft in SOFT.items()}
SAID = {signer: soft.answer(STATEMENT.challenge) for signer, soft in SOFT.items()}
ASSERTED = STATEMENT.add_assertion("m00000001", SAID["m00000001"]).add_assertion(
    "m00000002", SAID["m00000002"]
)
WITHOUT = (
    b'{"body":{"at":1700000000,"by":["m00000001","m00000002"],"desk":"intake","log":"log.example/tips",'
    b'"nonce":"abababababababababababababababab","type":"grant","v":1},"signatures":{'
)


@pytest.mark.parametrize(
    "assertions",
    [
        {"m00000003": SAID["m00000001"]},
        {"m00000001": {}},
        {"m00000001": {**SAID["m00000001"], "more": "AA=="}},
        {"m00000001": {**SAID["m00000001"], "signature": "AA"}},
        {"m00000001": "AA=="},
        [],
        "m00000001",
    ],
    ids=[str(number) for number in range(7)],
)
def test_what_is_no_assertion_of_a_signer_is_refused(assertions: Any) -> None:
    with pytest.raises(BadFormat):
        Statement(BODY, STATEMENT.signatures, assertions)


@pytest.mark.parametrize(
    ("statement", "passkeys"),
    [
        (STATEMENT, PASSKEYS),
        (STATEMENT.add_assertion("m00000001", SAID["m00000001"]), PASSKEYS),
        (ASSERTED, {"m00000001": PASSKEYS["m00000001"]}),
        (ASSERTED, {}),
        (ASSERTED.add_assertion("m00000001", SAID["m00000002"]), PASSKEYS),
        (ASSERTED.add_assertion("m00000001", SOFT["m00000001"].answer(bytes(32))), PASSKEYS),
    ],
    ids=["none", "one of two", "one too many", "nobody asked", "another's", "another statement's"],
)
def test_every_passkey_that_must_answer_has_answered_this_and_no_other(
    statement: Statement, passkeys: dict[str, Passkey]
) -> None:
    with pytest.raises(BadSignature):
        statement.verify_assertions(passkeys)


def test_the_passkeys_of_all_who_sign_answer_over_the_same_bytes() -> None:
    ASSERTED.verify_assertions(PASSKEYS)
    assert ASSERTED.digest == STATEMENT.digest
    other = Statement.signed({**BODY, "desk": "integrity"}, {"m00000001": ANNA, "m00000002": BELA})
    with pytest.raises(BadSignature):
        Statement(other.body, other.signatures, ASSERTED.assertions).verify_assertions(PASSKEYS)


def test_a_statement_without_assertions_is_encoded_as_it_was_before_there_were_any() -> None:
    encoded = STATEMENT.encode()
    assert encoded.startswith(WITHOUT)
    assert b"assertions" not in encoded + ENTRY.encode()
    assert Statement.decode(encoded) == STATEMENT


@pytest.mark.parametrize("form", [Statement, Entry])
def test_empty_assertions_are_no_second_encoding(form: type[Statement] | type[Entry]) -> None:
    value = canonical.decode((STATEMENT if form is Statement else ENTRY).encode())
    with pytest.raises(BadFormat):
        form.decode(canonical.encode({**value, "assertions": {}}))


def test_assertions_go_with_the_statement_and_with_its_entry() -> None:
    assert Statement.decode(ASSERTED.encode()) == ASSERTED
    entry = Entry(1_700_000_001, "done", "", ASSERTED)
    assert Entry.decode(entry.encode()) == entry
    assert ASSERTED.add_signature("m00000001", ANNA).assertions == ASSERTED.assertions


def test_one_signature_is_checked_while_the_other_is_missing() -> None:
    half = Statement.signed(BODY, {"m00000001": ANNA})
    half.verify_one("m00000001", ANNA.public)
    for signer, key in (("m00000001", BELA.public), ("m00000002", BELA.public)):
        with pytest.raises(BadSignature):
            half.verify_one(signer, key)
    with pytest.raises(BadSignature):
        half.verify(KEYS)
