"""Makes the pictures in docs/screenshots: `make screenshots`.

A trial of its own, seven reports, two answers, and a browser that looks at what came of it. Another folder
may be named on the command line.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.docs.camera import CHINESE, ENGLISH, WIDE, Camera
from tests.docs.folders import short_ram_folder
from tests.docs.pictures_of_reporting import (
    IN_CHINESE,
    IN_ENGLISH,
    take_fixed_pages,
    take_guided,
    take_mailbox,
)
from tests.journeys.browser import Browser
from tests.journeys.people import report
from tests.journeys.trial import Trial, running_trial
from tests.journeys.windows import CHROMIUM, FLAGS

TARGET = Path(__file__).resolve().parents[2] / "docs" / "screenshots"

ANSWERS = {
    CHINESE: "已收到，我们正在核对。您知道他们开什么车吗？不要为了这件事去拍照或打听。",
    ENGLISH: "We are checking this. Do you know their car? Do not take pictures or ask around for it.",
}
BACK = {CHINESE: "一辆黑色越野车，常停在夜市东口。", ENGLISH: "A black car, often at the east gate."}
OTHERS = (
    ("砖厂老板放高利贷，派人到家里泼油漆、堵锁眼讨债。", "u11", "usury"),
    ("西岭村换届，有人挨家送钱送烟，说不投就别想领低保。", "u9", "grassroots-power"),
    ("沙场半夜挖沙，有人拦路不让村民靠近，说上面打过招呼。", "u11", "forced-contracts"),
)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as own,
        short_ram_folder() as ram,
        running_trial(Path(own, "data"), ram, Path(own, "output.txt")) as trial,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        camera = Camera(chromium, folder)
        take_fixed_pages(camera, trial)
        codes = {told.language: take_guided(camera, trial, told) for told in (IN_CHINESE, IN_ENGLISH)}
        send_others(trial)
        take_staff(camera, trial)
        for told in (IN_CHINESE, IN_ENGLISH):
            take_mailbox(camera, trial, told, codes[told.language], BACK[told.language])
        take_log(camera, trial)
        chromium.close()


def send_others(trial: Trial) -> None:
    """More tips, so that the list has something to show; one is urgent."""
    for description, unit, category in OTHERS:
        _send(trial, {"description": description, "unit": unit, "official": "no", "category": category})
    _send(trial, {"description": "他们说今晚要来我家。", "official": "no", "danger": "yes"})
    report(_neighbour(trial), "Men in a white van threaten the shops near the bus stop.")


def take_staff(camera: Camera, trial: Trial) -> None:
    """The list, then one tip in each language that is read, answered and moved."""
    with signed_in(camera, trial, "reviewer-a", CHINESE) as page:
        camera.keep(page, "admin")
        _answer(page, IN_CHINESE.unit_name, ANSWERS[CHINESE])
        camera.keep(page, "tip", whole=True)
    with signed_in(camera, trial, "reviewer-b", ENGLISH) as page:
        _answer(page, IN_ENGLISH.unit_name, ANSWERS[ENGLISH])
        camera.keep(page, "tip-en", whole=True)


def take_log(camera: Camera, trial: Trial) -> None:
    """The auditors' page."""
    with signed_in(camera, trial, "auditor", CHINESE) as page:
        page.goto(f"{trial.admin}/log")
        camera.keep(page, "log")


@contextmanager
def signed_in(camera: Camera, trial: Trial, name: str, language: str) -> Iterator[Page]:
    """A member's browser window, signed in."""
    person = trial.codes(name)[name]
    with camera.looking(language, WIDE) as page:
        page.goto(f"{trial.admin}/sign-in")
        for field in ("name", "password", "otp"):
            page.fill(f"#{field}", person[field])
        page.click("main form button")
        yield page


def _answer(page: Page, unit: str, answer: str) -> None:
    """Open the tip that names a unit, read it, reply, move it on."""
    page.click(f"main table tbody tr:has-text('{unit}') th a")
    page.click("form:has(#purpose) button")
    page.fill("#message", answer)
    page.click("form:has(#message) button")
    page.click("button[name=move]")


def _neighbour(trial: Trial) -> Browser:
    """Somebody at another address: one alone may not send so many reports in a minute."""
    return Browser(trial.public, headers={"X-Forwarded-For": "198.51.100.1"})


def _send(trial: Trial, values: dict[str, str]) -> None:
    reporter = _neighbour(trial)
    page = reporter.get("/report")
    sent = reporter.submit(page, page.form("description", "files"), values)
    if sent.status != 201:
        raise SystemExit(sent.words)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else TARGET)
