"""`tipline body …`: the competent bodies that tips may be transferred to. Two people sign each change."""

from collections.abc import Mapping

import click
from rich.table import Table

from tipline.accounts.service import Accounts
from tipline.accounts.types import UnlockedMember, sign_together
from tipline.clock import SystemClock
from tipline.commands.asking import admin_keeper, main_database
from tipline.commands.plainly import say
from tipline.directory.service import Pin
from tipline.members.service import Members
from tipline.roster import Body
from tipline.settings import Settings
from tipline.trial.board import wide_console


@click.group()
def body() -> None:
    """Competent bodies that tips may be transferred to."""


@body.command("list")
@click.pass_obj
def list_bodies(environment: Mapping[str, str]) -> None:
    """List them as the log knows them."""
    with admin_keeper(Settings.from_mapping(environment)) as keeper:
        bodies = keeper.roster().bodies
    table = Table(pad_edge=False)
    for heading in ("id", "中文", "English", "takes transfers", "key"):
        table.add_column(heading)
    for _, one in sorted(bodies.items()):
        row = (one.id, one.names["zh"], one.names["en"], "yes" if one.accepts else "no", _key_words(one))
        table.add_row(*row)
    wide_console().print(table)


@body.command("add")
@click.argument("identifier", metavar="ID")
@click.option(
    "--names",
    nargs=2,
    required=True,
    metavar="ZH EN",
    help="Its Chinese and its English name, as in a letter.",
)
@click.option("--key", default="", help="Its age recipient (age1pq1… or age1…). Without one it gets paper.")
@click.option("--closed", is_flag=True, help="It takes no transfers any more; old letters keep its name.")
@click.option(
    "--signers", nargs=2, required=True, metavar="NAME NAME", help="A registrar, and another member."
)
@click.pass_obj
def add_body(
    environment: Mapping[str, str],
    identifier: str,
    names: tuple[str, str],
    key: str,
    closed: bool,
    signers: tuple[str, str],
) -> None:
    """Add the body ID, like "county-police", or replace what is known of it.

    Compare the key with the body by telephone or in person before both sign: whoever holds it reads what is
    transferred.
    """
    settings, clock = Settings.from_mapping(environment), SystemClock()
    fields = {
        "body": {
            "id": identifier,
            "names": {"zh": names[0], "en": names[1]},
            "recipient": key.strip(),
            "accepts": not closed,
        }
    }
    with admin_keeper(settings) as keeper, main_database(settings, clock) as database:
        accounts = Accounts(database, settings.account_key_file.read_bytes(), clock)
        members = Members(keeper, database, accounts, Pin.of(settings), clock)
        people = [_signer(members, name) for name in signers]
        keeper.append(sign_together("body", fields, people, origin=settings.origin, clock=clock))
    say(f"{identifier} is in the log now.")


def _signer(members: Members, name: str) -> UnlockedMember:
    password = click.prompt(f"{name}, password", hide_input=True, err=True)
    return members.sign_in(name, password, click.prompt(f"{name}, one-time code", err=True))


def _key_words(one: Body) -> str:
    if one.recipient is None:
        return "none: paper alone"
    text = one.recipient.text
    kind = "post-quantum" if text.startswith("age1pq1") else "plain age"
    return f"{kind}, {text[:16]}…{text[-8:]}"
