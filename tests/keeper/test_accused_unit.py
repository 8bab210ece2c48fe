"""A disclosure for a framed officer never comes from the accused's unit: not at any step, and by no row."""

import pytest

from tests.keeper.disclosing import Ceremony
from tests.keeper.observed import Observed
from tests.keeper.test_cases import add_police
from tests.world import World, member_id
from tipline.keeper_client import Reason

LETTER = {"ground": "decision", "body": "police", "letter": "2026-12"}
"""Of u2 is reviewer-a, of u3 reviewer-b; custodian-1 of u1 above both, custodian-2 of u9 outside."""


@pytest.fixture
def ceremony(world: World, keeper: Observed) -> Ceremony:
    add_police(world, keeper)
    return Ceremony.of(world, keeper)


def moved(ceremony: Ceremony, member: str, unit: str) -> None:
    """Somebody comes to another unit."""
    fields = {"member": member_id(member), "unit": unit, "past_units": [], "conflicts": []}
    ceremony.keeper.client.append(ceremony.world.sign("member-unit", "registrar", "integrity", **fields))


@pytest.mark.parametrize("unit", ["u2", "u1"])
def test_it_never_comes_from_the_accuseds_unit_nor_from_one_above_or_beneath(
    ceremony: Ceremony, unit: str
) -> None:
    refused = ceremony.keeper.refusal(lambda: ceremony.asked(**LETTER, accused_unit=unit))
    assert refused is Reason.EXCLUDED
    assert ceremony.keeper.client.disclosures.of_member(member_id("reviewer-a")) == ()


def test_whoever_was_of_the_accuseds_unit_in_the_last_five_years_does_not_ask(ceremony: Ceremony) -> None:
    past = [{"unit": "u4", "until": "2024-01-01"}]
    fields = {"member": member_id("reviewer-a"), "unit": "u2", "past_units": past, "conflicts": []}
    ceremony.keeper.client.append(ceremony.world.sign("member-unit", "registrar", "integrity", **fields))
    refused = ceremony.keeper.refusal(lambda: ceremony.asked(**LETTER, accused_unit="u4"))
    assert refused is Reason.EXCLUDED


def test_nobody_of_the_accuseds_unit_or_above_it_decides_reads_why_or_learns_of_it(
    ceremony: Ceremony,
) -> None:
    index = ceremony.asked(**LETTER, accused_unit="u3")
    listed = ceremony.keeper.client.disclosures.for_custodian
    assert [one.request for one in listed(member_id("custodian-1"))] == []
    assert [one.request for one in listed(member_id("custodian-2"))] == [index]
    for approved in (True, False):
        decide = lambda yes=approved: ceremony.decided(index, "custodian-1", approved=yes)  # noqa: E731
        assert ceremony.keeper.refusal(decide) is Reason.EXCLUDED
    ceremony.decided(index, "custodian-2")


def test_another_ground_is_asked_for_and_decided_as_before(ceremony: Ceremony) -> None:
    index = ceremony.asked()
    ceremony.decided(index, "custodian-1")


def test_a_custodian_who_comes_to_the_accuseds_unit_takes_nothing_off(ceremony: Ceremony) -> None:
    index = ceremony.asked(**LETTER, accused_unit="u3")
    ceremony.decided(index, "custodian-2")
    moved(ceremony, "custodian-2", "u3")
    unlock = lambda: ceremony.unlocked(index, "custodian-2")  # noqa: E731
    assert ceremony.keeper.refusal(unlock) is Reason.EXCLUDED


def test_a_requester_who_comes_to_the_accuseds_unit_looks_at_nothing(ceremony: Ceremony) -> None:
    index = ceremony.asked(**LETTER, accused_unit="u3")
    ceremony.decided(index, "custodian-2")
    sealed = ceremony.put_back(ceremony.unlocked(index, "custodian-2"))
    assert ceremony.viewed(index, sealed).inner
    moved(ceremony, "reviewer-a", "u3")
    assert ceremony.keeper.refusal(lambda: ceremony.viewed(index, sealed)) is Reason.EXCLUDED
    assert ceremony.keeper.client.disclosures.of_member(member_id("reviewer-a"))[0].stands.value == "broken"
