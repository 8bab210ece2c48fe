"""The log's keys in the roster: the keeper alone states the next ones, and none comes twice."""

from typing import Any

import pytest

from crypto.keys import SigningKey
from crypto.log_keys import key_proof, next_key_fields
from crypto.mldsa import MldsaSigningKey
from tests.roster.township import (
    LOG_KEY,
    ORIGIN,
    REGISTRAR,
    REVIEWER_A,
    body,
    genesis,
    key_of,
    township,
)
from tipline.roster import Roster, RosterRefused
from tipline.roster.keys import known_keys
from tipline.roster.log_keys import log_keys_at

SECOND, THIRD = (SigningKey.from_seed(bytes([number]) * 32) for number in (1, 2))
PQ_FIRST, PQ_SECOND, PQ_THIRD = (MldsaSigningKey.from_seed(bytes([number]) * 32) for number in (7, 8, 9))


def next_keys(
    old: SigningKey, new: SigningKey, pq: MldsaSigningKey, by: str = "keeper", **changes: Any
) -> dict[str, Any]:
    fields = next_key_fields(ORIGIN, old.public, new, pq.public)
    kind = fields.pop("type")
    return body(kind, [by], **(fields | changes))


def changed() -> Roster:
    return township().apply(5, next_keys(LOG_KEY, SECOND, PQ_SECOND))


def refusal(roster: Roster, statement: dict[str, Any]) -> str:
    with pytest.raises(RosterRefused) as refused:
        roster.apply(1_000, statement)
    with pytest.raises(RosterRefused):
        roster.check(statement)
    return refused.value.reason


@pytest.mark.parametrize("by", [REGISTRAR, REVIEWER_A])
def test_no_member_states_a_key_of_the_log(by: str) -> None:
    assert refusal(township(), next_keys(LOG_KEY, SECOND, PQ_SECOND, by)) == "not-allowed"


def test_a_key_that_does_not_come_after_the_present_one_is_refused() -> None:
    assert (
        refusal(changed(), next_keys(LOG_KEY, THIRD, PQ_THIRD)) == "not-allowed"
    )  # its proof names the first


def test_a_key_without_its_own_proof_is_refused() -> None:
    statement = next_keys(LOG_KEY, SECOND, PQ_SECOND)
    proof = THIRD.sign(key_proof(ORIGIN, LOG_KEY.public, statement)).hex()
    assert refusal(township(), {**statement, "proof": proof}) == "not-allowed"


@pytest.mark.parametrize("field", ["log_key", "log_key_pq", "proof"])
@pytest.mark.parametrize("value", ["", "x", 1, None, "00"])
def test_a_malformed_key_is_refused(field: str, value: Any) -> None:
    assert refusal(township(), next_keys(LOG_KEY, SECOND, PQ_SECOND, **{field: value})) == "malformed"


def test_a_key_of_a_member_or_of_the_logs_past_is_refused() -> None:
    assert refusal(township(), next_keys(LOG_KEY, key_of(REVIEWER_A), PQ_SECOND)) == "not-allowed"
    assert refusal(changed(), next_keys(SECOND, LOG_KEY, PQ_THIRD)) == "not-allowed"
    assert refusal(changed(), next_keys(SECOND, THIRD, PQ_SECOND)) == "not-allowed"
    assert refusal(township(), next_keys(LOG_KEY, LOG_KEY, PQ_SECOND)) == "malformed"


def test_no_member_gets_a_key_that_the_log_had() -> None:
    assert {LOG_KEY.public, SECOND.public} <= known_keys(changed())


def test_a_genesis_with_a_second_key_that_is_none_is_refused() -> None:
    for value in ("", "AAAA", 5):
        with pytest.raises(RosterRefused):
            Roster.from_genesis(genesis(log_key_pq=value))


def test_each_entry_has_the_keys_of_its_time() -> None:
    roster = changed().apply(9, next_keys(SECOND, THIRD, PQ_THIRD))
    found = [log_keys_at(roster, index).key for index in (0, 4, 5, 8, 9, 99)]
    assert found == [key.public for key in (LOG_KEY, LOG_KEY, SECOND, SECOND, THIRD, THIRD)]
    assert [past.until for past in roster.past_log_keys] == [5, 9]
    assert roster.key_of("keeper") == THIRD.public
    assert (roster.log_key_pq, roster.version) == (PQ_THIRD.public, 9)


def test_a_log_begins_with_both_keys_or_with_one() -> None:
    fields = next_key_fields(ORIGIN, LOG_KEY.public, SECOND, PQ_FIRST.public)
    assert Roster.from_genesis(genesis(log_key_pq=fields["log_key_pq"])).log_key_pq == PQ_FIRST.public
    assert township().log_key_pq is None
