"""Promise 6: whose unit a tip names lists, counts and finds nothing, and cannot tell it from no tip at all.

`reviewer-b` is of unit u5, `reviewer-a` of u3; both hold the intake desk.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from crypto.notes import NoteVerifier
from crypto.statements import Statement
from tests.journeys.browser import Browser, Page
from tests.journeys.conftest import trial_in
from tests.journeys.people import listed, messages, open_mailbox, photo, read, report, sign_in, unlocked_seed
from tests.journeys.store import rows, tip_of
from tests.journeys.trial import Trial
from tipline.accounts.types import UnlockedMember
from tipline.clock import SystemClock
from tipline.ids import MemberId
from tipline.keeper_client import AdminKeeper, Reason, Refused, SeenFile, SlipRequest

Saved = tuple[str, str, str, SlipRequest]
"""Kind, item and hash of what was sealed, and its slip."""

UNKNOWN = "0123456789abcdef" * 2
TOKEN = re.compile(r'(name="csrf_token" value=")[^"]+')
STATE = re.compile(r'name="state" value="([^"]+)"')


@dataclass
class Office:
    """A trial with two reviewers, of whom tips name the second one's unit, and an auditor."""

    trial: Trial
    reviewer: Browser
    excluded: Browser
    auditor: Browser

    def tip(self, words: str, **more: object) -> bytes:
        """A new tip's id."""
        return self.told(words, **more)[0]

    def told(self, words: str, **more: object) -> tuple[bytes, str]:
        """A new tip's id and code."""
        number = rows(self.trial, "SELECT count(*) FROM tips")[0][0]
        visitor = Browser(self.trial.public, headers={"X-Forwarded-For": f"203.0.113.{number}"})
        code = report(visitor, words, **more)  # type: ignore[arg-type]  # as `report` has them
        return tip_of(self.trial, code), code

    def token(self) -> str:
        """A token that the excluded member's forms carry."""
        found = TOKEN.search(self.excluded.get("/tips").text)
        assert found
        return found[0].partition('value="')[2]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with trial_in(tmp_path_factory.mktemp("excluded")) as trial:
        yield Office(
            trial,
            reviewer=sign_in(trial, "reviewer-a"),
            excluded=sign_in(trial, "reviewer-b"),
            auditor=sign_in(trial, "auditor"),
        )


def answer(page: Page) -> tuple[int, Mapping[str, str], bytes]:
    """Everything that a visitor gets, but the time."""
    return page.status, {name: value for name, value in page.headers.items() if name != "date"}, page.body


def hidden_file(office: Office, tip: bytes) -> str:
    return str(rows(office.trial, "SELECT id FROM items WHERE tip_id = ? AND kind = 'file'", tip)[0][0].hex())


def every_request(office: Office, tip: str, file: str, state: str) -> Iterator[tuple[str, Page]]:
    """Each way to ask for a tip, and for a file of it."""
    token, browser = office.token(), office.excluded
    forms: list[dict[str, str]] = [
        {},
        {"purpose": "triage"},
        {"purpose": "nonsense"},
        {"state": state, "message": "Hello"},
        {"state": state, "message": ""},
        {"state": state, "move": "screening"},
        {"state": state, "move": "closed", "reason": "x"},
        {"state": state, "exclude": "u10", "reason": "x"},
        {"state": "x", "message": "Hello", "reason": "y", "move": "z"},
    ]
    for path in (f"/tips/{tip}", f"/tips/{tip}/files/{file}"):
        for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
            yield f"{method} {path.count('/')}", browser.send(method, path)
        for number, form in enumerate(forms):
            yield (
                f"POST {path.count('/')} {number}",
                browser.send("POST", path, {"csrf_token": token, **form}),
            )
        yield f"POST {path.count('/')} without a token", browser.send("POST", path, forms[1])
    yield "GET with a question", browser.send("GET", f"/tips/{tip}?done=move")
    yield "GET in capitals", browser.send("GET", f"/tips/{tip.upper()}")


def same_bytes(office: Office, tip: bytes, state: str) -> None:
    """Check that a tip answers like an unknown one, whatever is asked."""
    unknown = {name: answer(page) for name, page in every_request(office, UNKNOWN, UNKNOWN, state)}
    file = hidden_file(office, tip)
    assert {status for status, *_ in unknown.values()} >= {400, 404, 405}
    for name, page in every_request(office, tip.hex(), file, state):
        assert answer(page) == unknown[name], name


def own_state(office: Office) -> str:
    """The hidden field of a tip that the excluded member may read."""
    tip = office.tip("Nothing to do with any unit.")
    assert f"/tips/{tip.hex()}" in listed(office.excluded)
    found = STATE.search(read(office.excluded, f"/tips/{tip.hex()}").text)
    assert found
    return found[1]


def test_an_excluded_member_lists_counts_and_finds_nothing(office: Office) -> None:
    pages = ["/tips", "/tips?state=all", "/tips?state=received", "/tips?state=screening", "/tips?page=2"]
    office.tip("A tip that both may see.")
    listed(office.excluded)
    before = [TOKEN.sub(r"\1", office.excluded.get(page).text) for page in pages]
    unread = office.tip("The justice office looks away.", unit="u5")
    assert [TOKEN.sub(r"\1", office.excluded.get(page).text) for page in pages] == before
    assert f"/tips/{unread.hex()}" in listed(office.reviewer)
    assert "looks away" in read(office.reviewer, f"/tips/{unread.hex()}").words
    assert [TOKEN.sub(r"\1", office.excluded.get(page).text) for page in pages] == before


