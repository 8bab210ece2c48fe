"""What the protection desk does at a case's page in a window, form by form."""

from collections.abc import Mapping, Sequence
from typing import Final

from playwright.sync_api import Locator, expect

from tests.journeys.staff import READ, UNFOLD
from tests.journeys.town import Person

Filling = Mapping[str, str | Sequence[str]]

DANGER: Final[Filling] = {
    "danger_what": "Two men sit in front of the shop all day.",
    "danger_since": "2026-03-01",
    "danger_at_once": ["police", "patrol"],
}
RISK: Final[Filling] = {
    "risk_threat": "3",
    "risk_capability": "2",
    "risk_exposure": "4",
    "risk_dependants": "2",
    "risk_triggers": "1",
    "risk_level": "suggested",
}
CLOSING: Final[Filling] = {
    "closing_criteria": ["danger-over", "person-agrees"],
    "closing_reached": "mailbox",
    "closing_how": "They keep their code and may write at any time.",
}
REASON: Final = "It was talked over at the desk."


def plan(day: str) -> Filling:
    """A plan of one measure, from a day on."""
    measure = {"plan_what_1": "patrol", "plan_owner_1": "Police station", "plan_from_1": day}
    return {**measure, "plan_consent": "mailbox"}


class CaseWorker:
    """A member of the protection desk at the page of a case, which they found in the list."""

    def __init__(self, person: Person, case: str) -> None:
        self.person = person
        self.page = person.page
        self.case = case
        person.go("/protection?state=all")
        person.press(f"th a[href='{case}']")

    def come_back(self) -> "CaseWorker":
        """Open the case's page again, in the same window, and read it."""
        self.person.go(self.case)
        return self.read()

    @property
    def words(self) -> str:
        """What stands on the page."""
        return self.person.words

    def read(self) -> "CaseWorker":
        """Log and read; nothing of the case is on the page before."""
        self.person.press(READ)
        return self

    def fill_in(self, form: str, values: Filling) -> None:
        """Unfold a form, fill it in and keep it; the move that rests on it is made."""
        place = self.page.locator(f"#{form}")
        place.first.evaluate(UNFOLD)
        for name, value in values.items():
            if isinstance(value, str):
                _enter(self.page.locator(f"#{name}"), value)
            else:
                for code in value:
                    self.page.locator(f"#{name}-{code}").check()
        self._press(f"#{form} button[name=step][value='{form}']")

    def move(self, target: str) -> None:
        """A move without a form, with a reason where one is asked for."""
        place = self.page.locator(f"#move-{target}")
        reason = place.locator("[name=reason]")
        if reason.count():
            reason.evaluate(UNFOLD)
            reason.fill(REASON)
        self._press(f"#move-{target} button[name=step][value=move]")

    def write(self, text: str) -> None:
        """A message to the person."""
        self.page.fill("#message-text", text)
        self._press("#message button[name=step][value=message]")

    def agree_on(self, days: int) -> None:
        """Check-ins every so many days."""
        self.page.locator("#case_watch").evaluate(UNFOLD)
        self.page.fill("#case_watch", str(days))
        self._press("button[name=step][value=watch]")

    def _press(self, selector: str) -> None:
        self.person.press(selector)
        expect(self.page.locator("p.notice[role=status]")).to_be_visible()


def _enter(field: Locator, value: str) -> None:
    field.evaluate(UNFOLD)
    if field.evaluate("each => each.tagName") == "SELECT":
        field.select_option(value)
    else:
        field.fill(value)
