"""A voucher out of a mailbox, made again from the tip's first code and what the mint signed."""

from collections.abc import Mapping

from crypto.blind_rsa import MintPublicKey
from crypto.errors import CryptoError
from crypto.vouchers import Voucher, derive_voucher
from tipline.directory.types import Directory
from tipline.mailbox.awards import CollectedAward, HeldVoucher
from tipline.mailbox.errors import SpoiltVouchers
from tipline.mailbox.thread import Mailbox

MintKeys = Mapping[tuple[int, int], MintPublicKey]
"""By year and value."""


def mint_keys(directory: Directory) -> MintKeys:
    """The mint's keys, as the keeper signed them."""
    return {
        (year, value): MintPublicKey.from_hex(n) for year, keys in directory.mint.items() for value, n in keys
    }


def voucher_of(mailbox: Mailbox, collected: CollectedAward, held: HeldVoucher, keys: MintKeys) -> Voucher:
    """Make one voucher again; it is checked.

    Args:
        keys: the mint's, by year and value.

    Raises:
        SpoiltVouchers: what is stored makes none: collecting again puts it right.
    """
    key = keys.get((collected.year, held.value))
    if key is None:
        raise SpoiltVouchers
    seed = derive_voucher(mailbox.code.raw, collected.award, collected.year, held.value, held.number, key)
    try:
        return seed.finish(held.blind_signature, key)
    except CryptoError as error:
        raise SpoiltVouchers from error
