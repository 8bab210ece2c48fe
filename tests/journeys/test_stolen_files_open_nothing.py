"""Promises 1 and 3: whoever has only the disk, only a desk's keys, or only the keeper's files opens no tip.

Nor a protection case, not even with the keeper's files and the keys of everybody who reads tips.

The thief of `tests/journeys/thief.py` tries every key on everything. That they are not simply clumsy is shown
last: with the keeper's key and the desks' keys together everything opens, cards included.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from crypto.tracking_codes import TrackingCode
from tests.journeys.browser import Browser
from tests.journeys.conftest import trial_in
from tests.journeys.people import (
    DANGER_FORM,
    ask_for_protection,
    listed,
    messages,
    open_mailbox,
    photo,
    read,
    report,
    sign_in,
    unlocked_seed,
)
from tests.journeys.store import rows, tip_of
from tests.journeys.thief import Thief, steal_database, steal_folder, steal_keeper
from tests.journeys.trial import Trial

DESCRIPTION = "They collect money at the bus station."
REPLY = "Which day of the week?"
MESSAGE = "On Fridays."
REASON = "It concerns traffic, not a gang."
FEARED = "They wait in front of my house."
ANSWER = "The station drives by tonight."
DANGER = "Two men, every night."
INTAKE = ("reviewer-a", "reviewer-b", "proposer")
PROTECTORS = ("protection", "protection-2")
CLERKS = ("clerk-1", "clerk-2")
READERS = (*INTAKE, "integrity", "auditor", "custodian-1", "custodian-2", *PROTECTORS, *CLERKS)


@dataclass(frozen=True)
class Story:
    """A tip with all that can happen to it now, one more that nobody has listed, and open sessions.

    `case` is a protection case that its desk works on.
    """

    trial: Trial
    tips: tuple[bytes, bytes]
    codes: tuple[str, str]
    sessions: tuple[bytes, bytes]
    case: bytes

    def thief(self) -> Thief:
        """Somebody who has the main database, the sealed files, and the public process's files."""
        thief = Thief()
        steal_database(thief, self.trial, (*self.tips, self.case))
        steal_folder(thief, self.trial.data / "public")
        steal_folder(thief, self.trial.ram / "public")
        return thief


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with trial_in(tmp_path_factory.mktemp("stolen")) as trial:
        yield _told(trial)


def _told(trial: Trial) -> Story:
    code = report(Browser(trial.public), DESCRIPTION, unit="u8", files=[photo("bus.png", 3)])
    member = sign_in(trial, "reviewer-a")
    address = listed(member)[0]
    page = read(member, address)
    page = member.submit(page, page.form("message"), {"message": REPLY})
    reporter = Browser(trial.public)
    open_mailbox(reporter, code)
    thread = messages(reporter)
    reporter.submit(thread, thread.form("message"), {"message": MESSAGE})
    page = read(member, address)
    page = member.submit(page, page.form("move"), press=("move", "screening"))
    page = member.submit(page, page.form("move"), press=("move", "triage"))
    away = next(form for form in page.forms if "reason" in form.names and form.buttons[-1].name == "move")
    page = member.submit(page, away, {"reason": REASON})
    page = member.submit(page, page.form("exclude"), {"exclude": "u10"})
    assert page.status == 200, page.words
    unread = report(Browser(trial.public), DESCRIPTION)
    tips = (tip_of(trial, code), tip_of(trial, unread))
    case, protector = _protected(trial)
    return Story(trial, tips, (code, unread), (_session(member), _session(protector)), case)


def _session(member: Browser) -> bytes:
    """What their browser holds."""
    return base64.urlsafe_b64decode(member.cookies["tipline_staff"] + "=")


def _protected(trial: Trial) -> tuple[bytes, Browser]:
    """Somebody asks for protection, and the desk begins: the case, and who works on it."""
    code = ask_for_protection(Browser(trial.public), FEARED)
    member = sign_in(trial, "protection")
    member.get("/protection")
    page = read(member, f"/protection/{tip_of(trial, code).hex()}", "protection")
    assert FEARED in page.words
    page = member.submit(page, page.form("danger_what"), {**DANGER_FORM, "danger_what": DANGER})
    page = member.submit(page, page.form("message"), {"message": ANSWER})
    assert DANGER in page.words
    assert ANSWER in page.words
    return tip_of(trial, code), member


