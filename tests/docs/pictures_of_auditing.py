"""Pictures of the auditors' rooms: readings, alerts, what is held, witnesses, evidence, a damaged log."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

from tests.docs.camera import CHINESE, ENGLISH, Camera
from tests.docs.pictures_of_staff import press
from tests.journeys.browser import Browser
from tests.journeys.overseeing import witnessed
from tests.journeys.people import sign_in
from tests.journeys.store import rows
from tests.journeys.trial import Trial
from tipline.trial.samples.stories import LATE_VISIT

LOOKS: Final = ((CHINESE, ""), (ENGLISH, "-en"))
KEEPER: Final = "keeper/keeper.db"
VISITED: Final = (
    "SELECT tip FROM entries WHERE type = 'read' AND actor = ? AND date(at, 'unixepoch') = ? LIMIT 1"
)
TAKEN_OUT: Final = 'SELECT max("index") - 3 FROM entries'


def take_auditing(camera: Camera, trial: Trial, folder: Path) -> None:
    """Everything under Log; the last picture leaves the log damaged, and the trial of no more use."""
    registrar, auditor = (sign_in(trial, name) for name in ("registrar", "auditor"))
    with witnessed(folder, trial, registrar, sign_in(trial, "integrity")):
        pages = _pages(trial)
        for language, suffix in LOOKS:
            with camera.looking_as(auditor, language) as page:
                for name, path in pages.items():
                    page.goto(f"{trial.admin}{path}")
                    camera.keep(page, f"audit-{name}{suffix}")
                page.emulate_media(media="print")
                page.goto(f"{trial.admin}/log/checkpoint")
                camera.keep(page, f"audit-head{suffix}")
                _take_alert(camera, trial, page, suffix)
        with camera.looking_as(auditor, ENGLISH, dark=True) as page:
            page.goto(f"{trial.admin}/log/charts")
            camera.keep(page, "audit-charts-dark-en")
        _take_trouble(camera, trial, auditor)


def _pages(trial: Trial) -> Mapping[str, str]:
    """The rooms by the names of their pictures: whoever came late in the evening, and what they read."""
    [(member,)] = rows(trial, "SELECT member_id FROM accounts WHERE name = ?", LATE_VISIT.who)
    day = (datetime.now(UTC) - timedelta(days=LATE_VISIT.days_ago)).date()
    [(tip,)] = rows(trial, VISITED, member, day.isoformat(), database=KEEPER)
    return {
        "list": f"/log?type=read&member={member}",
        "day": f"/log/members/{member}?day={day.isoformat()}",
        "tip": f"/log/tips/{tip.hex()}",
        "charts": "/log/charts",
        "alerts": "/log/alerts",
        "report": f"/log/reports/tips/{tip.hex()}",
        "held": "/log/inventory",
        "evidence": f"/log/evidence?tip={tip.hex()[:4]}-{tip.hex()[4:8]}",
        "witnesses": "/log/witnesses",
    }


def _take_alert(camera: Camera, trial: Trial, page: Page, suffix: str) -> None:
    page.emulate_media(media="screen")
    page.goto(f"{trial.admin}/log/alerts")
    press(page, f"tbody tr:has-text('{LATE_VISIT.who}') th a[href^='/log/alerts/']")
    camera.keep(page, f"audit-alert{suffix}", whole=True)


def _take_trouble(camera: Camera, trial: Trial, auditor: Browser) -> None:
    """An entry is taken out of the keeper's database by hand: the keeper says so, and signs no more."""
    with closing(sqlite3.connect(trial.data / KEEPER)) as opened, opened:
        [index] = opened.execute(TAKEN_OUT).fetchone()
        opened.execute('DELETE FROM entries WHERE "index" = ?', (index,))
        opened.execute("DELETE FROM nodes WHERE level = 0 AND position = ?", (index,))
    for language, suffix in LOOKS:
        with camera.looking_as(auditor, language) as page:
            page.goto(f"{trial.admin}/log")
            page.goto(f"{trial.admin}/log/heads")
            camera.keep(page, f"audit-heads{suffix}")
