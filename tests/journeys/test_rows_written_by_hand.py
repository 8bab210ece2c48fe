"""Promise 4: a row of the main database gives nobody a power, and the auditor sees that it was written.

Each test changes rows of a running instance as its administrator could, with every public key at hand, then
goes on through the real sites. What an auditor cannot see in the database says so, and who sees it instead.
"""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from html import unescape

import pytest

from crypto import age
from crypto.canonical import decode
from crypto.errors import CryptoError
from crypto.keys import Identity, SigningKey
from crypto.notes import NoteSigner, sign_json
from crypto.policies import Route
from crypto.randomness import random_bytes
from crypto.tracking_codes import TrackingCode
from tests.journeys.browser import Browser, Page
from tests.journeys.conftest import trial_in
from tests.journeys.forging import (
    forge,
    item_key,
    log_key,
    put_in,
    put_over,
    put_slips,
    route_record,
    slip_again,
)
from tests.journeys.people import (
    confirm,
    listed,
    messages,
    open_mailbox,
    read,
    report,
    sign_in,
    unlocked_seed,
)
from tests.journeys.store import change, rows, tip_of
from tests.journeys.trial import Trial
from tipline.directory.service import REFRESH_SECONDS
from tipline.tips.answers import Card, Message, TipText
from tipline.tips.categories import Category, Official, Urgency

WORDS = "They take a fee from every stall."
FORGED = "Come alone to the old mill at nine."
TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Told:
    """A tip: its code, its id, and its address at the admin site."""

    code: str
    id: bytes

    @property
    def address(self) -> str:
        return f"/tips/{self.id.hex()}"

    @property
    def handle(self) -> str:
        return f"{self.id.hex()[:4]}-{self.id.hex()[4:8]}"

    @property
    def reporter(self) -> Identity:
        return TrackingCode.parse(self.code).identity


@dataclass
class Office:
    """A trial, and people of it who are signed in."""

    trial: Trial
    reviewer: Browser
    colleague: Browser
    integrity: Browser
    auditor: Browser
    reporters: int = field(default=0)

    def visitor(self) -> Browser:
        """A reporter at an address of their own."""
        self.reporters += 1
        return Browser(self.trial.public, headers={"X-Forwarded-For": f"203.0.113.{self.reporters}"})

    def tip(self, words: str = WORDS, **answers: str) -> Told:
        """A new tip."""
        code = report(self.visitor(), words, **answers)  # type: ignore[arg-type]  # answers are texts
        return Told(code, tip_of(self.trial, code))

    def listed_tip(self, words: str = WORDS) -> Told:
        """A new tip that the keeper has seen in a list."""
        tip = self.tip(words)
        assert tip.address in listed(self.reviewer)
        return tip

    def read_tip(self, words: str = WORDS) -> tuple[Told, Page]:
        """A new tip that was read once."""
        tip = self.listed_tip(words)
        page = read(self.reviewer, tip.address)
        assert words in page.words
        return tip, page

    def answered_tip(self, reply: str) -> Told:
        """A new tip with a reply."""
        tip, page = self.read_tip()
        answered = self.reviewer.submit(page, page.form("message"), {"message": reply})
        assert reply in answered.words
        return tip

    def findings(self) -> str:
        """Where the database disagrees with the log, as the auditor's page says it."""
        page = self.auditor.get("/log")
        verified = self.auditor.submit(page, page.form(action="/log/verify"))
        if verified.status == 428:  # not asked for once more in the last minutes
            verified = confirm(self.trial, self.auditor, verified, "auditor")
        assert "The log verifies" in verified.words, verified.words
        return verified.words

    def refusals(self, tip: Told) -> list[str]:
        """What stands in the log as refused for a tip, newest first."""
        lines = self.auditor.get("/log").text.split("<tr")
        refused = [line for line in lines if line.startswith(' class="refused"') and tip.handle in line]
        return [unescape(" ".join(TAG.sub(" ", line).split())) for line in refused]

    def thread(self, tip: Told) -> str:
        """What the reporter sees, their first page included."""
        visitor = self.visitor()
        first = open_mailbox(visitor, tip.code)
        return first.words + messages(visitor).words

    def item(self, tip: Told, kind: str) -> bytes:
        """The last item of a kind."""
        query = "SELECT id FROM items WHERE tip_id = ? AND kind = ? ORDER BY position DESC"
        return bytes(rows(self.trial, query, tip.id, kind)[0][0])

    def member(self, name: str) -> str:
        return str(rows(self.trial, "SELECT member_id FROM accounts WHERE name = ?", name)[0][0])


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with trial_in(tmp_path_factory.mktemp("by-hand")) as trial:
        made = Office(
            trial,
            reviewer=sign_in(trial, "reviewer-a"),
            colleague=sign_in(trial, "reviewer-b"),
            integrity=sign_in(trial, "integrity"),
            auditor=sign_in(trial, "auditor"),
        )
        assert "Nowhere." in made.findings()
        yield made


