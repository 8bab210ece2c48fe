"""Boxes of listed cards."""

import pytest

from crypto import canonical
from crypto.boxes import open_box
from crypto.errors import BadFormat, CannotOpen
from tipline.ids import GroupId, TipId
from tipline.sealing.cards import content_of, opener, seal_card

KEY, TIP, GROUP = bytes(range(32)), TipId(b"t" * 16), GroupId(b"g" * 16)
CARD = b'{"v":1}'


def test_a_card_opens_for_its_tip_group_and_version_alone() -> None:
    box = seal_card(KEY, CARD, TIP, GROUP, 3)
    with pytest.raises(CannotOpen):
        opener(KEY, GROUP)(box, b"u" * 16, 3)
    with pytest.raises(CannotOpen):
        opener(KEY, GROUP)(box, TIP, 4)
    with pytest.raises(CannotOpen):
        opener(KEY, GroupId(b"h" * 16))(box, TIP, 3)
    with pytest.raises(CannotOpen):
        opener(bytes(32), GROUP)(box, TIP, 3)
    with pytest.raises(CannotOpen):
        opener(KEY, GROUP)(box[:20], TIP, 3)
    assert content_of(opener(KEY, GROUP)(box, TIP, 3)) == CARD


def test_a_card_that_is_not_padded_is_none() -> None:
    with pytest.raises(BadFormat):
        content_of(b"\xff" * 1024)


def test_the_context_of_a_card_is_canonical_json() -> None:
    box = seal_card(KEY, CARD, TIP, GROUP, 12)
    context = canonical.encode({"group": GROUP.hex(), "tip": TIP.hex(), "version": 12})
    assert content_of(open_box(KEY, box, context)) == CARD


def test_cards_of_all_lengths_up_to_a_kilobyte_have_one_size() -> None:
    sizes = {len(seal_card(KEY, b"x" * length, TIP, GROUP, 1)) for length in (2, 300, 1016)}
    assert len(sizes) == 1
