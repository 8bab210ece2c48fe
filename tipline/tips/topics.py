"""What a message of a reporter is about, and the questions of which it holds the answers.

A topic or a question of a later version is a word that this one does not know:
it is kept as it came, and shown by its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tipline.words import mark

MAX_ANSWER_BYTES = 10_000
"""One answer, as UTF-8: all answers of a group together stay below the longest text of an item."""


class Topic(StrEnum):
    """What a message is about."""

    MESSAGE = ""
    ANSWERS = "answers"
    FILES = "files"
    THREAT = "threat"
    OBJECTION = "objection"
    WITHDRAWAL = "withdrawal"
    CLOSED = "closed"
    PROTECTION = "protection"
    """In a tip's thread: its reporter asked for protection. The answer `alias` is their name there."""
    WELL = "well"
    """In a case's thread: an agreed check-in."""
    INCIDENT = "incident"
    CONSENT = "consent"
    """In a case's thread: the answer `agrees` is "yes" or "no"."""


class Shape(StrEnum):
    """How a question is answered."""

    LINE = "line"
    TEXT = "text"
    ONE = "one"
    SEVERAL = "several"


@dataclass(frozen=True)
class Question:
    """One question; `name` is the answer's key in a message. `choices` maps a value to its words."""

    name: str
    words: str
    shape: Shape = Shape.TEXT
    hint: str = ""
    choices: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Group:
    """Questions that are asked on one page. `id` stands in the page's address."""

    id: str
    words: str
    questions: tuple[Question, ...]
    hint: str = ""


YES_OR_NO: Mapping[str, str] = {"yes": mark("Yes"), "no": mark("No"), "unsure": mark("I do not know")}
SOURCES: Mapping[str, str] = {
    "saw": mark("I saw or heard it myself"),
    "victim": mark("It was done to me"),
    "told": mark("Somebody told me"),
    "online": mark("I found it online"),
}
REWARDS: Mapping[str, str] = {
    "yes": mark("Yes"),
    "no": mark("No"),
    "later": mark("I will decide later"),
}

GROUPS: tuple[Group, ...] = (
    Group(
        "event",
        mark("What, when, where"),
        (
            Question("what", mark("What else happened?")),
            Question("when", mark("When?"), Shape.LINE, mark("A day, or roughly: “last spring, at night”.")),
            Question("where", mark("Where?"), Shape.LINE),
        ),
    ),
    Group(
        "ongoing",
        mark("Is it still going on?"),
        (
            Question("ongoing", mark("Is it still going on?"), Shape.ONE, choices=YES_OR_NO),
            Question("ongoing_details", mark("What will happen next, and when, as far as you know?")),
        ),
    ),
    Group(
        "people",
        mark("Who did it"),
        (
            Question("who", mark("Name or nickname"), Shape.LINE),
            Question("looks", mark("What do they look like?")),
            Question("address", mark("Where do they live or meet?"), Shape.LINE),
            Question("routes", mark("Which ways do they take, and when?")),
            Question("vehicle", mark("Cars or motorcycles, number plates"), Shape.LINE),
            Question("weapons", mark("Do they carry weapons? Which?"), Shape.LINE),
        ),
        mark("Several people: write about one after the other in the same field."),
    ),
    Group(
        "victims",
        mark("Who was harmed"),
        (Question("victims", mark("Who was harmed, and how?")),),
        mark("You need not name anybody. Write “an old man in the village” if a name would lead to you."),
    ),
    Group(
        "money",
        mark("Money, companies, bidding"),
        (
            Question("money", mark("How much money, from whom to whom, how?")),
            Question("companies", mark("Which companies or shops?")),
            Question("bidding", mark("Which contracts or tenders?")),
        ),
    ),
    Group(
        "source",
        mark("How you know"),
        (
            Question("source", mark("How do you know about it?"), Shape.SEVERAL, choices=SOURCES),
            Question("source_details", mark("Anything about it that does not lead to you?")),
        ),
        mark("Leave out what only you can know."),
    ),
    Group(
        "reported",
        mark("Reported before"),
        (
            Question("reported", mark("Has it been reported before?"), Shape.ONE, choices=YES_OR_NO),
            Question("reported_to", mark("To whom, when, and what came of it?")),
        ),
    ),
    Group(
        "official",
        mark("Officials who help them"),
        (
            Question("official_who", mark("Which official, police officer or village cadre?")),
            Question("official_help", mark("How do they help?")),
        ),
        mark(
            "What you write here is read by the desk that has your report. If that desk’s own people are "
            "meant, write a new report instead and tick their office there."
        ),
    ),
    Group(
        "original",
        mark("I hold the original"),
        (
            Question(
                "original",
                mark("Do you hold an original: a paper, a recording, a phone?"),
                Shape.ONE,
                choices=YES_OR_NO,
            ),
            Question(
                "original_what", mark("What is it?"), Shape.TEXT, mark("Do not write where you keep it.")
            ),
        ),
    ),
    Group(
        "reward",
        mark("A reward"),
        (Question("reward", mark("Are you interested in a reward?"), Shape.ONE, choices=REWARDS),),
        mark("Your answer changes nothing about how your report is handled."),
    ),
    Group(
        "safety",
        mark("Threats, family, protection"),
        (
            Question("threats", mark("Has somebody threatened you, or do you fear it?")),
            Question(
                "dependants",
                mark("Who depends on you, or could be harmed in your place?"),
                Shape.TEXT,
                mark("Without names: “two children, an old mother”."),
            ),
            Question("protection", mark("What would help you to be safe?")),
        ),
        mark("In danger now? Call 110 first."),
    ),
)


QUESTIONS: Mapping[str, Question] = {
    question.name: question for group in GROUPS for question in group.questions
}


def in_order(answers: Mapping[str, str]) -> dict[str, str]:
    """Answers in the order of their questions; those to questions unknown here come last."""
    return {name: answers[name] for name in (*QUESTIONS, *answers) if name in answers}


def group_of(group: str) -> Group | None:
    """The group with this id; None when there is none."""
    return next((one for one in GROUPS if one.id == group), None)
