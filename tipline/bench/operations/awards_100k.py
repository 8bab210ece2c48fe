"""What the keeper answers of 100,000 awards: the slowest of all answers that somebody waits for counts.

What else is spent on them is told: a start, and what a job asks every hour.
"""

import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Final

from tipline.bench.crowd import Effort
from tipline.bench.errors import OperationFailed
from tipline.bench.limits import limit_of
from tipline.bench.operations.award_stage import award_stage
from tipline.bench.results import Result
from tipline.bench.stage import Stage
from tipline.keeper.rewards.answering import MOST_LINES
from tipline.keeper.service import Keeper
from tipline.keeper_client import AdminKeeper, KeeperUnavailable
from tipline.rewards.award import AwardState
from tipline.rewards.lines import Wanted
from tipline.roster.types import VERIFIER

NAME: Final = "awards-100k"
LINES: Final = 50
LIST: Final = 51
_PAUSE: Final = 2.0
_MOST_PAUSES: Final = 600


def run(stage: Stage, _effort: Effort) -> Result:
    """Measure each answer, before and after the log has grown."""
    with award_stage(stage) as (keeper, client):
        began = time.process_time()
        _wait(client)
        stage.tell(f"Reading log and rows at a start took {time.process_time() - began:.0f} s of CPU time.")
        slowest = max(_answers(stage, keeper, client))
        for name, ask in (("look", client.rewards.look), ("notes for mailboxes", partial(_notes, client))):
            began = time.process_time()
            ask()
            stage.tell(f"The hourly {name} took {1000 * (time.process_time() - began):.0f} ms.")
        slowest = max(slowest, *_answers(stage, keeper, client))
        failures = client.rewards.money().different
    return Result(NAME, 1000 * slowest, 1 / slowest, failures, limit_of(NAME))


def _notes(client: AdminKeeper) -> None:
    """What the hourly job fetches."""
    client.rewards.records(recent=True)


def _wait(client: AdminKeeper) -> None:
    """Until the keeper has read its books.

    Raises:
        OperationFailed: it does not come to an end.
    """
    for _ in range(_MOST_PAUSES):
        try:
            client.rewards.money()
        except KeeperUnavailable:
            time.sleep(_PAUSE)
        else:
            return
    raise OperationFailed("the keeper does not come to an end with its books")


def _answers(stage: Stage, keeper: Keeper, client: AdminKeeper) -> Iterator[float]:
    """Seconds of CPU time of each answer, of both sides."""
    for name, ask in _questions(keeper, client).items():
        began = time.process_time()
        ask()
        spent = time.process_time() - began
        stage.tell(f"{name}: {1000 * spent:.0f} ms")
        yield spent


def _questions(keeper: Keeper, client: AdminKeeper) -> dict[str, Callable[[], object]]:
    rewards, roster = client.rewards, keeper.writer.memory.roster
    judge = next(str(member.id) for member in roster.members.values() if VERIFIER in member.roles)
    paid = Wanted(kind="paid", since=date(keeper.rewards.today.year, 1, 1).isoformat())
    return {
        "sums, and rows beside the log": rewards.money,
        "the ledger's first page": lambda: rewards.lines(judge, Wanted(), 0, LINES),
        "its second page": lambda: rewards.lines(judge, Wanted(), LINES, LINES),
        "some lines of it": lambda: rewards.lines(judge, paid, 0, LINES),
        "a piece of its file": lambda: rewards.lines(judge, Wanted(), 0, MOST_LINES),
        "a year's figures": lambda: rewards.counted(keeper.rewards.today),
        "approved awards": lambda: rewards.standing(AwardState.APPROVED, count=LIST, member=judge),
        "collected awards": lambda: rewards.standing(
            AwardState.COLLECTED, newest=True, count=LIST, member=judge
        ),
        "the directory": client.directory,
    }
