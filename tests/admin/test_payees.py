"""/rewards/by-name: a custodian shows a clerk whom to pay, two clerks confirm it, and no tip is seen."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import insert, select

from admin.queue.rows import handle
from admin.readings.identities import find_identities, find_payee
from crypto.policies import IDENTITY
from crypto.randomness import random_bytes
from tests.admin.disclosing import AGREES, ANSWER, CONTACT, NAME, leave_name
from tests.admin.paying import CLERKS, FIRST, SECOND, THIRD, Counter, counter
from tests.admin.printing import keeper_away
from tests.keeper.rewards.till import Granted
from tests.world import Person, member_id
from tipline.accounts.models import DeskSeal
from tipline.awards.storing import keep_told
from tipline.identities.record import IdentityRecord
from tipline.ids import PAYMENTS, TipId
from tipline.keeper_client.public import KeeperPublic
from tipline.mailbox.awards import told_award
from tipline.mailbox.payee import be_paid_by_name
from tipline.mailbox.thread import find_mailbox
from tipline.rewards.records import AwardRecord, Told
from tipline.tips.models import Item, Slip

LIST: Final = "/rewards/by-name"
WHY: Final = "The bank opens at two."
NONE: Final = 99_999
HELD: Final = CLERKS[:2]
"""Who holds the pay clerks' desk: the third clerk has the role alone."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """A pay desk whose first two clerks hold the desk that a payee is sealed for."""
    folder: Path = tmp_path_factory.mktemp("payees")
    with counter(folder) as made:
        for name, by in zip(HELD, ("reviewer-a", FIRST), strict=True):
            sit_down(made, name, by)
        made.browser("registrar").get("/")  # publishes the directory that names them
        yield made


def sit_down(desk: Counter, name: str, by: str) -> None:
    """Let a clerk hold the desk, with its key."""
    office = desk.office
    fields = {"member": member_id(name), "desk": PAYMENTS, "until": ""}
    desk.till.client.append(office.world.sign("grant", "registrar", by, **fields))
    with office.database.writing() as session:
        row = office._seal(Person(name, "u9", (PAYMENTS,)), PAYMENTS)  # as a founding member's
        session.execute(insert(DeskSeal), [row])


def by_name(desk: Counter, granted: Granted | None = None) -> Granted:
    """An award, a new one unless it is given, whose reporter asks in the mailbox to be paid by name."""
    found, office = granted or desk.granted(), desk.office
    keep_told(office.services.database, office.services.keeper)
    record = IdentityRecord.checked({"name": NAME, "contact": CONTACT}, office.clock.today())
    with office.database.reading() as session:
        mailbox = find_mailbox(session, found.tip.code)
    with closing(KeeperPublic(office.settings.public_socket)) as keeper:
        be_paid_by_name(mailbox, record, random_bytes(16), keeper, office.intake())
    return found


def told(desk: Counter, granted: Granted) -> AwardRecord:
    """What the mailbox is told of it."""
    with desk.office.database.reading() as session:
        found = told_award(session, find_mailbox(session, granted.tip.code), desk.office.world.verifier)
    assert found is not None
    return found


def ask(desk: Counter, granted: Granted, by: str = FIRST, reason: str = WHY) -> Any:
    """A clerk asks whom to pay."""
    return desk.browser(by).post(f"{LIST}/{granted.award.index}/ask", {"reason": reason})


def asked(desk: Counter, granted: Granted, by: str = FIRST) -> int:
    """The request's number."""
    answer = ask(desk, granted, by)
    found = re.fullmatch(r"/disclosures/(\d+)\?done=name-asked", answer.location or "")
    assert found, answer.text
    return int(found[1])


def decide(desk: Counter, number: int, approved: str = "yes") -> Any:
    """The custodian's answer."""
    fields = {"approved": approved, "reason": ANSWER}
    return desk.browser(AGREES).post(f"/disclosures/{number}/decision", fields)


def let_see(desk: Counter, granted: Granted, *clerks: str) -> None:
    """Clerks ask whom to pay, and a custodian says yes to each."""
    for clerk in clerks:
        assert decide(desk, asked(desk, granted, clerk)).status_code == 303


def confirm(desk: Counter, granted: Granted, by: str) -> Any:
    """A clerk says that the money has gone."""
    return desk.browser(by).post(f"{LIST}/{granted.award.index}/paid")


