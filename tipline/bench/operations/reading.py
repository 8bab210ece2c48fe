"""A reading: a reviewer's post of a tip, from the signed statement to the page with its text."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import cycle
from typing import Final

from tipline.bench.crowd import Effort, Operation
from tipline.bench.errors import BenchError, OperationFailed
from tipline.bench.limits import limit_of
from tipline.bench.reporting import LANGUAGES, description, send_tip
from tipline.bench.results import Result
from tipline.bench.stage import READER, STATEMENTS_EACH, Stage
from tipline.bench.visitor import Visitor, visitors
from tipline.tips.purposes import Purpose
from tipline.trial.credentials import SignIn, sign_ins

NAME: Final = "reading"
TIPS: Final = 8
_TIP = re.compile(rb"href=\"(/tips/[0-9a-f]{32})")


Form = tuple[str, dict[str, str]]
"""A tip's page and the hidden fields of its form."""


@dataclass(frozen=True)
class Desk:
    """A signed-in reader's cookies, and the tips in front of them."""

    cookies: dict[str, str] = field(repr=False)
    pages: tuple[Form, ...] = field(repr=False)


@dataclass(frozen=True)
class Readers:
    """Readers at work, one for each client."""

    bind: str
    desks: tuple[Desk, ...] = field(repr=False)

    @contextmanager
    def operations(self, clients: Sequence[int]) -> Iterator[Sequence[Operation]]:
        """Read one tip after the other, each client as one of the readers."""
        with visitors(self.bind, LANGUAGES[0], len(clients)) as people:
            yield [
                partial(read_next, person, desk.cookies, cycle(desk.pages))
                for person, desk in zip(people, (self.desks[client] for client in clients), strict=True)
            ]


def read_next(visitor: Visitor, cookies: dict[str, str], pages: Iterator[Form]) -> None:
    """Read the next tip's text.

    Raises:
        OperationFailed: the page does not show it.
    """
    visitor.cookies = dict(cookies)
    path, form = next(pages)
    page = visitor.post(path, {**form, "purpose": Purpose.TRIAGE})
    if not any(description(language).encode() in page.body for language in LANGUAGES):
        raise OperationFailed("the page after a reading does not show the tip's text")


def run(stage: Stage, effort: Effort) -> Result:
    """Measure."""
    with Visitor(stage.settings.public_bind, LANGUAGES[0]) as reporter:
        for _ in range(TIPS):
            send_tip(reporter, LANGUAGES[0])
    people = [who for who in sign_ins(stage.settings, stage.clock) if who.name.startswith(f"{READER}-")]
    desks = tuple(_sit_down(stage, person) for person in people)
    most = len(desks) * (STATEMENTS_EACH - TIPS) - effort.warm_up
    measured = stage.measure(
        Readers(stage.settings.admin_bind, desks),
        clients=len(desks),
        effort=replace(effort, most=min(effort.most, most)),
    )
    return Result(NAME, measured.cpu_ms, measured.per_second, measured.failures, limit_of(NAME))


def _sit_down(stage: Stage, person: SignIn) -> Desk:
    with Visitor(stage.settings.admin_bind, LANGUAGES[0]) as visitor:
        form = visitor.get("/sign-in").hidden()
        visitor.post(
            "/sign-in", {**form, "name": person.name, "password": person.password, "otp": person.otp}
        )
        paths = dict.fromkeys(path.decode() for path in _TIP.findall(visitor.get("/tips").body))
        pages = tuple((path, visitor.get(path).hidden()) for path in list(paths)[:TIPS])
        if not pages:
            raise BenchError(f"{person.name} finds no tip to read.")
        return Desk(dict(visitor.cookies), pages)
