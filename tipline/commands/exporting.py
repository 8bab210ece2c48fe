"""Writing an export of the log into a file, whole or not at all."""

import os
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.progress import Progress

from tipline.commands.asking import operator_keeper
from tipline.evidence.export import ExportWriter
from tipline.keeper_client import Export
from tipline.settings import Settings


def write_export(settings: Settings, file: Path) -> int:
    """Ask the keeper for its whole log; returns the number of entries.

    What the keeper hands over is checked against the checkpoint before the file takes its name.

    Raises:
        KeeperError: it does not answer, or its entries are not those that it signed.
        OSError: the file cannot be written.
    """
    fresh = file.with_name(f".{file.name}.new")
    try:
        with operator_keeper(settings) as keeper, open(fresh, "wb", opener=_for_the_owner) as out:
            size = _write(keeper.export(), out, settings)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
    return size


def _write(export: Export, out: BinaryIO, settings: Settings) -> int:
    writer = ExportWriter(out)
    writer.header(settings.origin, settings.genesis)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Exporting", total=export.size, visible=bar.console.is_terminal)
        for index, salt, entry in export:
            if entry:
                writer.entry(index, salt, entry)
            else:
                writer.forgotten(index, salt)
            bar.update(task, completed=index + 1)
    writer.finish(export.checkpoint)
    return export.size


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
