"""How the command line speaks: progress on standard error, and errors as sentences that say what to do."""

import importlib
import sqlite3
from typing import Any, Final

import click

FORESEEABLE: Final = (
    ("crypto.errors", "CryptoError"),
    ("sqlalchemy.exc", "SQLAlchemyError"),
    ("tipline.accounts.errors", "AccountError"),
    ("tipline.addresses", "BadAddress"),
    ("tipline.deployment.errors", "BadDeployment"),
    ("tipline.directory.errors", "BadDirectory"),
    ("tipline.evidence.errors", "EvidenceError"),
    ("tipline.instance.errors", "InstanceError"),
    ("tipline.keeper.errors", "KeeperFault"),
    ("tipline.keeper_client.errors", "KeeperError"),
    ("tipline.members.errors", "MemberError"),
    ("tipline.notices.errors", "NoticeError"),
    ("tipline.ram", "NotInRam"),
    ("tipline.roster", "RosterError"),
    ("tipline.settings", "SettingsError"),
    ("tipline.stamps.errors", "StampError"),
    ("tipline.supervisor", "SupervisorError"),
    ("tipline.tiles.errors", "TilesError"),
    ("tipline.trial.errors", "TrialError"),
)
"""Where the errors stand, beside the system's own, whose sentence is for the person at the terminal."""


def say(line: str) -> None:
    """Tell the person at the terminal what happens; standard output stays for results."""
    click.echo(line, err=True)


class PlainGroup(click.Group):
    """Ends with a sentence and code 1 where something foreseeable went wrong.

    Groups that are named in `apart` ("module:name") are imported when they are asked for, so that each
    process and each check loads its own part of the program alone.
    """

    def __init__(self, *arguments: Any, apart: dict[str, str] | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._apart = apart or {}

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted([*super().list_commands(context), *self._apart])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in self._apart:
            module, _, attribute = self._apart[name].partition(":")
            command: click.Command = getattr(importlib.import_module(module), attribute)
            return command
        return super().get_command(context, name)

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise  # a sentence already, and nothing more is loaded for it
        except _foreseeable() as error:
            raise click.ClickException(sentence(error)) from error


def sentence(error: BaseException) -> str:
    """What went wrong, and what to do."""
    from tipline.keeper_client.errors import KeeperLied, KeeperUnavailable, Refused

    if isinstance(error, KeeperUnavailable):
        return f"The keeper does not answer ({error}). Start it with `tipline serve` or `tipline trial`."
    if isinstance(error, KeeperLied):
        return f"The keeper's answer does not prove itself ({error}). Nothing was changed. Verify an export."
    if isinstance(error, Refused):
        return f"The keeper refused: {error.reason.value}."
    if isinstance(error, OSError):
        return f"{error.filename or 'The system says'}: {error.strerror or error}"
    database = getattr(error, "orig", None)
    if isinstance(database, sqlite3.Error):
        return f"The database cannot be used ({database}). Are account and data folder the right ones?"
    return str(error) or f"{type(error).__name__}: {type(error).__doc__}"


def _foreseeable() -> tuple[type[BaseException], ...]:
    # Asked for only when something went wrong: no command pays for the imports of another.
    return (OSError, *(getattr(importlib.import_module(room), name) for room, name in FORESEEABLE))