def test_a_hidden_tip_answers_with_the_bytes_of_an_unknown_one(office: Office) -> None:
    state = own_state(office)
    for number, answers in enumerate(({"unit": "u5"}, {"official": "yes"})):
        tip = office.tip("Not for reviewer-b.", files=[photo("x.png", number)], **answers)
        same_bytes(office, tip, state)  # before anybody has listed it
        if "unit" in answers:
            address = f"/tips/{tip.hex()}"
            assert address in listed(office.reviewer)
            same_bytes(office, tip, state)
            assert "Not for reviewer-b." in read(office.reviewer, address).words
            same_bytes(office, tip, state)


def test_an_exclusion_added_later_binds_at_once_old_slips_and_open_pages_included(
    office: Office, tmp_path: Path
) -> None:
    tip, code = office.told("First it named nobody.", files=[photo("y.png", 9)])
    address = f"/tips/{tip.hex()}"
    assert address in listed(office.excluded)
    open_page = read(office.excluded, address)
    assert "First it named nobody." in open_page.words
    found = STATE.search(open_page.text)
    assert found
    saved = _slips(office, tip)

    listed(office.reviewer)
    page = read(office.reviewer, address)
    assert office.reviewer.submit(page, page.form("exclude"), {"exclude": "u5"}).status == 200
    items = rows(office.trial, "SELECT count(*) FROM items WHERE tip_id = ?", tip)
    same_bytes(office, tip, found[1])  # its forms, with what the open page held
    assert address not in listed(office.excluded)
    assert rows(office.trial, "SELECT count(*) FROM items WHERE tip_id = ?", tip) == items

    ask_directly(office, tmp_path, tip, saved)
    log = office.auditor.get("/log").text.split("<tr")
    handle = f"{tip.hex()[:4]}-{tip.hex()[4:8]}"
    refusals = [
        line for line in log if 'class="refused"' in line and handle in line and "unit excluded" in line
    ]
    assert len(refusals) == len(saved)

    assert "First it named nobody." in read(office.reviewer, address).words
    reporter = Browser(office.trial.public)
    open_mailbox(reporter, code)
    thread = messages(reporter)
    reporter.submit(thread, thread.form("message"), {"message": "And one thing more."})
    same_bytes(office, tip, found[1])
    assert "And one thing more." in read(office.reviewer, address).words


def ask_directly(office: Office, folder: Path, tip: bytes, saved: Sequence[Saved]) -> None:
    """Ask the keeper as the excluded member, past the site, with slips that were saved before."""
    keeper, member = _asking_directly(office, folder)
    try:
        for kind, item, digest, request in saved:
            fields = {
                "tip": tip.hex(),
                "desk": "intake",
                "purpose": "triage",
                "items": [{"item": item, "hash": digest}],
            }
            with pytest.raises(Refused) as refused:
                keeper.release(_sign(office, member, "read", fields), [request])
            assert refused.value.reason is Reason.EXCLUDED, kind
        card = next(one for one in saved if one[0] == "card")
        fields = {"desk": "intake", "items": [{"item": card[1], "hash": card[2]}]}
        listing = keeper.list_cards(_sign(office, member, "list", fields), [card[3]])
        assert listing.inner == {}
        assert listing.groups
        assert not any("u5" in group.excluded for group in listing.groups)
    finally:
        keeper.close()


def _slips(office: Office, tip: bytes) -> list[Saved]:
    """Everything that somebody could have saved of a tip while they were allowed to read it."""
    query = (
        "SELECT items.kind, items.id, items.digest, items.claim_signature, slips.slip FROM items"
        " JOIN slips ON slips.item_id = items.id WHERE tip_id = ? AND desk = 'intake'"
    )
    return [
        (kind, item.hex(), digest.hex(), SlipRequest(slip, kind, signature))
        for kind, item, digest, signature, slip in rows(office.trial, query, tip)
    ]


def _asking_directly(office: Office, folder: Path) -> tuple[AdminKeeper, UnlockedMember]:
    site = json.loads((office.trial.data / "site.json").read_text())
    seen = SeenFile(folder / "seen.json")
    socket = office.trial.ram / "keeper-admin.sock"
    keeper = AdminKeeper(socket, site["origin"], NoteVerifier.parse(site["log_key"]), seen)
    [(member,)] = rows(office.trial, "SELECT member_id FROM accounts WHERE name = 'reviewer-b'")
    seed = unlocked_seed(office.trial, "reviewer-b")
    return keeper, UnlockedMember(MemberId(member), "reviewer-b", seed)


def _sign(office: Office, member: UnlockedMember, kind: str, fields: Mapping[str, object]) -> Statement:
    site = json.loads((office.trial.data / "site.json").read_text())
    return member.sign(kind, fields, origin=site["origin"], clock=SystemClock())
