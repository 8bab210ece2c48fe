"""Writing the log's tiles into a folder, from the keeper's machine."""

from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from tipline.commands.asking import operator_keeper
from tipline.database import Database
from tipline.keeper.tile_source import TileSource
from tipline.settings import Settings
from tipline.tiles.folder import TileFolder
from tipline.tiles.service import Published, publish_tiles


def write_tiles(settings: Settings, path: Path) -> Published:
    """Bring a folder up to the keeper's last published checkpoint, which bears both of its signatures.

    Raises:
        KeeperError: the keeper does not answer, or its checkpoint does not prove itself.
        TilesError: folder, log and database do not fit together.
        OSError: the folder cannot be written.
    """
    folder = TileFolder(path)
    database = Database(settings.keeper_database_url)
    try:
        with (
            operator_keeper(settings) as keeper,
            Progress(console=Console(stderr=True), transient=True) as bar,
        ):
            note = keeper.signed_checkpoint()
            task = bar.add_task("Writing tiles", total=None, visible=bar.console.is_terminal)
            return publish_tiles(
                folder,
                TileSource(database),
                note,
                [keeper.log_key],
                lambda done, total: bar.update(task, completed=done, total=total),
            )
    finally:
        database.dispose()
