"""An item opens only with its two locks taken off in turn, and only as what it is."""

import io
from datetime import date, timedelta

import pytest

from crypto import slips
from crypto.errors import BadFormat, BadSignature, CannotOpen
from crypto.keys import Identity, SigningKey
from crypto.policies import Route
from tipline.ids import INTAKE, INTEGRITY, ItemId, new_item_id, new_tip_id
from tipline.sealing.audience import Audience, DeskKey, claim_message, verify_claim
from tipline.sealing.items import FileSealer, NewItem, seal_item
from tipline.sealing.opening import open_file, open_item

KEEPER = Identity.generate()
INTAKE_KEY = Identity.generate()
INTEGRITY_KEY = Identity.generate()
REPORTER = Identity.generate()
CLAIM = SigningKey.generate()
TIP = new_tip_id()
AUDIENCE = Audience(
    KEEPER.recipient,
    (DeskKey(INTAKE, 1, INTAKE_KEY.recipient), DeskKey(INTEGRITY, 1, INTEGRITY_KEY.recipient)),
    Route(("intake",), ("u2",)),
    CLAIM.public.raw,
)


def sealed_text(content: bytes = b"a gang at the market") -> NewItem:
    return seal_item("text", TIP, content, audience=AUDIENCE, reporter=REPORTER.recipient, claim=CLAIM)


def item_key(item: NewItem, desk: Identity, which: int = 0) -> Identity:
    _, inner = slips.open_outer(item.slips[which].slip, KEEPER)
    return slips.open_inner(inner, desk)


def test_the_signature_of_a_message_binds_its_day_in_every_slip() -> None:
    day = date(2026, 3, 3)
    dated = seal_item("message", TIP, b"{}", audience=AUDIENCE, claim=CLAIM, day=day)
    parts = (TIP, dated.id, dated.digest, "message")
    for other in (day - timedelta(days=1), day + timedelta(days=1)):
        with pytest.raises(BadSignature):
            verify_claim(CLAIM.public, dated.claim_signature, *parts, other)
    with pytest.raises(BadSignature):
        CLAIM.public.verify(dated.claim_signature, claim_message(*parts))
    verify_claim(CLAIM.public, dated.claim_signature, *parts, day)
    assert [slips.open_outer(slip.slip, KEEPER)[0].day for slip in dated.slips] == ["2026-03-03"] * 2


def test_what_was_signed_without_a_day_is_still_its_reporters() -> None:
    day = date(2026, 3, 3)
    for kind in ("message", "text"):
        item = seal_item(kind, TIP, b"{}", audience=AUDIENCE, claim=CLAIM)
        verify_claim(CLAIM.public, item.claim_signature, TIP, item.id, item.digest, kind, day)
        with pytest.raises(BadSignature):
            verify_claim(
                SigningKey.generate().public, item.claim_signature, TIP, item.id, item.digest, kind, day
            )


def test_a_slip_opens_nothing_without_the_keeper() -> None:
    with pytest.raises((CannotOpen, BadFormat)):
        slips.open_inner(sealed_text().slips[0].slip, INTAKE_KEY)


def test_the_keeper_alone_opens_no_item() -> None:
    item = sealed_text()
    _, inner = slips.open_outer(item.slips[0].slip, KEEPER)
    with pytest.raises(CannotOpen):
        slips.open_inner(inner, KEEPER)


def test_another_desk_opens_nothing() -> None:
    with pytest.raises(CannotOpen):
        item_key(sealed_text(), INTEGRITY_KEY)


def test_an_item_does_not_open_as_another_one() -> None:
    item = sealed_text()
    assert item.sealed is not None
    key = item_key(item, INTAKE_KEY)
    for kind, tip, name in (
        ("card", TIP, item.id),
        ("text", new_tip_id(), item.id),
        ("text", TIP, new_item_id()),
    ):
        with pytest.raises(CannotOpen):
            open_item(item.sealed, key, kind=kind, tip=tip, item=name)


def test_both_desks_and_the_reporter_open_the_text() -> None:
    item = sealed_text()
    assert item.sealed is not None
    keys = [item_key(item, INTAKE_KEY), item_key(item, INTEGRITY_KEY, 1), REPORTER]
    for key in keys:
        opened = open_item(item.sealed, key, kind="text", tip=TIP, item=item.id)
        assert opened.content.reveal() == b"a gang at the market"


def test_the_slips_state_what_they_open() -> None:
    item = sealed_text()
    policy, _ = slips.open_outer(item.slips[1].slip, KEEPER)
    assert (policy.item, policy.tip, policy.desk) == (item.id.hex(), TIP.hex(), "integrity")
    assert (policy.digest, policy.claim) == (item.digest.hex(), CLAIM.public.raw.hex())
    assert policy.route == AUDIENCE.route


def test_the_claim_signature_fits_this_item_only() -> None:
    item = sealed_text()
    CLAIM.public.verify(item.claim_signature, claim_message(TIP, item.id, item.digest, "text"))
    with pytest.raises(BadSignature):
        CLAIM.public.verify(item.claim_signature, claim_message(TIP, item.id, item.digest, "file"))


def test_short_and_long_texts_have_one_size() -> None:
    shortest, longest = sealed_text(b"x"), sealed_text("举".encode() * 2000)
    assert shortest.sealed is not None
    assert longest.sealed is not None
    assert len(shortest.sealed) == len(longest.sealed)
    assert [len(s.slip) for s in shortest.slips] == [len(s.slip) for s in longest.slips]


def test_what_only_the_reporter_reads_has_no_slip() -> None:
    item = seal_item("route", TIP, b"record", audience=None, reporter=REPORTER.recipient)
    assert item.slips == ()
    assert item.sealed is not None
    assert open_item(item.sealed, REPORTER, kind="route", tip=TIP, item=item.id).content.reveal() == b"record"


def seal_file(content: bytes) -> tuple[NewItem, bytes]:
    sink = io.BytesIO()
    sealer = FileSealer(sink, TIP, "照片.jpg", "image/jpeg")
    for start in range(0, len(content), 70_000):
        sealer.write(content[start : start + 70_000])
    return sealer.finish().item_for(AUDIENCE, CLAIM), sink.getvalue()


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 300_000])
def test_a_file_comes_back_as_it_was(size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"z" * (size % 256)
    item, sealed = seal_file(content)
    header, pieces = open_file(io.BytesIO(sealed), item_key(item, INTAKE_KEY), tip=TIP, item=item.id)
    assert b"".join(pieces) == content
    assert (header.name, header.media_type) == ("照片.jpg", "image/jpeg")


@pytest.mark.parametrize("cut", [1, 16, 65_552, 100_000])
def test_a_cut_file_never_ends_quietly(cut: int) -> None:
    item, sealed = seal_file(b"f" * 300_000)
    key = item_key(item, INTAKE_KEY)
    with pytest.raises((CannotOpen, BadFormat)):
        b"".join(open_file(io.BytesIO(sealed[:-cut]), key, tip=TIP, item=item.id)[1])


def test_a_file_does_not_open_as_another_one() -> None:
    item, sealed = seal_file(b"photo")
    with pytest.raises(CannotOpen):
        open_file(io.BytesIO(sealed), item_key(item, INTAKE_KEY), tip=TIP, item=ItemId(bytes(16)))
