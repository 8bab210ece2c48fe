"""The answers to a group of questions: as typed, what is wrong with them, and what is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from tipline.tips.topics import MAX_ANSWER_BYTES, Group, Question, Shape
from tipline.words import mark

NOT_IN_THE_LIST = mark("Please choose again: this choice is no longer in the list.")
TOO_LONG = mark("This is too long for one field. Please shorten it to about 3,000 characters.")


@dataclass(frozen=True, repr=False)
class AnswersForm:
    """What was typed, by the question's name; several choices have a space between. `errors` likewise."""

    answers: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, sent: MultiDict[str, str], group: Group) -> "AnswersForm":
        """Read and check what was sent; what is empty is left out."""
        typed = {question.name: _typed(sent, question) for question in group.questions}
        answers = {name: answer for name, answer in typed.items() if answer}
        problems = {question.name: _problem(question, typed[question.name]) for question in group.questions}
        return cls(answers, {name: problem for name, problem in problems.items() if problem})


def _typed(sent: MultiDict[str, str], question: Question) -> str:
    if question.shape is Shape.SEVERAL:
        return " ".join(dict.fromkeys(sent.getlist(question.name)))
    return sent.get(question.name, "").replace("\r\n", "\n").replace("\r", "\n").strip()


def _problem(question: Question, answer: str) -> str:
    if question.choices is not None:
        chosen = answer.split() if question.shape is Shape.SEVERAL else [answer] if answer else []
        return "" if question.choices.keys() >= set(chosen) else NOT_IN_THE_LIST
    return "" if len(answer.encode()) <= MAX_ANSWER_BYTES else TOO_LONG
