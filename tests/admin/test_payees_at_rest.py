"""Promise 1 for whoever is paid by name: name and account number lie nowhere in the clear, at any step."""

import os
from contextlib import closing
from pathlib import Path

from crypto.randomness import random_bytes
from tests.admin.paying import FIRST, SECOND, Counter, counter
from tests.admin.test_payees import asked, confirm, decide, let_see, sit_down
from tests.journeys.canaries import Search, canary, forms
from tests.keeper.rewards.till import Granted
from tipline.awards.storing import keep_told
from tipline.identities.record import IdentityRecord
from tipline.keeper_client.public import KeeperPublic
from tipline.mailbox.payee import be_paid_by_name
from tipline.mailbox.thread import find_mailbox

ACCOUNT = "6222020200112230987"


def leave(desk: Counter, granted: Granted) -> None:
    """The reporter says whom to pay: every field is marked, and there is an account number."""
    office = desk.office
    keep_told(office.services.database, office.services.keeper)
    left = {"name": canary("payee"), "contact": f"{canary('bank')} {ACCOUNT}", "safely": canary("safely")}
    record = IdentityRecord.checked(left, office.clock.today())
    with office.database.reading() as session:
        mailbox = find_mailbox(session, granted.tip.code)
    with closing(KeeperPublic(office.settings.public_socket)) as keeper:
        be_paid_by_name(mailbox, record, random_bytes(16), keeper, office.intake())


def test_nothing_of_whom_to_pay_is_readable_anywhere_at_rest(tmp_path: Path) -> None:
    search = Search((tmp_path,), os.getpid())
    search.add({"the account number": forms(ACCOUNT)})
    with counter(tmp_path / "desk") as desk:
        sit_down(desk, FIRST, "reviewer-a")
        sit_down(desk, SECOND, FIRST)
        desk.browser("registrar").get("/")  # publishes the directory that names them
        granted = desk.granted()
        leave(desk, granted)
        assert search.findings() == []
        number = asked(desk, granted)
        assert decide(desk, number).status_code == 303
        assert search.findings() == []
        page = desk.browser(FIRST).post(f"/disclosures/{number}").text
        assert canary("payee") in page
        assert ACCOUNT in page
        assert search.findings() == []
        let_see(desk, granted, SECOND)
        for clerk in (FIRST, SECOND):
            confirm(desk, granted, clerk)
        assert desk.rewarding.state(granted.award.index) == "settled"
        assert search.findings() == []
    assert search.findings() == []


def test_a_name_that_did_lie_there_would_be_found(tmp_path: Path) -> None:
    search = Search((tmp_path,))
    search.add({"the account number": forms(ACCOUNT)})
    (tmp_path / "file").write_text(f"{canary('payee')} {ACCOUNT}")
    assert len(search.findings()) == 3
