"""Sealing who somebody is: the item, and for each desk of a township tip a slip with three locks."""

import time
from typing import Final

from crypto.keys import Identity, SigningKey
from crypto.policies import Route
from tipline.bench.crowd import Effort
from tipline.bench.limits import DESKS, limit_of
from tipline.bench.results import Result
from tipline.bench.stage import Stage
from tipline.identities.record import IdentityRecord
from tipline.ids import INTAKE, INTEGRITY, new_item_id, new_tip_id
from tipline.sealing.audience import Audience, DeskKey
from tipline.sealing.items import seal_identity

NAME: Final = "seal-identity"
MOST: Final = 1_000
_TYPED: Final = {"name": "李娜", "contact": "13800138000", "safely": "晚上八点以后，只说找小李。"}


def run(stage: Stage, effort: Effort) -> Result:
    """Measure what the process that seals spends on it; the page around it is measured with the others."""
    claim, custodians = SigningKey.generate(), Identity.generate().recipient
    keys = tuple(DeskKey(desk, 1, Identity.generate().recipient) for desk in (INTAKE, INTEGRITY))
    audience = Audience(Identity.generate().recipient, keys, Route((INTAKE,), ()), claim.public.raw)
    content = IdentityRecord.checked(_TYPED, stage.clock.today()).encode()
    tip, count, wrong = new_tip_id(), min(effort.most, MOST), 0

    def seal() -> bool:
        made = seal_identity(
            new_item_id(), tip, content, audience=audience, custodians=custodians, claim=claim
        )
        return len(made.slips) == DESKS

    for _ in range(effort.warm_up):
        seal()
    spent, began = time.thread_time(), time.monotonic()
    for _ in range(count):
        wrong += not seal()
    spent, took = time.thread_time() - spent, time.monotonic() - began
    return Result(NAME, 1000 * spent / count, count / took, wrong, limit_of(NAME))
