"""`tipline log …`: export the log, and verify an export on any machine."""

import os
from collections.abc import Mapping
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from crypto.errors import CryptoError
from crypto.notes import NoteVerifier
from tipline.commands.plainly import say
from tipline.evidence.errors import EvidenceError, VerificationFailed
from tipline.evidence.export import Head, read_export
from tipline.evidence.verify import VerifyResult, verify_export

EXPORT_START = b'{"format":"tipline-log/'


@click.group()
def log() -> None:
    """The log: export it, and verify an export anywhere."""


@log.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def export_log(environment: Mapping[str, str], file: Path) -> None:
    """Write the whole log to FILE. The keeper signs it as an operator's statement, which is an entry too."""
    from tipline.commands.exporting import write_export
    from tipline.settings import Settings

    settings = Settings.from_mapping(environment)
    size = write_export(settings, file)
    say(f"{size} entries are in {file}. To verify it elsewhere, with the key from a source you trust:")
    say(f"  tipline log verify {file.name} --key '{settings.log_key}'")


@log.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", metavar="VKEY", help="The log's verifier key (name+id+key), from somewhere you trust.")
@click.option(
    "--checkpoint",
    metavar="OLD",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint, or an older export, that you kept: what it covers may not have changed.",
)
def verify_log(file: Path, key: str | None, checkpoint: Path | None) -> None:
    """Verify an exported log FILE. Needs neither database nor service; ends with code 1 when it fails."""
    try:
        verifier = NoteVerifier.parse(key) if key else None
        old = _checkpoint_in(checkpoint) if checkpoint else None
        result = _verify(file, verifier, old)
    except (CryptoError, EvidenceError) as error:
        # Not left to the group, which knows the errors of rooms that this machine may not have.
        raise click.ClickException(str(error)) from error
    show(result)


def show(result: VerifyResult) -> None:
    """Print what was verified, in words that claim no more."""
    checked = "signed by the given key" if result.signer_checked else "consistent, signer not checked"
    click.echo(f"{result.origin}: {result.size} entries, {checked}.")
    click.echo(f"Root {result.root.hex()}")
    click.echo(f"First entry {result.genesis}")
    if result.old_size is not None:
        click.echo(f"The {result.old_size} entries of the earlier checkpoint stand unchanged.")


def _verify(file: Path, verifier: NoteVerifier | None, old: bytes | None) -> VerifyResult:
    total = max(file.stat().st_size, 1)
    # The bar counts bytes: how many entries there are, only the end of the file says.
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn()
    with (
        file.open("rb") as source,
        Progress(*columns, console=Console(stderr=True), transient=True) as progress,
    ):
        bar = progress.add_task("Verifying", total=total, visible=progress.console.is_terminal)

        def advance(_done: int, _all: int | None) -> None:
            progress.update(bar, completed=source.tell())

        return verify_export(source, log_key=verifier, old_checkpoint=old, progress=advance)


def _checkpoint_in(path: Path) -> bytes:
    with path.open("rb") as file:
        if file.read(len(EXPORT_START)) != EXPORT_START:
            file.seek(0)
            return file.read()
        file.seek(0, os.SEEK_SET)
        for part in read_export(file):
            if isinstance(part, Head):
                return part.note
    raise VerificationFailed(None, f"{path} holds no checkpoint")