def test_the_whole_main_database_and_the_public_processs_files_open_nothing(story: Story) -> None:
    thief = story.thief()
    assert any(name.startswith("card ") for name in thief.boxes)
    assert thief.open_everything() == {}


def test_desk_members_keys_and_the_database_open_nothing_without_the_keeper(story: Story) -> None:
    thief = story.thief()
    for name in READERS:
        thief.hold_member(unlocked_seed(story.trial, name).seed)
    steal_folder(thief, story.trial.data / "admin")
    opened = thief.open_everything()
    # The desks' own keys are theirs; they lie under nothing that the keeper guards.
    assert {name.split()[0] for name in opened} == {"seal"}


def test_the_keepers_files_and_the_database_open_no_item_and_no_card(story: Story) -> None:
    thief = story.thief()
    steal_keeper(thief, story.trial)
    opened = thief.open_everything()
    # The keeper's own lock comes off every slip: policies, and under each a desk's lock, which holds.
    assert {name.split()[0] for name in opened} == {"slip"}
    assert not any(b"AGE-SECRET-KEY" in plaintext for plaintext in opened.values())


def test_the_keepers_files_and_the_keys_of_all_who_read_tips_open_no_case(story: Story) -> None:
    thief = story.thief()
    steal_keeper(thief, story.trial)
    for name in INTAKE:
        thief.hold_member(unlocked_seed(story.trial, name).seed)
    opened = thief.open_everything()
    assert DESCRIPTION.encode() in b"".join(opened.values())
    assert not any(words.encode() in b"".join(opened.values()) for words in (FEARED, ANSWER, DANGER))
    assert [name for name in opened if name.startswith("item") and name in items_of(story, story.case)] == []


def test_the_keepers_files_and_the_protection_desks_keys_open_no_tip(story: Story) -> None:
    thief = story.thief()
    steal_keeper(thief, story.trial)
    for name in PROTECTORS:
        thief.hold_member(unlocked_seed(story.trial, name).seed)
    opened = thief.open_everything()
    assert DANGER.encode() in b"".join(opened.values())
    assert not any(words.encode() in b"".join(opened.values()) for words in (DESCRIPTION, REPLY, MESSAGE))
    tips = [name for tip in story.tips for name in items_of(story, tip)]
    assert [name for name in opened if name in tips] == []


def items_of(story: Story, tip: bytes) -> set[str]:
    """What the thief calls the items of a tip or a case."""
    found = rows(story.trial, "SELECT id, kind FROM items WHERE tip_id = ?", tip)
    assert found
    return {f"item {kind} {item.hex()}" for item, kind in found}


def test_both_together_open_everything_by_the_documented_formats(story: Story) -> None:
    thief = story.thief()
    steal_keeper(thief, story.trial)
    for name in READERS:
        thief.hold_member(unlocked_seed(story.trial, name).seed)
    for session in story.sessions:
        thief.guess(session)
    opened = thief.open_everything()
    left = {" ".join(name.split()[:2]) for name in thief.sealed if name not in opened}
    assert left == {"item route"}  # the reporter's alone
    boxes = {name.split()[0] for name in thief.boxes if name not in opened}
    assert boxes == {"account", "marker", "root"}
    together = b"".join(opened.values())
    for words in (DESCRIPTION, REPLY, MESSAGE, REASON, "bus.png", FEARED, ANSWER, DANGER):
        assert words.encode() in together
    assert any(name.startswith("card ") for name in opened)


def test_the_tracking_code_opens_what_the_reporter_may_read_and_no_card(story: Story) -> None:
    thief = story.thief()
    thief.guess(TrackingCode.parse(story.codes[0]).raw)
    opened = thief.open_everything()
    kinds = {" ".join(name.split()[:2]) for name in opened if not name.startswith(("marker", "root"))}
    assert kinds == {"item text", "item reply", "item message", "item route"}
