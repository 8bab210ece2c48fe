"""`tipline notices …`: sending notices to staff. It opens neither database nor keeper."""

from collections.abc import Mapping
from importlib import resources

import click

from tipline.clock import SystemClock
from tipline.commands.plainly import say
from tipline.settings import data_folder


@click.group()
def notices() -> None:
    """Notices to staff by mail or webhook: the same words, at set hours."""


@notices.command()
@click.pass_obj
def send(environment: Mapping[str, str]) -> None:
    """Send this hour's notice if it is a set hour and it has not gone out. A timer calls it."""
    from tipline.notices.service import open_notices

    went = open_notices(data_folder(environment)).send_due(SystemClock().now())
    say(f"Sent by {went} ways." if went else "Nothing is due.")


@notices.command()
@click.pass_obj
def test(environment: Mapping[str, str]) -> None:
    """Send one notice now by every way that is set, and say what becomes of it."""
    from tipline.notices.service import open_notices

    went = open_notices(data_folder(environment)).test(SystemClock().now())
    say(f"Sent by {went} ways. Look whether it arrived.")


@notices.command()
def sample() -> None:
    """Print a settings file to start from."""
    click.echo(resources.files("tipline.notices").joinpath("sample.toml").read_text("utf-8"), nl=False)
