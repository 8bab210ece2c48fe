"""Why a step of an award was not taken; what was typed stays in the form."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError, NotFound
from admin.members.errors import MembersError, SignedTooOften
from tipline.keeper_client import Reason


class RewardError(AdminError):
    """Base of this room's errors. `field` is what the sentence is about, "" for the whole form."""

    status = 422
    field = ""


class NoMajor(RewardError):
    """Nothing of the major test is ticked."""

    field = "major"
    sentence = _l("Tick at least one thing that makes this a major lead. Without one there is no reward.")


class NoScore(RewardError):
    """A factor without a score."""

    sentence = _l("Choose a score for each of the five factors: 0 is a score, too.")

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


class NoNovelty(RewardError):
    """Left open."""

    field = "novelty"
    sentence = _l("Say what the authorities knew of the facts.")


class FactsKnown(RewardError):
    """No reward for what is known or rewarded already."""

    field = "novelty"
    sentence = _l(
        "Facts that were known or rewarded already have no reward, so this cannot be proposed. If the tip "
        "added something to them, choose that it added facts and name the tip that came first."
    )


class NoDuty(RewardError):
    """Left open."""

    field = "duty"
    sentence = _l("Say whether it was the reporter's duty to report.")


class DutyBound(RewardError):
    """No reward for whoever had to report."""

    field = "duty"
    sentence = _l(
        "Who had to report by their office has no reward, so this cannot be proposed. Nothing was stated."
    )


class NoFirst(RewardError):
    """A share without the tip that came first."""

    field = "share"
    sentence = _l(
        "Choose the tip that came first. It must be linked with this one, on the tip's page, and have an "
        "award of its own: propose that one first."
    )


class FirstNotNeeded(RewardError):
    """New facts, and a first tip."""

    field = "share"
    sentence = _l("A tip with new facts has no other that came first. Choose none, or that it added facts.")


class NoTier(RewardError):
    """Left open."""

    field = "tier"
    sentence = _l("Choose a tier. “Work out” suggests one.")


class NoAmount(RewardError):
    """No amount that an award can be."""

    field = "amount"
    sentence = _l("Type an amount in whole yuan: a multiple of 500, up to 500,000.")


class NoReason(RewardError):
    """This step needs one."""

    field = "reason"
    sentence = _l("Write why. It is sealed for the auditors.")


class ReasonTooLong(RewardError):
    """Over the limit of one item."""

    field = "reason"
    sentence = _l("The reason is too long: at most 65,536 bytes, about 20,000 Chinese characters.")


class NoOutcome(RewardError):
    """Left open."""

    field = "outcome"
    sentence = _l("Choose the outcome as the liaison's paper has it.")


class NoLetter(RewardError):
    """No letter number."""

    field = "number"
    sentence = _l("Type the letter's number like 2026-12, or leave it empty where the paper names none.")


class NoAnswer(RewardError):
    """Neither yes nor no."""

    sentence = _l("Say yes or refuse.")


class NoSecond(RewardError):
    """The second person is not one of those who may."""

    field = "other"
    sentence = _l("Choose who signs with you.")


class NobodySigns(RewardError):
    """No second person."""

    status = 409
    sentence = _l("Two people must sign this, and nobody else here may sign it with you.")


class NotProposed(RewardError):
    """The proposal to the second person could not be made."""

    status = 409
    sentence = _l("This could not be put to the second person. Open the page again.")


class NoDay(RewardError):
    """No day, or one that is too early or too late."""

    field = "until"
    sentence = _l("Choose a day after the present last day, at most three years after the grant.")


class NoYear(RewardError):
    """Neither this year nor the next."""

    field = "year"
    sentence = _l("Choose this year or the next.")


class NotEligible(RewardError):
    """The keeper's own look at the tip."""

    status = 409
    sentence = _l(
        "The log does not allow a reward for this tip: its outcome must be true or partly true and confirmed "
        "by a second person, and among linked tips the first received comes first. Look at state and links."
    )


class SecondAward(RewardError):
    """The tip, or a linked one, has an award."""

    status = 409
    sentence = _l(
        "There is an award for these facts already. If this tip added something, choose that it added facts "
        "and name the tip that came first."
    )


