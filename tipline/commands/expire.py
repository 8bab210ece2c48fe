"""`tipline expire`: which tips need not be kept any longer, and erasing them."""

from collections.abc import Iterable, Mapping

import click
from rich.table import Table

from tipline.clock import SystemClock
from tipline.commands.asking import admin_keeper, main_database
from tipline.commands.plainly import say
from tipline.disclosures.put_backs import drop_put_backs
from tipline.files.store import FileStore
from tipline.retention.service import Leaving, erase_expired, leaving
from tipline.searches.service import drop_old_words
from tipline.settings import Settings
from tipline.trial.board import wide_console

HANDLE = 8
"""Digits of a tip's id by which staff call it, in two groups."""


@click.command()
@click.option("--erase", is_flag=True, help="Erase them: texts, files, keys and codes. A stub stays.")
@click.pass_obj
def expire(environment: Mapping[str, str], *, erase: bool) -> None:
    """Show the closed tips that need not be kept any longer. A timer erases them every night.

    Erasing them also lets the log forget the statements whose time is over, and removes words of searches
    that are as old, and what custodians handed over once its window is over.
    """
    settings, clock = Settings.from_mapping(environment), SystemClock()
    with main_database(settings, clock) as database, admin_keeper(settings) as keeper:
        if not erase:
            _show(leaving(keeper))
            return
        files = FileStore(settings.files, settings.staging, settings.ram / "expire" / "staged", clock)
        erased = erase_expired(database, keeper, files)
        with database.writing() as session:
            drop_old_words(session, keeper.roster().clocks, clock.today())
            drop_put_backs(session, clock.today())
        keeper.held.forget()
    say(f"Tips erased: {erased}.")


def _show(tips: Iterable[Leaving]) -> None:
    table = Table(pad_edge=False)
    for heading in ("tip", "how it ended", "kept until"):
        table.add_column(heading)
    for one in tips:
        table.add_row(_handle(one.tip), one.ending or "–", one.kept_until.isoformat())
    if not table.row_count:
        say("No tip is kept beyond its time.")
        return
    wide_console().print(table)
    say(f"{table.row_count} tips. `tipline expire --erase` erases them; held ones are not among them.")


def _handle(tip: str) -> str:
    return f"{tip[: HANDLE // 2]}-{tip[HANDLE // 2 : HANDLE]}"
