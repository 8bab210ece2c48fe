"""What storing something of a reporter's needs beside the thing itself."""

from dataclasses import dataclass

from crypto.notes import NoteVerifier
from tipline.clock import Clock
from tipline.database import Database
from tipline.directory.types import Directory
from tipline.files.store import FileStore


@dataclass(frozen=True)
class Intake:
    """The stores, the keys to seal to, the log's key, and the time."""

    database: Database
    files: FileStore
    directory: Directory
    log: NoteVerifier
    clock: Clock
