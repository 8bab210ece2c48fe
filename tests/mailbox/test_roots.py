"""The box that leads from the code in force to the first one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.tracking_codes import TrackingCode
from tipline.ids import TipId, new_tip_id
from tipline.mailbox.errors import DamagedMailbox
from tipline.mailbox.roots import ROOT_BYTES, closed_root, open_root, seal_root

TIP = TipId(bytes(range(16)))
CODES = st.binary(min_size=16, max_size=16).map(TrackingCode.from_bytes)


@given(CODES, CODES)
def test_only_the_code_in_force_opens_the_box(code: TrackingCode, first: TrackingCode) -> None:
    box = seal_root(code, TIP, first)
    assert open_root(code, TIP, box).raw == first.raw
    with pytest.raises(DamagedMailbox):
        open_root(TrackingCode.generate(), TIP, box)


@given(CODES, st.integers(0, ROOT_BYTES - 1), st.integers(1, 255))
def test_a_box_with_any_other_byte_opens_nothing(code: TrackingCode, place: int, change: int) -> None:
    box = bytearray(seal_root(code, TIP, code))
    box[place] ^= change
    with pytest.raises(DamagedMailbox):
        open_root(code, TIP, bytes(box))


def test_a_box_moved_to_another_tip_opens_nothing() -> None:
    code = TrackingCode.generate()
    with pytest.raises(DamagedMailbox):
        open_root(code, new_tip_id(), seal_root(code, TIP, code))


def test_first_replaced_and_closed_boxes_have_one_size() -> None:
    code, first = TrackingCode.generate(), TrackingCode.generate()
    boxes = [seal_root(first, TIP, first), seal_root(code, TIP, first), closed_root()]
    assert {len(box) for box in boxes} == {ROOT_BYTES}


def test_a_row_from_before_the_box_is_under_its_first_code() -> None:
    code = TrackingCode.generate()
    assert open_root(code, TIP, b"") is code
