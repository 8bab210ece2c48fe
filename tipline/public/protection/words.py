"""What the pages about protection call things, said to the person whose case it is."""

from collections.abc import Mapping
from typing import Final

from tipline.protection.asking import HIDDEN, OFFICERS, Group, Harm
from tipline.protection.states import ProtectionState
from tipline.public.mailbox.words import StateWords
from tipline.tips.moves import CaseState, TipState
from tipline.tips.topics import Topic
from tipline.words import mark

I_AM: Final[Mapping[Group, str]] = {
    Group.REPORTER: mark("I sent a report, and do not have its code here"),
    Group.WITNESS: mark("I am a witness: I saw or know something"),
    Group.OFFICER: mark("I am an officer: police, discipline inspection, court, prosecution, prison"),
    Group.RELATIVE: mark("I belong to the family of one of these"),
}

OPEN: Final = tuple(harm for harm in Harm if harm not in (*HIDDEN, *OFFICERS, Harm.OTHER))
"""What can be seen by everybody."""

KINDS: Final[Mapping[str, tuple[Harm, ...]]] = {
    mark("What was done, or what do you fear? (optional)"): OPEN,
    mark("What looks like everyday business (optional)"): (*HIDDEN, Harm.OTHER),
}
"""The kinds of harm under the words that stand above them."""

FOR_OFFICERS: Final = mark("For officers alone (optional)")

CASE_TOPICS: Final = {
    Topic.WELL: mark("I am well"),
    Topic.INCIDENT: mark("Something happened"),
    Topic.CONSENT: mark("Whether I agree"),
    Topic.OBJECTION: mark("My objection"),
    Topic.FILES: mark("Photos or files"),
}

SENT_WELL, SENT_INCIDENT, SENT_CONSENT = "2", "3", "4"
"""What the address says of what was just stored: numbers, for a history tells what it holds."""

CASE_STORED: Final = {
    SENT_WELL: mark("Thank you. It is stored that you are well."),
    SENT_INCIDENT: mark(
        "Your message is stored. Look again tomorrow. If somebody is in danger, do not wait for us: call 110."
    ),
    SENT_CONSENT: mark("It is stored. The protection desk sees it."),
}

CASE_WORDS: Final[Mapping[CaseState, StateWords]] = {
    ProtectionState.ASKED: StateWords(
        mark("It has arrived and is locked. The protection desk first looks whether you are in danger now."),
        mark("By %(day)s at the latest, somebody should have looked at it."),
    ),
    ProtectionState.ASSESSING: StateWords(
        mark("The protection desk is finding out how great the danger is."),
        mark("By %(day)s at the latest, it should know."),
    ),
    ProtectionState.PLANNING: StateWords(
        mark("The protection desk is working out what should be done to keep you safe."),
        mark("By %(day)s at the latest, there should be a plan."),
    ),
    ProtectionState.APPROVING: StateWords(
        mark("There is a plan. A second person has to agree to it."),
        mark("By %(day)s at the latest, that person should have decided."),
    ),
    ProtectionState.PROTECTED: StateWords(
        mark("You are being protected. What was arranged stands in the messages below."),
        mark("By %(day)s at the latest, the desk looks again whether it is still enough."),
    ),
    ProtectionState.ENDING: StateWords(
        mark("The protection desk thinks that the danger is over, and wants to end the protection."),
        mark("By %(day)s at the latest, a second person decides about it."),
    ),
    ProtectionState.ENDED: StateWords(
        mark("Your protection has ended. If something happens, tell us here: it can be taken up again.")
    ),
    TipState.ERASED: StateWords(mark("The time for keeping this is over. It is being erased.")),
}
