"""A packet that waits on the disk: nothing of it can be read there, and it is gone when it was given out."""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from tipline.files import staging
from tipline.files.errors import DiskReserveReached
from tipline.transfers.spool import Spool

TEXT = b"A gang runs the quarry. " * 10_000


def on_disk(spool: Spool) -> bytes:
    with open(f"/proc/self/fd/{spool._file.fileno()}", "rb") as file:
        return file.read()


def test_what_waits_on_the_disk_is_sealed_and_has_no_name(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.write(TEXT)
    assert spool.finish() == sha256(TEXT).hexdigest()
    assert b"quarry" not in on_disk(spool)
    assert len(on_disk(spool)) > len(TEXT)
    assert os.listdir(tmp_path) == []
    spool.close()


def test_it_gives_out_what_it_took_and_then_is_gone(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for start in range(0, len(TEXT), 1_000):
        spool.write(TEXT[start : start + 1_000])
    spool.finish()
    assert b"".join(spool.pieces()) == TEXT
    assert spool.size == len(TEXT)
    with pytest.raises(ValueError, match="closed file"):
        on_disk(spool)


def test_the_room_kept_for_texts_stays_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "RESERVE_BYTES", 1 << 62)
    with pytest.raises(DiskReserveReached):
        Spool(tmp_path)
    monkeypatch.setattr(staging, "RESERVE_BYTES", 0)
    spool = Spool(tmp_path)
    monkeypatch.setattr(staging, "RESERVE_BYTES", 1 << 62)
    with pytest.raises(DiskReserveReached):
        spool.write(bytes(staging.LOOK_EVERY))
    spool.close()
