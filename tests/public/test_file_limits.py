"""One client neither fills the disk nor holds up the cleaning; a text is taken all the same."""

from types import SimpleNamespace

import pytest

from tests.public.instance import Instance
from tests.public.test_files import CANARY, NOTE, bomb, fields_of, kept, listed, photo, staged, tips
from tests.public.visitor import Visitor, code_on, parts
from tipline.public.file_limits import (
    CLEANING_MINUTES,
    CLEANING_SECONDS,
    FILE_COUNTS_MEBIBYTES,
    FILE_MEBIBYTES_PER_HOUR,
    EnoughFiles,
    FileAllowance,
)
from tipline.public.limits import STEPS_PER_MINUTE
from tipline.public.services import EXTENSION
from tipline.public.uploads.body import MAX_FILE_BYTES, MAX_FILES

MEBIBYTE = 1 << 20


def allowance(instance: Instance, address: str = "192.0.2.1") -> FileAllowance:
    """What a client may still bring, as another of their requests counts it."""
    allowances = instance.app.extensions[EXTENSION].allowances
    return FileAllowance(allowances._windows, allowances.name_of(address))


def use_up_bytes(instance: Instance) -> None:
    used = allowance(instance)
    used.begin_file()
    used.take_bytes((FILE_MEBIBYTES_PER_HOUR - FILE_COUNTS_MEBIBYTES) * MEBIBYTE)


def test_who_has_brought_a_gigabyte_in_an_hour_brings_text_alone_and_nobody_else_is_touched(
    instance: Instance, visitor: Visitor
) -> None:
    use_up_bytes(instance)
    page = visitor.report(files=[NOTE], description=CANARY)
    assert page.status_code == 503
    assert "we cannot take more files just now" in page.text
    assert CANARY in page.text
    assert visitor.report(fields_of(page), description=CANARY).status_code == 201
    assert (tips(instance), staged(instance), kept(instance)) == (1, [], [])
    assert Visitor(instance.app, "192.0.2.2").report(files=[NOTE]).status_code == 201
    instance.clock.advance(3600)
    assert visitor.report(files=[NOTE]).status_code == 201


def test_bytes_count_as_they_come_and_stop_a_file_in_its_middle(instance: Instance, visitor: Visitor) -> None:
    allowance(instance).take_bytes((FILE_MEBIBYTES_PER_HOUR - FILE_COUNTS_MEBIBYTES - 1) * MEBIBYTE)
    page = visitor.report(files=[(b"\x00" * (3 * MEBIBYTE), "a.bin")], description=CANARY)
    assert (page.status_code, listed(page), staged(instance)) == (503, [], [])


def test_bytes_in_pieces_count_like_bytes_at_once(instance: Instance) -> None:
    used = allowance(instance)
    for _ in range(FILE_MEBIBYTES_PER_HOUR * 16):
        used.take_bytes(65_536)
    with pytest.raises(EnoughFiles):
        used.take_bytes(MEBIBYTE)


def test_small_files_without_number_are_stopped_too(instance: Instance) -> None:
    used = allowance(instance)
    for _ in range(FILE_MEBIBYTES_PER_HOUR // FILE_COUNTS_MEBIBYTES):
        used.begin_file()
        used.take_bytes(1)
    used.begin_file()
    used.take_bytes(0)
    with pytest.raises(EnoughFiles):
        used.take_bytes(1)


def test_the_largest_report_is_within_what_a_client_may_bring() -> None:
    assert MAX_FILE_BYTES / MEBIBYTE + MAX_FILES * FILE_COUNTS_MEBIBYTES <= FILE_MEBIBYTES_PER_HOUR


def test_files_that_were_refused_count_among_the_ten(instance: Instance, visitor: Visitor) -> None:
    page = visitor.report(files=[bomb()] * (MAX_FILES - 1) + [NOTE, NOTE])
    assert (page.status_code, len(listed(page))) == (413, 1)
    assert page.text.count("whoever opens it is harmed") == MAX_FILES - 1


def test_who_has_used_up_the_time_of_cleaning_is_told_that_hidden_data_stayed(
    instance: Instance, visitor: Visitor
) -> None:
    allowance(instance).sender.spend(CLEANING_SECONDS)
    page = visitor.report(files=[photo()])
    assert (page.status_code, tips(instance)) == (200, 0)
    assert "Too many files are being cleaned" in page.text
    assert Visitor(instance.app, "192.0.2.2").report(files=[photo()]).status_code == 201
    instance.clock.advance(CLEANING_MINUTES * 60)
    assert visitor.report(files=[photo()]).status_code == 201


def test_the_time_of_cleaning_is_counted_of_whoever_sent_the_file(
    instance: Instance, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = SimpleNamespace(monotonic=iter(range(0, 1_000, 40)).__next__)
    monkeypatch.setattr("tipline.cleaning.service.time", slow)
    assert [visitor.report(files=[photo()]).status_code for _ in range(3)] == [201, 201, 200]


def test_files_are_not_added_to_a_mailbox_without_end(instance: Instance, visitor: Visitor) -> None:
    visitor.sign_in(code_on(visitor.report()))
    fields = visitor.hidden("/mailbox/files")
    body = parts(fields, [NOTE])
    answers = [visitor.send("/mailbox/files", body).status_code for _ in range(STEPS_PER_MINUTE + 1)]
    assert answers[-1] == 429
    assert 429 not in answers[:-1]
