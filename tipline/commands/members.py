"""`tipline member …`: whoever signs is asked for their password and one-time code."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import click
from rich.table import Table

from tipline.accounts.passphrases import new_passphrase
from tipline.accounts.service import Accounts
from tipline.accounts.types import UnlockedMember
from tipline.clock import SystemClock
from tipline.commands.asking import admin_keeper, main_database
from tipline.commands.plainly import say
from tipline.directory.service import Pin
from tipline.ids import UnitId
from tipline.members.service import MemberRow, Members, NewMember
from tipline.roster import Roster
from tipline.settings import Settings
from tipline.trial.board import wide_console

MINIMUM_PASSWORD = 12
"""Characters; the seed under it is also locked by a key file."""


@click.group()
def member() -> None:
    """Members and desks. Whoever signs is asked for their password and one-time code."""


@member.command("list")
@click.option("--units", is_flag=True, help="List units and desks instead.")
@click.pass_obj
def list_members(environment: Mapping[str, str], units: bool) -> None:
    """List members as the log knows them."""
    with _members(environment) as members:
        table = _places(members.keeper.roster()) if units else _people(members.rows())
    wide_console().print(table)


@member.command("add")
@click.argument("name")
@click.option("--unit", required=True, help="The unit they belong to, like u3.")
@click.option(
    "--conflict", "conflicts", multiple=True, help="A unit whose tips they must not see; repeatable."
)
@click.option("--ask-password", is_flag=True, help="Let the new member type a password here.")
@click.option("--registrar", help="The registrar who signs.")
@click.pass_obj
def add_member(
    environment: Mapping[str, str],
    name: str,
    unit: str,
    conflicts: tuple[str, ...],
    ask_password: bool,
    registrar: str | None,
) -> None:
    """Add a member NAME, who then holds no desk yet."""
    with _members(environment) as members:
        signer = _signer(members, "Registrar", registrar)
        password = _typed_password() if ask_password else new_passphrase()
        new = members.add(signer, name, password, UnitId(unit), [UnitId(other) for other in conflicts])
    _show_new(name, new, "" if ask_password else password)


@member.command("grant")
@click.argument("name")
@click.argument("desk")
@click.option("--registrar", help="The registrar who signs.")
@click.option("--holder", help="The member who holds the desk and signs.")
@click.pass_obj
def grant_desk(
    environment: Mapping[str, str], name: str, desk: str, registrar: str | None, holder: str | None
) -> None:
    """Give member NAME a DESK. A registrar and a member who holds it sign; the latter passes its key on."""
    with _members(environment) as members:
        first = _signer(members, "Registrar", registrar)
        members.grant([first, _signer(members, f"Holder of desk {desk}", holder)], name, desk)
    say(f"{name} holds desk {desk} now.")


@member.command("revoke")
@click.argument("name")
@click.argument("desk")
@click.option("--registrar", help="The registrar who signs.")
@click.pass_obj
def revoke_desk(environment: Mapping[str, str], name: str, desk: str, registrar: str | None) -> None:
    """Take a DESK from member NAME."""
    with _members(environment) as members:
        members.revoke(_signer(members, "Registrar", registrar), name, desk)
    say(f"{name} no longer holds desk {desk}.")


@member.command("remove")
@click.argument("name")
@click.option("--registrar", help="The registrar who signs.")
@click.pass_obj
def remove_member(environment: Mapping[str, str], name: str, registrar: str | None) -> None:
    """Remove member NAME for good."""
    with _members(environment) as members:
        members.remove(_signer(members, "Registrar", registrar), name)
    say(f"{name} is no longer a member.")


@contextmanager
def _members(environment: Mapping[str, str]) -> Iterator[Members]:
    settings, clock = Settings.from_mapping(environment), SystemClock()
    with admin_keeper(settings) as keeper, main_database(settings, clock) as database:
        accounts = Accounts(database, settings.account_key_file.read_bytes(), clock)
        yield Members(keeper, database, accounts, Pin.of(settings), clock)


def _signer(members: Members, who: str, named: str | None) -> UnlockedMember:
    name = named or click.prompt(f"{who}, name", err=True)
    password = click.prompt(f"{name}, password", hide_input=True, err=True)
    return members.sign_in(name, password, click.prompt(f"{name}, one-time code", err=True))


def _typed_password() -> str:
    password: str = click.prompt("New member's password", hide_input=True, confirmation_prompt=True, err=True)
    if len(password) < MINIMUM_PASSWORD:
        raise click.ClickException(f"A password has at least {MINIMUM_PASSWORD} characters.")
    return password


def _show_new(name: str, new: NewMember, password: str) -> None:
    say(f"{name} is a member now. This is shown once; hand it over in person.")
    if password:
        click.echo(f"Password            {password}")
    click.echo(f"One-time codes      {new.otp_uri}")
    click.echo(f"Key fingerprint     {new.fingerprint}")
    say("Compare the fingerprint, together with the member, with the one that `tipline member list` shows.")


def _people(rows: Sequence[MemberRow]) -> Table:
    table = Table(pad_edge=False)
    for heading in ("name", "id", "unit", "roles", "desks", "state", "key fingerprint"):
        table.add_column(heading, no_wrap=heading in {"id", "key fingerprint"})
    for row in rows:
        table.add_row(
            row.name or "(no account fits)",
            row.id,
            row.unit,
            ", ".join(row.roles),
            ", ".join(row.desks),
            "active" if row.active else "removed",
            row.fingerprint,
        )
    return table


def _places(roster: Roster) -> Table:
    table = Table(pad_edge=False)
    for heading in ("kind", "id", "中文", "English", "above it"):
        table.add_column(heading)
    for unit in roster.units.values():
        kind = "unit" if unit.inside else "unit outside"
        table.add_row(kind, unit.id, unit.names["zh"], unit.names["en"], unit.superior or "")
    for desk in roster.desks.values():
        table.add_row(
            "desk, reads" if desk.reads else "desk", desk.id, desk.names["zh"], desk.names["en"], ""
        )
    return table
