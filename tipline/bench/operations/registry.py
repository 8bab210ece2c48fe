"""The operations by name, in the order in which they run and are shown."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from tipline.bench.crowd import Effort
from tipline.bench.errors import BenchError
from tipline.bench.operations import (
    awards_100k,
    file_50mb,
    first_tip,
    flood,
    form_page,
    guided_screen,
    log_append,
    log_filter_1m,
    log_proof_1m,
    log_tables_1m,
    log_verify_1m,
    mailbox_open,
    mint,
    open_identity,
    pay,
    queue_100k,
    queue_100k_filter,
    reading,
    redeem,
    seal_identity,
)
from tipline.bench.results import Result
from tipline.bench.stage import Stage

Measurement = Callable[[Stage, Effort], Result]

OPERATIONS: Final[Mapping[str, Measurement]] = MappingProxyType(
    {
        first_tip.NAME: first_tip.run,
        form_page.NAME: form_page.run,
        guided_screen.NAME: guided_screen.run,
        mailbox_open.NAME: mailbox_open.run,
        reading.NAME: reading.run,
        file_50mb.NAME: file_50mb.run,
        log_append.NAME: log_append.run,
        log_verify_1m.NAME: log_verify_1m.run,
        log_tables_1m.NAME: log_tables_1m.run,
        log_proof_1m.NAME: log_proof_1m.run,
        log_filter_1m.NAME: log_filter_1m.run,
        queue_100k.NAME: queue_100k.run,
        queue_100k_filter.NAME: queue_100k_filter.run,
        seal_identity.NAME: seal_identity.run,
        open_identity.NAME: open_identity.run,
        mint.NAME: mint.run,
        redeem.NAME: redeem.run,
        pay.NAME: pay.run,
        awards_100k.NAME: awards_100k.run,
        flood.NAME: flood.run,
    }
)


def chosen(names: str | None) -> dict[str, Measurement]:
    """The operations that a list with commas names, in their own order; all of them when it is None.

    Raises:
        BenchError: a name is not known.
    """
    if names is None:
        return dict(OPERATIONS)
    wanted = [name.strip() for name in names.split(",")]
    for name in wanted:
        if name not in OPERATIONS:
            raise BenchError(f'There is no operation "{name}". There are: {", ".join(OPERATIONS)}.')
    return {name: run for name, run in OPERATIONS.items() if name in wanted}
