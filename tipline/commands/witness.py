"""`tipline witness …`: a witness of logs, at another body, on a machine of its own. It needs no instance."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from crypto.note_lines import Verifier
from tipline.clock import SystemClock
from tipline.commands.plainly import say
from tipline.witness.errors import WitnessError
from tipline.witness.folder import WitnessFolder, read_keys
from tipline.witness.service import Witness, accept, know, take

FOLDER: Final = "witness"
BIND: Final = "127.0.0.1:8010"


class WitnessGroup(click.Group):
    """Says as a sentence what went wrong here: the machine of a witness has none of the other rooms."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except WitnessError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=WitnessGroup)
@click.pass_context
def witness(context: click.Context) -> None:
    """Countersign the heads of logs, and refuse any that goes back. TIPLINE_WITNESS names the folder."""


@witness.command("init")
@click.argument("name")
@click.pass_obj
def make(environment: Mapping[str, str], name: str) -> None:
    """Make a witness NAME (like "witness.example/county"), and print its keys for the log's policy."""
    folder = _folder(environment)
    folder.make(name)
    say(
        f"{folder.path} holds the witness. Back it up as a whole: whoever has it can countersign in its name."
    )
    say("Give these keys to the registrar of the log, and read them out by telephone:")
    _print_keys(Witness(folder, SystemClock()).verifiers)


@witness.command("log")
@click.argument("vkeys", nargs=-1, required=True, metavar="VKEY…")
@click.option("--yes", is_flag=True, help="The keys were compared already.")
@click.pass_obj
def know_log(environment: Mapping[str, str], vkeys: tuple[str, ...], *, yes: bool) -> None:
    """Countersign the log of these verifier keys from now on; its next keys replace those known here.

    The log's keys come from its operator (`tipline log rotate-key` prints new ones). Compare them with an
    auditor of the log by telephone: whoever holds them decides what this witness countersigns.
    """
    folder, keys = _folder(environment), read_keys(list(vkeys))
    say(f"The log {keys[0].name} signs with")
    _print_keys(keys)
    if not yes:
        click.confirm("Are these the fingerprints that its auditor read to you?", abort=True, err=True)
    know(folder, keys)
    say("They are known now, and take effect at once.")


@witness.command("show")
@click.pass_obj
def show(environment: Mapping[str, str]) -> None:
    """Print the witness's keys, and the last head of each log."""
    folder = _folder(environment)
    click.echo(folder.name)
    _print_keys(Witness(folder, SystemClock()).verifiers)
    for origin in folder.origins():
        log = folder.read(origin)
        click.echo(f"\nLog {origin}")
        _print_keys(log.keys)
        click.echo(f"  last countersigned: {_head(log.size, log.root)}")
        for path in folder.evidence(origin):
            click.echo(f"  does not fit: {path}")


@witness.command("accept")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def accept_head(environment: Mapping[str, str], file: Path) -> None:
    """Go on from the checkpoint in FILE, although it does not continue what was countersigned.

    Only when two members of the log's office have acknowledged a rollback, and an auditor of theirs has told
    you both heads by telephone. The old head is kept as evidence.
    """
    folder, note = _folder(environment), file.read_bytes()
    origin = note.decode("utf-8", "replace").split("\n", 1)[0]
    log, checkpoint = accept(folder, origin, note)
    click.echo(f"Log {origin}")
    click.echo(f"  countersigned last: {_head(log.size, log.root)}")
    click.echo(f"  to go on from:      {_head(checkpoint.size, checkpoint.root)}")
    if checkpoint.size < log.size:
        say(f"{log.size - checkpoint.size} entries are given up by this.")
    said = click.prompt("Type the size to go on from", err=True)
    if said.strip() != str(checkpoint.size):
        raise WitnessError("That is another size. Nothing was changed.")
    take(folder, log, note)
    say("The witness goes on from there.")


@witness.command("serve")
@click.pass_obj
def serve(environment: Mapping[str, str]) -> None:
    """Answer logs at TIPLINE_WITNESS_BIND (127.0.0.1:8010), behind a proxy that brings HTTPS."""
    from tipline.serving import serve as serve_site
    from tipline.witness.app import create_app

    folder = _folder(environment)
    Witness(folder, SystemClock())  # says what is missing before any server starts
    serve_site(
        lambda: create_app(Witness(folder, SystemClock())),
        environment.get("TIPLINE_WITNESS_BIND", BIND),
        workers=1,
    )


def _folder(environment: Mapping[str, str]) -> WitnessFolder:
    return WitnessFolder(Path(environment.get("TIPLINE_WITNESS", FOLDER)).resolve())


def _head(size: int, root: bytes) -> str:
    return f"{size} entries, root {root.hex()}" if size else "nothing yet"


def _print_keys(keys: tuple[Verifier, ...]) -> None:
    for key in keys:
        click.echo(f"  fingerprint {key.key_id.hex()}")
        click.echo(f"  {key.vkey}")
