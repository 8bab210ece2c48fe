"""tipline/cleaning/service.py: the one way to clean a file."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.cleaning import documents, pictures
from tests.cleaning.conftest import Clean
from tests.cleaning.inside import hidden
from tipline.cleaning.service import Cleaner
from tipline.cleaning.types import CLEANED_TYPES, MAX_CLEANED_BYTES, PLAIN_TYPES
from tipline.confined.errors import CannotRead
from tipline.confined.slots import AT_ONCE, Slots
from tipline.confined.types import Reason

WHOLE = {
    "image/jpeg": pictures.jpeg(),
    "image/png": pictures.png(),
    documents.PDF: documents.pdf(),
    documents.DOCX: documents.text_document(),
}

STARTS = {"image/jpeg": b"\xff\xd8", "image/png": b"\x89PNG", documents.PDF: b"%PDF", documents.DOCX: b"PK"}


def running() -> set[int]:
    return {int(one) for one in Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split()}


@pytest.fixture(autouse=True)
def before(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests started before is none of ours: a server of forks stays as long as its process."""
    monkeypatch.setattr(f"{__name__}.BEFORE", running())


BEFORE: set[int] = set()


def children() -> set[int]:
    return running() - BEFORE


@pytest.mark.parametrize("media_type", [*sorted(PLAIN_TYPES), "image/svg+xml", "video/mp4", ""])
def test_a_kind_that_nothing_here_cleans_is_not_read(cleaner: Cleaner, media_type: str) -> None:
    with pytest.raises(CannotRead) as refused, cleaner.clean(media_type, map(pytest.fail, ["it was read"])):
        pytest.fail("never entered")
    assert refused.value.reason is Reason.KIND
    assert children() == set()


def test_a_file_that_is_too_long_is_not_read_to_its_end(cleaner: Cleaner) -> None:
    taken: list[int] = []

    def pieces() -> Iterator[bytes]:
        while True:
            taken.append(1)
            yield bytes(1 << 20)

    with pytest.raises(CannotRead) as refused, cleaner.clean("image/jpeg", pieces()):
        pytest.fail("never entered")
    assert refused.value.reason is Reason.TOO_LARGE
    assert len(taken) == (MAX_CLEANED_BYTES >> 20) + 1
    assert children() == set()


def test_no_more_than_two_files_are_cleaned_at_a_time(tmp_path: Path) -> None:
    slots = Slots(tmp_path)
    held = [slots.hold(f"sender {number}", 0) for number in range(AT_ONCE)]
    for one in held:
        one.__enter__()
    try:
        with pytest.raises(CannotRead) as refused, Cleaner(tmp_path, wait=0.1).clean("image/jpeg", []):
            pytest.fail("never entered")
        assert refused.value.reason is Reason.BUSY
    finally:
        for one in held:
            one.__exit__(None, None, None)
    with Cleaner(tmp_path, wait=0.1).clean("image/jpeg", [pictures.jpeg()]) as pieces:
        assert b"".join(pieces)


def test_the_time_that_a_file_may_take_ends(tmp_path: Path) -> None:
    hurried = Cleaner(tmp_path, seconds=0.01)
    with pytest.raises(CannotRead) as refused, hurried.clean("image/jpeg", [pictures.jpeg()]):
        pytest.fail("never entered")
    assert refused.value.reason is Reason.TOOK_TOO_LONG
    assert children() == set()


def take_one(cleaner: Cleaner, error: type[OSError] | None) -> None:
    large = pictures.written(Image.effect_noise((900, 900), 60), "JPEG", quality=95)
    with cleaner.clean("image/jpeg", [large]) as pieces:
        assert 0 < len(next(pieces)) <= 65_536
        assert len(children()) == 1
        if error is not None:
            raise error


def test_a_process_ends_with_whoever_took_only_a_part(cleaner: Cleaner) -> None:
    take_one(cleaner, None)
    assert children() == set()


def test_a_process_ends_with_whoever_could_not_store_it(cleaner: Cleaner) -> None:
    with pytest.raises(ConnectionResetError):
        take_one(cleaner, ConnectionResetError)
    assert children() == set()


def test_a_process_ends_with_a_sender_who_was_cut_off(cleaner: Cleaner) -> None:
    def cut() -> Iterator[bytes]:
        yield pictures.jpeg()[:500]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError), cleaner.clean("image/jpeg", cut()):
        pytest.fail("never entered")
    assert children() == set()


def test_cleaning_leaves_no_file_behind(clean: Clean, tmp_path: Path) -> None:
    for media_type, file in WHOLE.items():
        assert hidden(clean(file, media_type)) == set()
    assert [one for one in tmp_path.rglob("*") if one.is_file() and one.stat().st_size] == []


@given(media_type=st.sampled_from(sorted(CLEANED_TYPES)), file=st.binary(max_size=2_000))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_bytes_never_hang_or_pass(clean: Clean, media_type: str, file: bytes) -> None:
    with pytest.raises(CannotRead):
        clean(file, media_type)


@given(media_type=st.sampled_from(sorted(WHOLE)), data=st.data())
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_that_was_cut_is_clean_or_refused(clean: Clean, media_type: str, data: st.DataObject) -> None:
    whole = WHOLE[media_type]
    try:
        cleaned = clean(whole[: data.draw(st.integers(0, len(whole)))], media_type)
    except CannotRead:
        return
    assert hidden(cleaned) == set()


@given(media_type=st.sampled_from(sorted(WHOLE)), data=st.data())
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_that_was_altered_is_refused_or_comes_back_as_its_kind(
    clean: Clean, media_type: str, data: st.DataObject
) -> None:
    file = bytearray(WHOLE[media_type])
    for at in data.draw(st.lists(st.integers(0, len(file) - 1), min_size=1, max_size=5)):
        file[at] ^= data.draw(st.integers(1, 255))
    try:
        cleaned = clean(bytes(file), media_type)
    except CannotRead:
        return
    assert cleaned.startswith(STARTS[media_type])
    assert clean(cleaned, media_type).startswith(STARTS[media_type])
