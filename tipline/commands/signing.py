"""Who signs at a terminal, and what a new member is told there once."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from tipline.accounts.passphrases import new_passphrase
from tipline.accounts.service import Accounts
from tipline.accounts.strength import check_password
from tipline.accounts.types import UnlockedMember
from tipline.clock import SystemClock
from tipline.commands.asking import admin_keeper, main_database
from tipline.commands.plainly import say
from tipline.directory.service import Pin
from tipline.members.service import Members, NewMember
from tipline.settings import Settings

registrar_option = click.option("--registrar", help="The registrar who signs.")
second_option = click.option("--second", help="The other member who signs.")
holder_option = click.option("--holder", help="The member who holds the desk and signs.")


@contextmanager
def all_members(environment: Mapping[str, str]) -> Iterator[Members]:
    """The members of this instance, for the length of a command."""
    settings, clock = Settings.from_mapping(environment), SystemClock()
    with admin_keeper(settings) as keeper, main_database(settings, clock) as database:
        accounts = Accounts(database, settings.account_key_file.read_bytes(), clock)
        yield Members(keeper, database, accounts, Pin.of(settings), clock)


def signer(members: Members, who: str, named: str | None) -> UnlockedMember:
    """Ask somebody for what opens their keys."""
    name = named or click.prompt(f"{who}, name", err=True)
    password = click.prompt(f"{name}, password", hide_input=True, err=True)
    return members.sign_in(name, password, click.prompt(f"{name}, one-time code", err=True))


def two_signers(members: Members, registrar: str | None, second: str | None) -> list[UnlockedMember]:
    """A registrar, and another who signs with them."""
    return [signer(members, "Registrar", registrar), signer(members, "Second signer", second)]


def password_for(name: str, *, ask: bool) -> str:
    """A password that the person of this name types here, or one that is made for them.

    Raises:
        WeakPassword: what was typed is too short, or easy to guess.
    """
    if not ask:
        return new_passphrase()
    password: str = click.prompt("New password", hide_input=True, confirmation_prompt=True, err=True)
    check_password(password, name)
    return password


def show_new(new: NewMember, password: str) -> None:
    """What the person needs, once; `password` is empty when they typed it themselves."""
    say("This is shown once; hand it over in person.")
    if password:
        click.echo(f"Password            {password}")
    click.echo(f"One-time codes      {new.otp_uri}")
    click.echo(f"Key fingerprint     {new.fingerprint}")
    say("Compare the fingerprint, together with the member, with the one that `tipline member list` shows.")
