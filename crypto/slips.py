"""Slips: the item key of a sealed item, under the keeper's lock and inside it a desk's.

``slip = age[keeper]( policy ‖ age[desk]( item key ) )``. The policy is a fixed
block of 1,024 bytes, so its length says nothing, and ``tail -c +1025`` with the
public ``age`` tool opens a slip by hand. The item key is the text of an age
identity, for the same reason.

Nobody can alter a policy under the keeper's lock, but anybody can make a new
slip: whether its item is the one first seen is for the keeper to check.
"""

from collections.abc import Sequence

from crypto import age
from crypto.errors import BadFormat
from crypto.keys import Identity, Recipient
from crypto.policies import IDENTITY, POLICY_LENGTH, Policy


def make_slip(policy: Policy, item_key: Identity, keeper: Recipient, desk: Recipient) -> bytes:
    """Lock an item key for one desk, and around it for the keeper.

    Raises:
        BadFormat: the policy is too long or an identity's, or a recipient is no valid key.
    """
    if policy.kind == IDENTITY:
        raise BadFormat("an identity has the custodians' lock, too")
    inner = age.seal(item_key.reveal().encode("ascii"), [desk])
    return age.seal(policy.encode() + inner, [keeper])


def open_outer(slip: bytes, keeper: Identity) -> tuple[Policy, bytes]:
    """Take the keeper's lock off: the policy and the inner age file.

    Raises:
        CannotOpen: not for this keeper, or altered.
        BadFormat: not a slip.
    """
    content = age.unseal(slip, [keeper])
    return Policy.decode(content[:POLICY_LENGTH]), content[POLICY_LENGTH:]


def open_inner(inner: bytes, desk: Identity) -> Identity:
    """Take the desk's lock off: the item key.

    Raises:
        CannotOpen: not for this desk, or altered.
        BadFormat: no item key inside.
    """
    try:
        text = age.unseal(inner, [desk]).decode("ascii")
    except UnicodeDecodeError:
        text = ""
    return Identity.parse(text)


def rewrap(slips: Sequence[bytes], old: Identity, new: Recipient) -> list[bytes]:
    """Put slips under a new keeper key. Their inner files stay inside this call.

    Raises:
        CannotOpen: a slip is not for the old key, or was altered.
        BadFormat: not a slip, or a recipient that is no valid key.
    """
    opened = [open_outer(slip, old) for slip in slips]
    return [age.seal(policy.encode() + inner, [new]) for policy, inner in opened]