def text_of(tip: Told, claim: SigningKey, reader: Identity) -> bytes:
    """The text that a forger would put into the place of a tip's own."""
    return TipText(
        FORGED,
        Category.NOT_SURE,
        "",
        Official.NO,
        (),
        "",
        Urgency.NORMAL,
        "en",
        datetime.now(UTC),
        reader.recipient,
        claim.public.raw,
        Route(("intake",), ()),
    ).encode()


# ------------------------------------------------------------------ keys, roles, recipients


def test_a_desk_key_swapped_in_the_directory_is_used_by_nobody(office: Office) -> None:
    trial, mine, key = (
        office.trial,
        Identity.generate(),
        NoteSigner(log_key(office.trial).name, SigningKey.generate()),
    )
    _, page = office.read_tip()
    [(version, note)] = rows(trial, "SELECT version, note FROM directory_notes ORDER BY version DESC LIMIT 1")
    body = decode(note.decode().splitlines()[0].encode())
    for desk in body["desks"]:
        desk["recipient"] = mine.recipient.text
    body["keeper"] = mine.recipient.text
    change(trial, "UPDATE directory_notes SET note = ?", sign_json(body, key))
    later = sign_json({**body, "version": version + 1000}, key)
    change(trial, "INSERT INTO directory_notes (version, note) VALUES (?, ?)", version + 1000, later)
    time.sleep(REFRESH_SECONDS + 1)  # by now the public site has looked
    try:
        tip = office.listed_tip()
        assert WORDS in read(office.reviewer, tip.address).words
        assert office.reviewer.submit(page, page.form("message"), {"message": "Noted."}).status == 200
        for (slip,) in rows(trial, "SELECT slip FROM slips"):
            with pytest.raises(CryptoError):
                age.unseal(slip, [mine])
        assert office.findings().count("A stored directory is not signed by the keeper") == 2
    finally:
        change(trial, "DELETE FROM directory_notes WHERE version > ?", version)
        change(trial, "UPDATE directory_notes SET note = ?", note)


def test_a_desk_key_that_is_stored_for_another_member_gives_no_desk(office: Office) -> None:
    trial, seed = office.trial, unlocked_seed(office.trial, "reviewer-a")
    tip, reviewer = office.tip(official="yes"), office.member("reviewer-a")
    mine = age.seal(random_bytes(32), [seed.identity.recipient])
    change(trial, "INSERT INTO desk_seals VALUES ('integrity', 1, ?, ?)", reviewer, mine)
    try:
        assert tip.address not in listed(office.reviewer)
        assert office.reviewer.get(tip.address).status == 404
        assert f"{reviewer} · integrity A desk key is stored for somebody" in office.findings()
    finally:
        change(trial, "DELETE FROM desk_seals WHERE desk = 'integrity' AND member_id = ?", reviewer)


def test_a_members_swapped_desk_key_opens_and_seals_nothing(office: Office) -> None:
    # It is sealed to the member, so the auditor cannot look into it: the member is told.
    trial, seed = office.trial, unlocked_seed(office.trial, "reviewer-a")
    tip, reviewer = office.listed_tip(), office.member("reviewer-a")
    where = "WHERE desk = 'intake' AND member_id = ?"
    [(own,)] = rows(trial, f"SELECT sealed FROM desk_seals {where}", reviewer)
    mine = age.seal(random_bytes(32), [seed.identity.recipient])
    change(trial, f"UPDATE desk_seals SET sealed = ? {where}", mine, reviewer)
    try:
        page = office.reviewer.get(tip.address)
        answer = office.reviewer.submit(page, page.form("purpose"), {"purpose": "triage"})
        assert answer.status == 403
        assert "Your account holds no key of this desk" in answer.words
        assert WORDS not in answer.words
    finally:
        change(trial, f"UPDATE desk_seals SET sealed = ? {where}", own, reviewer)


