"""Pictures of the public site: what a reporter sees from the start page to the mailbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import FilePayload, Page

from tests.docs.camera import CHINESE, ENGLISH, PHONE, WIDE, Camera
from tests.journeys.trial import Trial
from tests.journeys.windows import LAST_BUTTON, payload

CATEGORY: Final = "market-bullies"


@dataclass(frozen=True)
class Told:
    """What somebody writes in one language, and how the pictures of it are called."""

    language: str
    suffix: str
    unit: str
    unit_name: str
    description: str
    files: Sequence[FilePayload]


IN_CHINESE: Final = Told(
    CHINESE,
    "",
    "u10",
    "南湾村",
    "南湾村夜市，一个外号“龙哥”的人带着四五个年轻人，每月五号向摊主收“管理费”，每摊三百元。"
    "不交的，第二天摊子被掀。上周三晚上九点多，他们用铁管打了卖鱼的老板。现在还在收。",
    (payload("夜市东口.png", 1), payload("车.png", 2)),
)
IN_ENGLISH: Final = Told(
    ENGLISH,
    "-en",
    "u8",
    "Donghe village",
    "At the night market, a man they call Dragon comes with four or five others on the fifth of every month "
    "and takes 300 from each stall. Whoever does not pay finds the stall turned over. It is still going on.",
    (payload("market.png", 3), payload("car.png", 4)),
)


def take_fixed_pages(camera: Camera, trial: Trial) -> None:
    """The start page in every light, the advice, the one-page form, and what leaving shows."""
    for told in (IN_CHINESE, IN_ENGLISH):
        with camera.looking(told.language, PHONE) as page:
            for name, path in (
                ("home", "/"),
                ("safety", "/safety"),
                ("report", "/report"),
                ("leave", "/leave"),
            ):
                page.goto(f"{trial.public}{path}")
                camera.keep(page, f"{name}{told.suffix}", whole=name != "leave")
    with camera.looking(CHINESE, WIDE) as page:
        page.goto(trial.public)
        camera.keep(page, "public")
    with camera.looking(ENGLISH, WIDE, dark=True) as page:
        page.goto(trial.public)
        camera.keep(page, "public-dark-en")


def take_guided(camera: Camera, trial: Trial, told: Told) -> str:
    """The four screens and the code; returns the code."""
    with camera.looking(told.language, PHONE) as page:
        page.goto(f"{trial.public}/report/guided")
        camera.keep(page, f"guided-1{told.suffix}", whole=True)
        move_on(page)
        page.check("#official-no")
        page.select_option("#unit", told.unit)
        camera.keep(page, f"guided-2{told.suffix}", whole=True)
        move_on(page)
        page.fill("#description", told.description)
        page.select_option("#category", CATEGORY)
        camera.keep(page, f"guided-3{told.suffix}", whole=True)
        move_on(page)
        page.set_input_files("#files", told.files)
        camera.keep(page, f"guided-4{told.suffix}", whole=True)
        move_on(page)
        camera.keep(page, f"code{told.suffix}", whole=True)
        return page.inner_text("#tracking-code")


def take_mailbox(camera: Camera, trial: Trial, told: Told, code: str, answer: str) -> None:
    """The mailbox: whether there is news, the messages with one being written, and what can be added."""
    with camera.looking(told.language, PHONE) as page:
        page.goto(f"{trial.public}/mailbox")
        page.fill("#code", code)
        move_on(page)
        camera.keep(page, f"news{told.suffix}", whole=True)
        page.goto(f"{trial.public}/mailbox/messages")
        page.fill("#message", answer)
        camera.keep(page, f"mailbox{told.suffix}", whole=True)
        page.emulate_media(color_scheme="dark")
        camera.keep(page, f"mailbox-dark{told.suffix}", whole=True)
        page.goto(f"{trial.public}/mailbox/add")
        page.emulate_media(color_scheme="light")
        camera.keep(page, f"add{told.suffix}", whole=True)


def move_on(page: Page) -> None:
    """Press the last form's last button."""
    with page.expect_navigation():
        page.locator(LAST_BUTTON).click()
