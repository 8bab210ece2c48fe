"""A name for a framed officer: by the competent body's letter, and never from the accused officer's unit."""

from html import unescape

import pytest

from tests.admin.conftest import TOKEN, Office
from tests.admin.disclosing import AFTER, AGREES, ANSWER, ENGLISH, NAME, Asking, count
from tests.admin.lettering import add_court
from tests.keeper.observed import Observed
from tests.world import member_id
from tipline.disclosures.reasons import DisclosureReason

LETTER = {**AFTER, "ground": "decision", "body": "court", "letter": "2026-17"}
NO_NUMBER = 99_999
"""reviewer-a is of u2; custodian-1 of u1, which stands above u2, u3 and u4; custodian-2 of u9, outside."""


@pytest.fixture
def asking(office: Office) -> Asking:
    add_court(office)
    return Asking.of(office)


@pytest.mark.parametrize("unit", ["u2", "u1"])
def test_a_framing_request_never_comes_from_the_accuseds_unit(asking: Asking, unit: str) -> None:
    """Nor from one above or beneath it. The refusal is in the log, and nothing typed is lost."""
    size = asking.office.log_size()
    page = asking.ask({**LETTER, "accused_unit": unit}, 403)
    assert "Somebody else must ask." in unescape(page.text)
    assert LETTER["reason"] in page.text
    assert f'<option value="{unit}" selected>' in page.text
    entry = Observed(asking.office.world).entry(size)
    assert (entry.outcome, entry.reason) == ("refused", "excluded")
    assert entry.statement.body["accused_unit"] == unit
    assert count(asking.office, DisclosureReason) == 0


def test_a_framing_request_is_not_decided_by_the_accuseds_unit_or_one_above_it(asking: Asking) -> None:
    office = asking.office
    number = asking.asked({**LETTER, "accused_unit": "u3"})
    agrees = asking.agrees
    assert "No request waits for you." in agrees.get("/disclosures", headers=ENGLISH).text
    for end in ("", "/reason", "/decision", "/unlock"):
        fields = {"approved": "yes", "reason": ANSWER}
        known, none = (agrees.post(f"/disclosures/{one}{end}", fields) for one in (number, NO_NUMBER))
        assert known.status_code == none.status_code
        assert TOKEN.sub("", known.text) == TOKEN.sub("", none.text)
    outside = office.signed_in("custodian-2", confirmed=True)
    page = asking.page(number, outside)
    assert "Written decision of the competent body" in page.text
    decided = Asking(office, asking.tip, asking.code, asking.asks, outside)
    decided.decide(number)
    assert NAME in decided.look(number).text


def test_who_decides_sees_which_unit_was_named_as_the_accuseds(asking: Asking) -> None:
    """Whoever asks could name another than the letter does, and so be let through."""
    office = asking.office
    number = asking.asked({**LETTER, "accused_unit": "u3"})
    outside = office.signed_in("custodian-2", confirmed=True)
    sentence = "Members of it, and of what stands above and beneath it in the township, take no part."
    for one in (asking.page(number, outside), asking.page(number)):
        assert "<dt>Unit of the accused officer</dt><dd>Unit u3</dd>" in one.text
    page = asking.page(number, outside)
    assert f"named it: Unit u3. {sentence} Compare it with the letter." in unescape(page.text)
    Asking(office, asking.tip, asking.code, asking.asks, outside).decide(number)
    assert "Unit u3" in asking.page(number, outside).text
    other = Asking.of(office)
    assert sentence not in asking.page(other.asked(), outside).text


def test_somebody_who_comes_to_the_accuseds_unit_looks_no_more(asking: Asking) -> None:
    office = asking.office
    outside = office.signed_in("custodian-2", confirmed=True)
    decided = Asking(office, asking.tip, asking.code, asking.asks, outside)
    number = asking.asked({**LETTER, "accused_unit": "u4"})
    decided.decide(number)
    assert NAME in decided.look(number).text
    moved = {"member": member_id("reviewer-a"), "unit": "u4", "past_units": [], "conflicts": []}
    office.keeper().append(office.world.sign("member-unit", "registrar", "integrity", **moved))
    shown = decided.look(number)
    assert shown.status_code in (403, 404, 409)
    assert NAME not in shown.text
    assert AGREES not in shown.text
