"""The words of the reward office: states, tiers, the major test, factors and their scores, steps, notices."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

STATES: Final = {
    "proposed": _l("Proposed"),
    "checked": _l("Outcome confirmed"),
    "approved": _l("Approved, waits for the budget"),
    "granted": _l("Granted, not collected yet"),
    "collected": _l("Collected"),
    "named": _l("To be paid by name"),
    "settled": _l("Paid by name"),
    "refused": _l("Refused"),
    "expired": _l("Expired"),
    "cancelled": _l("Cancelled"),
}

NEXT: Final = {
    "proposed": _l("A verifier compares it with the liaison's paper."),
    "checked": _l("An approver decides about it."),
    "second": _l("A second approver says yes to the same amount, or refuses."),
    "approved": _l("It is granted by itself as soon as the year's budget has room for it."),
    "granted": _l("The reporter sees it in their mailbox and collects vouchers, or lets it expire."),
    "collected": _l("Its vouchers are minted. Nobody can tell which they are, or whether they were paid."),
    "named": _l("The reporter chose to be paid by name. Two pay clerks settle it."),
    "settled": _l("Nothing more is to be done."),
    "refused": _l("Nothing more is to be done. The tip may be proposed anew."),
    "expired": _l("The amount went back to the budget. The tip may be proposed anew."),
    "cancelled": _l("What was set aside went back to the budget. The tip may be proposed anew."),
}
"""What comes next, by where an award stands."""

TIERS: Final = {
    "ordinary": _l("Ordinary"),
    "evil-force": _l("Evil-force group"),
    "organised": _l("Organised-crime group"),
    "exceptional": _l("Exceptional"),
    "umbrella": _l("Umbrella"),
}

MAJOR: Final = {
    "organised": _l("It led to an organised-crime group"),
    "evil-force": _l("It led to an evil-force group"),
    "umbrella": _l("It led to an umbrella: an official who protects a gang"),
    "serious": _l("It solved a serious case: death, grave injury, kidnapping"),
    "weapons": _l("It led to guns or explosives"),
    "election": _l("It stopped a gang from taking a village's power or an election"),
    "wide": _l("Many people were harmed, or very much money was taken"),
}

FACTORS: Final = {
    "result": _l("Result"),
    "originality": _l("Originality"),
    "completeness": _l("Completeness"),
    "risk": _l("Risk"),
    "help": _l("Help"),
}

SCORES: Final = {
    "result-0": _l("Nobody was held to account because of it"),
    "result-1": _l("Some were punished"),
    "result-2": _l("A gang, or an official behind one, was arrested"),
    "result-3": _l("A whole gang with its leaders, or its umbrella, was broken"),
    "originality-0": _l("It repeats what others told"),
    "originality-1": _l("It adds to what was known"),
    "originality-2": _l("The main facts were not known"),
    "originality-3": _l("Nobody would have known without it"),
    "completeness-0": _l("A hint without particulars"),
    "completeness-1": _l("Who, what or where"),
    "completeness-2": _l("Who, what, when and where"),
    "completeness-3": _l("All that, with evidence or witnesses"),
    "risk-0": _l("No risk that could be seen"),
    "risk-1": _l("Lives near those whom it names"),
    "risk-2": _l("Is known to them, or was threatened"),
    "risk-3": _l("Risked life or health"),
    "help-0": _l("Was not heard from again"),
    "help-1": _l("Answered questions"),
    "help-2": _l("Helped again and again, or sent evidence"),
    "help-3": _l("Helped up to the arrest or in court"),
}
"""What each score of a factor means, as factor and score."""

NOVELTY: Final = {
    "new": _l("New: the authorities did not know the main facts"),
    "added": _l("Another linked tip came first, and this one added facts: it has a share"),
    "known": _l("Known already, or rewarded already"),
}

DUTY: Final = {
    "none": _l("No: whoever reported was free to"),
    "bound": _l("Yes: an officer, or an official by office"),
}

STEPS: Final = {
    "propose": _l("Proposed"),
    "check": _l("Outcome confirmed"),
    "approve": _l("Approved"),
    "grant": _l("Granted from the budget"),
    "collect": _l("Collected"),
    "name": _l("To be paid by name"),
    "settled": _l("Paid by name"),
    "refused": _l("Refused"),
    "expired": _l("Expired"),
    "cancelled": _l("Cancelled"),
}
"""What was done with an award."""

BARS: Final = {
    "another": _l("You took another step of this award: somebody else must take this one."),
    "verifier": _l("A verifier takes this step."),
    "approver": _l("An approver takes this step."),
    "any": _l("A proposer, a verifier or an approver takes this step."),
}

SIZES: Final = {
    "few": _l("too few to hide one among"),
    "thin": _l("few, and paid all the same"),
    "enough": _l("enough"),
    "many": _l("many"),
}

NOTICES: Final = {
    "reward-proposed": _l("Proposed. It is in the log, and waits for a verifier."),
    "reward-checked": _l("Confirmed. It is in the log, and waits for an approver."),
    "reward-approved": _l("Approved. It is in the log. It is granted as soon as the budget has room."),
    "reward-second": _l("You have approved. A second approver must say yes to the same amount."),
    "reward-granted": _l("Approved and granted. The reporter sees it at the next visit."),
    "reward-refused": _l("Refused. That is in the log, and nothing is paid."),
    "reward-extended": _l("Extended. The reporter sees the new day at the next visit."),
    "reward-joint": _l("You have signed. Nothing changes before the second person has signed, too."),
}

WORDS: Final[Mapping[str, Mapping[str, LazyString]]] = {
    "award": STATES,
    "award-next": NEXT,
    "award-step": STEPS,
    "award-bar": BARS,
    "tier": TIERS,
    "major": MAJOR,
    "factor": FACTORS,
    "score": SCORES,
    "novelty": NOVELTY,
    "duty": DUTY,
    "crowd": SIZES,
}
