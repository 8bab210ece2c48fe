"""Pictures of rewards: the office, ledger, pay desk, the mailbox, and where a code is fetched."""

from typing import Final

from tests.docs.camera import PHONE, Camera
from tests.docs.pictures_of_reporting import move_on
from tests.docs.pictures_of_staff import LOOKS
from tests.journeys.browser import Browser
from tests.journeys.people import sign_in
from tests.journeys.trial import Trial
from tipline.commands.asking import admin_keeper
from tipline.rewards.award import AwardState
from tipline.settings import Settings
from tipline.trial.mailboxes import read_mailboxes
from tipline.trial.samples.awards import POINT

OFFICE: Final = (("board", "/rewards"), ("budget", "/rewards/budget"), ("points", "/rewards/points"))


def take_rewards(camera: Camera, trial: Trial) -> None:
    """What the samples have; an award that waits for its approver, and a clerk who sits at a point."""
    checked = _award(trial, AwardState.CHECKED)
    for language, suffix in LOOKS:
        approver, clerk, auditor = (
            sign_in(trial, name, language) for name in ("approver", "clerk-1", "auditor")
        )
        _take_office(camera, trial, approver, language, suffix, f"/rewards/{checked}")
        _take_desk(camera, trial, clerk, language, suffix)
        with camera.looking_as(auditor, language) as page:
            page.goto(f"{trial.admin}/rewards/ledger")
            camera.keep(page, f"reward-ledger{suffix}")
        with camera.looking(language, PHONE) as page:
            page.goto(f"{trial.public}/redeem")
            camera.keep(page, f"reward-redeem{suffix}")
        _take_mailbox(camera, trial, language, suffix)


def _take_mailbox(camera: Camera, trial: Trial, language: str, suffix: str) -> None:
    """The mailbox in which a reward waits to be collected."""
    waiting, _ = read_mailboxes(Settings.from_mapping(trial.environment))
    with camera.looking(language, PHONE) as page:
        page.goto(f"{trial.public}/mailbox")
        page.fill("#code", waiting.code)
        move_on(page)
        page.goto(f"{trial.public}/mailbox/notice")
        camera.keep(page, f"reward-mailbox{suffix}", whole=True)


def _take_office(
    camera: Camera, trial: Trial, approver: Browser, language: str, suffix: str, award: str
) -> None:
    with camera.looking_as(approver, language) as page:
        for name, path in OFFICE:
            page.goto(f"{trial.admin}{path}")
            camera.keep(page, f"reward-{name}{suffix}")
        page.goto(f"{trial.admin}{award}")
        camera.keep(page, f"reward-award{suffix}", whole=True)


def _take_desk(camera: Camera, trial: Trial, clerk: Browser, language: str, suffix: str) -> None:
    with camera.looking_as(clerk, language) as page:
        page.goto(f"{trial.admin}/rewards/pay")
        page.select_option("#point", POINT)
        with page.expect_navigation():
            page.click("form[action='/rewards/pay/point'] button")
        camera.keep(page, f"reward-pay{suffix}")


def _award(trial: Trial, state: AwardState) -> int:
    with admin_keeper(Settings.from_mapping(trial.environment)) as keeper:
        return next(each.award.index for each in keeper.rewards.each_standing(state))
