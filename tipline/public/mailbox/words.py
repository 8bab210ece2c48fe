"""What the mailbox's pages call things: a day in full, topics, where a report stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask_babel import format_date, format_decimal

from tipline.disclosures.grounds import Ground
from tipline.protection.asking import HARM_WORDS
from tipline.public.mailbox.blueprint import mailboxes
from tipline.tips.moves import Outcome, TipState
from tipline.tips.topics import QUESTIONS, YES_OR_NO, Question, Shape, Topic
from tipline.words import mark

TOPIC_WORDS = {
    Topic.THREAT: mark("I was threatened"),
    Topic.OBJECTION: mark("My objection"),
    Topic.WITHDRAWAL: mark("I withdraw the report"),
    Topic.FILES: mark("Photos or files"),
    Topic.PROTECTION: mark("I asked for protection"),
}

SENT_THREAT, SENT_WITHDRAWAL = "2", "3"
"""What the address says of a message that was just stored: numbers, for a history tells what it holds."""

STORED_WORDS = {
    SENT_THREAT: mark(
        "Your message is stored. Look again tomorrow. If somebody is in danger, do not wait for us: call 110."
    ),
    SENT_WITHDRAWAL: mark("Your message is stored. The desk will see that you want to withdraw."),
}


_HARMS: Final = {harm.value: words for harm, words in HARM_WORDS.items()}

THREAD_QUESTIONS: Final[Mapping[str, Question]] = {
    **QUESTIONS,
    "alias": Question("alias", mark("What I am called there")),
    "harms": Question("harms", mark("What kind"), Shape.SEVERAL, choices=_HARMS),
    "danger": Question("danger", mark("In danger now"), Shape.ONE, choices=YES_OR_NO),
    "agrees": Question(
        "agrees", mark("I agree that the protection desk helps me"), Shape.ONE, choices=YES_OR_NO
    ),
}
"""What the answers in a thread are answers to."""

NOT_ASKED = mark(
    "The desk needs to know more, but there is no new message from it below. You can add what you know;"
    " otherwise please look again in a few days."
)
"""What is said of a report that waits for more, while no message of the desk is newer than its reporter's."""


@dataclass(frozen=True)
class StateWords:
    """A state in plain words, and what should have happened by its last day (`%(day)s`); "" for nothing."""

    now: str
    until: str = ""


STATE_WORDS: Final[Mapping[TipState, StateWords]] = {
    TipState.RECEIVED: StateWords(
        mark("It has arrived and is locked."),
        mark("By %(day)s at the latest, somebody begins to check who may handle it."),
    ),
    TipState.SCREENING: StateWords(
        mark("Somebody is checking who may handle it, so that nobody gets it who is named in it."),
        mark("By %(day)s at the latest, it goes on to the desk that handles it."),
    ),
    TipState.TRIAGE: StateWords(
        mark("A desk is looking at what you wrote and decides what to do with it."),
        mark("By %(day)s at the latest, it should have decided."),
    ),
    TipState.NEED_MORE: StateWords(
        mark("The desk needs to know more. Its question stands below."),
        mark(
            "Please answer by %(day)s if you can. If you cannot, that is no fault: after that day the desk"
            " goes on with what it has."
        ),
    ),
    TipState.OUTSIDE_REMIT: StateWords(
        mark("The desk found that it may not handle this kind of report."),
        mark("By %(day)s at the latest, it tells you why, and the report is closed."),
    ),
    TipState.DUPLICATE: StateWords(
        mark(
            "Others have told us about the same. Your report stays your own: none of them sees it, and you"
            " can still add to it here."
        ),
        mark("By %(day)s at the latest, an answer should stand here."),
    ),
    TipState.TRANSFERRED: StateWords(
        mark("It has been passed on to the office that can investigate it."),
        mark("By %(day)s at the latest, that office should have confirmed that it has your report."),
    ),
    TipState.VERIFYING: StateWords(
        mark("The office that can investigate has your report and is finding out what is true."),
        mark("By %(day)s at the latest, it should say what it has found."),
    ),
    TipState.OUTCOME: StateWords(
        mark("There is a finding. A second person has to confirm it before it counts."),
        mark("By %(day)s at the latest, that should be done."),
    ),
    TipState.FEEDBACK: StateWords(
        mark("The finding is confirmed."),
        mark("By %(day)s at the latest, an answer to you should stand here."),
    ),
    TipState.REVIEW: StateWords(
        mark("Somebody else is looking once more at what was decided."),
        mark("By %(day)s at the latest, that person should have decided."),
    ),
    TipState.CLOSED: StateWords(mark("Your report is closed.")),
    TipState.ERASED: StateWords(mark("The time for keeping your report is over. It is being erased.")),
}

OUTCOME_WORDS: Final[Mapping[str, str]] = {
    Outcome.TRUE: mark("What you reported was found to be true."),
    Outcome.PARTLY_TRUE: mark("A part of what you reported was found to be true."),
    Outcome.NOT_ESTABLISHED: mark(
        "What you reported could not be shown to be true. That does not mean that you did anything wrong."
    ),
    Outcome.REFERRED: mark("Another office is responsible and has taken it over."),
}

GROUND_WORDS: Final[Mapping[Ground, str]] = {
    Ground.REWARD: mark("to pay you a reward under your name, as you wish."),
    Ground.PROTECTION: mark("to protect you."),
    Ground.TESTIMONY: mark("so that you can be heard as a witness."),
    Ground.LIFE: mark("somebody's life is in danger."),
    Ground.WISH: mark("you asked for it yourself."),
    Ground.DECISION: mark("an office that investigates has demanded it in a letter."),
}


@mailboxes.app_template_filter("day")
def day_in_full(day: date) -> str:
    """A day with its weekday, in the visitor's language."""
    return str(format_date(day, "full"))  # type: ignore[no-untyped-call]  # the library is untyped


@mailboxes.app_template_filter("amount")
def amount_in_full(value: int) -> str:
    """A number of yuan, grouped as the visitor's language does it."""
    return str(format_decimal(value))
