"""An officer is framed, asks for help without an account, and is cleared, in a real browser.

The tip that framed them lies in the same service all the while: whoever protects them reaches nothing of it.
"""

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser

from crypto.tracking_codes import TrackingCode
from tests.journeys.canaries import Search, forms
from tests.journeys.protecting import RISK, CaseWorker, Filling, plan
from tests.journeys.reporting import confirm, move_on, shown_code
from tests.journeys.town import Person, Town, town_in
from tipline.ids import TipId
from tipline.protection.states import ProtectionState
from tipline.tips.models import Tip

FRAMED: Final = "He takes cigarettes and wine from the shops at the fish market."
TOLD: Final = "Eleven letters without a name in three weeks, and a picture that was put together."
NAME: Final = "Canary Wrenfield"
FIRST, SECOND = "protection", "protection-2"
BODY: Final = {
    "id": "police",
    "names": {"zh": "区公安分局", "en": "District police"},
    "recipient": "",
    "accepts": True,
}
DANGER: Final[Filling] = {
    "danger_what": "Eleven letters, and a made-up picture.",
    "danger_since": "2026-02-10",
    "danger_at_once": ["none"],
    "danger_why_none": "Nobody is in danger; the facts must be found.",
}
ASKED: Final[Filling] = {
    "backing_to": "District office",
    "backing_what": "The case stays with the officer while it is looked into.",
    "backing_asked": "2026-03-03",
}
BACKED: Final[Filling] = {
    **ASKED,
    "backing_by": "District office",
    "backing_on": "2026-03-03",
    "backing_answer": "Agreed, and said so to the station.",
}
REFERRED: Final[Filling] = {
    "referral_what": "The letters and the picture: who made them?",
    "referral_body": "police",
    "referral_number": "2026-1",
    "referral_sent": "2026-03-03",
    "referral_receipt": "R-7",
    "referral_receipt_on": "2026-03-03",
}
CLEARED: Final[Filling] = {
    "clearing_what": "The picture was put together.",
    "clearing_by": "police",
    "clearing_number": "12",
    "clearing_on": "2026-03-03",
    "clearing_where": "Before everybody at the station",
}


@pytest.fixture(scope="module")
def town(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town_in(tmp_path_factory.mktemp("officer"), chromium) as made:
        made.join(SECOND, "u9", "protection", FIRST)
        made.office.keeper().append(made.office.world.sign("body", "registrar", "auditor", body=BODY))
        yield made
        made.close()


def test_an_officer_who_was_framed_is_cleared_and_nothing_of_any_tip_is_reachable(town: Town) -> None:
    tip = town.office.put_tip(FRAMED)
    reviewer = town.member("reviewer-a")
    reviewer.go("/tips")
    code = ask(town)
    case = f"/protection/{row(town, code).id.hex()}"
    protect(town, case)
    desk = CaseWorker(town.member(FIRST), case).read()
    desk.fill_in("backing", ASKED)
    desk.fill_in("backing", BACKED)
    desk.fill_in("referral", REFERRED)
    desk.fill_in("clearing", CLEARED)
    assert "R-7" in desk.words
    assert "Agreed, and said so to the station." in desk.words
    assert no_tip_is_reachable(town, desk.person, tip, case) == []
    the_letter_names_them_once(town, case)
    assert FRAMED not in town.mailbox(code).page.content()


def ask(town: Town) -> TrackingCode:
    """The public page, without an account; the code that opens the case."""
    window = town.visitor("/protection")
    window.page.check("#group-officer")
    window.page.check("#harms-framing")
    window.page.check("#harms-complaints")
    window.page.fill("#description", TOLD)
    window.page.check("#agrees")
    move_on(window)
    code = shown_code(window)
    confirm(window, code)
    return TrackingCode.parse(code)


def protect(town: Town, case: str) -> None:
    """The danger, the risk, the plan, and the second member's yes."""
    desk = CaseWorker(town.member(FIRST), case)
    assert TOLD not in desk.page.content()
    desk.read()
    assert TOLD in desk.words
    desk.fill_in("danger", DANGER)
    desk.fill_in("assessment", RISK)
    desk.fill_in("plan", plan(town.office.clock.today().isoformat()))
    CaseWorker(town.member(SECOND), case).read().move("protected")


def no_tip_is_reachable(town: Town, person: Person, tip: TipId, case: str) -> list[str]:
    """What a member of the protection desk finds of a tip with their session; nothing, if all is well."""
    found = ["a link"] if person.page.locator("main a[href^='/tips']").count() else []
    name = tip.hex()
    unknown = seen(town, person, "/protection/" + "0" * 32).replace("0" * 32, "")
    found += ["as a case"] if seen(town, person, f"/protection/{name}").replace(name, "") != unknown else []
    tips = [f"/tips/{name}{part}" for part in ("", "/identity", "/transfer", "/accused")]
    # An address with the case's own id: a case is not found as a tip either.
    tips += ["/tips", "/tips?q=cigarettes", f"/tips/{case.rpartition('/')[2]}"]
    for path in tips:
        page = seen(town, person, path)
        if FRAMED in page or name[:8] in page.replace(path, ""):
            found.append(path)
        assert person.page.locator("main form:has([name=purpose])").count() == 0, path
    return found


def seen(town: Town, person: Person, path: str) -> str:
    """A page's content."""
    person.page.goto(f"{town.sites.admin}{path}")
    return person.page.content()


def the_letter_names_them_once(town: Town, case: str) -> None:
    """The name is typed, stands on the page, and nowhere else: not on a disk, not in an address or title."""
    desk = CaseWorker(town.member(FIRST), case).read()
    desk.person.press("#forms a[href*='/letter/clearing']")
    desk.page.fill("#cleared_name", NAME)
    with desk.page.expect_response(lambda answer: answer.request.method == "POST") as waiting:
        desk.person.press("main form button")
    assert waiting.value.headers["cache-control"] == "no-store"
    letters = desk.page.locator("article.letter")
    assert [NAME in text for text in letters.all_inner_texts()] == [True, True]
    assert {letters.nth(place).get_attribute("lang") for place in range(2)} == {"zh-Hans", "en"}
    remembered = " ".join(f"{entry['url']} {entry['title']}" for entry in desk.person.window.history())
    assert NAME not in remembered
    settings = town.office.settings
    search = Search((settings.files.parent, settings.ram), wanted={NAME: forms(NAME)})
    assert len(list(search.places())) > A_FEW
    assert search.findings() == []
    again = CaseWorker(town.member(FIRST), case).read()
    assert NAME not in again.page.content()
    assert row(town, case).state == ProtectionState.PROTECTED


A_FEW: Final = 10
"""Places that were searched at least: a search of nothing finds nothing."""


def row(town: Town, which: TrackingCode | str) -> Tip:
    """A case as its row says, by its code or its page."""
    with town.office.database.reading() as session:
        asked = session.query(Tip)
        if isinstance(which, TrackingCode):
            found = asked.filter(Tip.locator == which.locator_hash).one()
        else:
            found = asked.filter(Tip.id == bytes.fromhex(which.rpartition("/")[2])).one()
        session.expunge(found)
        return found
