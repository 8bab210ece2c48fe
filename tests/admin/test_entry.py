"""Tips that staff enter: logged first, sealed to the route's desks, opened by the sheet's code alone."""

import io
import re
from html import unescape

import pytest
from sqlalchemy import text
from werkzeug.datastructures import MultiDict

from crypto.tracking_codes import TrackingCode
from tests.admin.conftest import Office, Staff
from tests.admin.printing import FORM, HANDED, LETTER, english, enter, keeper_away, letter, print_papers
from tests.keeper.observed import Observed
from tests.public.visitor import Visitor
from tests.world import member_id
from tipline.evidence.verify import verify_export
from tipline.ids import TipId
from tipline.mailbox.errors import DamagedMailbox, UnknownCode
from tipline.mailbox.thread import find_mailbox, first_text, own_texts
from tipline.public.app import create_app
from tipline.public.services import EXTENSION
from tipline.tips.answers import TipText

FIELD = re.compile(r'name="(\w+)" value="([^"]*)"')
CHECKED = re.compile(r'name="(exclude)" value="(\w+)" checked')


@pytest.fixture
def clerk(office: Office) -> Staff:
    return english(office.signed_in("reviewer-a"))


def tips(office: Office) -> list[TipId]:
    with office.database.reading() as session:
        return [TipId(row) for row in session.scalars(text("SELECT id FROM tips"))]


def opened(office: Office, code: TrackingCode) -> TipText:
    """What the reporter's mailbox finds as its first text."""
    with office.database.reading() as session:
        return first_text(session, find_mailbox(session, code), office.world.verifier)


# ------------------------------------------------------------------ refused


def test_whether_an_official_is_involved_has_no_silent_default(clerk: Staff) -> None:
    asked = clerk.get("/tips/new").text.split('name="official"')[1].split("</select>")[0]
    assert asked.startswith(" required")
    assert "selected" not in asked
    assert re.findall('value="([^"]*)"', asked) == ["", "yes", "no", "unsure"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"channel": None}, "Choose how it came."),
        ({"channel": "rumour"}, "Choose how it came."),
        ({"came_on": ""}, "Give the day on which it came"),
        ({"came_on": "2026-03-05"}, "Give the day on which it came"),
        ({"original": "x" * 201}, "at most 200 characters"),
        ({"no_sheet": None}, "Type the number of the code sheet"),
        ({"sheet": "", "no_sheet": None}, "Type the number of the code sheet"),
        ({"sheet": "000 005 724", "no_sheet": "yes"}, "Only one can be right"),
        ({"sheet": "000 005 725"}, "This number is mistyped"),
        ({"sheet": "000 005 724"}, "no sheet with this number was printed here"),
        ({"official": None}, "Say whether an official is involved."),
        ({"official": ""}, "Say whether an official is involved."),
        ({"unit": "u77"}, "A choice is no longer in the list."),
        ({"official": "perhaps"}, "A choice is no longer in the list."),
        ({"category": "gossip"}, "A choice is no longer in the list."),
        ({"exclude": ["u77"]}, "A choice is no longer in the list."),
        ({"exclude_text": "x" * 2_001}, "at most 2,000 characters"),
        ({"description": "  "}, "Type what the letter says"),
        ({"description": "字" * 22_000}, "The text is too long"),
        ({"unit": "u9", "exclude": ["u2", "u3", "u9"]}, "Take it to the body above"),
    ],
    ids=str,
)
def test_what_is_wrong_is_named_and_nothing_typed_is_lost(
    office: Office, clerk: Staff, changes: dict[str, object], sentence: str
) -> None:
    before = office.log_size()
    wanted = {"description": LETTER} | changes
    page = enter(clerk, **wanted)
    assert page.status_code == 422
    assert sentence in unescape(page.text)
    assert str(wanted["description"]) in page.text
    if not isinstance(changes.get("original"), str):
        assert 'value="steel cabinet 2"' in page.text
    assert tips(office) == []
    assert office.log_size() == before