def test_an_account_or_a_session_that_names_another_member_opens_nothing(office: Office) -> None:
    trial = office.trial
    other, integrity = office.member("reviewer-b"), office.member("integrity")
    [(token,)] = rows(trial, "SELECT token_hash FROM staff_sessions WHERE member_id = ?", other)
    session = "UPDATE staff_sessions SET member_id = ? WHERE token_hash = ?"
    change(trial, session, integrity, token)
    assert office.colleague.get("/tips").url.endswith("/sign-in")
    change(trial, session, other, token)
    swap = "UPDATE accounts SET member_id = ? WHERE member_id = ?"
    for new, old in (("m-aside", other), (other, integrity), (integrity, "m-aside")):
        change(trial, swap, new, old)
    try:
        person = trial.codes("reviewer-b")["reviewer-b"]
        staff = Browser(trial.admin)
        page = staff.get("/sign-in")
        values = {"name": "reviewer-b", "password": person["password"], "otp": person["otp"]}
        assert staff.submit(page, page.form("otp"), values).url.endswith("/sign-in")
        assert staff.get("/tips").url.endswith("/sign-in")
        words = office.findings()
        for member in (other, integrity):
            assert f"{member} An account's name is not the one in the log" in words
    finally:
        for new, old in (("m-aside", other), (other, integrity), (integrity, "m-aside")):
            change(trial, swap, new, old)


def test_an_item_sealed_again_for_more_recipients_is_not_opened(office: Office) -> None:
    tip, page = office.read_tip()
    claim, mine = SigningKey.generate(), Identity.generate()
    again = forge(
        office.trial,
        "text",
        tip.id,
        office.item(tip, "text"),
        text_of(tip, claim, mine),
        recipients=[mine.recipient],
        claim=claim,
        desks=["intake", "integrity"],
    )
    put_over(office.trial, again)
    answer = office.reviewer.submit(page, page.form("move"), press=("move", "screening"))
    assert FORGED not in answer.words
    again_read = office.reviewer.get(tip.address)
    answer = office.reviewer.submit(again_read, again_read.form("purpose"), {"purpose": "triage"})
    assert answer.status == 409
    assert FORGED not in answer.words
    assert "item differs from what was seen first" in office.refusals(tip)[0]
    assert f"{tip.handle} The stored bytes of an item are not those in the log" in office.findings()


def test_slips_for_desks_that_the_route_does_not_name_release_nothing(office: Office) -> None:
    trial, (tip, _) = office.trial, office.read_tip()
    item = office.item(tip, "text")
    mine = forge(trial, "reason", tip.id, item, b"", desks=["auditors"])
    put_slips(trial, mine)
    assert (
        f"{tip.handle} · auditors A slip is for a desk that the tip's route does not name"
        in office.findings()
    )
    log = office.auditor.get("/log")
    form = log.form(action="/log/verify")
    form.action = f"/log/reasons/{item.hex()}"
    assert office.auditor.submit(log, form).status == 404
    change(trial, "UPDATE items SET kind = 'reason' WHERE id = ?", item)
    answer = office.auditor.submit(log, form)
    assert answer.status != 200
    assert WORDS not in answer.words
    assert "slip does not fit the statement" in office.refusals(tip)[0]
    change(trial, "UPDATE items SET kind = 'text' WHERE id = ?", item)


# ------------------------------------------------------------------ desk, state, card group, route


def test_a_changed_desk_and_slips_for_it_let_nobody_list_or_read(office: Office) -> None:
    trial, tip = office.trial, office.tip(official="yes")
    assert tip.address in listed(office.integrity)
    member, seed = office.member("integrity"), unlocked_seed(trial, "integrity")
    claim = TrackingCode.parse(tip.code).claim_key.public
    for kind in ("card", "text"):
        item = office.item(tip, kind)
        key = item_key(trial, item, "integrity", member, seed)
        slip_again(trial, item, key, claim, "intake", Route(("integrity",), ()))
    change(trial, "UPDATE tips SET desk = 'intake', card_group = NULL, card_box = NULL WHERE id = ?", tip.id)
    assert tip.address not in listed(office.reviewer)
    assert office.reviewer.get(tip.address).status == 404
    words = office.findings()
    assert f"{tip.handle} The tip stands at another desk than its route" in words
    assert f"{tip.handle} · intake A slip is for a desk that the tip's route does not name" in words


