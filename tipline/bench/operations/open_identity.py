"""Looking at a name that two people opened: a reader's post, from the signed view to the page with it."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from sqlalchemy import select

from crypto.tracking_codes import TrackingCode
from tipline.bench.crowd import Effort, Operation
from tipline.bench.errors import BenchError, OperationFailed
from tipline.bench.limits import limit_of
from tipline.bench.reporting import LANGUAGES, send_tip
from tipline.bench.results import Result
from tipline.bench.stage import READER, STATEMENTS_EACH, Stage
from tipline.bench.visitor import Visitor, visitors
from tipline.database import Database
from tipline.disclosures.grounds import Ground
from tipline.disclosures.telling import Tell
from tipline.tips.models import Tip
from tipline.tips.purposes import Purpose
from tipline.trial.credentials import SignIn, sign_ins

NAME: Final = "open-identity"
CUSTODIAN: Final = "custodian-1"
LEFT: Final = "Li Na"
BEFORE: Final = 10
"""Statements of the reader's that come before the first view."""
_WAITING = re.compile(rb"href=\"(/disclosures/[0-9]+)\"")


@dataclass(frozen=True)
class Reader:
    """Whoever asked, signed in, and where the name is."""

    bind: str
    path: str
    form: dict[str, str] = field(repr=False)
    cookies: dict[str, str] = field(repr=False)

    @contextmanager
    def operations(self, clients: Sequence[int]) -> Iterator[Sequence[Operation]]:
        """Look at the name again and again."""
        with visitors(self.bind, LANGUAGES[0], len(clients)) as people:
            yield [partial(look, person, self) for person in people]


def look(visitor: Visitor, reader: Reader) -> None:
    """One view.

    Raises:
        OperationFailed: the page does not show the name.
    """
    visitor.cookies = dict(reader.cookies)
    if LEFT.encode() not in visitor.post(reader.path, reader.form).body:
        raise OperationFailed("the page after a view does not show the name")


def run(stage: Stage, effort: Effort) -> Result:
    """Measure."""
    tip, bind = _leave_name(stage), stage.settings.admin_bind
    with Visitor(bind, LANGUAGES[0]) as reader, Visitor(bind, LANGUAGES[0]) as custodian:
        _ask(stage, reader, tip)
        path = _allow(stage, custodian)
        asked = Reader(bind, path, reader.get(path).hidden(), dict(reader.cookies))
    most = min(effort.most, STATEMENTS_EACH - BEFORE - effort.warm_up)
    measured = stage.measure(asked, clients=1, effort=replace(effort, most=most))
    return Result(NAME, measured.cpu_ms, measured.per_second, measured.failures, limit_of(NAME))


def _leave_name(stage: Stage) -> str:
    """A reporter leaves a name in the mailbox; the page of the tip."""
    with Visitor(stage.settings.public_bind, LANGUAGES[0]) as reporter:
        code = send_tip(reporter, LANGUAGES[0])
        reporter.post("/mailbox", {**reporter.get("/mailbox").hidden(), "code": code})
        form = reporter.get("/mailbox/reach").hidden()
        reporter.post("/mailbox/reach", {**form, "name": LEFT, "contact": "138 0013 8000", "safely": ""})
    locator, database = TrackingCode.parse(code).locator_hash, Database(stage.settings.database_url)
    try:
        with database.reading() as session:
            return f"/tips/{session.scalars(select(Tip.id).where(Tip.locator == locator)).one().hex()}"
    finally:
        database.dispose()


def _ask(stage: Stage, reader: Visitor, tip: str) -> None:
    person = _sign_in(stage, reader, f"{READER}-0")
    reader.get("/tips")
    reader.post(tip, {**reader.get(tip).hidden(), "purpose": Purpose.TRIAGE})
    fields = {"ground": Ground.WISH, "tell": Tell.AFTER, "hours": "1", "reason": "–", "basis": "–"}
    form = reader.get(f"{tip}/identity").hidden()
    reader.post(f"{tip}/identity", {**form, **fields, "tell_reason": "–", **_sure(stage, person)})


def _allow(stage: Stage, custodian: Visitor) -> str:
    """A custodian agrees and hands over; the page of the request."""
    person = _sign_in(stage, custodian, CUSTODIAN)
    found = _WAITING.search(custodian.get("/disclosures").body)
    if found is None:
        raise BenchError("No request waits for the custodian.")
    path = found[1].decode()
    form = {**custodian.get(path).hidden(), "reason": "–", "approved": "yes"}
    custodian.post(f"{path}/decision", {**form, **_sure(stage, person)})
    return path


def _sign_in(stage: Stage, visitor: Visitor, name: str) -> SignIn:
    [person] = sign_ins(stage.settings, stage.clock, (name,))
    form = visitor.get("/sign-in").hidden()
    visitor.post("/sign-in", {**form, "name": name, "password": person.password, "otp": person.otp})
    return person


def _sure(stage: Stage, person: SignIn) -> dict[str, str]:
    """What the second look asks for: password and a code that was not used yet."""
    [again] = sign_ins(stage.settings, stage.clock, (person.name,))
    return {"confirm_password": again.password, "confirm_otp": again.otp}