@pytest.mark.parametrize("knows_roster", [False, True])
def test_without_the_keeper_everything_typed_comes_back(
    office: Office, clerk: Staff, *, knows_roster: bool
) -> None:
    (paper,) = print_papers(clerk)
    fields = letter(sheet=paper.number, exclude=["u3", "u4"], exclude_text="his brother", danger="yes")
    fields["form"] = FORM.findall(clerk.get("/tips/new").text)[0]
    with keeper_away(office, knows_roster=knows_roster):
        page = clerk.post("/tips/new", fields)
    assert page.status_code == 503
    assert tips(office) == []
    back = MultiDict(FIELD.findall(page.text) + CHECKED.findall(page.text))
    assert set(back.getlist("exclude")) >= {"u3", "u4"}
    assert back["sheet"] == paper.number
    assert back["form"] == fields["form"]
    for words in (LETTER, "his brother", "steel cabinet 2", "2026-03-02"):
        assert words in page.text
    assert clerk.post("/tips/new", fields).status_code == 201


def test_what_cannot_be_stored_is_not_logged_and_comes_back(office: Office, clerk: Staff) -> None:
    (paper,) = print_papers(clerk)
    office.change("create trigger full before insert on slips begin select raise(abort, 'disk full'); end")
    before = office.log_size()
    page = enter(clerk, sheet=paper.number, description="The end of a long letter.")
    assert page.status_code == 503
    assert "The end of a long letter." in page.text
    assert office.log_size() == before
    office.change("drop trigger full")
    assert enter(clerk, sheet=paper.number).status_code == 201


def test_a_sheet_is_used_once(office: Office, clerk: Staff) -> None:
    (paper,) = print_papers(clerk)
    assert enter(clerk, sheet=paper.number).status_code == 201
    before = office.log_size()
    page = enter(clerk, sheet=paper.number, description="Another letter.")
    assert page.status_code == 409
    assert "A tip was entered under this sheet before." in page.text
    assert "Another letter." in page.text
    assert len(tips(office)) == 1
    assert office.log_size() == before


def test_a_used_sheet_that_was_put_back_by_hand_is_spent_for_the_keeper(office: Office, clerk: Staff) -> None:
    (paper,) = print_papers(clerk)
    with office.database.reading() as session:
        [row] = session.execute(text("SELECT * FROM sheets")).mappings().all()
    enter(clerk, sheet=paper.number)
    for table in ("slips", "items", "tips"):
        office.change(f"DELETE FROM {table}")
    changes = ", ".join(f"{name} = :{name}" for name in row)
    office.change(f"UPDATE sheets SET {changes}", **row)
    page = enter(clerk, sheet=paper.number, description="Something else.")
    assert page.status_code == 409
    assert "The log has an entry under this sheet" in page.text
    assert tips(office) == []


