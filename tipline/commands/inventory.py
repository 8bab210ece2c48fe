"""`tipline inventory`: the nightly list of all items that are held."""

from collections.abc import Mapping

import click

from tipline.clock import SystemClock
from tipline.commands.asking import admin_keeper, main_database
from tipline.commands.plainly import say
from tipline.files.store import FileStore
from tipline.inventory.service import take_inventory
from tipline.settings import Settings


@click.command()
@click.pass_obj
def inventory(environment: Mapping[str, str]) -> None:
    """Read all that is held, have it listed in the log, renew the mailboxes' receipts. A timer runs this."""
    settings, clock = Settings.from_mapping(environment), SystemClock()
    files = FileStore(settings.files, settings.staging, settings.ram / "inventory" / "staged", clock)
    with main_database(settings, clock) as database, admin_keeper(settings) as keeper:
        night = take_inventory(database, files, keeper, clock)
    say(f"{night.count} items are held as they were accepted. Entry {night.index} in the log says so.")
    say("It lists what came before today (UTC). What came today is listed tomorrow.")
    if night.altered:
        say("ALTERED: somebody changed what the keeper remembered of the list before.")
        say("Keep the keeper's database as it is, and tell the auditors.")
    if night.missing or night.changed:
        say(
            f"MISSING: {night.missing}. CHANGED: {night.changed}. An auditor sees which under Log, Inventory."
        )
    if night.unvouched:
        say(f"Rows that nobody vouches for: {night.unvouched}. An auditor sees which under Log, Inventory.")
