"""The body's reader: whatever comes, a clear end and no stray file."""

import contextlib
from io import BytesIO
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import BadRequest

from crypto.randomness import random_bytes
from tests.public.instance import Instance
from tests.public.visitor import parts
from tipline.cleaning.service import Cleaner
from tipline.limits_storage import SCHEME, RamCounters
from tipline.public.file_limits import FileAllowance
from tipline.public.services import EXTENSION, Services
from tipline.public.uploads.body import UploadBody
from tipline.public.uploads.intake import FileIntake
from tipline.public.uploads.media_types import MediaTypes


def fresh_body(instance: Instance) -> UploadBody:
    use = instance.app.extensions[EXTENSION]
    assert isinstance(use, Services)
    intake = FileIntake(use.files, MediaTypes(), Cleaner(instance.settings.ram / "cleaning"))
    counters = RamCounters(f"{SCHEME}://{instance.settings.ram}/body-limits", clock=instance.clock)
    # A client of its own for each body, so that many of them use up nothing.
    return UploadBody(
        use.form_keys, intake, FileAllowance(FixedWindowRateLimiter(counters), random_bytes(8).hex())
    )


def field(instance: Instance) -> str:
    return str(instance.app.extensions[EXTENSION].form_keys.issue())


def stray(instance: Instance) -> list[Path]:
    return [path for path in instance.settings.staging.rglob("*") if path.is_file()]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(raw=some.binary(max_size=3_000), cut=some.integers(0, 12_000))
def test_noise_and_cuts_leave_no_file(instance: Instance, raw: bytes, cut: int) -> None:
    whole = parts({"form": field(instance), "description": "x"}, [(b"y" * 9_000, "a.bin")])
    for data in (raw, b"--bb\r\n" + raw, whole[:cut], whole[: cut // 2] + raw + whole[cut // 2 :]):
        body = fresh_body(instance)
        with contextlib.suppress(BadRequest):
            body.read(BytesIO(data), b"bb")
        body.drop()
        assert stray(instance) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    content=some.binary(min_size=1, max_size=200_000),
    text=some.text(some.characters(exclude_categories=["Cs"]), max_size=500),
)
def test_texts_and_files_come_through_whole(instance: Instance, content: bytes, text: str) -> None:
    if b"--bb" in content or "--bb" in text:
        return
    body = fresh_body(instance)
    data = parts({"form": field(instance), "description": text}, [(content, "a.bin"), (b"", "")])
    fields = dict(body.read(BytesIO(data), b"bb"))
    assert fields["description"] == text
    assert [(one.file.size, one.file.name) for one in body.uploads] == [(len(content), "a.bin")]
    body.drop()
    assert stray(instance) == []


def test_files_before_the_sealed_field_are_not_kept(instance: Instance) -> None:
    body = fresh_body(instance)
    data = parts({}, [(b"y" * 9_000, "a.bin")])[: -len("--bb--\r\n")] + parts({"form": field(instance)}, [])
    body.read(BytesIO(data), b"bb")
    assert body.uploads == []
    assert stray(instance) == []


def test_the_type_of_a_file_comes_from_its_content(instance: Instance) -> None:
    body = fresh_body(instance)
    png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"
    body.read(BytesIO(parts({"form": field(instance)}, [(png, "harmless.txt")])), b"bb")
    assert [one.file.media_type for one in body.uploads] == ["image/png"]
    body.drop()
