"""What the terminal shows of a running trial."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from tipline.instance.plan import Plan
from tipline.settings import Settings
from tipline.trial.credentials import SignIn
from tipline.trial.mailboxes import SampleMailbox

NARROWEST = 110
"""Columns of output that goes to a file: no password is broken over two lines there."""


def show_board(
    console: Console,
    settings: Settings,
    people: Sequence[SignIn],
    mailboxes: Sequence[SampleMailbox],
    plan: Plan,
    again: str,
) -> None:
    """Print addresses, people with their passwords and codes, and where the data lies.

    Args:
        again: the command that prints the next one-time codes.
    """
    console.print()
    console.print(_addresses(settings))
    console.print(_people(people, {unit.id: f"{unit.names['zh']} {unit.id}" for unit in plan.units}))
    console.print("A one-time code is valid once. The next ones:")
    console.print(f"    {again}", style="bold", soft_wrap=True)
    _show_mailboxes(console, mailboxes)
    console.print("This is a trial: its passwords are in a file, so nothing real belongs in it.")
    console.print("[dim]Ctrl-C ends all three.[/dim]")


def show_codes(
    console: Console, people: Sequence[SignIn], mailboxes: Sequence[SampleMailbox], plan: Plan
) -> None:
    """Print who can sign in, and how, now, and which mailboxes can be looked into."""
    console.print(_people(people, {unit.id: f"{unit.names['zh']} {unit.id}" for unit in plan.units}))
    _show_mailboxes(console, mailboxes)


def wide_console() -> Console:
    """A console for people's eyes, wide enough when it is none."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=max(NARROWEST, console.width))


def _addresses(settings: Settings) -> Panel:
    lines = Text.assemble(
        ("Public site  ", "dim"),
        (f"http://{settings.public_bind}/", "bold"),
        ("\nAdmin site   ", "dim"),
        (f"http://{_admin_address(settings)}/", "bold"),
        ("\nData         ", "dim"),
        str(settings.data),
        ("\nIn RAM       ", "dim"),
        str(settings.ram),
    )
    return Panel(lines, title="The trial runs", title_align="left", expand=False)


def _admin_address(settings: Settings) -> str:
    """The admin site by the name that passkeys are made for: browsers make none for 127.0.0.1."""
    host, _, port = settings.admin_bind.rpartition(":")
    return (
        f"{settings.admin_host}:{port}"
        if host == "127.0.0.1" and settings.admin_host
        else settings.admin_bind
    )


def _show_mailboxes(console: Console, mailboxes: Sequence[SampleMailbox]) -> None:
    if mailboxes:
        console.print("Mailboxes of invented reporters, to look into on the public site:")
    for one in mailboxes:
        console.print(Text.assemble("    ", (one.code, "bold"), f"  {one.what}"), soft_wrap=True)


def _people(people: Sequence[SignIn], units: Mapping[str, str]) -> Table:
    table = Table(title_justify="left", pad_edge=False)
    for heading in ("name", "unit", "desks", "password", "one-time code"):
        table.add_column(heading, no_wrap=heading in {"name", "password"}, overflow="fold")
    for person in people:
        desks = ", ".join(person.desks) or "–"
        table.add_row(person.name, units.get(person.unit, person.unit), desks, person.password, person.otp)
    return table