def shows_a_tip(page: str, granted: Granted) -> bool:
    """Whether a page names, links or hints at the tip of an award."""
    tip = granted.tip.id.hex()
    return tip in page or handle(tip) in page or "/tips/" in page


# ------------------------------------------------------------------ who, and who not


@pytest.mark.parametrize(
    "name", ["registrar", "reviewer-a", "custodian-1", "verifier", "approver", "auditor"]
)
def test_nobody_but_a_pay_clerk_sees_who_is_paid_by_name(desk: Counter, name: str) -> None:
    staff = desk.browser(name)
    assert staff.get(LIST).status_code == 403
    assert staff.post(f"{LIST}/1/ask", {"reason": WHY}).status_code == 403
    assert staff.post(f"{LIST}/1/paid").status_code == 403


def test_an_award_that_is_not_to_be_paid_by_name_looks_like_none(desk: Counter) -> None:
    granted, staff = desk.granted(), desk.browser(FIRST)
    assert f"Reward {granted.award.index}" not in staff.get(LIST).text
    size = desk.office.log_size()
    for end in ("ask", "paid"):
        pages = [
            staff.post(f"{LIST}/{one}/{end}", {"reason": WHY}) for one in (granted.award.index, NONE, "x")
        ]
        assert [page.status_code for page in pages] == [404] * 3
    assert desk.office.log_size() == size


def test_a_collected_award_names_nobody(desk: Counter) -> None:
    granted = desk.granted()
    desk.till.mint(granted)
    assert ask(desk, granted).status_code == 404
    assert confirm(desk, granted, FIRST).status_code == 404


def test_who_took_a_step_of_the_award_neither_asks_nor_pays(desk: Counter) -> None:
    granted = by_name(desk)
    desk.till.rewrite(granted, proposer=member_id(FIRST))
    page = desk.browser(FIRST).get(LIST).text
    assert "You took a step of this reward, so others pay it." in page
    assert f"{LIST}/{granted.award.index}/" not in page
    for answer in (ask(desk, granted), confirm(desk, granted, FIRST)):
        assert answer.status_code == 409
        assert "Somebody else goes on." in answer.text
    assert desk.rewarding.state(granted.award.index) == "named"
    desk.till.rewrite(granted, proposer=member_id("reviewer-a"))


def test_a_clerk_without_the_desk_learns_no_name(desk: Counter) -> None:
    granted = by_name(desk)
    page = desk.browser(THIRD).get(LIST).text
    assert "Only whoever holds the pay clerks" in page
    assert f'action="{LIST}/{granted.award.index}/ask"' not in page
    assert ask(desk, granted, THIRD).status_code == 404
    assert desk.browser(THIRD).get("/disclosures").status_code == 403


@pytest.mark.parametrize("name", CLERKS)
def test_whom_no_custodian_let_see_whom_to_pay_confirms_nothing(desk: Counter, name: str) -> None:
    granted = by_name(desk)
    let_see(desk, granted, *(clerk for clerk in HELD if clerk != name))
    page, size = desk.browser(name).get(LIST).text, desk.office.log_size()
    assert f"{LIST}/{granted.award.index}/paid" not in page
    assert "You can confirm once a custodian has let you see whom to pay." in page
    answer = confirm(desk, granted, name)
    assert (answer.status_code, "Ask, and look before you confirm." in answer.text) == (409, True)
    assert desk.office.log_size() == size


def test_while_a_request_waits_nothing_is_confirmed(desk: Counter) -> None:
    granted = by_name(desk)
    asked(desk, granted)
    page, size = desk.browser(FIRST).get(LIST).text, desk.office.log_size()
    assert f"{LIST}/{granted.award.index}/paid" not in page
    assert "Ask, and look before you confirm." in confirm(desk, granted, FIRST).text
    assert desk.office.log_size() == size


def test_a_confirmation_names_whom_the_clerk_was_let_see(desk: Counter) -> None:
    granted = by_name(desk)
    let_see(desk, granted, FIRST)
    confirm(desk, granted, FIRST)
    with desk.office.database.reading() as session:
        payee = find_payee(session, TipId(granted.tip.id), granted.tip.code.claim_key.public.raw)
    assert payee is not None
    body = desk.till.seen.entry(desk.office.log_size() - 1).statement.body
    named = {name: body[name] for name in ("type", "award", "item", "hash")}
    assert named == {"type": "pay-named", "award": granted.award.index, **payee.named}