def test_a_changed_state_moves_nothing(office: Office) -> None:
    tip, page = office.read_tip()
    change(office.trial, "UPDATE tips SET state = 'closed' WHERE id = ?", tip.id)
    shown = office.reviewer.get(tip.address)
    assert "The list shows another state than the log" in shown.words
    assert f"{tip.handle} The tip's state is not the one in the log" in office.findings()
    moved = office.reviewer.submit(page, page.form("move"), press=("move", "screening"))
    assert moved.status == 200
    assert [state for (state,) in rows(office.trial, "SELECT state FROM tips WHERE id = ?", tip.id)] == [
        "screening"
    ]


def test_the_record_of_another_move_is_no_record(office: Office) -> None:
    records = []
    for _ in range(2):
        tip, page = office.read_tip()
        office.reviewer.submit(page, page.form("move"), press=("move", "screening"))
        records.append((tip, rows(office.trial, "SELECT state_record FROM tips WHERE id = ?", tip.id)[0][0]))
    (_, foreign), (tip, _) = records
    change(office.trial, "UPDATE tips SET state_record = ? WHERE id = ?", foreign, tip.id)
    assert f"{tip.handle} The tip's state has no valid record of the keeper" in office.findings()


def test_a_changed_card_group_shows_the_card_to_nobody_new(office: Office) -> None:
    trial, mine, hidden = office.trial, office.listed_tip(), office.tip(unit="u3")
    assert hidden.address in listed(office.colleague)
    [(group, version, box)] = rows(
        trial, "SELECT card_group, card_version, card_box FROM tips WHERE id = ?", mine.id
    )
    sql = "UPDATE tips SET card_group = ?, card_version = ?, card_box = ? WHERE id = ?"
    change(trial, sql, group, version, box, hidden.id)
    assert hidden.address not in listed(office.reviewer)
    assert office.reviewer.get(hidden.address).status == 404
    # A group of the same desk is not found: the log does not tell the auditor whom a first route excludes.
    change(trial, sql, random_bytes(16), version, box, hidden.id)
    assert f"{hidden.handle} The tip's card is in a group that the log does not give" in office.findings()
    change(trial, sql, None, version + 1, None, hidden.id)
    assert hidden.address in listed(office.colleague)


def test_a_forged_route_redirects_nothing_that_the_reporter_adds(office: Office) -> None:
    trial, (tip, _), (other, page) = office.trial, office.read_tip(), office.read_tip()
    excluded = office.reviewer.submit(page, page.form("exclude"), {"exclude": "u10"})
    assert excluded.status == 200
    genuine = route_record(trial, other.id, other.reporter)
    fields = json.loads(genuine.decode().splitlines()[0])
    mine = NoteSigner(log_key(trial).name, SigningKey.generate())
    forged = sign_json({**fields, "tip": tip.id.hex(), "desks": ["auditors"], "index": 10**6}, mine)
    for record in (genuine, forged):
        item = forge(trial, "route", tip.id, random_bytes(16), record, recipients=[tip.reporter.recipient])
        put_in(trial, tip.id, item, record=b"")
    visitor = office.visitor()
    open_mailbox(visitor, tip.code)
    thread = messages(visitor)
    assert visitor.submit(thread, thread.form("message"), {"message": "One more thing."}).status == 200
    query = "SELECT desk FROM slips WHERE item_id = ? ORDER BY desk"
    assert rows(trial, query, office.item(tip, "message")) == [("intake",), ("integrity",)]
    assert "One more thing." in read(office.reviewer, tip.address).words
    words = "The tip has another number of sealed route records than the log has routes"
    assert f"{tip.handle} {words}" in office.findings()
    assert f"{other.handle} {words}" not in office.findings()


# ------------------------------------------------------------------ replies, reporters, items


def test_forged_replies_are_not_shown_and_true_ones_that_vanish_are_missed(office: Office) -> None:
    trial, tip, other = (
        office.trial,
        office.answered_tip("Thank you."),
        office.answered_tip("Thank you, too."),
    )
    records = [
        rows(trial, "SELECT record FROM items WHERE id = ?", office.item(one, "reply"))[0][0]
        for one in (tip, other)
    ]
    office.thread(tip)  # so that a new reply would be news
    content = Message(FORGED, date(2026, 1, 1)).encode()
    for record in (b"", *records):
        item = forge(
            trial,
            "reply",
            tip.id,
            random_bytes(16),
            content,
            recipients=[tip.reporter.recipient],
            desks=["intake"],
        )
        put_in(trial, tip.id, item, record=record)
    shown = office.thread(tip)
    assert FORGED not in shown
    assert "Thank you." in shown
    assert "Nothing new." in shown
    staff = read(office.reviewer, tip.address).words
    assert FORGED not in staff
    assert "Not genuine, not shown." in staff
    assert office.findings().count(f"{tip.handle} A reply or note has no valid record of the keeper") == 3
    true = office.item(other, "reply")
    change(trial, "DELETE FROM slips WHERE item_id = ?", true)
    change(trial, "DELETE FROM items WHERE id = ?", true)
    assert "Thank you, too." not in office.thread(other)
    assert f"{other.handle} The log names an item of this tip that the database lacks" in office.findings()


