"""The keeper stopped, dead, on a full disk or locked out of its database: nothing is read, and tips arrive.

The sites are not started anew: once the keeper is well again, they work at once.
"""

import os
import resource
import signal
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from babel.messages.pofile import read_po

from tests.journeys.browser import Browser, Page, Upload
from tests.journeys.people import messages, open_mailbox, read, report
from tests.journeys.store import rows, tip_of
from tests.journeys.trial import Trial, children, wait_for

DESCRIPTION: Final = "Brother Long's men collect money at the fish market on Fridays."
FILE: Final = Upload("stall.txt", b"The green stall beside the bridge. " * 40)
SENTENCE: Final = (
    "Nothing can be read now: the keeper does not answer. Tips still arrive. Try again in a minute."
)
REPLY: Final = "We have read it. Please stay away from the market."


@contextmanager
def stopped(trial: Trial) -> Iterator[None]:
    """The keeper takes connections and never answers."""
    keeper = children(trial.process.pid)["keeper"]
    os.kill(keeper, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(keeper, signal.SIGCONT)


@contextmanager
def dead(trial: Trial) -> Iterator[None]:
    """The keeper is gone, and whoever would start it again is held."""
    keeper = children(trial.process.pid)["keeper"]
    os.kill(trial.process.pid, signal.SIGSTOP)
    try:
        os.kill(keeper, signal.SIGKILL)
        yield
    finally:
        os.kill(trial.process.pid, signal.SIGCONT)


@contextmanager
def full_disk(trial: Trial) -> Iterator[None]:
    """No file of the keeper's grows beyond a few pages, as on a disk without room."""
    keeper = children(trial.process.pid)["keeper"]
    before = resource.prlimit(keeper, resource.RLIMIT_FSIZE)
    room = trial.output.stat().st_size + 4096  # what it says about it still goes to the same file as before
    resource.prlimit(keeper, resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.prlimit(keeper, resource.RLIMIT_FSIZE, before)


@contextmanager
def locked_database(trial: Trial) -> Iterator[None]:
    """Somebody else holds the keeper's database."""
    path = trial.data / "keeper" / "keeper.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        yield
        holder.execute("ROLLBACK")


TROUBLES: Final[Mapping[str, Callable[[Trial], AbstractContextManager[None]]]] = {
    "stopped": stopped,
    "dead": dead,
    "full disk": full_disk,
    "locked database": locked_database,
}


def sentence(language: str) -> str:
    """What the page must say; Chinese as the catalogue has it."""
    if language == "en":
        return SENTENCE
    catalogue = Path(__file__).parents[2] / "templates/admin/translations/zh_Hans/LC_MESSAGES/messages.po"
    with catalogue.open("rb") as po:
        return str(read_po(po)[SENTENCE].string)


@dataclass
class Desk:
    """A reviewer in front of a tip that they have read: its forms are open on their screen."""

    trial: Trial
    staff: Browser
    code: str
    address: str
    page: Page

    def asks(self) -> list[Callable[[Browser], Page]]:
        """Everything that would show or say something readable, and needs an entry for it."""
        question = self.staff.get(self.address)
        purpose = question.form("purpose")
        [download] = [form for form in self.page.forms if "/files/" in form.action]
        reply = self.page.form("message")
        return [
            lambda browser: browser.get("/tips"),  # a tip has just arrived, and its card is not opened yet
            lambda browser: browser.submit(question, purpose, {"purpose": "triage"}),
            lambda browser: browser.submit(self.page, download),
            lambda browser: browser.submit(self.page, reply, {"message": REPLY}),
        ]

    def in_language(self, language: str) -> Browser:
        """The same session on a screen in another language."""
        browser = Browser(self.staff.base, language)
        browser.cookies = dict(self.staff.cookies)
        return browser


@pytest.fixture(scope="module")
def desk(proxied: Trial, reviewer: Browser) -> Desk:
    reporter = Browser(proxied.public, headers={"X-Forwarded-For": "198.51.100.200"})
    code = report(reporter, DESCRIPTION, files=[FILE])
    address = f"/tips/{tip_of(proxied, code).hex()}"
    reviewer.get("/tips")
    return Desk(proxied, reviewer, code, address, read(reviewer, address))


def check_reporting(trial: Trial, address: str) -> None:
    """A whole visit of a reporter: a tip, its mailbox, a message."""
    reporter = Browser(trial.public, headers={"X-Forwarded-For": address})
    code = report(reporter, "They came again tonight.", files=[FILE])
    assert open_mailbox(reporter, code).status == 200
    thread = messages(reporter)
    assert (
        reporter.submit(thread, thread.form("message"), {"message": "And there are four of them."}).status
        == 200
    )
    kinds = rows(trial, "SELECT kind FROM items WHERE tip_id = ? ORDER BY position", tip_of(trial, code))
    assert [kind for (kind,) in kinds] == ["text", "card", "file", "message"]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_without_the_keeper_nothing_is_read_and_tips_still_arrive(desk: Desk, trouble: str) -> None:
    trial, asks = desk.trial, desk.asks()
    sites = {name: pid for name, pid in children(trial.process.pid).items() if name != "keeper"}
    replies = rows(trial, "SELECT count(*) FROM items WHERE kind = 'reply'")
    languages = ("en", "zh-CN")
    # All at once: a question to a keeper that says nothing takes as long as the site's patience.
    with ThreadPoolExecutor(2 * len(asks)) as threads, TROUBLES[trouble](trial):
        address = f"198.51.100.{210 + list(TROUBLES).index(trouble)}"
        check_reporting(trial, address)
        pages = [
            (language, threads.submit(ask, desk.in_language(language)))
            for language in languages
            for ask in asks
        ]
        for language, page in pages:
            refused = page.result()
            assert refused.status == 503, refused.words
            assert sentence(language) in refused.words
            for readable in (DESCRIPTION.encode()[14:], FILE.content[:20], FILE.name.encode()):
                assert readable not in refused.body
    assert rows(trial, "SELECT count(*) FROM items WHERE kind = 'reply'") == replies
    wait_for("the list is shown again", lambda: desk.staff.get("/tips").status == 200)
    assert "Brother Long" in read(desk.staff, desk.address).words
    assert {name: children(trial.process.pid)[name] for name in sites} == sites


def test_a_reply_that_the_keeper_could_not_log_comes_back_and_goes_out_later(desk: Desk) -> None:
    with dead(desk.trial):
        refused = desk.staff.submit(desk.page, desk.page.form("message"), {"message": REPLY})
        assert REPLY in refused.text
    wait_for("the list is shown again", lambda: desk.staff.get("/tips").status == 200)
    again = refused.form("message")
    sent = desk.staff.submit(refused, again)
    assert sent.status == 200, sent.words
    reporter = Browser(desk.trial.public, headers={"X-Forwarded-For": "198.51.100.201"})
    open_mailbox(reporter, desk.code)
    assert REPLY in messages(reporter).words