@pytest.mark.parametrize("column", ["tip_id", "locator", "recipient", "claim", "marker", "root", "record"])
def test_an_altered_sheet_row_is_refused(office: Office, clerk: Staff, column: str) -> None:
    (paper,) = print_papers(clerk)
    with office.database.reading() as session:
        value = bytearray(session.execute(text(f"SELECT {column} FROM sheets")).scalar_one())
    value[len(value) // 2] ^= 1
    office.change(f"UPDATE sheets SET {column} = :value", value=bytes(value))
    before = office.log_size()
    page = enter(clerk, sheet=paper.number)
    assert page.status_code == 409
    assert "is not what was printed" in page.text
    assert tips(office) == []
    assert office.log_size() == before


def test_a_planted_sheet_and_one_under_anothers_number_are_refused(office: Office, clerk: Staff) -> None:
    first, second = print_papers(clerk, 2)
    numbers = {paper: paper.number.replace(" ", "") for paper in (first, second)}
    # All values of another sheet, its genuine record included, under this number.
    office.change(
        "UPDATE sheets SET (tip_id, locator, recipient, claim, marker, root) = (SELECT tip_id, locator,"
        " recipient, claim, marker, root FROM sheets WHERE number = :other) WHERE number = :mine",
        mine=numbers[first],
        other=numbers[second],
    )
    assert enter(clerk, sheet=first.number).status_code == 409
    assert enter(clerk, sheet=second.number).status_code == 201


def test_a_text_without_a_record_of_its_entry_is_no_tip(office: Office, clerk: Staff) -> None:
    first, second = print_papers(clerk, 2)
    enter(clerk, sheet=first.number)
    enter(clerk, sheet=second.number, description="Another letter.")
    foreign = "(SELECT record FROM items i JOIN tips t ON t.id = i.tip_id WHERE t.locator = :other)"
    locators = {"mine": first.code.locator_hash, "other": second.code.locator_hash}
    for record in ("x''", foreign):
        office.change(
            f"UPDATE items SET record = {record} WHERE :other != x'' AND tip_id ="
            " (SELECT id FROM tips WHERE locator = :mine)",
            **locators,
        )
        with pytest.raises(DamagedMailbox):
            opened(office, first.code)
        tip = next(tip for tip in tips(office) if office.row(tip).locator == locators["mine"])
        clerk.get("/tips")
        page = clerk.read(tip)
        assert page.status_code == 409
        assert LETTER not in page.text


def test_a_text_that_nobody_signed_or_entered_is_shown_to_the_auditor(office: Office, clerk: Staff) -> None:
    auditor = english(office.signed_in("auditor", confirmed=True))
    enter(clerk)
    words = "A tip that nobody signed has no valid record of an entry"
    assert words not in auditor.post("/log/verify").text
    tip = office.put_tip()
    office.change("UPDATE items SET claim_signature = x'' WHERE tip_id = :tip", tip=tip)
    assert words in auditor.post("/log/verify").text


def test_the_same_form_enters_one_tip(office: Office, clerk: Staff) -> None:
    fields = {"form": FORM.findall(clerk.get("/tips/new").text)[0], **letter()}
    assert clerk.post("/tips/new", fields).status_code == 201
    page = clerk.post("/tips/new", fields)
    assert page.status_code == 409
    assert "You sent this form before" in page.text
    assert len(tips(office)) == 1


def test_a_form_of_another_session_still_enters_the_tip(office: Office, clerk: Staff) -> None:
    field = FORM.findall(office.signed_in("reviewer-b").get("/tips/new").text)[0]
    assert clerk.post("/tips/new", {"form": field, **letter()}).status_code == 201


# ------------------------------------------------------------------ done


def test_the_statement_is_in_the_log_and_holds_no_text(office: Office, clerk: Staff) -> None:
    (paper,) = print_papers(clerk)
    observed = Observed(office.world)
    printed = observed.entry(office.log_size() - 1).statement.body["sheets"]
    enter(clerk, sheet=paper.number, channel="phone", exclude_text="his brother")
    entry = observed.entry(office.log_size() - 1)
    body = entry.statement.body
    assert (entry.outcome, body["type"], body["by"]) == ("done", "entry", [member_id("reviewer-a")])
    assert (body["channel"], body["sheet"]) == ("phone", printed[0])
    assert body["claim"] == paper.code.claim_key.public.raw.hex()
    for words in (LETTER, "brother", "cabinet"):
        assert words.encode() not in entry.statement.encode()


def test_the_sheets_code_opens_what_was_entered_and_no_other(office: Office, clerk: Staff) -> None:
    first, second = print_papers(clerk, 2)
    enter(clerk, sheet=first.number, unit="u4", danger="yes")
    found = opened(office, first.code)
    assert (found.description, found.unit, found.urgency) == (LETTER, "u4", "danger")
    assert found.entered is not None
    assert (found.entered.channel, found.entered.original) == ("letter", "steel cabinet 2")
    assert found.entered.came_on.isoformat() == "2026-03-02"
    with pytest.raises(UnknownCode):
        opened(office, second.code)


def test_after_use_nothing_leads_from_the_number_to_the_tip(office: Office, clerk: Staff) -> None:
    (paper,) = print_papers(clerk)
    enter(clerk, sheet=paper.number)
    with office.database.reading() as session:
        [row] = session.execute(text("SELECT * FROM sheets")).mappings().all()
    left = {name: value for name, value in row.items() if value}
    assert left == {"number": paper.number.replace(" ", ""), "printed_on": "2026-03-03", "used": 1}


def test_an_entered_row_looks_like_every_other(office: Office, clerk: Staff) -> None:
    (paper,) = print_papers(clerk)
    enter(clerk, sheet=paper.number)
    entered = office.row(tips(office)[0])
    typed = office.row(office.put_tip())
    assert (len(entered.root), len(entered.marker)) == (len(typed.root), len(typed.marker))
    with office.database.reading() as session:
        sizes = session.execute(text("SELECT kind, length(sealed) FROM items ORDER BY kind")).all()
    assert len(set(sizes)) == 2


@pytest.mark.parametrize(
    "changes",
    [{"official": "yes"}, {"exclude_text": "the clerk's brother"}, {"category": "umbrella"}],
    ids=str,
)
def test_whoever_typed_a_tip_that_leaves_the_township_cannot_open_it(
    office: Office, clerk: Staff, changes: dict[str, str]
) -> None:
    page = enter(clerk, **changes)
    assert page.status_code == 201
    assert "handed to: Desk integrity" in page.text
    assert "You cannot open it" in page.text
    (tip,) = tips(office)
    assert tip.hex() not in page.text
    assert not HANDED.search(page.text)
    assert clerk.get(f"/tips/{tip.hex()}").status_code == 404
    integrity = office.signed_in("integrity")
    assert f"/tips/{tip.hex()}" in integrity.get("/tips").text
    assert LETTER in integrity.read(tip).text


def test_whoever_belongs_to_the_unit_that_a_letter_names_cannot_open_it(office: Office, clerk: Staff) -> None:
    page = enter(clerk, unit="u2")  # the clerk's own
    assert "handed to: Desk intake" in page.text
    assert "You cannot open it" in page.text
    (tip,) = tips(office)
    assert f"/tips/{tip.hex()}" not in clerk.get("/tips").text
    assert clerk.get(f"/tips/{tip.hex()}").status_code == 404
    assert f"/tips/{tip.hex()}" in office.signed_in("reviewer-b").get("/tips").text


def test_a_tip_without_a_sheet_says_that_its_mailbox_stays_shut(office: Office, clerk: Staff) -> None:
    page = enter(clerk)
    assert "nobody can open its mailbox" in page.text
    (tip,) = tips(office)
    assert HANDED.findall(page.text) == [f"{tip.hex()[:4]}-{tip.hex()[4:8]}"]
    clerk.get("/tips")
    assert LETTER in clerk.read(tip).text


def test_a_letter_under_a_sheet_is_answered_in_its_mailbox(office: Office, clerk: Staff) -> None:
    (paper,) = print_papers(clerk)
    assert enter(clerk, sheet=paper.number).status_code == 201
    (tip,) = tips(office)
    site = create_app(office.settings, office.clock)
    try:
        reporter = Visitor(site)
        _open(reporter, paper.code)
        clerk.get("/tips")
        read = clerk.read(tip)
        assert LETTER in read.text
        assert "steel cabinet 2" in read.text
        assert "the reply is logged" in clerk.act(tip, read, message="Thank you.").text.lower()
        assert "Thank you." in reporter.get("/mailbox/messages").text
        office.write_back(paper.code, "It goes on at night.")
        assert "It goes on at night." in clerk.read(tip).text
    finally:
        site.extensions[EXTENSION].database.dispose()
    with office.database.reading() as session:
        mailbox = find_mailbox(session, paper.code)
        own = list(own_texts(session, mailbox, office.world.verifier))
    assert own == [LETTER, "It goes on at night."]
    _audit(office)


def _open(reporter: Visitor, code: TrackingCode) -> None:
    answer = reporter.post("/mailbox", {**reporter.hidden("/mailbox"), "code": code.reveal()})
    assert answer.status_code in (200, 303), answer.text


def _audit(office: Office) -> None:
    auditor = english(office.signed_in("auditor", confirmed=True))
    log = auditor.get("/log").text
    for words in ("Printed code sheets", "Entered a tip", "Letter"):
        assert words in log
    export = auditor.post("/log/export")
    result = verify_export(
        io.BytesIO(export.data), log_key=office.world.verifier, old_checkpoint=None, progress=None
    )
    assert result.size > 5