def test_one_clerk_alone_pays_nobody(desk: Counter) -> None:
    granted = by_name(desk)
    let_see(desk, granted, *HELD)
    assert confirm(desk, granted, FIRST).location == f"{LIST}?done=payee-first"
    assert "A second clerk must confirm, too." in desk.browser(FIRST).get(LIST).text
    again = confirm(desk, granted, FIRST)
    assert again.status_code == 409
    assert "have confirmed it already" in again.text
    assert desk.rewarding.state(granted.award.index) == "named"


def test_what_the_custodian_refuses_stays_shut(desk: Counter) -> None:
    granted = by_name(desk)
    number = asked(desk, granted)
    assert decide(desk, number, "no").status_code == 303
    page = desk.browser(FIRST).post(f"/disclosures/{number}")
    assert page.status_code in (404, 409)
    assert NAME not in page.text
    assert f'action="{LIST}/{granted.award.index}/ask"' in desk.browser(FIRST).get(LIST).text


def test_another_clerk_does_not_look_at_what_one_was_allowed(desk: Counter) -> None:
    number = asked(desk, by_name(desk))
    decide(desk, number)
    for method in ("get", "post"):
        answer = getattr(desk.browser(SECOND), method)(f"/disclosures/{number}")
        none = getattr(desk.browser(SECOND), method)(f"/disclosures/{NONE}")
        assert (answer.status_code, NAME in answer.text) == (none.status_code, False) == (404, False)


def test_a_session_without_a_second_look_asks_for_no_name(desk: Counter) -> None:
    granted, size = by_name(desk), desk.office.log_size()
    staff = desk.office.signed_in(FIRST)
    assert staff.post(f"{LIST}/{granted.award.index}/ask", {"reason": WHY}).status_code == 428
    assert desk.office.log_size() == size


# ------------------------------------------------------------------ what is wrong, and nothing lost


def test_without_a_reason_nothing_is_asked(desk: Counter) -> None:
    granted, size = by_name(desk), desk.office.log_size()
    page = ask(desk, granted, reason="  ")
    assert page.status_code == 422
    assert "Write why you need the name." in page.text
    assert desk.office.log_size() == size


def test_a_row_that_the_reporter_did_not_sign_names_nobody(desk: Counter) -> None:
    granted = by_name(desk)
    forged = "update items set claim_signature = zeroblob(64) where kind = :kind and tip_id = :tip"
    desk.office.change(forged, kind=IDENTITY, tip=granted.tip.id)
    page = ask(desk, granted, reason="Kept words.")
    assert page.status_code == 409
    assert "Nothing is kept that says whom to pay." in page.text
    assert "Kept words." in page.text


def test_while_the_keeper_is_away_nothing_is_confirmed(desk: Counter) -> None:
    granted = by_name(desk)
    staff = desk.browser(FIRST)
    staff.get(LIST)
    with keeper_away(desk.office):
        assert staff.get(LIST).status_code == 503
    assert desk.rewarding.state(granted.award.index) == "named"


def test_whom_to_pay_is_never_taken_for_the_name_that_the_reporter_left(desk: Counter) -> None:
    granted = desk.granted()
    office, tip = desk.office, TipId(granted.tip.id)
    leave_name(office, granted.tip.code)
    claim = granted.tip.code.claim_key.public.raw
    with office.database.reading() as session:
        left = session.scalars(select(Item.id).where(Item.tip_id == tip, Item.kind == IDENTITY)).one()
        assert find_payee(session, tip, claim) is None
    by_name(desk, granted)
    with office.database.reading() as session:
        [found] = find_identities(session, tip, "intake", claim, office.world.verifier)
        payee = find_payee(session, tip, claim)
        assert payee is not None
        assert (found.id, payee.id == left) == (left, False)
        desks = session.scalars(select(Slip.desk).where(Slip.item_id == payee.id)).all()
    assert desks == [PAYMENTS]


# ------------------------------------------------------------------ another payee, sent later


def date_back(desk: Counter, granted: Granted, day: str) -> None:
    """Let what has been sent so far be of an earlier day."""
    desk.office.change(
        "update items set day = :day where kind = :kind and tip_id = :tip",
        day=day,
        kind=IDENTITY,
        tip=granted.tip.id,
    )


