"""What keeps somebody from a pickup code; each sentence is what the person sees. Nothing is ever locked."""

from datetime import date
from typing import Final

from tipline.rewards.rules import first_day_for_all, last_day_of_vouchers
from tipline.words import mark

CODE: Final = "code"
VOUCHER: Final = "voucher"
PHOTO: Final = "photo"
CHOICE: Final = "choice"
POINT: Final = "point"


class RedeemError(Exception):
    """No pickup code was given. `field` is the one to look at; `status` that of the page."""

    sentence = mark("There is no pickup code just now. Nothing is lost: please try again later.")
    field = CODE
    status = 422


class NothingTyped(RedeemError):
    """All ways are empty."""

    sentence = mark("Please type your code, or paste a voucher, or choose a photo of one.")


class SeveralWays(RedeemError):
    """More than one way is filled in."""

    sentence = mark("Please use one way only: empty the other fields.")


class ThatIsAPickupCode(RedeemError):
    """Ten digits whose last one fits."""

    sentence = mark(
        "These ten digits are a pickup code already. It belongs to the place where the cash is: say it "
        "there. If you want to see it again, type your tracking code here: eight groups of six digits."
    )


class MistypedTrackingCode(RedeemError):
    """The code is not quite right; `groups` are the wrong ones as typed, where they are known."""

    sentence = mark("This code is not quite right. Please compare all eight groups with your note.")

    def __init__(self, groups: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.groups = groups


class NoSuchCode(RedeemError):
    """The code opens nothing, or no report."""

    sentence = mark("We know no such code. Please compare all eight groups with your note.")


class NothingCollected(RedeemError):
    """There are no vouchers yet."""

    sentence = mark(
        "No vouchers were made with this code so far. Open your mailbox first: if a reward was granted, it "
        "stands there, and you can collect it. Then come here on another day."
    )


class CollectedToday(RedeemError):
    """On the day of collecting nobody redeems: the two would be seen side by side."""

    sentence = mark(
        "You collected on this same day. Please come another day, so that nobody can put the two together. "
        "Nothing is lost. Days are counted in world time (UTC)."
    )


class SpoiltHere(RedeemError):
    """What the mailbox kept makes no voucher."""

    sentence = mark(
        "What is stored of your vouchers has been changed. Nothing is lost: open your mailbox, go to your "
        "reward, and have the vouchers made again."
    )


class NoVoucherInText(RedeemError):
    """Nothing in the text looks like a voucher."""

    sentence = mark(
        "This is no voucher. Its text begins with TIPLINE-VOUCHER and is about 700 characters long."
    )
    field = VOUCHER


class CutVoucherText(RedeemError):
    """The beginning or the end is missing."""

    sentence = mark(
        "A part of this voucher is missing. Please copy the whole text, from its beginning to its end."
    )
    field = VOUCHER


class MistypedVoucherText(RedeemError):
    """A character is wrong."""

    sentence = mark(
        "A character of this voucher is wrong, or there is one too many. Please copy it once more."
    )
    field = VOUCHER


class SeveralVouchersInText(RedeemError):
    """More than one voucher was pasted."""

    sentence = mark("There is more than one voucher in this text. Please paste one at a time.")
    field = VOUCHER


class ForeignVoucherText(RedeemError):
    """The mint did not sign it."""

    sentence = mark("This voucher was not made here. Is it another office's?")
    field = VOUCHER


class VoucherTooOld(RedeemError):
    """The last day of its year has passed."""

    sentence = mark("The last day of these vouchers has passed. Nobody can pay them any more.")


class NoVoucherInPhoto(RedeemError):
    """No picture of a voucher was found."""

    sentence = mark(
        "No voucher was found in this photo. Take it from straight above, in good light, so that the whole "
        "square is sharp. Or paste the text."
    )
    field = PHOTO


class CannotLookNow(RedeemError):
    """Others' photos are being read, or this client's were for too long."""

    sentence = mark(
        "Photos cannot be looked at just now. Please paste the text, or try again in ten minutes."
    )
    field = PHOTO
    status = 503


class NothingChosen(RedeemError):
    """No voucher was chosen."""

    sentence = mark("Please choose a voucher.")
    field = CHOICE


class NoPlaceChosen(RedeemError):
    """No place was chosen."""

    sentence = mark("Please choose a place.")
    field = POINT


class PlaceClosed(RedeemError):
    """The place does not pay any more."""

    sentence = mark("This place does not pay out any more. Please choose another one.")
    field = POINT


class PlaceInside(RedeemError):
    """The place lies inside the township, and there are others."""

    sentence = mark(
        "This place is in the township itself, where somebody may know you. Please choose another one."
    )
    field = POINT


class AnotherPlace(RedeemError):
    """A bank needs its list before the last days of a voucher."""

    sentence = mark("There is not enough time left for this place. Please choose another one.")
    field = POINT


class WaitForBank(RedeemError):
    """The days of a code at a bank are over, and the bank's list is not back yet."""

    sentence = mark(
        "The last pickup code of this voucher has run out. The place may still report that it paid, so "
        "please come back in two weeks: if it was not paid, the voucher is good again."
    )
    field = CHOICE


class PaidAlready(RedeemError):
    """The voucher was paid out; `day` says when."""

    sentence = mark(
        "The cash for this voucher was paid out on %(day)s. If you have another one, choose that."
    )
    field = CHOICE

    def __init__(self, day: date) -> None:
        super().__init__()
        self.day = day


class CrowdTooSmall(RedeemError):
    """Too few awards would stay behind in the pool of the voucher's key, which is of this year."""

    sentence = mark(
        "Too few other people have a voucher of this value now. A pickup code could show who you are, so "
        "there is none yet. Nothing is lost: your voucher stays good until %(last)s. Come back in some "
        "weeks, or choose one of another value. From %(first)s at the latest you get a code for this one."
    )
    field = CHOICE

    def __init__(self, year: int) -> None:
        super().__init__()
        self.first, self.last = first_day_for_all(year), last_day_of_vouchers(year)


class CannotBePaid(RedeemError):
    """More vouchers would be presented than were minted: somebody has the mint's key."""

    sentence = mark(
        "Something is wrong with the vouchers of this value, and until it is cleared up none is paid. That "
        "is our fault, and those who check us have been told. Keep yours, and come back in some weeks."
    )
    field = CHOICE


class KeeperAway(RedeemError):
    """The keeper does not answer."""

    sentence = mark(
        "Pickup codes cannot be made just now. Nothing is lost, and your voucher stays good. "
        "Please wait some minutes and press the button again."
    )
    field = CHOICE
    status = 503


class TooManyToday(RedeemError):
    """More vouchers than on any ordinary day came back."""

    sentence = mark("Too many vouchers came in today. Yours stays good: please come back tomorrow.")
    field = CHOICE
    status = 503


class PageTooOld(RedeemError):
    """The sealed state opens no more."""

    sentence = mark(
        "This page had been open for too long. Please type your code or paste your voucher once more: "
        "a page does not keep them."
    )
    status = 400
