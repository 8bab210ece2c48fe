"""Pictures of protection: asking, the mailbox, the desk's list, the risk form, the clearing letter."""

from collections.abc import Mapping, Sequence
from typing import Final

from tests.docs.camera import CHINESE, ENGLISH, PHONE, Camera
from tests.docs.pictures_of_staff import LOOKS, press
from tests.journeys.browser import Browser, Page
from tests.journeys.people import ask_for_protection, read, sign_in
from tests.journeys.staff import READ
from tests.journeys.store import rows, tip_of
from tests.journeys.trial import Trial
from tipline.clock import SystemClock
from tipline.protection.states import ProtectionState

Filling = Mapping[str, str | Sequence[str]]

FIRST, SECOND = "protection", "protection-2"
TOLD: Final = {
    CHINESE: "我给案子作过证。这几天有人跟着我回家，还在门口抽烟不走。",
    ENGLISH: "I was a witness. These days somebody follows me home and stays at the gate.",
}
NEWS: Final = {
    CHINESE: "今天起每晚有巡逻。我们约好：每三天点一次“我平安”。",
    ENGLISH: "From today on there are patrols at night. We agreed: every three days, one tap.",
}
DANGER: Final[Filling] = {"danger_since": "2026-01-02", "danger_at_once": ["police", "patrol"]}
RISK: Final = {
    "risk_threat": "2",
    "risk_capability": "3",
    "risk_exposure": "4",
    "risk_dependants": "1",
    "risk_triggers": "2",
    "risk_level": "suggested",
}
OWNER: Final = {CHINESE: "东河派出所", ENGLISH: "Donghe station"}
NAME: Final = {CHINESE: ("周强", "东河派出所民警"), ENGLISH: ("Zhou Qiang", "Officer, Donghe station")}


def take_protection(camera: Camera, trial: Trial) -> None:
    """For each language one case, which the desk brings as far as check-ins."""
    for language, suffix in LOOKS:
        _take_asking(camera, trial, language, suffix)
        visitor = Browser(trial.public, language, headers={"X-Forwarded-For": "198.51.100.198"})
        code = ask_for_protection(visitor, TOLD[language])
        desk, other = (sign_in(trial, name, language) for name in (FIRST, SECOND))
        case = f"/protection/{tip_of(trial, code).hex()}"
        desk.get("/protection")
        _work(desk, other, case, language)
        _take_mailbox(camera, trial, code, language, suffix)
        _take_desk(camera, trial, desk, language, suffix)
        _take_letter(camera, trial, desk, language, suffix)


def _work(desk: Browser, other: Browser, case: str, language: str) -> None:
    """The danger met, the risk, a plan that the other member approves, check-ins, a message."""
    planned = {
        "plan_what_1": "patrol",
        "plan_owner_1": OWNER[language],
        "plan_from_1": SystemClock().today().isoformat(),
        "plan_consent": "mailbox",
    }
    page = read(desk, case, "protection")
    page = _sent(desk, page, "danger_what", {**DANGER, "danger_what": TOLD[language]})
    page = _sent(desk, page, "risk_threat", RISK)
    _sent(desk, page, "plan_what_1", planned)
    page = read(other, case, "protection")
    approving = next(form for form in page.forms if ("move", "protected") in form.fields)
    assert other.submit(page, approving).status == 200
    page = _sent(desk, read(desk, case, "protection"), "case_watch", {"case_watch": "3"})
    _sent(desk, page, "message", {"message": NEWS[language]})


def _sent(who: Browser, page: Page, form: str, values: Filling) -> Page:
    done = who.submit(page, page.form(form), values)
    assert done.status == 200, done.words
    return done


def _take_asking(camera: Camera, trial: Trial, language: str, suffix: str) -> None:
    with camera.looking(language, PHONE) as page:
        page.goto(f"{trial.public}/protection")
        page.check("#group-witness")
        page.fill("#description", TOLD[language])
        page.locator("#group").evaluate("each => each.scrollIntoView()")
        camera.keep(page, f"protect-ask{suffix}")


def _take_mailbox(camera: Camera, trial: Trial, code: str, language: str, suffix: str) -> None:
    with camera.looking(language, PHONE) as page:
        page.goto(f"{trial.public}/mailbox")
        page.fill("#code", code)
        press(page, "main form[action$='/mailbox'] button")
        page.goto(f"{trial.public}/mailbox/protection")
        camera.keep(page, f"protect-mailbox{suffix}")


def _take_desk(camera: Camera, trial: Trial, desk: Browser, language: str, suffix: str) -> None:
    """The list, and the risk form of the sample case that is being assessed, half filled in."""
    with camera.looking_as(desk, language) as page:
        page.goto(f"{trial.admin}/protection")
        camera.keep(page, f"protect-list{suffix}")
        page.goto(f"{trial.admin}{_sample(trial, ProtectionState.ASSESSING)}")
        press(page, READ)
        page.locator("#assessment").first.evaluate("each => { each.open = true; }")
        for name, value in RISK.items():
            page.select_option(f"#{name}", value)
        page.locator("#assessment").evaluate("each => each.scrollIntoView()")
        camera.keep(page, f"protect-risk{suffix}")


def _take_letter(camera: Camera, trial: Trial, desk: Browser, language: str, suffix: str) -> None:
    """The letter for the officer of the samples."""
    with camera.looking_as(desk, language) as page:
        page.goto(f"{trial.admin}{_sample(trial, ProtectionState.ENDING)}")
        press(page, READ)
        press(page, "#forms a[href*='/letter/clearing']")
        for name, value in zip(("#cleared_name", "#cleared_post"), NAME[language], strict=True):
            page.fill(name, value)
        press(page, "main form button")
        camera.keep(page, f"protect-letter{suffix}", whole=True)


def _sample(trial: Trial, state: ProtectionState) -> str:
    """The page of the sample case in a state."""
    [(case, *_)] = rows(trial, "SELECT id FROM tips WHERE state = ? ORDER BY id LIMIT 1", state.value)
    return f"/protection/{case.hex()}"
