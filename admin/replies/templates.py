"""Answers that are written beforehand, in the reporter's language: nothing in them can harm a case.

A template says what happens next and names nobody. Whoever answers changes it as they like.
"""

from collections.abc import Mapping
from typing import Final

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from tipline.tips.moves import CaseState, Outcome, TipState

TEMPLATES: Final = {
    "received": _l(
        "Your report has arrived and somebody is looking at it now. You need not do anything. "
        "Please look into this mailbox again in a week."
    ),
    "need-more": _l(
        "Thank you. To go on we need to know more: what happened, where, on which day, as far as you know. "
        "Do not ask around and do not gather anything for it: what you know already is enough. "
        "If you cannot say more, that is no fault; we then go on with what we have."
    ),
    "outside-remit": _l(
        "What you describe is not for us to handle: it is not about organised crime or those who protect it. "
        "Where you can turn: in danger 110 · an official or a cadre 12388 · a prosecutor "
        "or a wrong charge 12309 · wages and work 12333 · everything else 12345. "
        "We do not pass your report on without you. If you think that we are wrong, object within 30 days in "
        "this mailbox; another person then looks at it."
    ),
    "duplicate": _l(
        "Others have told us about the same matter, and it is handled there. Your report stays your own: "
        "this mailbox stays open, and what you add is read."
    ),
    "transferred": _l(
        "Your report was handed to the body that is competent. Your code and this mailbox stay with us. "
        "As soon as that body has confirmed the receipt, you see it here."
    ),
    "true": _l(
        "What you reported was found to be true, and it is being dealt with. We cannot say more while that "
        "goes on. Thank you for your courage. Tell nobody that it was you."
    ),
    "partly-true": _l(
        "Part of what you reported was found to be true, and that part is dealt with. For the rest there "
        "was not enough to go on. If you know more, you can write it here at any time. "
        "Tell nobody that it was you."
    ),
    "not-established": _l(
        "We looked into what you reported and could not establish it. That does not mean that you are wrong, "
        "and nobody blames you. If you know more, write it here; you can also object within 30 days after "
        "your report was closed, and another person then looks at it."
    ),
    "feedback": _l(
        "The work on your report is finished. We say what came of it as far as that harms nobody. "
        "If you are not satisfied, object within 30 days in this mailbox; another person then looks at it. "
        "If somebody threatens you or puts you at a disadvantage, write it here at once."
    ),
    "protection": _l(
        "If somebody threatens you, follows you, or puts you at a disadvantage at work or with an "
        "application: call 110 when there is danger. Then ask for protection in this mailbox and write what "
        "happened or what you fear. People who protect read it, apart from those who read your report, and "
        "you need not give your name."
    ),
    "review-upheld": _l(
        "Another person, who had no part in the first decision, has looked at everything again. The result "
        "stays as it was. You can still write here if you learn something new."
    ),
    "review-changed": _l(
        "Another person, who had no part in the first decision, has looked at it all again. You were right "
        "to object: the work on your report begins anew."
    ),
}

_BY_STATE: Final[Mapping[CaseState, str]] = {
    TipState.NEED_MORE: "need-more",
    TipState.OUTSIDE_REMIT: "outside-remit",
    TipState.DUPLICATE: "duplicate",
    TipState.TRANSFERRED: "transferred",
    TipState.REVIEW: "review-upheld",
}
_LOCALES: Final = {"zh-Hans": "zh_Hans", "en": "en"}


def suited(state: CaseState, outcome: str) -> str:
    """The template that fits where a tip stands."""
    if state in (TipState.FEEDBACK, TipState.CLOSED):
        told = (Outcome.TRUE, Outcome.PARTLY_TRUE, Outcome.NOT_ESTABLISHED)
        return outcome if outcome in told else "feedback"
    return _BY_STATE.get(state, "received")


def template_text(name: str, language: str) -> str:
    """A template in the reporter's language; nothing for a name that there is not."""
    if name not in TEMPLATES:
        return ""
    with force_locale(_LOCALES.get(language, "zh_Hans")):
        return str(TEMPLATES[name])


def inserted(typed: str, template: str) -> str:
    """What was typed, with a template after it."""
    return "\n\n".join(part for part in (typed.strip(), template) if part)
