"""What `tipline init` prints once: how each founding member signs in for the first time."""

from collections.abc import Sequence

import click

from tipline.commands.plainly import say
from tipline.instance.founders import Founder


def show_founders(founders: Sequence[Founder]) -> None:
    """Print passwords, one-time codes' secrets and key fingerprints. They are kept nowhere."""
    say("This is shown once. Hand each part over in person.")
    for founder in founders:
        click.echo(f"\n{founder.plan.name}")
        click.echo(f"  Password          {founder.password}")
        click.echo(f"  One-time codes    {founder.otp_uri}")
        click.echo(f"  Key fingerprint   {founder.fingerprint}")
