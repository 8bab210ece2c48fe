"""What an auditor's work needs around it: two who sign, and a witness at another body."""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from crypto.note_lines import Verifier
from tests.journeys.browser import Browser, Page
from tests.journeys.people import confirm
from tests.journeys.store import change, rows
from tests.journeys.trial import Trial, children, wait_for
from tests.witness.running import Running, countersigning
from tipline.addresses import answers_socket
from tipline.clock import SystemClock
from tipline.witness.folder import read_keys

WITNESS: Final = "witness.example/county"
VKEY: Final = re.compile(r'<p class="digest">([^<]+)</p>')


def sure(trial: Trial, staff: Browser, page: Page, name: str) -> Page:
    """The page behind one that may ask for password and code again."""
    return confirm(trial, staff, page, name) if page.status == 428 else page


def sign_second(trial: Trial, staff: Browser, name: str) -> None:
    """Sign what a colleague has signed first."""
    page = staff.get("/proposals")
    signed = sure(trial, staff, staff.submit(page, page.form(action="/sign")), name)
    assert signed.status == 200, signed.words
    assert "Nothing waits for your signature." in signed.words


def log_keys(registrar: Browser) -> tuple[Verifier, ...]:
    """The log's keys, as the registrar hands them to a witness."""
    found = VKEY.findall(registrar.get("/members/witnesses").text)
    assert len(found) == 2
    return read_keys(found)


@contextmanager
def witnessed(folder: Path, trial: Trial, registrar: Browser, integrity: Browser) -> Iterator[Running]:
    """A witness that two people have named, while the block runs; the keeper asks it when it starts."""
    with countersigning(folder, log_keys(registrar), SystemClock(), WITNESS) as witness:
        page = registrar.get("/members/witnesses")
        form = page.form("place", "other")
        [other] = [one for one in form.choices["other"] if _is(trial, one, "integrity")]
        keys = "\n".join(key.vkey for key in witness.witness.verifiers)
        values = {"place": WITNESS, "url": witness.url, "keys": keys, "other": other}
        asked = sure(trial, registrar, registrar.submit(page, form, values), "registrar")
        assert asked.status == 200, asked.words
        sign_second(trial, integrity, "integrity")
        start_keeper_anew(trial)
        yield witness


def start_keeper_anew(trial: Trial) -> None:
    """End the keeper; the supervisor starts another."""
    before = children(trial.process.pid)["keeper"]
    os.kill(before, signal.SIGKILL)

    def is_another() -> bool:
        now = children(trial.process.pid).get("keeper", before)
        return now != before and answers_socket(trial.ram / "keeper" / "operator.sock")()

    wait_for("another keeper answers", is_another)


def let_a_night_pass(trial: Trial) -> str:
    """Make the nightly list as if all had come a day ago (what came today waits); what it says."""
    change(trial, "UPDATE items SET day = date(day, '-1 day')")
    return trial.run("inventory").stderr


def _is(trial: Trial, member: str, name: str) -> bool:
    return bool(rows(trial, "SELECT 1 FROM accounts WHERE member_id = ? AND name = ?", member, name))
