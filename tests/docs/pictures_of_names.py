"""Pictures of a name that two people open: asking, deciding, what the reporter is told, the name itself."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from tests.docs.camera import CHINESE, ENGLISH, PHONE, Camera
from tests.docs.pictures_of_staff import LOOKS, press
from tests.journeys.browser import Browser, Page
from tests.journeys.people import confirm, open_mailbox, read, sign_in
from tests.journeys.store import tip_of
from tests.journeys.trial import Trial

ASKED: Final = 428
READER, CUSTODIAN = "reviewer-a", "custodian-1"
NAMES: Final = {
    CHINESE: {"name": "李娜", "contact": "晚上七点以后，桥北茶馆"},
    ENGLISH: {"name": "Li Na", "contact": "The tea house north of the bridge, after seven"},
}
FIRST: Final = {
    CHINESE: {"reason": "举报人要求实名领取奖励，财务凭姓名付款。", "basis": "奖励办法第九条"},
    ENGLISH: {"reason": "The reporter wants the reward paid by name.", "basis": "Reward rules, article 9"},
}
LATER: Final = {
    CHINESE: {"tell_reason": "对方会看家里的手机。", "reason": "要安排人在门口值守。"},
    ENGLISH: {"tell_reason": "He reads the phone at home.", "reason": "Somebody must stand at the door."},
}


def take_names(camera: Camera, trial: Trial, codes: Mapping[str, str]) -> None:
    """For each language one report, whose reporter leaves a name first."""
    for language, suffix in LOOKS:
        reader, custodian = (sign_in(trial, name, language) for name in (READER, CUSTODIAN))
        reported = _leave_name(trial, codes[language], language)
        read(reader, reported)
        _take_asking(camera, trial, reader, reported, language, suffix)
        first = _ask(trial, reader, reported, {"ground": "reward", "tell": "first", **FIRST[language]})
        _take_deciding(camera, trial, custodian, first, language, suffix)
        _allow(trial, custodian, first)
        _take_mailbox(camera, trial, codes[language], language, suffix)
        later = {"ground": "protection", "tell": "after", **FIRST[language], **LATER[language]}
        soon = _ask(trial, reader, reported, later)
        _allow(trial, custodian, soon)
        _take_name(camera, trial, reader, soon, language, suffix)


def _leave_name(trial: Trial, code: str, language: str) -> str:
    """Leave a name in the mailbox of a code; the page of its tip."""
    reporter = Browser(trial.public, language, headers={"X-Forwarded-For": "198.51.100.199"})
    open_mailbox(reporter, code)
    page = reporter.get("/mailbox/reach")
    assert reporter.submit(page, page.form("contact"), NAMES[language]).status == 200
    return f"/tips/{tip_of(trial, code).hex()}"


def _ask(trial: Trial, reader: Browser, reported: str, values: Mapping[str, str]) -> str:
    """Sign a request; its page."""
    page = reader.get(f"{reported}/identity")
    return urlsplit(_sure(trial, reader, reader.submit(page, page.form("ground"), values), READER).url).path


def _allow(trial: Trial, custodian: Browser, request: str) -> None:
    page = custodian.get(request)
    sent = custodian.submit(page, page.form("reason"), {"reason": "✓"}, press=("approved", "yes"))
    _sure(trial, custodian, sent, CUSTODIAN)


def _sure(trial: Trial, who: Browser, page: Page, name: str) -> Page:
    """What stands behind the page that may ask for password and code again."""
    done = confirm(trial, who, page, name) if page.status == ASKED else page
    assert done.status == 200, done.words
    return done


def _take_asking(
    camera: Camera, trial: Trial, reader: Browser, reported: str, language: str, suffix: str
) -> None:
    with camera.looking_as(reader, language) as page:
        page.goto(f"{trial.admin}{reported}/identity")
        page.check("#ground-reward")
        for field, text in FIRST[language].items():
            page.fill(f"#{field}", text)
        camera.keep(page, f"name-ask{suffix}", whole=True)


def _take_deciding(
    camera: Camera, trial: Trial, custodian: Browser, request: str, language: str, suffix: str
) -> None:
    with camera.looking_as(custodian, language) as page:
        page.goto(f"{trial.admin}{request}")
        press(page, "#why button")
        camera.keep(page, f"name-decide{suffix}", whole=True)


def _take_mailbox(camera: Camera, trial: Trial, code: str, language: str, suffix: str) -> None:
    with camera.looking(language, PHONE) as page:
        page.goto(f"{trial.public}/mailbox")
        page.fill("#code", code)
        press(page, "main form[action$='/mailbox'] button")
        page.goto(f"{trial.public}/mailbox/messages")
        page.locator("li.told").evaluate("each => each.scrollIntoView()")
        camera.keep(page, f"name-told{suffix}")


def _take_name(
    camera: Camera, trial: Trial, reader: Browser, request: str, language: str, suffix: str
) -> None:
    with camera.looking_as(reader, language) as page:
        page.goto(f"{trial.admin}{request}")
        press(page, f"form[action='{request}'] button")
        camera.keep(page, f"name-shown{suffix}", whole=True)
