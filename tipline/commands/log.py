"""`tipline log …`: export the log, and verify an export on any machine."""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from crypto.errors import CryptoError
from crypto.notes import NoteVerifier
from tipline.commands.plainly import say
from tipline.evidence.container import MAX_PACK
from tipline.evidence.errors import EvidenceError, VerificationFailed
from tipline.evidence.export import Head, read_export
from tipline.evidence.processes import SharedSignatures
from tipline.evidence.replaying import RowsTaken
from tipline.evidence.verify import VerifyResult, verify_export
from tipline.evidence.verify_pack import PackResult, verify_pack

EXPORT_START = b'{"format":"tipline-log/'
PACK_START = b"PK\x03\x04"


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
    """Verify FILE, an exported log or an evidence pack; ends with code 1 when it fails.

    Needs neither database nor service.
    """
    try:
        verifier = NoteVerifier.parse(key) if key else None
        old = _checkpoint_in(checkpoint) if checkpoint else None
        if _is_pack(file):
            show_pack(verify_pack(_read_pack(file), log_key=verifier, old_checkpoint=old))
        else:
            show(_verify(file, verifier, old))
    except (CryptoError, EvidenceError) as error:
        # Not left to the group, which knows the errors of rooms that this machine may not have.
        raise click.ClickException(str(error)) from error


@log.command("check")
@click.option("--log-only", is_flag=True, help="Leave out what the keeper's tables repeat of the log.")
@click.pass_obj
def check(environment: Mapping[str, str], log_only: bool) -> None:
    """Check everything that the keeper has stored, on its machine. Ends with code 1 when something is wrong.

    The keeper may run meanwhile. A timer does this every week; a failed check shows on every staff page.
    """
    from tipline.clock import SystemClock
    from tipline.commands.checking import check_stored_log
    from tipline.settings import Settings

    size = check_stored_log(Settings.from_mapping(environment), SystemClock(), log_only=log_only)
    say(f"{size} entries stand as they were logged. The tree over them is the one that the log signed.")
    if log_only:
        say("The tables beside them were not looked at: no alarm ends by this.")
    else:
        say("The tables by which they are found and counted say what they say.")


@log.command("heads")
@click.pass_context
def heads(context: click.Context) -> None:
    """Say which log the keeper goes on with, or why it stopped. Ends with code 1 when somebody must act."""
    from tipline.commands.heads import head_sentences
    from tipline.settings import Settings

    sentences, well = head_sentences(Settings.from_mapping(context.obj))
    for sentence in sentences:
        click.echo(sentence)
    context.exit(0 if well else 1)


@log.command("tiles")
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--check", metavar="VKEY", help="Write nothing: check FOLDER against the log's present key.")
@click.pass_obj
def tiles(environment: Mapping[str, str], folder: Path | None, check: str | None) -> None:
    """Write the log's hashes as static files into FOLDER, or that of TIPLINE_TILES, for monitors to follow.

    Whoever gets them learns how many entries there are and when they come, and nothing of any statement.
    """
    from tipline.commands.publishing import write_tiles
    from tipline.settings import Settings
    from tipline.tiles.checking import check_tiles

    named = folder or (Path(environment["TIPLINE_TILES"]) if environment.get("TIPLINE_TILES") else None)
    if named is None:
        raise click.UsageError("Name a folder: tipline log tiles FOLDER, or TIPLINE_TILES.")
    if check:
        checked = check_tiles(named, [NoteVerifier.parse(check)])
        click.echo(
            f"{checked.origin}: {checked.size} entries, every tile and every entry fits the checkpoint."
        )
        return
    published = write_tiles(Settings.from_mapping(environment), named)
    say(f"{published.size} entries are published in {named}; {published.written} files were written.")


@log.command("rotate-key")
@click.pass_obj
def rotate_key(environment: Mapping[str, str]) -> None:
    """Give the log its next keys, on the keeper's machine. Cut short anywhere, it goes on when run again.

    The keeper starts anew for it: for some seconds nothing is read; tips arrive all the while.
    """
    from tipline.clock import SystemClock
    from tipline.commands.rotating import rotate
    from tipline.keeper.app import log_to_stderr
    from tipline.settings import Settings

    log_to_stderr()
    first, second = rotate(Settings.from_mapping(environment), SystemClock())
    say("The log has new keys, the old private ones are overwritten. Make a backup of the keeper's folder.")
    say("Give these two lines to every witness, and to every auditor in person:")
    click.echo(first)
    click.echo(second)


@log.command("checkpoint")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def checkpoint(environment: Mapping[str, str], file: Path) -> None:
    """Write the log's head to FILE, with its witnesses' signatures: for `log verify --checkpoint`, later.

    Give it to somebody outside; an auditor prints it at /log/checkpoint, too.
    """
    from tipline.commands.stamping import write_checkpoint
    from tipline.settings import Settings

    head, names = write_checkpoint(Settings.from_mapping(environment), file)
    say(f"The head of {head.size} entries is in {file}; root {head.root.hex()}.")
    say(f"Countersigned by {', '.join(names)}." if names else "No witness has countersigned it.")