class WrongAmount(RewardError):
    """Outside the tier, above the share, or another than the first approver's."""

    status = 409
    field = "amount"
    sentence = _l(
        "The amount is outside what this tier or share allows, or not the one that the first approver chose. "
        "The bounds stand beside the field."
    )


class AnotherPerson(RewardError):
    """Nobody takes two steps of one award."""

    status = 409
    sentence = _l(
        "You took another step of this award, so somebody else must take this one: nobody takes two. "
        "Ask a colleague."
    )


class WrongRecord(RewardError):
    """What was typed is not what the log says."""

    status = 409
    field = "outcome"
    sentence = _l(
        "What you typed is not what the log says of this tip. Compare the paper's short code, outcome and "
        "number once more. If they are as typed, refuse the award and say so to an auditor."
    )


class NotNow(RewardError):
    """Somebody was quicker, or the award does not stand where the page showed it."""

    status = 409
    sentence = _l(
        "The keeper did not allow this step, and the refusal is in the log. How the award stands now is "
        "shown below."
    )


class AwardExpired(RewardError):
    """Its last day has passed."""

    status = 409
    sentence = _l("The last day for collecting this award has passed. It expires, and can be proposed anew.")


class AlreadyCollected(RewardError):
    """Its vouchers are minted."""

    status = 409
    sentence = _l(
        "This award was collected meanwhile: its vouchers are with the reporter, and nobody takes them back."
    )


class NoBudget(RewardError):
    """No amount that a year can have."""

    field = "amount"
    sentence = _l("Type an amount in whole yuan: a multiple of 500, up to 1,000,000,000.")


class OverBudget(RewardError):
    """Less than what was granted already."""

    status = 409
    field = "amount"
    sentence = _l("More than this was granted in the year already. Choose a larger amount.")


class NoMintKeys(RewardError):
    """The year has no keys."""

    status = 409
    sentence = _l("This year has no mint keys yet. Tell the operator, then try again.")


class NoChinesePlace(MembersError):
    """Left open, or too long."""

    field = "place_zh"
    sentence = _l("Type address and hours in Chinese, in one line of at most 200 characters.")


class NoEnglishPlace(MembersError):
    """Left open, or too long."""

    field = "place_en"
    sentence = _l("Type address and hours in English, in one line of at most 200 characters.")


class NoPointKey(MembersError):
    """What was typed is no recipient."""

    field = "key"
    sentence = _l(
        "This is no key of an age program: it begins with age1, and is copied whole. "
        "Leave it empty where two pay clerks pay."
    )


class WrongValues(MembersError):
    """No list of values."""

    field = "values"
    sentence = _l(
        "Type the values of vouchers with spaces between them: multiples of 500, at most eight, each once, "
        "and 500 is one of them."
    )


class WrongBounds(MembersError):
    """A tier whose smallest and largest amount do not fit."""

    sentence = _l(
        "Each tier has a smallest and a largest amount: multiples of 500 up to 500,000, the smallest not "
        "above the largest."
    )

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


class WrongNumber(MembersError):
    """A number that is none, or out of range."""

    def __init__(self, field: str, low: int, high: int) -> None:
        super().__init__()
        self.field = field
        self.sentence = _l("Type a whole number from %(low)d to %(high)d.", low=low, high=high)


class KeysNotMade(RewardError):
    """Making a year's keys takes longer than a page waits."""

    status = 503
    sentence = _l(
        "The keys of this year are being made, which takes up to a minute. Then press the button again."
    )


_REFUSALS: Final[Mapping[str, type[AdminError]]] = {
    "not-eligible": NotEligible,
    "second-award": SecondAward,
    "wrong-amount": WrongAmount,
    "wrong-day": NoDay,
    "wrong-record": WrongRecord,
    "another-person": AnotherPerson,
    "award-expired": AwardExpired,
    "already-collected": AlreadyCollected,
    "over-budget": OverBudget,
    "no-mint-keys": NoMintKeys,
    "too-many": SignedTooOften,
}
_HIDDEN: Final = frozenset(
    (Reason.EXCLUDED, Reason.DESK_NOT_HELD, Reason.UNKNOWN_TIP, Reason.REMOVED_MEMBER, "unknown-award")
)


def explained(reason: Reason) -> AdminError:
    """The error for a refused statement. Whoever is excluded learns no more than from an unknown address."""
    return NotFound() if reason in _HIDDEN else _REFUSALS.get(reason, NotNow)()
