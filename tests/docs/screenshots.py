"""Makes the pictures in docs/screenshots: `make screenshots`.

A trial of its own with the sample tips, two more reports, two answers, and a browser that looks at what came
of it. Another folder may be named on the command line.
"""

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.docs.camera import CHINESE, ENGLISH, WIDE, Camera
from tests.docs.folders import short_ram_folder
from tests.docs.pictures_of_auditing import take_auditing
from tests.docs.pictures_of_names import take_names
from tests.docs.pictures_of_protection import take_protection
from tests.docs.pictures_of_reporting import (
    IN_CHINESE,
    IN_ENGLISH,
    take_fixed_pages,
    take_guided,
    take_mailbox,
)
from tests.docs.pictures_of_rewards import take_rewards
from tests.docs.pictures_of_staff import take_staff
from tests.journeys.overseeing import let_a_night_pass
from tests.journeys.store import tip_of
from tests.journeys.trial import Trial, running_trial
from tests.journeys.windows import CHROMIUM, FLAGS

TARGET = Path(__file__).resolve().parents[2] / "docs" / "screenshots"

ANSWERS = {
    CHINESE: "已收到，我们正在核对。您知道他们开什么车吗？不要为了这件事去拍照或打听。",
    ENGLISH: "We are checking this. Do you know their car? Do not take pictures or ask around for it.",
}
BACK = {CHINESE: "一辆黑色越野车，常停在夜市东口。", ENGLISH: "A black car, often at the east gate."}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as own,
        short_ram_folder() as ram,
        running_trial(Path(own, "data"), ram, Path(own, "output.txt"), samples=True) as trial,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        camera = Camera(chromium, folder)
        take_fixed_pages(camera, trial)
        codes = {told.language: take_guided(camera, trial, told) for told in (IN_CHINESE, IN_ENGLISH)}
        take_answers(camera, trial, codes)
        let_a_night_pass(trial)
        for told in (IN_CHINESE, IN_ENGLISH):
            take_mailbox(camera, trial, told, codes[told.language], BACK[told.language])
        take_staff(camera, trial)
        take_names(camera, trial, codes)
        take_protection(camera, trial)
        take_rewards(camera, trial)
        take_auditing(camera, trial, Path(own, "witness"))
        chromium.close()


def take_answers(camera: Camera, trial: Trial, codes: Mapping[str, str]) -> None:
    """The list, then one tip in each language that is read, answered and moved."""
    for language, name, picture in ((CHINESE, "reviewer-a", "tip"), (ENGLISH, "reviewer-b", "tip-en")):
        with signed_in(camera, trial, name, language) as page:
            if language == CHINESE:
                camera.keep(page, "admin")
            page.goto(f"{trial.admin}/tips/{tip_of(trial, codes[language]).hex()}")
            page.click("form:has(#purpose) button")
            page.fill("#message", ANSWERS[language])
            page.click("button[name=step][value=message]")
            page.click("button[name=move]")
            camera.keep(page, picture, whole=True)


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


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else TARGET)
