"""A name that two people open, in a real browser: granted, refused, expired, in an emergency.

Everybody sits at a window of their own. The keeper is a real one; the clock is ours, for a window is hours
long, and one of which the reporter is told first begins on the next day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pytest
from playwright.sync_api import Browser, expect

from crypto.tracking_codes import TrackingCode
from tests.journeys.town import Person, Town, town_in
from tests.journeys.windows import PHONE, Screen

NAME, CONTACT = "Canary Quillfeather", "the tea house by the north bridge"
WHY, ANSWER = "The payment office pays by name alone.", "Pay to a voucher instead."
HOUR, DAY = 3_600, 86_400
CUSTODIAN: Final = Screen(PHONE, "en", False, "198.51.100.62")
NEWS: Final = "There is a new message."


@pytest.fixture(scope="module")
def running(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town_in(tmp_path_factory.mktemp("town"), chromium) as made:
        yield made


@pytest.fixture
def town(running: Town) -> Iterator[Town]:
    yield running
    running.close()


@dataclass(frozen=True)
class Matter:
    """A tip that was read, whose reporter has left a name."""

    town: Town
    tip: str
    code: TrackingCode

    @classmethod
    def of(cls, town: Town) -> "Matter":
        """The reporter writes the name into the mailbox; a reviewer reads the tip."""
        tip, code = town.office.put_tip_with_code()
        window = town.mailbox(code)
        window.go(window.page.url.replace("/messages", "/reach"))
        window.page.fill("#name", NAME)
        window.page.fill("#contact", CONTACT)
        window.move_on()
        window.check()
        reader = town.member("reviewer-a")
        reader.go("/tips")
        reader.go(f"/tips/{tip.hex()}")
        reader.press("main form:has([name=purpose]) button >> nth=-1")
        assert NAME not in reader.page.content()
        return cls(town, tip.hex(), code)

    def ask(self, reader: Person, ground: str, tell: str, *, hours: int = 2, emergency: bool = False) -> str:
        """Fill in the form and sign it: the address of the request."""
        reader.go(f"/tips/{self.tip}")
        reader.press("a[href$='/identity']")
        page = reader.page
        page.check(f"#ground-{ground}")
        page.check(f"#tell-{tell}")
        for field, text in (("reason", WHY), ("basis", "Article nine."), ("hours", str(hours))):
            page.fill(f"#{field}", text)
        if tell != "first":
            page.fill("#tell_reason", "He reads what comes to the house.")
        if emergency:
            page.check("#emergency-yes")
        reader.press("form[action$='/identity'] > button")
        expect(page.locator("main")).to_contain_text("Your request is in the log.")
        return "/disclosures/" + page.url.rpartition("/")[2].partition("?")[0]

    def decide(self, request: str, answer: str) -> Person:
        """A custodian reads why, and presses Allow ("yes") or Refuse ("no")."""
        custodian = self.town.member("custodian-1", CUSTODIAN)
        custodian.go("/disclosures")
        custodian.press(f"a[href='{request}']")
        custodian.press("#why button")
        assert WHY in custodian.words
        custodian.page.fill("#reason", ANSWER)
        custodian.press(f"button[name=approved][value={answer}]")
        seen = custodian.page.content()
        assert [word for word in (NAME, CONTACT, self.tip) if word in seen] == []
        return custodian

    def told(self) -> list[str]:
        """What the mailbox tells of disclosures."""
        return [each.inner_text() for each in self.town.mailbox(self.code).page.locator("li.told").all()]


def look(reader: Person, request: str) -> None:
    """Press for the name."""
    reader.go(request)
    reader.press(f"form[action='{request}'] button")


def is_offered(reader: Person, request: str) -> bool:
    """Whether the page of a request has the button behind which the name is."""
    reader.go(request)
    return reader.page.locator(f"form[action='{request}']").count() > 0


def test_a_reporter_reads_of_it_before_anybody_can_look(town: Town) -> None:
    matter = Matter.of(town)
    reader = town.member("reviewer-a")
    request = matter.ask(reader, "reward", "first", hours=24)
    assert matter.told() == []
    matter.decide(request, "yes")
    assert not is_offered(reader, request)
    assert "Allowed, not open yet" in reader.words
    [told] = matter.told()
    assert "They may look from Wednesday, March 4, 2026 on, for 24 hours." in told
    assert "to pay you a reward under your name, as you wish." in told
    assert WHY not in told
    town.pass_on(DAY)
    reader = town.member("reviewer-a")
    look(reader, request)
    assert {NAME, CONTACT} <= set(reader.page.locator("dd.said").all_inner_texts())
    assert "Shown to" in reader.page.inner_text(".shown-to")
    reader.press("p.back a")
    assert NAME not in reader.page.content()
    assert "Looked at\n1 time" in reader.words
    town.pass_on(DAY)
    assert not is_offered(town.member("reviewer-a"), request)
    assert "They could look from" in matter.told()[0]


def test_a_refusal_says_why(town: Town) -> None:
    matter = Matter.of(town)
    reader = town.member("reviewer-a")
    request = matter.ask(reader, "reward", "first")
    matter.decide(request, "no")
    assert not is_offered(reader, request)
    assert ANSWER not in reader.words
    reader.press("#answer button")
    assert ANSWER in reader.words
    town.tell()
    assert matter.told() == []


def test_nothing_opens_when_the_time_is_over(town: Town) -> None:
    matter = Matter.of(town)
    reader = town.member("reviewer-a")
    request = matter.ask(reader, "protection", "after")
    matter.decide(request, "yes")
    look(reader, request)
    assert NAME in reader.words
    town.tell()
    assert matter.told() == []
    town.pass_on(2 * HOUR)
    reader = town.member("reviewer-a")
    assert not is_offered(reader, request)
    assert "a new request is needed" in reader.words
    town.tell()
    [told] = matter.told()
    assert "They could look from" in told
    assert "put somebody in danger before" in told


def test_an_emergency_opens_at_once_and_an_auditor_reviews_it(town: Town) -> None:
    matter = Matter.of(town)
    reader = town.member("reviewer-a")
    request = matter.ask(reader, "life", "after", emergency=True)
    custodian = town.member("custodian-1", CUSTODIAN)
    custodian.go(request)
    assert "Emergency" in custodian.words
    matter.decide(request, "yes")
    look(reader, request)
    assert NAME in reader.words
    auditor = town.member("auditor")
    auditor.go("/log/alerts")
    auditor.press("th a:text-is('An identity was opened in an emergency')")
    assert NAME not in auditor.page.content()
    auditor.page.check("#finding-justified")
    auditor.page.fill("#reason", "Both were right: the house was watched.")
    auditor.press("main form:has(#reason) button")
    auditor.go("/log/alerts")
    assert auditor.page.locator("th a:text-is('An identity was opened in an emergency')").count() == 0
    town.tell()
    assert matter.told() == []
    town.pass_on(DAY)
    town.tell()
    assert "It had to be at once" in matter.told()[0]
