"""Changing the log's keys from the command line: stated here, logged by the keeper's next start."""

import time
from typing import Final

from crypto.cosignatures import MldsaCosignatureVerifier
from crypto.notes import NoteVerifier
from tipline.clock import Clock
from tipline.commands.asking import operator_keeper
from tipline.keeper.app import writing
from tipline.keeper.errors import AlreadyRunning, RotationNotLogged
from tipline.keeper.folder import KeeperFolder
from tipline.keeper.rotation import begin, is_under_way
from tipline.settings import Settings

PATIENCE_SECONDS: Final = 90.0
_LOOK_SECONDS: Final = 0.2


def rotate(settings: Settings, clock: Clock) -> tuple[str, str]:
    """Have the log name new keys; both as verifier keys (types 0x01 and 0x06).

    Raises:
        KeeperFault: a key file is unsafe, or the log did not take the statement: a keeper that stands still
            for another reason takes it when it goes on.
        KeeperError: the keeper that runs does not answer.
    """
    folder = KeeperFolder(settings.keeper_folder)
    begin(folder, settings.origin, clock)
    try:
        with writing(settings, clock):
            pass
    except AlreadyRunning:
        with operator_keeper(settings) as keeper:
            keeper.start_anew()
        _wait(folder)
    if is_under_way(folder):
        raise RotationNotLogged(
            "The new keys are stated and not in the log yet. Start the keeper: it goes on."
        )
    key, second = folder.present_pair()
    return (
        NoteVerifier(settings.origin, key.public).vkey,
        MldsaCosignatureVerifier(settings.origin, second.public).vkey,
    )


def _wait(folder: KeeperFolder) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while is_under_way(folder) and time.monotonic() < ends:
        time.sleep(_LOOK_SECONDS)
