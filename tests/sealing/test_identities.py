"""An identity has one lock more than other items, and its reporter's code does not open it."""

from io import BytesIO

import pytest

from crypto import slips
from crypto.age_header import read_header
from crypto.errors import BadFormat, BadSignature, CannotOpen
from crypto.identities import open_middle
from crypto.keys import Identity
from crypto.policies import IDENTITY
from tests.sealing.test_items import AUDIENCE, CLAIM, INTAKE_KEY, INTEGRITY_KEY, KEEPER, REPORTER, TIP
from tipline.identities.record import MAX_FIELD_BYTES
from tipline.ids import new_item_id
from tipline.sealing.audience import claim_message
from tipline.sealing.items import NewItem, seal_identity, seal_item
from tipline.sealing.opening import open_item

CUSTODIANS = Identity.generate()
ITEM = new_item_id()


def sealed_identity(content: bytes = b"Li Na") -> NewItem:
    return seal_identity(ITEM, TIP, content, audience=AUDIENCE, custodians=CUSTODIANS.recipient, claim=CLAIM)


def opened(item: NewItem, desk: Identity, which: int) -> bytes:
    _, released = slips.open_outer(item.slips[which].slip, KEEPER)
    key = slips.open_inner(open_middle(released, [CUSTODIANS]), desk)
    return open_item(item.sealed or b"", key, kind=IDENTITY, tip=TIP, item=item.id).content.reveal()


def test_an_identity_is_never_sealed_with_two_locks_alone() -> None:
    with pytest.raises(BadFormat):
        seal_item(IDENTITY, TIP, b"Li Na", audience=AUDIENCE, claim=CLAIM)


def test_no_slip_opens_for_its_desk_before_the_custodians() -> None:
    for slip, desk in zip(sealed_identity().slips, (INTAKE_KEY, INTEGRITY_KEY), strict=True):
        _, released = slips.open_outer(slip.slip, KEEPER)
        with pytest.raises(CannotOpen):
            slips.open_inner(released, desk)


def test_the_reporters_code_does_not_open_it() -> None:
    sealed = sealed_identity().sealed or b""
    assert len(read_header(BytesIO(sealed)).stanzas) == 1
    with pytest.raises(CannotOpen):
        open_item(sealed, REPORTER, kind=IDENTITY, tip=TIP, item=ITEM)


def test_each_desk_opens_it_with_the_keeper_and_the_custodians() -> None:
    item = sealed_identity()
    assert [slip.desk for slip in item.slips] == ["intake", "integrity"]
    assert [opened(item, desk, at) for at, desk in enumerate((INTAKE_KEY, INTEGRITY_KEY))] == [b"Li Na"] * 2


def test_its_policy_and_its_signature_are_an_identitys() -> None:
    item = sealed_identity()
    policy, _ = slips.open_outer(item.slips[0].slip, KEEPER)
    assert (policy.kind, policy.item, policy.digest) == (IDENTITY, ITEM.hex(), item.digest.hex())
    assert (item.id, item.kind) == (ITEM, IDENTITY)
    CLAIM.public.verify(item.claim_signature, claim_message(TIP, ITEM, item.digest, IDENTITY))
    with pytest.raises(BadSignature):
        CLAIM.public.verify(item.claim_signature, claim_message(TIP, ITEM, item.digest, "message"))


def test_the_shortest_and_the_longest_have_one_size() -> None:
    sizes = {len(sealed_identity(content).sealed or b"") for content in (b"x", b"x" * 4 * MAX_FIELD_BYTES)}
    assert len(sizes) == 1