def test_a_payee_sent_after_a_yes_stops_the_payment_and_shows_both_days(desk: Counter) -> None:
    granted, today = by_name(desk), desk.office.clock.today().isoformat()
    date_back(desk, granted, "2026-01-05")
    number, clerk = asked(desk, granted), desk.browser(FIRST)
    custodian, path = desk.browser(AGREES), f"/disclosures/{number}"
    assert "Another one" not in custodian.get(path).text
    decide(desk, number)
    by_name(desk, granted)
    paid = f'action="{LIST}/{granted.award.index}/paid"'
    page = clerk.get(LIST).text
    assert f"was sent on 2026-01-05. Another one was sent on {today}" in page
    assert f"2026-01-05 · changed on {today}" in page
    assert paid not in page
    size = desk.office.log_size()
    answer = confirm(desk, granted, FIRST)
    assert (answer.status_code, "Pay nobody before you have asked anew" in answer.text) == (409, True)
    assert desk.office.log_size() == size
    assert f"Another one was sent on {today}, after this one." in custodian.get(path).text

    anew = asked(desk, granted)
    assert "Another one had been sent on 2026-01-05" in custodian.get(f"/disclosures/{anew}").text
    assert confirm(desk, granted, FIRST).status_code == 409  # the custodian has not agreed
    decide(desk, anew)
    page = clerk.get(LIST).text
    assert (paid in page, f"/disclosures/{anew}" in page, "Another one was" in page) == (True, True, False)
    assert confirm(desk, granted, FIRST).status_code == 303


def test_a_payee_sent_after_the_first_word_stops_the_second(desk: Counter) -> None:
    granted = by_name(desk)
    decide(desk, asked(desk, granted))
    assert confirm(desk, granted, FIRST).status_code == 303
    by_name(desk, granted)
    assert f"{LIST}/{granted.award.index}/paid" not in desk.browser(SECOND).get(LIST).text
    size = desk.office.log_size()
    assert confirm(desk, granted, SECOND).status_code == 409
    assert (desk.office.log_size(), desk.rewarding.state(granted.award.index)) == (size, "named")


# ------------------------------------------------------------------ two people see, two clerks pay


def test_a_custodian_lets_a_clerk_see_the_name_and_two_clerks_pay(desk: Counter) -> None:
    granted = by_name(desk)
    clerk = desk.browser(FIRST)
    listed = clerk.get(LIST).text
    assert f"Reward {granted.award.index}" in listed
    assert "500 yuan" in listed
    number = asked(desk, granted)
    waits = desk.browser(AGREES).get("/disclosures").text
    assert f"/disclosures/{number}" in waits
    assert clerk.post(f"/disclosures/{number}").status_code == 409  # nobody has agreed
    assert decide(desk, number).location == f"/disclosures/{number}?done=name-allowed"
    seen = clerk.post(f"/disclosures/{number}")
    assert seen.status_code == 200
    assert NAME in seen.text
    assert CONTACT in seen.text
    pages = [clerk.get(path).text for path in (LIST, "/disclosures", f"/disclosures/{number}")]
    assert [shows_a_tip(page, granted) for page in (listed, seen.text, *pages)] == [False] * 5
    assert [NAME in page for page in pages] == [False] * 3
    assert clerk.get(f"/tips/{granted.tip.id.hex()}").status_code == 403

    assert confirm(desk, granted, FIRST).location == f"{LIST}?done=payee-first"
    assert clerk.post(f"/disclosures/{number}").status_code == 200  # a second look, until it is settled
    assert "First confirmed by" in desk.browser(SECOND).get(LIST).text
    let_see(desk, granted, SECOND)
    assert confirm(desk, granted, SECOND).location == f"{LIST}?done=payee-paid"
    assert f"Reward {granted.award.index}" not in clerk.get(LIST).text
    assert told(desk, granted).state is Told.SETTLED
    over = clerk.post(f"/disclosures/{number}")
    assert (over.status_code == 200, NAME in over.text) == (False, False)


def test_a_first_word_of_yesterday_is_shown_to_nobody(desk: Counter) -> None:
    """It counts no more: whoever gave it is not told to wait, and nobody that theirs would settle it."""
    granted = by_name(desk)
    let_see(desk, granted, *HELD)
    confirm(desk, granted, FIRST)
    assert "First confirmed by" in desk.browser(SECOND).get(LIST).text
    desk.pass_days(1)
    for clerk in (FIRST, SECOND):
        page = desk.browser(clerk).get(LIST).text
        assert f"{LIST}/{granted.award.index}/paid" in page
        assert "First confirmed by" not in page
        assert "A second clerk must confirm, too." not in page
        assert "confirm paid" not in page