def test_content_put_under_a_true_record_is_not_shown(office: Office) -> None:
    tip = office.answered_tip("Thank you.")
    content = Message(FORGED, date(2026, 1, 1)).encode()
    reply = office.item(tip, "reply")
    put_over(
        office.trial,
        forge(
            office.trial,
            "reply",
            tip.id,
            reply,
            content,
            recipients=[tip.reporter.recipient],
            desks=["intake"],
        ),
    )
    assert FORGED not in office.thread(tip)
    assert FORGED not in read(office.reviewer, tip.address).words
    words = office.findings()
    assert f"{tip.handle} The stored bytes of an item are not those in the log" in words
    assert f"{tip.handle} A reply or note has no valid record of the keeper" in words


def test_another_reporters_key_under_a_tip_that_was_listed_is_refused(office: Office) -> None:
    tip = office.listed_tip()
    _forge_first_text(office, tip)
    page = office.reviewer.get(tip.address)
    answer = office.reviewer.submit(page, page.form("purpose"), {"purpose": "triage"})
    assert answer.status == 409
    assert FORGED not in answer.words
    assert "item differs from what was seen first" in office.refusals(tip)[0]


def test_another_reporters_key_under_a_tip_that_nobody_saw_is_told_to_the_reporter(office: Office) -> None:
    # Nothing in the log knows this tip yet, so no auditor can see it before the nightly inventory exists.
    tip = office.tip()
    claim = _forge_first_text(office, tip)
    card = Card(Category.NOT_SURE, "", Official.NO, Urgency.NORMAL, 0, "en", date(2026, 1, 1)).encode()
    desks = ["intake", "integrity"]
    put_over(
        office.trial,
        forge(office.trial, "card", tip.id, office.item(tip, "card"), card, claim=claim, desks=desks),
    )
    assert tip.address in listed(office.reviewer)
    assert FORGED in read(office.reviewer, tip.address).words
    visitor = office.visitor()
    open_mailbox(visitor, tip.code)
    thread = messages(visitor)
    answer = visitor.submit(thread, thread.form("message"), {"message": "Did you get it?"})
    assert answer.status == 503
    assert "what is stored has been changed" in answer.words


def test_texts_swapped_between_two_tips_are_refused(office: Office) -> None:
    for seen in (False, True):
        tips = [
            office.read_tip(f"{WORDS} {n}")[0] if seen else office.listed_tip(f"{WORDS} {n}") for n in "ab"
        ]
        one, two = (office.item(tip, "text") for tip in tips)
        swap = "UPDATE items SET tip_id = ?, position = ? WHERE id = ?"
        for place, position, item in ((tips[0], 99, two), (tips[1], 0, one), (tips[0], 0, two)):
            change(office.trial, swap, place.id, position, item)
        for tip, other in zip(tips, "ba", strict=True):
            page = office.reviewer.get(tip.address)
            answer = office.reviewer.submit(page, page.form("purpose"), {"purpose": "triage"})
            assert answer.status == 409
            assert f"{WORDS} {other}" not in answer.words
            assert "slip does not fit the statement" in office.refusals(tip)[0]
            changed = (
                f"{tip.handle} The stored bytes of an item are not those in the log" in office.findings()
            )
            assert changed == seen  # what nobody has read stands in the log as a refusal alone


def _forge_first_text(office: Office, tip: Told) -> SigningKey:
    claim, mine = SigningKey.generate(), Identity.generate()
    put_over(
        office.trial,
        forge(
            office.trial,
            "text",
            tip.id,
            office.item(tip, "text"),
            text_of(tip, claim, mine),
            recipients=[mine.recipient, tip.reporter.recipient],
            claim=claim,
            desks=["intake", "integrity"],
        ),
    )
    return claim
