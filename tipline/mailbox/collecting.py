"""Collecting a reward: blinded values go to the mint, and what it signed is kept, sealed to the reporter.

    code, award ─▶ messages, blinded ─▶ the mint signs blindly ─▶ checked ─▶ sealed and stored

Everything follows from the tip's first code, so doing it again changes nothing, whatever was lost between.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from crypto.blind_rsa import MintPublicKey
from crypto.errors import CryptoError
from crypto.vouchers import VoucherSeed, derive_voucher
from tipline.keeper_client.collecting import Collect
from tipline.keeper_client.errors import KeeperLied, KeeperUnavailable, Refused
from tipline.keeper_client.public import KeeperPublic
from tipline.keeper_client.reasons import Reason
from tipline.mailbox.awards import CollectedAward, keep_collected
from tipline.mailbox.errors import (
    AwardNotOpen,
    AwardOver,
    CannotCollectNow,
    CollectingError,
    CollectLater,
)
from tipline.mailbox.thread import Mailbox
from tipline.rewards.amounts import split
from tipline.rewards.records import AwardRecord
from tipline.tips.intake import Intake

_ANOTHER_YEAR: Final = frozenset((Reason.ALREADY_COLLECTED, Reason.NO_MINT_KEYS, Reason.WRONG_DAY))


def collect(mailbox: Mailbox, told: AwardRecord, keeper: KeeperPublic, use: Intake) -> CollectedAward:
    """Have an award's vouchers signed, check each, and store what makes them again.

    Raises:
        CollectingError: nothing was stored, and nothing is lost; its sentence says what to do.
    """
    today = use.clock.today()
    # The first time the keeper takes this year's keys; later those of the year in which that was.
    for year in range(today.year, told.granted.year - 1, -1):
        try:
            signatures = _minted(mailbox, told, year, keeper, use)
        except Refused as error:
            if error.reason in _ANOTHER_YEAR:
                continue
            raise _refusal(error) from error
        except (KeeperUnavailable, KeeperLied) as error:
            raise CannotCollectNow from error
        if signatures:
            collected = CollectedAward(told.award, year, today, signatures)
            with use.database.writing() as session:
                keep_collected(session, mailbox, collected)
            return collected
    raise CollectLater if today.year not in use.directory.mint else AwardNotOpen


def _minted(
    mailbox: Mailbox, told: AwardRecord, year: int, keeper: KeeperPublic, use: Intake
) -> tuple[tuple[int, bytes], ...]:
    """The blind signatures of every voucher, each checked, by value; none where the year has no keys.

    Raises:
        Refused, KeeperUnavailable: by the keeper.
        KeeperLied: a signature is none of the key that everybody knows.
    """
    keys = {value: MintPublicKey.from_hex(n) for value, n in use.directory.mint.get(year, ())}
    if not keys:
        return ()
    seeds = [
        derive_voucher(mailbox.code.raw, told.award, year, value, number, keys[value])
        for value, count in sorted(split(told.amount, keys))
        for number in range(count)
    ]
    request = Collect(
        mailbox.tip, told.award, year, tuple((one.value, one.blinding.blinded) for one in seeds)
    )
    signs, log = mailbox.code.claim_key.sign, use.log.name
    signatures = keeper.mint(request, signs(request.message(log)), signs(request.proof(log)))
    _check(seeds, signatures, keys)
    return tuple((one.value, signature) for one, signature in zip(seeds, signatures, strict=True))


def _check(
    seeds: Sequence[VoucherSeed], signatures: Sequence[bytes], keys: Mapping[int, MintPublicKey]
) -> None:
    try:
        for seed, signature in zip(seeds, signatures, strict=True):
            seed.finish(signature, keys[seed.value])
    except CryptoError as error:
        raise KeeperLied("the mint signed with a key that nobody else knows") from error


def _refusal(error: Refused) -> CollectingError:
    return AwardOver() if error.reason is Reason.AWARD_EXPIRED else AwardNotOpen()
