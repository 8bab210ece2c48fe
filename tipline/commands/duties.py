"""`tipline member …`: desks, roles and leads."""

from collections.abc import Mapping
from typing import Final

import click

from tipline.commands.plainly import say
from tipline.commands.signing import (
    all_members,
    holder_option,
    registrar_option,
    second_option,
    signer,
    two_signers,
)
from tipline.roster.types import ROLES


@click.command("grant")
@click.argument("name")
@click.argument("desk")
@registrar_option
@holder_option
@click.pass_obj
def grant_desk(
    environment: Mapping[str, str], name: str, desk: str, registrar: str | None, holder: str | None
) -> None:
    """Give member NAME a DESK. A registrar and a member who holds it sign; the latter passes its key on."""
    _grant(environment, name, desk, "", registrar, holder)
    say(f"{name} holds desk {desk} now.")


@click.command("deputy")
@click.argument("name")
@click.argument("desk")
@click.option("--until", required=True, help="The last day, like 2026-12-31; access ends by itself after it.")
@registrar_option
@holder_option
@click.pass_obj
def make_deputy(
    environment: Mapping[str, str],
    name: str,
    desk: str,
    until: str,
    registrar: str | None,
    holder: str | None,
) -> None:
    """Give member NAME a DESK up to and with a day (UTC). Signed as `grant` is."""
    _grant(environment, name, desk, until, registrar, holder)
    say(f"{name} holds desk {desk} until the end of {until}.")


@click.command("revoke")
@click.argument("name")
@click.argument("desk")
@registrar_option
@click.pass_obj
def revoke_desk(environment: Mapping[str, str], name: str, desk: str, registrar: str | None) -> None:
    """Take a DESK from member NAME."""
    with all_members(environment) as members:
        members.revoke(signer(members, "Registrar", registrar), name, desk)
    say(f"{name} no longer holds desk {desk}.")


@click.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice(sorted(ROLES)))
@click.option("--take", is_flag=True, help="Take the role instead; a registrar alone signs that.")
@registrar_option
@second_option
@click.pass_obj
def set_role(
    environment: Mapping[str, str],
    name: str,
    role: str,
    take: bool,
    registrar: str | None,
    second: str | None,
) -> None:
    """Give member NAME a ROLE, that of a second registrar too. A registrar and another sign."""
    with all_members(environment) as members:
        if take:
            signers = [signer(members, "Registrar", registrar)]
        else:
            signers = two_signers(members, registrar, second)
        members.set_role(signers, name, role, held=not take)
    say(f"{name} is {'no longer' if take else 'now'} {role}.")


@click.command("lead")
@click.argument("desk")
@click.argument("name")
@registrar_option
@second_option
@click.pass_obj
def set_lead(
    environment: Mapping[str, str], desk: str, name: str, registrar: str | None, second: str | None
) -> None:
    """Let member NAME lead a DESK that they hold: missed deadlines reach them first. Two sign."""
    with all_members(environment) as members:
        members.set_lead(two_signers(members, registrar, second), desk, name)
    say(f"{name} leads desk {desk} now.")


def _grant(
    environment: Mapping[str, str],
    name: str,
    desk: str,
    until: str,
    registrar: str | None,
    holder: str | None,
) -> None:
    with all_members(environment) as members:
        first = signer(members, "Registrar", registrar)
        members.grant([first, signer(members, f"Holder of desk {desk}", holder)], name, desk, until)


COMMANDS: Final = (grant_desk, make_deputy, revoke_desk, set_role, set_lead)
