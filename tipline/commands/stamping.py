"""The log's head for outside: in a file, and with a time stamp of an outside service."""

from collections.abc import Mapping
from pathlib import Path

from crypto.cosignatures import with_lines
from crypto.note_lines import split_note
from crypto.notes import Checkpoint, open_checkpoint
from tipline.commands.asking import operator_keeper
from tipline.durably import replace_durably
from tipline.keeper_client import OperatorKeeper
from tipline.settings import Settings
from tipline.stamps.errors import NoService
from tipline.stamps.folder import Stamped, StampFolder
from tipline.stamps.service import StampService


def write_checkpoint(settings: Settings, file: Path) -> tuple[Checkpoint, list[str]]:
    """Write the newest head to a file: the last published one or, where witnesses countersigned one, theirs.

    It bears the log's own signatures and the lines of all who countersigned this very head; their names.
    """
    with operator_keeper(settings) as keeper:
        note, names = _countersigned(keeper)
        checkpoint = open_checkpoint(note, [keeper.log_key])
    replace_durably(file.absolute(), note)
    return checkpoint, names


def stamp_head(settings: Settings, environment: Mapping[str, str]) -> Stamped:
    """Have the last published head stamped by the service of TIPLINE_TSA_URL, and keep the stamp.

    Raises:
        StampError: no service is set, or it gave no time stamp.
        KeeperError: the keeper does not answer.
    """
    url, roots = environment.get("TIPLINE_TSA_URL", ""), environment.get("TIPLINE_TSA_ROOTS", "")
    if not url or not roots:
        raise NoService(
            "No time stamping service is set: TIPLINE_TSA_URL, its address, and TIPLINE_TSA_ROOTS, a file "
            "with its certificates."
        )
    service = StampService.of(url, Path(roots).read_bytes())
    with operator_keeper(settings) as keeper:
        note = keeper.signed_checkpoint()
        checkpoint = open_checkpoint(note, [keeper.log_key])
    return StampFolder(settings.keeper_folder).keep(checkpoint, note, service.stamp(note))


def _countersigned(keeper: OperatorKeeper) -> tuple[bytes, list[str]]:
    """The largest note that a witness countersigned, with the lines of the others that signed it too."""
    signed = keeper.cosigned()
    if not signed:
        return keeper.signed_checkpoint(), []
    size = max(one.size for one in signed)
    first, *others = [one for one in signed if one.size == size]
    note, (text, _) = first.note, split_note(first.note)
    for one in others:
        lines = one.note.decode("utf-8")[len(text) + 1 :].splitlines(keepends=True)
        mine = "".join(line for line in lines if line.startswith(f"— {one.name} "))
        note = with_lines(note, mine.encode("utf-8"))
    return note, [one.name for one in (first, *others)]
