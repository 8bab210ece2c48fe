"""An earlier checkpoint beyond a rollback that two people acknowledged: it fails, and says who and why."""

import io
from pathlib import Path
from typing import Any, Final

import pytest

from crypto.notes import Checkpoint, NoteVerifier
from tests.evidence import alone
from tests.evidence.logs import Log, read, sample
from tests.evidence.packs import Packer
from tests.roster.township import AUDITOR, LOG_KEY, ORIGIN, REGISTRAR, START, body
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.verify import verify_export
from tipline.evidence.verify_pack import verify_pack

KEY: Final = NoteVerifier(ORIGIN, LOG_KEY.public)
FOUND: Final = 6

verifier = alone.load()


def head(log: Log, size: int) -> dict[str, object]:
    """Size and root of a log, as a statement names them."""
    checkpoint = Checkpoint.parse(log.checkpoint(size).decode().partition("\n\n")[0] + "\n")
    return {"size": size, "root": checkpoint.root.hex()}


def set_back(lost: Log) -> Log:
    """The same log, set back to `FOUND` entries; two people took it as it was."""
    log = Log(lost.entries[:FOUND])
    heads: dict[str, Any] = {"lost": head(lost, len(lost.entries)), "found": head(lost, FOUND)}
    log.done(body("acknowledge", [AUDITOR, REGISTRAR], at=START + 30, what="rollback", reason={}, **heads))
    log.done(read(80, at=START + 31))
    return log


@pytest.mark.parametrize("size", [FOUND + 1, FOUND + 2, 12])
def test_a_checkpoint_of_what_was_lost_names_both_heads_and_both_people(size: int, tmp_path: Path) -> None:
    lost = sample()
    log, old = set_back(lost), lost.checkpoint(size)
    with pytest.raises(VerificationFailed) as failed:
        verify_export(io.BytesIO(log.export()), log_key=KEY, old_checkpoint=old, progress=None)
    for part in (
        AUDITOR,
        REGISTRAR,
        f"entry {FOUND} ",
        *(str(head(lost, at)["root"]) for at in (size, FOUND, 13)),
    ):
        assert part in failed.value.sentence
    file = tmp_path / "export"
    file.write_bytes(log.export())
    pins = verifier.Pins(verifier.Key.parse(KEY.vkey), "", verifier.Checkpoint(old, "the earlier checkpoint"))
    with pytest.raises(verifier.Failed) as told:
        verifier.verify(file, pins)
    assert str(told.value) == failed.value.sentence
    with pytest.raises(VerificationFailed) as of_pack:
        verify_pack(Packer(log, older=[7]).pack([1]), log_key=KEY, old_checkpoint=lost.checkpoint(12))
    assert "was set back" in of_pack.value.sentence


def test_a_checkpoint_from_before_the_rollback_still_holds() -> None:
    lost = sample()
    old = lost.checkpoint(FOUND)
    result = verify_export(
        io.BytesIO(set_back(lost).export()), log_key=KEY, old_checkpoint=old, progress=None
    )
    assert result.old_size == FOUND


def test_a_rollback_that_nobody_acknowledged_is_only_told_as_a_change() -> None:
    lost = sample()
    log = Log(lost.entries[:FOUND])
    log.done(read(81, at=START + 31))
    with pytest.raises(VerificationFailed, match="were changed or the tail was cut"):
        verify_export(
            io.BytesIO(log.export()), log_key=KEY, old_checkpoint=lost.checkpoint(12), progress=None
        )


def test_both_verifiers_take_two_people_s_word_that_rows_count_as_they_are(tmp_path: Path) -> None:
    log = sample()
    heads: dict[str, Any] = {"lost": {}, "found": {**head(log, FOUND), "rows": "00" * 32}}
    log.done(body("acknowledge", [AUDITOR, REGISTRAR], at=START + 30, what="rows", reason={}, **heads))
    result = verify_export(io.BytesIO(log.export()), log_key=KEY, old_checkpoint=None, progress=None)
    assert result.size == len(log.entries)
    file = tmp_path / "export"
    file.write_bytes(log.export())
    verifier.verify(file, verifier.Pins(verifier.Key.parse(KEY.vkey), "", None))
