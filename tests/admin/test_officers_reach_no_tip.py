"""An officer's case never links to, searches or opens a tip, whatever its desk's member and session try."""

import re
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from typing import Any, Final

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from admin.queue.service import handle
from crypto.randomness import random_bytes
from tests.admin.conftest import TOKEN, Office, Staff
from tests.admin.disclosing import ENGLISH, leave_name
from tests.admin.lettering import add_court
from tests.admin.protecting import FIRST, Desk
from tests.keeper.observed import Observed
from tipline.ids import TipId
from tipline.keeper_client import Reason, Refused, SlipRequest
from tipline.protection.asking import Group
from tipline.tips.categories import Official
from tipline.tips.models import Item, Slip

UNKNOWN: Final = "f" * 32
CANARY: Final = "Officer Wenceslas took money at the checkpoint."
ROW: Final = re.compile(r'(?:href|action)="([^"]*)"')


class Framed:
    """A tip that accuses an officer, and the officer's own case, which quotes the tip's handle."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.tip, code = office.put_tip_with_code(CANARY, files={"photo.jpg": bytes(range(256))})
        leave_name(office, code, "Reporter Quillfeather")
        reviewer = office.signed_in("reviewer-a")
        reviewer.get("/tips")
        reviewer.read(self.tip)  # the log knows it: nothing is refused for being new
        self.desk = Desk.of(office, second=False)
        words = f"They accuse me of this: {CANARY} They say it is {handle(self.tip.hex())}, {self.tip.hex()}."
        self.case = self.desk.case(Group.OFFICER, description=words)

    @property
    def member(self) -> Staff:
        return self.desk.browser(FIRST)

    def item(self, kind: str) -> tuple[Item, Mapping[str, bytes]]:
        """An item of the tip with all its slips, as a thief has them."""
        with self.office.database.reading() as session:
            item = session.scalars(select(Item).where(Item.tip_id == self.tip, Item.kind == kind)).first()
            assert item
            session.expunge(item)
            slips = session.scalars(select(Slip).where(Slip.item_id == item.id))
            return item, {one.desk: one.slip for one in slips}


@pytest.fixture
def framed(office: Office) -> Framed:
    return Framed(office)


def seen(answer: TestResponse) -> tuple[int, str]:
    """What somebody could compare."""
    return answer.status_code, TOKEN.sub("", answer.text)


def rules_of_tips(office: Office) -> Iterator[tuple[Rule, str]]:
    """Every address that begins with a tip, by its methods."""
    for rule in office.app.url_map.iter_rules():
        for method in sorted({"GET", "POST"} & (rule.methods or set())):
            if rule.rule.startswith("/tips/<"):
                yield rule, method


def addresses(framed: Framed, rule: Rule) -> tuple[str, str]:
    """The same address of the tip, and of one that never was."""
    file = framed.item("file")[0].id.hex()
    urls = framed.office.app.url_map.bind("localhost")
    theirs = {"text": framed.tip.hex(), "item": file, "handout": UNKNOWN}
    nobodys = {"text": UNKNOWN, "item": UNKNOWN, "handout": UNKNOWN}
    first, second = (
        urls.build(rule.endpoint, {name: values[name] for name in rule.arguments})
        for values in (theirs, nobodys)
    )
    return first, second


FIELDS: Final[Mapping[str, str]] = {
    **{"purpose": "triage", "step": "similar", "message": "x", "move": "screening", "assign": ""},
    **{"body": "court", "packet": "paper", "letter_language": "en", "reason": "x", "identity_name": "x"},
    **{"ground": "protection", "hours": "2", "tell": "after", "tell_reason": "x", "basis": "x"},
}
"""Something for whatever a form reads first."""


def test_every_address_of_a_tip_is_that_of_an_unknown_one(framed: Framed) -> None:
    """Address guessing, file by file and form by form: the same bytes, and no entry in the log."""
    tried = 0
    for rule, method in rules_of_tips(framed.office):
        mine, unknown = addresses(framed, rule)
        ask: Callable[..., TestResponse] = getattr(framed.member, method.lower())
        given = {} if method == "GET" else {"fields": FIELDS}
        before = framed.office.log_size()
        answer = ask(mine, headers=ENGLISH, **given)
        assert seen(answer) == seen(ask(unknown, headers=ENGLISH, **given)), rule.rule
        assert answer.status_code in (404, 403, 400, 428), (rule.rule, method, answer.status_code)
        assert framed.office.log_size() == before, rule.rule
        tried += 1
    assert tried >= 15


@pytest.mark.parametrize("name", [FIRST, "integrity"])
def test_a_tip_is_no_case_under_the_address_of_one(framed: Framed, name: str) -> None:
    staff = framed.office.signed_in(name, confirmed=True)
    # The integrity desk reads tips of its own: they are no cases either.
    tip = framed.tip if name == FIRST else framed.office.put_tip(official=Official.YES)
    for room in ("/tips", "/protection"):
        staff.get(room)
    for end in ("", "/identity", "/letter/clearing", "/letter/application"):
        mine, unknown = (f"/protection/{one}{end}" for one in (tip.hex(), UNKNOWN))
        assert seen(staff.get(mine)) == seen(staff.get(unknown))
        assert seen(staff.post(mine, FIELDS)) == seen(staff.post(unknown, FIELDS))
        assert staff.get(mine).status_code == 404


def test_no_page_of_the_case_links_to_a_tip(framed: Framed) -> None:
    """Not even where its text names one: text stays text."""
    case, member = f"/protection/{framed.case.hex()}", framed.member
    pages = [
        framed.desk.read(framed.case),
        *(member.get(path, headers=ENGLISH) for path in ("/protection", case, f"{case}/identity")),
        *(member.get(path, headers=ENGLISH) for path in (f"{case}/letter/clearing", "/disclosures")),
    ]
    assert any(CANARY in unescape(page.text) for page in pages)
    for page in pages:
        assert page.status_code == 200, page.text
        for link in ROW.findall(page.text):
            assert not link.startswith("/tips/"), link
            assert framed.tip.hex() not in link


@pytest.mark.parametrize("words", ["checkpoint", "Wenceslas", "{handle}", "{id}"])
def test_no_search_or_list_of_the_case_s_desk_finds_a_tip(framed: Framed, words: str) -> None:
    typed = words.format(handle=handle(framed.tip.hex()), id=framed.tip.hex())
    member = framed.member
    asked = [
        member.get("/tips", headers=ENGLISH),
        member.post("/tips", {"words": typed}, headers=ENGLISH),
        member.get(f"/tips?words={typed}", headers=ENGLISH),
        member.get("/tips/spam", headers=ENGLISH),
        member.get(f"/protection?words={typed}", headers=ENGLISH),
    ]
    for answer in asked:
        text = unescape(answer.text)
        assert f"/tips/{framed.tip.hex()}" not in text
        assert CANARY not in text


def test_the_case_offers_no_way_to_link_search_or_look_for_what_is_alike(framed: Framed) -> None:
    page = framed.desk.read(framed.case).text
    steps = set(re.findall(r'name="step" value="([^"]+)"', page))
    assert steps
    assert not steps & {"link", "unlink", "similar", "transfer", "umbrella", "tags", "accused"}
    for step in ("link", "unlink", "similar", "umbrella", "tags", "accused"):
        size = framed.office.log_size()
        answer = framed.desk.act(framed.case, step, to=framed.tip.hex(), of=framed.tip.hex())
        assert 400 <= answer.status_code < 500, step
        assert CANARY not in unescape(answer.text).replace(f"of this: {CANARY}", ""), step
        bodies = [entry for entry in _entries(framed.office, size) if entry.get("tip") == framed.tip.hex()]
        assert bodies == []


def _entries(office: Office, since: int) -> list[Mapping[str, Any]]:
    log = Observed(office.world)
    return [log.entry(index).statement.body for index in range(since, log.size())]


# ------------------------------------------------------------------ statements by hand


def words() -> dict[str, str]:
    return {"item": random_bytes(16).hex(), "hash": "cd" * 32}


def by_hand(framed: Framed) -> dict[str, tuple[str, dict[str, Any]]]:
    """What a member of the desk could sign with a program of their own, and for which operation."""
    text, _ = framed.item("text")
    named = {"item": text.id.hex(), "hash": text.digest.hex()}
    tip, case = framed.tip.hex(), framed.case.hex()
    move = {"from": "asked", "to": "assessing", "detail": {"of": tip}, "reason": {}}
    return {
        "read": ("release", {"tip": tip, "purpose": "protection", "items": [named]}),
        "read the case with an item of the tip": (
            "release",
            {"type": "read", "tip": case, "purpose": "protection", "items": [named]},
        ),
        "reply": ("append", {"tip": tip, **words()}),
        "note": ("append", {"tip": tip, **words()}),
        "identity": ("append", {"tip": tip, **words()}),
        "tags": ("append", {"tip": case, **words(), "after": ""}),
        "accused": ("append", {"tip": tip, **words(), "after": ""}),
        "link": ("append", {"tip": case, "to": tip, "reason": {}}),
        "link from the tip": ("append", {"type": "link", "tip": tip, "to": case, "reason": {}}),
        "move": ("append", {"tip": case, **move}),
        "assign": ("append", {"tips": sorted([tip, case]), "to": ""}),
        "hold": ("append", {"tip": tip, "reason": words()}),
        "route": (
            "append",
            {"tip": tip, "desks": ["intake", "protection"], "excluded": [], "reason": {}},
        ),
        "umbrella": ("append", {"tip": case, "reason": {}}),
        "close-spam": ("append", {"tips": [tip], "reason": {}}),
    }


@pytest.mark.parametrize("desk", ["protection", "intake", "integrity"])
def test_the_keeper_refuses_each_statement_by_hand_that_would_reach_a_tip(framed: Framed, desk: str) -> None:
    world, keeper = framed.office.world, framed.office.keeper()
    text, slips = framed.item("text")
    for called, (operation, given) in by_hand(framed).items():
        fields = {"desk": desk, **given}
        kind = fields.pop("type", called.split()[0])
        statement = world.sign(kind, FIRST, **fields)
        for slip in slips.values() if operation == "release" else (b"",):
            asked = SlipRequest(slip, text.kind, text.claim_signature)
            with pytest.raises(Refused) as refused:
                keeper.release(statement, [asked]) if slip else keeper.append(statement)
            assert refused.value.reason in REFUSED, (called, refused.value.reason)


REFUSED: Final = frozenset(
    (
        *(Reason.NOT_ALLOWED, Reason.DESK_NOT_HELD, Reason.POLICY_MISMATCH, Reason.TWO_SIGNATURES),
        *(Reason.MALFORMED, Reason.REPLAYED),
    )
)


@pytest.mark.parametrize("desk", ["protection", "intake", "integrity"])
def test_a_reporters_name_is_not_asked_for_from_an_officers_desk(framed: Framed, desk: str) -> None:
    """Neither with the competent body's letter nor by saying that a life is in danger."""
    world, keeper = framed.office.world, framed.office.keeper()
    add_court(framed.office)
    item, slips = framed.item("identity")
    named = {"item": item.id.hex(), "hash": item.digest.hex()}
    letter = {"ground": "decision", "body": "court", "letter": "2026-1", "accused_unit": "u4"}
    life = {"ground": "life", "hours": 24, "emergency": True, "body": "", "letter": ""}
    for about in (framed.tip.hex(), framed.case.hex()):
        for why in (letter, life):
            for slip in slips.values():
                given = {"hours": 2, "tell": "after", "emergency": False, **why, "reason": words()}
                statement = world.sign("disclosure", FIRST, tip=about, desk=desk, **named, **given)
                with pytest.raises(Refused) as refused:
                    keeper.disclosures.request(statement, SlipRequest(slip, item.kind, item.claim_signature))
                assert refused.value.reason in REFUSED
    assert keeper.disclosures.of_member(framed.office.member(FIRST).id) == ()


def test_the_desks_list_holds_no_card_of_a_tip(framed: Framed) -> None:
    """Neither the card itself nor a card key of the desks that read tips."""
    world, keeper = framed.office.world, framed.office.keeper()
    card, slips = framed.item("card")
    named = [{"item": card.id.hex(), "hash": card.digest.hex()}]
    for slip in slips.values():
        statement = world.sign("list", FIRST, desk="protection", items=named)
        listing = keeper.list_cards(statement, [SlipRequest(slip, card.kind, card.claim_signature)])
        assert listing.inner == {}
        groups = [group.group for group in listing.groups]
        held = {framed.office.row(framed.tip).card_group}
        assert not held & set(groups)


def test_tip_and_case_share_no_column(framed: Framed) -> None:
    """Whoever has the database alone finds neither from the other."""
    first, second = (framed.office.row(TipId(one)) for one in (framed.tip, framed.case))
    for name in ("locator", "marker", "card_group", "card_box", "root", "assignee"):
        value = getattr(first, name)
        assert not value or value != getattr(second, name), name
