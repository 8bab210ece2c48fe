"""`tipline member …`: whoever signs is asked for their password and one-time code."""

from collections.abc import Iterator, Mapping, Sequence

import click
from rich.table import Table

from tipline.commands import duties, member_keys
from tipline.commands.plainly import say
from tipline.commands.signing import (
    all_members,
    password_for,
    registrar_option,
    second_option,
    show_new,
    signer,
    two_signers,
)
from tipline.ids import UnitId
from tipline.members.service import MemberRow
from tipline.roster import Roster
from tipline.trial.board import wide_console


@click.group()
def member() -> None:
    """Members and desks. Whoever signs is asked for their password and one-time code."""


for _command in (*duties.COMMANDS, *member_keys.COMMANDS):
    member.add_command(_command)


@member.command("list")
@click.option("--units", is_flag=True, help="List units and desks instead.")
@click.option("--dormant", is_flag=True, help="List only those who were not here for 60 days.")
@click.pass_obj
def list_members(environment: Mapping[str, str], units: bool, dormant: bool) -> None:
    """List members as the log knows them."""
    with all_members(environment) as members:
        if units:
            table = _places(members.roster())
        else:
            table = _people(members.dormant() if dormant else members.rows())
    wide_console().print(table)


@member.command("add")
@click.argument("name")
@click.option("--unit", required=True, help="The unit they belong to, like u3.")
@click.option(
    "--conflict", "conflicts", multiple=True, help="A unit whose tips they must not see; repeatable."
)
@click.option("--ask-password", is_flag=True, help="Let the new member type a password here.")
@registrar_option
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
    with all_members(environment) as members:
        first = signer(members, "Registrar", registrar)
        password = password_for(name, ask=ask_password)
        new = members.add(first, name, password, UnitId(unit), [UnitId(other) for other in conflicts])
    say(f"{name} is a member now.")
    show_new(new, "" if ask_password else password)


@member.command("move")
@click.argument("name")
@click.argument("unit")
@click.option(
    "--conflict", "conflicts", multiple=True, help="A declared conflict that stays; others are taken back."
)
@registrar_option
@second_option
@click.pass_obj
def move_member(
    environment: Mapping[str, str],
    name: str,
    unit: str,
    conflicts: tuple[str, ...],
    registrar: str | None,
    second: str | None,
) -> None:
    """Let member NAME belong to UNIT. The old unit counts for five years more. Two sign."""
    with all_members(environment) as members:
        members.move(two_signers(members, registrar, second), name, unit, conflicts)
    say(f"{name} belongs to {unit} now.")


@member.command("conflicts")
@click.argument("name")
@click.argument("units", nargs=-1, required=True)
@click.pass_obj
def declare_conflicts(environment: Mapping[str, str], name: str, units: tuple[str, ...]) -> None:
    """Member NAME declares UNITS whose tips they must not see. To take one back, two sign `move`."""
    with all_members(environment) as members:
        members.declare(signer(members, "Member", name), units)
    say(f"{name} declared {', '.join(units)}.")


@member.command("suspend")
@click.argument("name")
@registrar_option
@click.pass_obj
def suspend_member(environment: Mapping[str, str], name: str, registrar: str | None) -> None:
    """Take every desk from member NAME; each can be granted again."""
    with all_members(environment) as members:
        members.suspend(signer(members, "Registrar", registrar), name)
    say(f"{name} holds no desk any more.")


@member.command("remove")
@click.argument("name")
@registrar_option
@click.pass_obj
def remove_member(environment: Mapping[str, str], name: str, registrar: str | None) -> None:
    """Remove member NAME for good."""
    with all_members(environment) as members:
        members.remove(signer(members, "Registrar", registrar), name)
    say(f"{name} is no longer a member.")


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
            ", ".join(_desks(row)),
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


def _desks(row: MemberRow) -> Iterator[str]:
    for desk in row.desks:
        until = f" (until {row.until[desk]})" if desk in row.until else ""
        yield desk + (" (lead)" if desk in row.leads else until)
    for desk in row.awaiting:
        yield f"{desk} (waits for its key)"
