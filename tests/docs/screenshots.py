"""Makes the pictures in docs/screenshots: `make screenshots`.

A trial of its own, six reports, one answer, and a browser that looks at what came of it.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import FilePayload, Page, sync_playwright

from tests.docs.folders import short_ram_folder
from tests.journeys.browser import Browser, Upload
from tests.journeys.people import photo, report
from tests.journeys.trial import Trial, running_trial

CHROMIUM = "/usr/bin/chromium"
TARGET = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
CHINESE, ENGLISH = "zh-CN", "en"
WIDE = (1180, 820)
PHONE = (390, 780)

DESCRIPTION = (
    "南湾村夜市，一个外号“龙哥”的人带着四五个年轻人，每月五号向摊主收“管理费”，每摊三百元。"
    "不交的，第二天摊子被掀。上周三晚上九点多，他们用铁管打了卖鱼的老板。现在还在收。"
)
ANSWER = "线索已收到，我们正在核对。您知道他们开什么车吗？不要为了这件事去拍照或打听。"
BACK = "一辆黑色越野车，常停在夜市东口。"
OTHERS = (
    ("砖厂老板放高利贷，派人到家里泼油漆、堵锁眼讨债。", "u9", "usury"),
    ("西岭村换届，有人挨家送钱送烟，说不投就别想领低保。", "u8", "grassroots-power"),
    ("沙场半夜挖沙，有人拦路不让村民靠近，说上面打过招呼。", "u11", "forced-contracts"),
)


@dataclass(frozen=True)
class Camera:
    """Takes pictures of pages into the folder of pictures."""

    chromium: Chromium

    @contextmanager
    def looking(self, language: str, size: tuple[int, int]) -> Iterator[Page]:
        """A fresh visitor with a window of this size; JavaScript is off, as no page needs it."""
        width, height = size
        context = self.chromium.new_context(
            viewport={"width": width, "height": height}, locale=language, java_script_enabled=False
        )
        try:
            yield context.new_page()
        finally:
            context.close()

    def keep(self, page: Page, name: str, *, whole: bool = False) -> None:
        """Keep a picture of what the window shows, or of the whole page."""
        page.screenshot(path=TARGET / f"{name}.png", full_page=whole)
        sys.stdout.write(f"{name}.png\n")


def main() -> None:
    TARGET.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        short_ram_folder() as ram,
        running_trial(Path(folder, "data"), ram, Path(folder, "output.txt")) as trial,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        camera = Camera(chromium)
        code = take_reporting(camera, trial)
        send_others(trial)
        take_staff(camera, trial)
        take_mailbox(camera, trial, code)
        take_log(camera, trial)
        chromium.close()


def take_reporting(camera: Camera, trial: Trial) -> str:
    """Start page, form and code; returns the code."""
    with camera.looking(CHINESE, WIDE) as page:
        page.goto(trial.public)
        camera.keep(page, "public")
    with camera.looking(ENGLISH, PHONE) as page:
        page.goto(f"{trial.public}/report")
        camera.keep(page, "report-en", whole=True)
    with camera.looking(CHINESE, PHONE) as page:
        page.goto(f"{trial.public}/report")
        page.check("#official-no")
        page.select_option("#unit", "u10")
        page.select_option("#category", "market-bullies")
        page.fill("#description", DESCRIPTION)
        pictures = [photo("夜市东口.png", 1), photo("车.png", 2)]
        page.set_input_files("#files", [_chosen(each) for each in pictures])
        camera.keep(page, "report", whole=True)
        page.click("main form button[type=submit]")
        camera.keep(page, "code")
        return page.inner_text("#tracking-code")


def send_others(trial: Trial) -> None:
    """More tips, so that the list has something to show; one is urgent."""
    for description, unit, category in OTHERS:
        _send(trial, {"description": description, "unit": unit, "official": "no", "category": category})
    _send(trial, {"description": "他们说今晚要来我家。", "official": "no", "danger": "yes"})
    report(Browser(trial.public, ENGLISH), "Men in a white van threaten the shops near the bus stop.")


def take_staff(camera: Camera, trial: Trial) -> None:
    """The list, then one tip that is read, answered and moved."""
    with signed_in(camera, trial, "reviewer-a", CHINESE) as page:
        camera.keep(page, "admin")
        _open_and_read(page, "南湾村")
        page.fill("#message", ANSWER)
        page.click("form:has(#message) button")
        page.click("button[name=move]")
        camera.keep(page, "tip", whole=True)
    with signed_in(camera, trial, "reviewer-b", ENGLISH) as page:
        _open_and_read(page, "Nanwan village")
        camera.keep(page, "tip-en", whole=True)


def take_mailbox(camera: Camera, trial: Trial, code: str) -> None:
    """The thread as the reporter sees it."""
    with camera.looking(CHINESE, PHONE) as page:
        page.goto(f"{trial.public}/mailbox")
        page.fill("#code", code)
        page.click("main form button[type=submit]")
        page.goto(f"{trial.public}/mailbox/messages")
        page.fill("#message", BACK)
        camera.keep(page, "mailbox", whole=True)


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


def _open_and_read(page: Page, unit: str) -> None:
    """Open the tip that names a unit, and read it."""
    page.click(f"main table tbody tr:has-text('{unit}') th a")
    page.click("form:has(#purpose) button")


def _chosen(upload: Upload) -> FilePayload:
    return {"name": upload.name, "mimeType": upload.media_type, "buffer": upload.content}


def _send(trial: Trial, values: dict[str, str]) -> None:
    reporter = Browser(trial.public, CHINESE)
    page = reporter.get("/report")
    sent = reporter.submit(page, page.form("description", "files"), values)
    if sent.status != 201:
        raise SystemExit(sent.words)


if __name__ == "__main__":
    main()
