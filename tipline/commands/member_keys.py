"""`tipline member …`: new keys for members and for desks."""

from collections.abc import Mapping
from typing import Final

import click

from tipline.commands.plainly import say
from tipline.commands.signing import (
    all_members,
    holder_option,
    password_for,
    registrar_option,
    second_option,
    show_new,
    signer,
    two_signers,
)


@click.command("new-keys")
@click.argument("name")
@click.option("--ask-password", is_flag=True, help="Let the member type a password here.")
@registrar_option
@second_option
@click.pass_obj
def new_keys(
    environment: Mapping[str, str], name: str, ask_password: bool, registrar: str | None, second: str | None
) -> None:
    """Give member NAME new keys: for a lost password or authenticator. Two others sign.

    What opened the old keys opens nothing any more. Each desk of theirs waits until one of its holders gives
    it again (`regrant`); nobody else can.
    """
    with all_members(environment) as members:
        signers = two_signers(members, registrar, second)
        password = password_for(name, ask=ask_password)
        new = members.renew_keys(signers, name, password)
    say(f"{name} has new keys.")
    show_new(new, "" if ask_password else password)


@click.command("regrant")
@click.argument("name")
@click.argument("desk")
@holder_option
@click.pass_obj
def regrant_desk(environment: Mapping[str, str], name: str, desk: str, holder: str | None) -> None:
    """Give member NAME, who has new keys, a DESK again, with its keys. One of its holders signs."""
    with all_members(environment) as members:
        members.regrant(signer(members, f"Holder of desk {desk}", holder), name, desk)
    say(f"{name} holds desk {desk} again.")


@click.command("rekey")
@click.argument("desk")
@holder_option
@click.pass_obj
def rekey_desk(environment: Mapping[str, str], desk: str, holder: str | None) -> None:
    """Give a DESK that somebody has left its next key. The site does it by itself at a holder's next page."""
    with all_members(environment) as members:
        done = members.rekey(signer(members, f"Holder of desk {desk}", holder), desk)
    say(f"Desk {desk} has a new key." if done else f"Nobody has left desk {desk} since its last key.")


COMMANDS: Final = (new_keys, regrant_desk, rekey_desk)