@log.command("stamp")
@click.pass_obj
def stamp(environment: Mapping[str, str]) -> None:
    """Have the log's head time-stamped by the service of TIPLINE_TSA_URL (RFC 3161). A timer may run this.

    TIPLINE_TSA_ROOTS names a file with the service's certificates. Note and time stamp lie in the keeper's
    folder, under stamps/, for `openssl ts -verify -data N.note -in N.tsr -CAfile ROOTS`.
    """
    from tipline.commands.stamping import stamp_head
    from tipline.settings import Settings

    stamped = stamp_head(Settings.from_mapping(environment), environment)
    say(f"{stamped.size} entries, seen at {stamped.at:%Y-%m-%d %H:%M:%S} UTC.")


NOT_CHECKED: Final = (
    "Of each entry the signatures are checked, and that its signers may state it; not whether each step of a "
    "case is one that the keeper's rules allow: what follows on what, and by when."
)
ROUTES_NOT_CHECKED: Final = (
    "Not shown: who was excluded from a tip before its first `route`, and what that one changed. The route "
    "that a tip came with stands in its reporter's sealed item, and in no statement."
)
VOUCHERS_NOT_CHECKED: Final = (
    "Not shown: which voucher a payment was for, and whose it was. That stands nowhere; sums by value and "
    "day do."
)
NO_ROUTES_CHECKED: Final = (
    "Not shown: whom a tip's route excluded when somebody stated something about it, and whether a `route` "
    "that lifts an exclusion was signed by two. An export shows both, from the first `route` on."
)


def show(result: VerifyResult) -> None:
    """Print what was verified, in words that claim no more."""
    checked = "signed by the given key" if result.signer_checked else "consistent, signer not checked"
    click.echo(f"{result.origin}: {result.size} entries, {checked}.")
    click.echo(f"Root {result.root.hex()}")
    click.echo(f"First entry {result.genesis}")
    if result.forgotten:
        click.echo(f"{result.forgotten} statements are gone, and later entries say that their time was over.")
    if result.old_size is not None:
        click.echo(f"The {result.old_size} entries of the earlier checkpoint stand unchanged.")
    click.echo(
        f"Of {result.routed} tips a statement gave the route. From there on nobody stated anything about "
        "them at a desk that the route does not name, or from a unit that it excludes; and whatever let "
        "somebody in was signed by two, one from outside the desk."
    )
    for sentence in result.rewards:
        click.echo(sentence)
    _show_rows(result.rows)
    click.echo(ROUTES_NOT_CHECKED)
    if result.rewards:
        click.echo(VOUCHERS_NOT_CHECKED)
    click.echo(NOT_CHECKED)


def show_pack(result: PackResult) -> None:
    """Print what was verified of a pack, in words that claim no more."""
    checked = "signed by the given key" if result.signer_checked else "consistent, signer not checked"
    click.echo(f"{result.origin}: {result.size} entries, {checked}.")
    click.echo(f"Root {result.root.hex()}")
    click.echo(f"First entry {result.genesis}")
    click.echo(f"{result.chosen} chosen entries stand in it.")
    click.echo(f"{result.member} took them out (entry {result.evidence}).")
    if result.names:
        click.echo(f"{result.names} names are those that the log knows.")
    for one in result.cosigned:
        when = f" on {datetime.fromtimestamp(one.at, UTC):%Y-%m-%d %H:%M:%S} UTC" if one.at else ""
        click.echo(f"{one.name} countersigned it at {one.size} entries{when}.")
    same = "say what these entries say" if result.reports_checked else "are of another version: not compared"
    click.echo(f"The reports {same}.")
    if result.old_size is not None:
        click.echo(f"It goes on from the earlier checkpoint of {result.old_size} entries.")
    click.echo("Whether other entries were worth choosing, only an export of the whole log shows.")
    _show_rows(result.rows)
    click.echo(NO_ROUTES_CHECKED)
    click.echo(NOT_CHECKED)


def _show_rows(rows: Sequence[RowsTaken]) -> None:
    for one in rows:
        click.echo(f"Not shown: {one.sentence()}")


def _is_pack(file: Path) -> bool:
    with file.open("rb") as source:
        return source.read(len(PACK_START)) == PACK_START


def _read_pack(file: Path) -> bytes:
    with file.open("rb") as source:
        return source.read(MAX_PACK + 1)


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

        signatures = SharedSignatures()
        return verify_export(
            source, log_key=verifier, old_checkpoint=old, progress=advance, signatures=signatures
        )


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
