"""The sealed fields of a form: they open whole, beside their own form, for as long as their keys live."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from crypto.errors import BadFormat
from tests.clocks import FixedClock
from tipline.cleaning.types import HiddenData
from tipline.confined.types import Reason
from tipline.ids import ItemId, TipId, new_tip_id
from tipline.public.form_keys import PERIOD_SECONDS, ExpiredForm, FormKeys, IssuedForm
from tipline.public.form_state import FormState
from tipline.public.uploads.staged import StagedUpload
from tipline.sealing.items import SealedFile
from tipline.shared_keys import SharedKeys

START = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)  # a period begins
TEXT = some.text(some.characters(exclude_categories=["Cs"]), max_size=200)
ANSWERS = some.dictionaries(TEXT, TEXT | some.booleans() | some.lists(TEXT, max_size=4), max_size=6)
BYTES_16, BYTES_32 = some.binary(min_size=16, max_size=16), some.binary(min_size=32, max_size=32)


@some.composite
def uploads(draw: some.DrawFn, tip: TipId) -> StagedUpload:
    file = SealedFile(
        item=ItemId(draw(BYTES_16)),
        tip=tip,
        key_seed=draw(BYTES_32),
        digest=draw(BYTES_32),
        name=draw(TEXT),
        size=draw(some.integers(0, 2**40)),
        media_type=draw(TEXT),
    )
    reason = draw(some.sampled_from([None, *Reason]))
    return StagedUpload(file, draw(some.sampled_from(HiddenData)), reason, draw(some.booleans()))


def worker(folder: Path, clock: FixedClock) -> FormKeys:
    """The keys as one worker process has them."""
    return FormKeys(SharedKeys(folder / "form-keys", PERIOD_SECONDS, clock), clock)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as made:
        yield Path(made)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture
def keys(tmp_path: Path, clock: FixedClock) -> FormKeys:
    return worker(tmp_path, clock)


def fresh(keys: FormKeys) -> IssuedForm:
    return keys.open(keys.issue())


# ------------------------------------------------------------------ refusals


@settings(max_examples=60)
@given(where=some.integers(0, 10_000), flip=some.integers(1, 255))
def test_a_field_with_one_byte_altered_does_not_open(folder: Path, where: int, flip: int) -> None:
    keys = worker(folder, FixedClock(START))
    field = keys.issue()
    issued = keys.open(field)
    for sealed in (field, keys.seal_state(issued, FormState({"description": "x"}))):
        raw = bytearray(base64.urlsafe_b64decode(sealed))
        raw[where % len(raw)] ^= flip
        altered = base64.urlsafe_b64encode(bytes(raw)).decode()
        with pytest.raises(ExpiredForm):
            keys.open(altered)
        with pytest.raises(ExpiredForm):
            keys.open_state(issued, altered)


@settings(max_examples=60)
@given(
    noise=some.text(max_size=300) | some.binary(max_size=300).map(lambda raw: base64.b64encode(raw).decode())
)
def test_noise_does_not_open(folder: Path, noise: str) -> None:
    keys = worker(folder, FixedClock(START))
    with pytest.raises(ExpiredForm):
        keys.open(noise)
    with pytest.raises(ExpiredForm):
        keys.open_state(fresh(keys), noise)


@settings(max_examples=30)
@given(cut=some.integers(0, 2_000))
def test_a_field_that_was_cut_does_not_open(folder: Path, cut: int) -> None:
    keys = worker(folder, FixedClock(START))
    issued = fresh(keys)
    field = keys.seal_state(issued, FormState({"description": "x" * 500}))
    with pytest.raises(ExpiredForm):
        keys.open_state(issued, field[: cut % len(field)])


def test_a_state_opens_beside_its_own_form_alone(keys: FormKeys) -> None:
    mine, other = fresh(keys), fresh(keys)
    field = keys.seal_state(mine, FormState({"a": "b"}))
    for wrong in (other, IssuedForm(other.code, mine.tip), IssuedForm(mine.code, other.tip)):
        with pytest.raises(ExpiredForm):
            keys.open_state(wrong, field)
    assert keys.open_state(mine, field).answers == {"a": "b"}


def test_one_field_is_not_taken_for_the_other(keys: FormKeys) -> None:
    form = keys.issue()
    state = keys.seal_state(keys.open(form), FormState())
    with pytest.raises(ExpiredForm):
        keys.open(state)
    with pytest.raises(ExpiredForm):
        keys.open_state(keys.open(form), form)


def test_both_fields_open_in_the_next_period_and_in_no_later_one(keys: FormKeys, clock: FixedClock) -> None:
    form = keys.issue()
    issued = keys.open(form)
    state = keys.seal_state(issued, FormState({"a": "b"}))
    clock.advance(2 * PERIOD_SECONDS - 1)
    assert (keys.open(form).code.raw, keys.open(form).tip) == (issued.code.raw, issued.tip)
    assert keys.open_state(issued, state).answers == {"a": "b"}
    clock.advance(1)
    with pytest.raises(ExpiredForm):
        keys.open(form)
    with pytest.raises(ExpiredForm):
        keys.open_state(issued, state)


def test_a_state_lives_no_longer_because_it_was_sealed_anew(keys: FormKeys, clock: FixedClock) -> None:
    form = keys.issue()
    issued = keys.open(form)
    clock.advance(2 * PERIOD_SECONDS - 1)
    state = keys.seal_state(issued, keys.open_state(issued, keys.seal_state(issued, FormState())))
    clock.advance(1)
    # What would open it comes from the form alone, and that is over.
    with pytest.raises(ExpiredForm):
        keys.open(form)
    assert keys.open_state(issued, state) == FormState()


def test_a_restart_of_the_machine_ends_every_form(tmp_path: Path, keys: FormKeys, clock: FixedClock) -> None:
    form = keys.issue()
    issued = keys.open(form)
    state = keys.seal_state(issued, FormState())
    (tmp_path / "form-keys").unlink()
    again = worker(tmp_path, clock)
    with pytest.raises(ExpiredForm):
        again.open(form)
    with pytest.raises(ExpiredForm):
        again.open_state(issued, state)


@pytest.mark.parametrize("answer", [1.5, None, "\ud800", b"x", [[[[[[[["deep"]]]]]]]]])
def test_only_plain_answers_are_sealed(keys: FormKeys, answer: object) -> None:
    with pytest.raises(BadFormat):
        keys.seal_state(fresh(keys), FormState({"a": answer}))


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b'{"answers":{},"uploads":[],"v":2}',
        b'{"answers":[],"uploads":[{}],"v":1}',
        b'{"answers":{},"uploads":[{"item":"zz"}],"v":1}',
        b'{"answers":{},"uploads":{},"v":1}x',
    ],
)
def test_a_state_of_another_version_or_shape_is_refused(data: bytes) -> None:
    with pytest.raises(BadFormat):
        FormState.decode(data, new_tip_id())


def test_no_field_shows_what_it_carries(keys: FormKeys) -> None:
    issued = fresh(keys)
    state = FormState({"description": "canary"})
    assert "canary" not in repr(state) + keys.seal_state(issued, state)
    assert issued.code.reveal() not in repr(issued)


# ------------------------------------------------------------------ what comes back


@settings(max_examples=40)
@given(answers=ANSWERS, data=some.data())
def test_a_state_comes_back_as_it_was_from_another_worker(
    folder: Path, answers: dict[str, object], data: some.DataObject
) -> None:
    clock = FixedClock(START)
    one, two = worker(folder, clock), worker(folder, clock)
    tip = new_tip_id()
    form = one.issue(tip)
    state = FormState(answers, tuple(data.draw(some.lists(uploads(tip), max_size=4))))
    issued = two.open(form)
    assert issued.tip == tip
    assert two.open_state(issued, one.seal_state(one.open(form), state)) == state


def test_an_older_state_is_only_an_older_answer(keys: FormKeys) -> None:
    issued = fresh(keys)
    older = keys.seal_state(issued, FormState({"step": "1"}))
    newer = keys.seal_state(issued, FormState({"step": "2"}))
    assert keys.open_state(issued, newer).answers == {"step": "2"}
    assert keys.open_state(issued, older).answers == {"step": "1"}


def test_each_form_gets_a_code_and_a_tip_of_its_own(keys: FormKeys) -> None:
    forms = [fresh(keys) for _ in range(20)]
    assert len({form.tip for form in forms}) == len({form.code.raw for form in forms}) == 20
