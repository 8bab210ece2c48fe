"""admin/rewards/proposal*.py: the form, what it suggests, and what is caught before anything is signed."""

import re
from collections.abc import Sequence
from typing import Any, Final

from tests.admin.conftest import Office
from tests.admin.rewarding import PROPOSAL, PROPOSER, VERIFIER, Rewarding
from tests.admin.walking import state, walk
from tipline.ids import TipId, UnitId
from tipline.tips.moves import TipState


def form(rewarding: Rewarding, tip: TipId, status: int, **changes: Any) -> str:
    """The page after a press."""
    fields = {**PROPOSAL, "do": "propose", **changes}
    return rewarding.post(PROPOSER, f"/tips/{tip.hex()}/reward", fields, status).text


def nothing_is_proposed(rewarding: Rewarding) -> bool:
    """Whether the keeper knows no award."""
    return not rewarding.office.keeper().rewards.standing(None).awards


def test_a_tip_without_a_confirmed_outcome_has_no_form(rewarding: Rewarding) -> None:
    tip = walk(rewarding.office, TipState.OUTCOME)
    page = rewarding.get(PROPOSER, f"/tips/{tip.hex()}/reward")
    assert "a second person has confirmed it" in page
    assert 'name="tier"' not in page
    kept = form(rewarding, tip, 409)
    assert PROPOSAL["reason"] in kept  # nothing typed is lost
    assert nothing_is_proposed(rewarding)


def test_a_tip_that_the_proposer_may_not_know_is_one_that_does_not_exist(rewarding: Rewarding) -> None:
    hidden = rewarding.office.put_tip(exclude=(UnitId("u2"),))
    staff = rewarding.browser(PROPOSER)
    pages = [staff.get(f"/tips/{tip}/reward") for tip in (hidden.hex(), "0" * 32)]
    assert [page.status_code for page in pages] == [404, 404]
    assert pages[0].text == pages[1].text


def test_who_proposes_holds_the_role_and_not_only_the_desk(rewarding: Rewarding) -> None:
    tip = rewarding.found()
    rewarding.get("reviewer-b", f"/tips/{tip.hex()}/reward", 403)
    assert "Propose a reward" not in rewarding.get("reviewer-b", f"/tips/{tip.hex()}")
    assert f'href="/tips/{tip.hex()}/reward"' in rewarding.get(PROPOSER, f"/tips/{tip.hex()}")


def test_everything_that_is_wrong_is_said_at_once_and_everything_typed_comes_back(
    rewarding: Rewarding,
) -> None:
    tip = rewarding.found()
    page = form(rewarding, tip, 422, major=[], score_help="", tier="", amount="7", novelty="")
    assert page.count("<p><a href=") == 5
    for sentence in (
        "at least one thing",
        "five factors",
        "knew of the facts",
        "Choose a tier",
        "whole yuan",
    ):
        assert sentence in page
    assert 'value="7"' in page
    assert str(PROPOSAL["reason"]) in page
    assert 'name="score_risk" value="2" checked' in page
    assert nothing_is_proposed(rewarding)


NO_REWARD: Final[Sequence[tuple[dict[str, str], str]]] = (
    ({"duty": "bound"}, "Who had to report by their office has no reward"),
    ({"novelty": "known"}, "known or rewarded already have no reward"),
    ({"novelty": "added"}, "Choose the tip that came first"),
    ({"novelty": "new", "share": "0" * 32}, "no other that came first"),
    ({"reason": " "}, "Write why"),
)


def test_what_can_have_no_reward_is_told_before_anything_is_signed(rewarding: Rewarding) -> None:
    tip = rewarding.found()
    for changes, sentence in NO_REWARD:
        assert sentence in form(rewarding, tip, 422, **changes)
    assert nothing_is_proposed(rewarding)


def test_working_out_suggests_and_fills_in_when_asked_without_signing(rewarding: Rewarding) -> None:
    tip = rewarding.found()
    page = form(rewarding, tip, 200, do="work-out", tier="", amount="")
    assert "suggest: Evil-force group, 23,000 yuan." in page
    assert re.search(r'<input id="amount"[^>]* value="">', page)
    page = form(rewarding, tip, 200, do="take", tier="", amount="")
    assert re.search(r'<input id="amount"[^>]* value="23000">', page)
    assert '<option value="evil-force" selected>' in page
    assert "five factors" in form(rewarding, tip, 422, do="work-out", score_help="")
    assert nothing_is_proposed(rewarding)


def test_what_the_keeper_refuses_comes_back_as_a_sentence_with_all_that_was_typed(
    rewarding: Rewarding,
) -> None:
    tip = rewarding.found()
    page = form(rewarding, tip, 409, tier="ordinary", amount="20,000")  # above that tier
    assert "outside what this tier or share allows" in page
    assert 'value="20,000"' in page
    assert str(PROPOSAL["reason"]) in page


def test_one_tip_has_one_award_until_that_has_ended(rewarding: Rewarding) -> None:
    tip = rewarding.found()
    award = rewarding.proposed(tip)
    page = rewarding.get(PROPOSER, f"/tips/{tip.hex()}/reward")
    assert f'href="/rewards/{award}"' in page
    assert "an award for these facts already" in form(rewarding, tip, 409)
    rewarding.check(award, answer="no", reason="The paper is of another tip.")
    assert rewarding.state(award) == "refused"
    rewarding.proposed(tip)


def test_a_linked_tip_that_added_facts_has_a_share_of_the_first_ones_award(rewarding: Rewarding) -> None:
    first, later = rewarding.found(), rewarding.found()
    state(rewarding.office, later, "link", PROPOSER, to=first.hex())
    assert "Choose the tip that came first" in form(rewarding, later, 422, novelty="added", share=first.hex())
    rewarding.proposed(first)
    assert "for these facts already" in form(rewarding, later, 409)
    page = rewarding.get(PROPOSER, f"/tips/{later.hex()}/reward")
    assert "(at most 10,000 yuan)" in page
    shared = {"novelty": "added", "share": first.hex()}
    assert "10,000 yuan." in form(rewarding, later, 200, do="work-out", **shared)
    assert "outside what this tier or share allows" in form(rewarding, later, 409, amount="10,500", **shared)
    award = rewarding.proposed(later, amount="10,000", **shared)
    assert "500 to 10,000 yuan" in rewarding.get(VERIFIER, f"/rewards/{award}")


def test_a_proposals_reason_stands_nowhere_in_clear(rewarding: Rewarding) -> None:
    office: Office = rewarding.office
    rewarding.proposed(reason="Canary in the coal mine.")
    for path in sorted(office.settings.data.rglob("*")):
        assert not path.is_file() or b"Canary" not in path.read_bytes()
