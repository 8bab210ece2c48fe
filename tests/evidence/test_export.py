"""The export file: lines that can be read back, and no other file."""

import io
import json
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import canonical
from crypto.merkle import leaf_hash
from crypto.statements import MAX_ENTRY, commitment
from tests.evidence.logs import salt, sample
from tests.roster.township import ORIGIN
from tipline.evidence.errors import ExportMisused, VerificationFailed
from tipline.evidence.export import ExportWriter, Head, Header, read_export
from tipline.evidence.lines import ExportedEntry, ForgottenEntry

GENESIS = "ab" * 32
EXPORT = sample().export()


def parts(data: bytes) -> list[Header | ExportedEntry | ForgottenEntry | Head]:
    return list(read_export(io.BytesIO(data)))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"text\n",
        b"[]\n",
        b'{"format":"tipline-log/2","genesis":"' + GENESIS.encode() + b'","log":"a"}\n',
        b'{"format":"tipline-log/1","genesis":"AB","log":"a"}\n',
        b'{"format":"tipline-log/1","genesis":"' + GENESIS.encode() + b'","log":1}\n',
        b'{"format":"tipline-log/1","genesis":"' + GENESIS.encode() + b'","log":"a"}',
        b'{"format":"tipline-log/1","genesis":"' + GENESIS.encode() + b'","log":"a"} \n',
        b'{"format":"tipline-log/1","genesis":"' + GENESIS.encode() + b'","log":"a","more":1}\n',
        b"x" * 100_000,
    ],
)
def test_another_first_line_is_refused(line: bytes) -> None:
    with pytest.raises(VerificationFailed) as failed:
        parts(line + EXPORT.split(b"\n", 1)[1] if line.endswith(b"\n") else line)
    assert failed.value.index is None


def lines() -> list[bytes]:
    return EXPORT.splitlines(keepends=True)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(lines()[4], id="the line after the next"),
        pytest.param(lines()[2], id="the line before"),
        pytest.param(b"\n", id="an empty line"),
        pytest.param(lines()[3].replace(b"\n", b"\r\n"), id="another line end"),
        pytest.param(lines()[3].replace(b'"index":2', b'"index":02'), id="a leading zero"),
        pytest.param(lines()[3].replace(b'"index":2', b'"index": 2'), id="a space"),
        pytest.param(b" " + lines()[3], id="a space before"),
        pytest.param(b'{"entry":' + b"x" * (MAX_ENTRY + 300) + b"}\n", id="too long"),
        pytest.param(b"--\r\n", id="nearly the end of the entries"),
    ],
)
def test_another_line_is_refused_by_the_entry_it_stands_for(line: bytes) -> None:
    whole = lines()
    with pytest.raises(VerificationFailed) as failed:
        parts(b"".join([*whole[:3], line, *whole[4:]]))
    assert failed.value.index == 2
    assert str(failed.value).startswith("entry 2: ")


@given(st.integers(1, len(EXPORT) - 1))
def test_a_file_that_ends_before_its_checkpoint_is_refused(length: int) -> None:
    head = EXPORT.index(b"\n--\n") + len(b"\n--\n")
    with pytest.raises(VerificationFailed):
        parts(EXPORT[: min(length, head)])


@given(st.binary(max_size=300) | st.binary(max_size=100).map(lambda data: EXPORT[:2000] + data))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(VerificationFailed):
        parts(data)


def test_an_export_is_written_in_its_order_only() -> None:
    writer = ExportWriter(io.BytesIO())
    with pytest.raises(ExportMisused):
        writer.entry(0, salt(0), b"{}")
    with pytest.raises(ExportMisused):
        writer.finish(b"note")
    writer.header(ORIGIN, GENESIS)
    with pytest.raises(ExportMisused):
        writer.header(ORIGIN, GENESIS)
    with pytest.raises(ExportMisused):
        writer.entry(1, salt(1), b"{}")
    writer.entry(0, salt(0), b"{}")
    writer.finish(b"note")
    with pytest.raises(ExportMisused):
        writer.entry(1, salt(1), b"{}")
    with pytest.raises(ExportMisused):
        writer.header(ORIGIN, GENESIS)


def test_every_line_is_canonical_json_of_the_entry_and_its_leaf() -> None:
    log = sample()
    for index, (line, entry) in enumerate(zip(lines()[1:-6], log.entries, strict=True)):
        value = json.loads(line)
        assert canonical.encode(value) + b"\n" == line
        assert canonical.encode(value["entry"]) == entry
        assert (value["index"], value["salt"]) == (index, salt(index).hex())
        assert value["leaf"] == leaf_hash(commitment(salt(index), entry)).hex()


def test_an_export_is_read_back() -> None:
    log = sample()
    header, *entries, head = parts(EXPORT)
    assert isinstance(header, Header)
    assert header.origin == ORIGIN
    assert [entry.entry for entry in entries if isinstance(entry, ExportedEntry)] == log.entries
    assert head == Head(log.checkpoint())


def test_an_entry_as_deep_as_canonical_json_allows_is_exported_too() -> None:
    deep = canonical.encode({"a": [[[[[[[]]]]]]]})
    out = io.BytesIO()
    writer = ExportWriter(out)
    writer.header(ORIGIN, GENESIS)
    writer.entry(0, salt(0), deep)
    writer.finish(b"note")
    entry = parts(out.getvalue())[1]
    assert isinstance(entry, ExportedEntry)
    assert entry.entry == deep


class Endless:
    """A file of many lines that never stand in memory together."""

    def __init__(self, count: int) -> None:
        self._lines = self._write(count)

    def readline(self, limit: int, /) -> bytes:
        return next(self._lines)[:limit]

    def read(self, limit: int, /) -> bytes:
        return b"note"[:limit]

    def write(self, data: bytes, /) -> object:
        self._last = data
        return len(data)

    def _write(self, count: int) -> Iterator[bytes]:
        writer = ExportWriter(self)
        writer.header(ORIGIN, GENESIS)
        yield self._last
        for index in range(count):
            writer.entry(index, salt(index), b'{"a":"' + b"x" * 10_000 + b'"}')
            yield self._last
        yield b"--\n"


def test_reading_and_writing_take_the_memory_of_a_line() -> None:
    tracemalloc.start()
    for _ in read_export(Endless(1_000)):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 500_000
