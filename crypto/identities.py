"""The three locks of an identity's item key, and how it comes to one member after two people agreed.

    slip       age[keeper]( policy ‖ age[custodians]( age[desk]( item key )))
    put back   age[keeper]( window ‖ age[requester]( age[desk]( item key )))

The keeper takes the outer lock off a slip as off any other (`crypto.slips.open_outer`); what comes out has
the custodians' lock. A custodian takes that off and sees a desk's lock; the other order would show the name.
All layers are plain age files: the public ``age`` tool opens both kinds by hand, after ``tail -c +1025``.

Source: docs/decisions/0008-identities-that-need-two-people.md.
"""

from collections.abc import Sequence
from io import BytesIO

from crypto import age
from crypto.age_header import read_header
from crypto.errors import BadFormat
from crypto.keys import Identity, Recipient, encapsulation
from crypto.policies import IDENTITY, Policy
from crypto.slips import open_inner
from crypto.windows import WINDOW_LENGTH, Window


def make_identity_slip(
    policy: Policy, item_key: Identity, keeper: Recipient, custodians: Recipient, desk: Recipient
) -> bytes:
    """Lock an identity's item key for a desk, around it for the custodians, and around that for the keeper.

    Raises:
        BadFormat: the policy is not an identity's or too long, or a recipient is no valid key.
    """
    if policy.kind != IDENTITY:
        raise BadFormat("only an identity has the custodians' lock")
    inner = age.seal(item_key.reveal().encode("ascii"), [desk])
    return age.seal(policy.encode() + age.seal(inner, [custodians]), [keeper])


def open_middle(released: bytes, custodians: Sequence[Identity]) -> bytes:
    """Take the custodians' lock off what the keeper released: what is inside has the desk's lock still.

    Args:
        custodians: the desk's keys of all epochs that the custodian holds: no column says which one it was.

    Raises:
        CannotOpen: not for these custodians, or altered; or what is inside is locked in another way.
        BadFormat: not an age file, or what is inside is not locked for one desk: a custodian never gets more.
    """
    inner = age.unseal(released, custodians)
    _require_locked_for_one(inner)
    return inner


def put_back(window: Window, inner: bytes, requester: Recipient, keeper: Recipient) -> bytes:
    """Lock what `open_middle` gave for the requester, and around it, with its window, for the keeper.

    Raises:
        BadFormat: `inner` is not locked for one desk, or a recipient is no valid key.
    """
    _require_locked_for_one(inner)
    return age.seal(window.encode() + age.seal(inner, [requester]), [keeper])


def open_put_back(sealed: bytes, keeper: Identity) -> tuple[Window, bytes]:
    """Take the keeper's lock off: the window, and an age file for the requester.

    Raises:
        CannotOpen: not for this keeper, or altered.
        BadFormat: nothing that was put back.
    """
    content = age.unseal(sealed, [keeper])
    return Window.decode(content[:WINDOW_LENGTH]), content[WINDOW_LENGTH:]


def open_view(inner: bytes, requester: Identity, desk: Identity) -> Identity:
    """Take the requester's lock off, then their desk's: the item key.

    Raises:
        CannotOpen: not for this requester or this desk, or altered.
        BadFormat: no item key inside.
    """
    return open_inner(age.unseal(inner, [requester]), desk)


def _require_locked_for_one(inner: bytes) -> None:
    stanzas = read_header(BytesIO(inner)).stanzas
    if len(stanzas) != 1:
        raise BadFormat("an identity is locked for one desk alone")
    encapsulation(stanzas[0])
