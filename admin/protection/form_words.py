"""What the forms of a protection case are called, what each field asks, and what is wrong with it."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from tipline.protection.fields import Wrong

FORMS: Final = {
    "danger": _l("Danger"),
    "assessment": _l("Risk assessment"),
    "plan": _l("Protection plan"),
    "review": _l("Review"),
    "closing": _l("Closing"),
    "incident": _l("Incident"),
    "measure": _l("Measure carried out or changed"),
    "application": _l("Application upward"),
    "backing": _l("Request for backing"),
    "referral": _l("Referral of a false accusation"),
    "clearing": _l("Clearing of a name"),
}

HINTS: Final = {
    "danger": _l(
        "Meet the danger first, today. This form comes after the first measure, and may come after it."
    ),
    "assessment": _l(
        "Five scores from 0 to 4. Their sum suggests a level; you decide, and say why if it is another."
    ),
    "plan": _l(
        "At least one measure, at most eight. Agree on it with the person first. Another member approves it."
    ),
    "review": _l("Every 30 days, and after an arrest, a trial, a release or a leak."),
    "closing": _l(
        "The person is told and has ten days to object. Then another member ends the case, and it can be "
        "opened again."
    ),
    "incident": _l("What has happened since. Tell the person to call 110 when it happens."),
    "measure": _l("One measure each time: what was done, changed or stopped."),
    "application": _l(
        "What this desk cannot do by itself. When the answer comes, fill it in again with the same number."
    ),
    "backing": _l("An officer asks those above to stand by them in public or in writing."),
    "referral": _l(
        "A made-up accusation goes to the competent body. When the receipt comes, fill it in again."
    ),
    "clearing": _l("Once a competent body has found the accusation false."),
}

_WHAT: Final = _l("Measure")
_OWNER: Final = _l("Who sees to it")
_FROM: Final = _l("From")
_UNTIL: Final = _l("Until")
_EVENTS: Final = _l("Events to watch for")
_BODY: Final = _l("Competent body")
_NUMBER: Final = _l("Number of our letter")
_SENT: Final = _l("Sent on")
_DETAILS: Final = _l("Anything else")
_PLANNED: Final = {
    f"plan_{part}_{row}": words
    for row in range(1, 9)
    for part, words in (("what", _WHAT), ("owner", _OWNER), ("from", _FROM), ("until", _UNTIL))
}

FIELDS: Final = {
    "danger_what": _l("What threatens, and from which side?"),
    "danger_since": _l("Since when?"),
    "danger_others": _l("Who else is at risk? Write “two children”, not their names."),
    "danger_at_once": _l("What was done at once?"),
    "danger_why_none": _l("If nothing: why?"),
    "danger_details": _DETAILS,
    "risk_threat": _l("How serious is what they threaten?"),
    "risk_capability": _l("Can they do it?"),
    "risk_exposure": _l("How easily is the person found?"),
    "risk_dependants": _l("Who depends on the person, or could be hurt in their place?"),
    "risk_triggers": _l("Does something come up that could set it off?"),
    "risk_level": _l("Level"),
    "risk_score": _l("Score, of 20"),
    "risk_suggested": _l("Level that the score suggests"),
    "risk_reason": _l("If you choose another level than the score suggests: why?"),
    "risk_events": _EVENTS,
    "risk_details": _DETAILS,
    **_PLANNED,
    "plan_consent": _l("How did the person agree?"),
    "plan_consent_why": _l("If they refused, or could not be asked: why is it done all the same?"),
    "plan_details": _DETAILS,
    "review_changed": _l("What has changed?"),
    "review_kept": _l("Were the measures kept?"),
    "review_kept_why": _l("If not, or only in part: why, and what follows?"),
    "review_danger": _l("The danger is now"),
    "review_events": _EVENTS,
    "review_event_on": _l("Day of the next event, if it is known"),
    "closing_criteria": _l("Why can the case end?"),
    "closing_other": _l("If for another reason: which?"),
    "closing_reached": _l("How is the person told?"),
    "closing_reached_why": _l("If they cannot be reached: what was tried?"),
    "closing_how": _l("How does the person reach us afterwards, and how do they object?"),
    "incident_on": _l("On which day?"),
    "incident_kinds": _l("What was it?"),
    "incident_what": _l("What happened?"),
    "incident_done": _l("What was done about it?"),
    "measure_what": _WHAT,
    "measure_state": _l("It was"),
    "measure_on": _l("On which day?"),
    "measure_why": _l("If it was changed or stopped: why?"),
    "application_kind": _l("What is applied for?"),
    "application_body": _BODY,
    "application_number": _NUMBER,
    "application_sent": _SENT,
    "application_due": _l("Answer awaited by"),
    "application_what": _l("What exactly is asked for, and why? Write the alias, never the name."),
    "application_answer": _l("Answer, once it has come"),
    "application_answered": _l("Day of the answer"),
    "application_words": _l("What the answer says"),
    "backing_to": _l("To whom?"),
    "backing_what": _l("What is asked for?"),
    "backing_asked": _l("Asked on"),
    "backing_by": _l("Answered by"),
    "backing_on": _l("Answered on"),
    "backing_answer": _l("What the answer says"),
    "referral_what": _l("What is false, and how is that known?"),
    "referral_body": _BODY,
    "referral_number": _NUMBER,
    "referral_sent": _SENT,
    "referral_receipt": _l("Number of the receipt"),
    "referral_receipt_on": _l("Day of the receipt"),
    "clearing_what": _l("What was found false?"),
    "clearing_by": _l("Found false by"),
    "clearing_number": _l("Number of its decision"),
    "clearing_on": _l("Day of its decision"),
    "clearing_where": _l("Where is it announced that the name is clear?"),
}

_YES_NO: Final = {"yes": _l("Yes"), "no": _l("No"), "partly": _l("In part")}
LEVELS: Final = {
    "suggested": _l("As the score suggests"),
    "low": _l("Low"),
    "medium": _l("Medium"),
    "high": _l("High"),
    "extreme": _l("Extreme"),
}
MEASURES: Final = {
    "withhold": _l("Name, address and employer are withheld"),
    "alias": _l("An alias in every file"),
    "hide-in-court": _l("Face and voice are hidden in court"),
    "contact-ban": _l("Contact ban"),
    "guarding": _l("Guarding of person and home"),
    "new-identity": _l("New identity"),
    "relocation": _l("Relocation: home and job"),
    "contact-plan": _l("Contact plan: whom to call, when, with which word"),
    "patrol": _l("Patrols"),
    "escort": _l("Escort"),
    "alarm": _l("Alarm device"),
    "safe-place": _l("A safe place for some days"),
    "at-work": _l("At work: pay, post and applications are watched"),
    "other": _l("Something else"),
}
_CONSENT: Final = {
    "mailbox": _l("In the mailbox"),
    "in-person": _l("In person"),
    "paper": _l("On paper"),
    "refused": _l("They refused"),
    "cannot-ask": _l("They cannot be asked"),
    "not-reached": _l("They cannot be reached"),
}
_EVENTS_WORDS: Final = {
    "arrest": _l("An arrest"),
    "trial": _l("A trial"),
    "release": _l("A release"),
    "leak": _l("A leak"),
    "other": _l("Something else"),
}
HARMS: Final = {
    "threat": _l("Threats"),
    "violence": _l("Violence"),
    "followed": _l("Being followed or watched"),
    "property": _l("Damage to house, field, car or shop"),
    "rumours": _l("Rumours, shaming, calls at night"),
    "pay": _l("Pay or allowance cut"),
    "transfer": _l("Moved to another post or place"),
    "promotion": _l("Promotion blocked"),
    "applications": _l("Applications that do not move on"),
    "framing": _l("Framed with something made up"),
    "complaints": _l("Many complaints at once, to stop a case"),
    "interference": _l("Somebody inside interferes with a case"),
    "other": _l("Something else"),
}

CHOICES: Final[Mapping[str, Mapping[str, LazyString]]] = {
    "danger_at_once": {
        **{name: MEASURES[name] for name in ("safe-place", "escort", "patrol", "alarm", "contact-plan")},
        "police": _l("110 or the police station was called"),
        "advice": _l("Advice: what to do, whom to call"),
        "other": _l("Something else"),
        "none": _l("Nothing yet"),
    },
    "risk_threat": {
        "0": _l("0 · nobody threatens"),
        "1": _l("1 · hints and looks"),
        "2": _l("2 · open insults, trouble at work or with neighbours"),
        "3": _l("3 · they threaten to hurt, or to destroy a livelihood"),
        "4": _l("4 · they threaten to kill, or have attacked already"),
    },
    "risk_capability": {
        "0": _l("0 · they cannot"),
        "1": _l("1 · one person without help"),
        "2": _l("2 · several, or somebody with influence"),
        "3": _l("3 · a gang, or an official who helps"),
        "4": _l("4 · a gang with weapons, money and people inside offices"),
    },
    "risk_exposure": {
        "0": _l("0 · nobody can know who it is"),
        "1": _l("1 · a few could guess"),
        "2": _l("2 · it is talked about"),
        "3": _l("3 · they know who it is"),
        "4": _l("4 · they know home, ways and work"),
    },
    "risk_dependants": {
        "0": _l("0 · nobody"),
        "1": _l("1 · adults who can look after themselves"),
        "2": _l("2 · somebody who needs help"),
        "3": _l("3 · children or old people at home"),
        "4": _l("4 · they were threatened already"),
    },
    "risk_triggers": {
        "0": _l("0 · nothing in sight"),
        "1": _l("1 · perhaps in some months"),
        "2": _l("2 · within weeks"),
        "3": _l("3 · within days: an arrest, a trial, a release"),
        "4": _l("4 · it has happened: a leak, an arrest"),
    },
    "risk_level": LEVELS,
    "risk_suggested": LEVELS,
    "risk_events": _EVENTS_WORDS,
    "review_events": _EVENTS_WORDS,
    **{name: MEASURES for name in FIELDS if name.startswith("plan_what_")},
    "measure_what": MEASURES,
    "plan_consent": _CONSENT,
    "closing_reached": _CONSENT,
    "review_kept": _YES_NO,
    "review_danger": {"less": _l("less"), "same": _l("the same"), "more": _l("more")},
    "closing_criteria": {
        "danger-over": _l("The danger is over"),
        "trial-over": _l("The trial is over, and what followed it"),
        "person-agrees": _l("The person agrees that it ends"),
        "moved-away": _l("The person has moved away and is protected there"),
        "other": _l("Something else"),
    },
    "incident_kinds": HARMS,
    "measure_state": {"done": _l("carried out"), "changed": _l("changed"), "stopped": _l("stopped")},
    "application_kind": {
        "guarding": _l("Guarding"),
        "contact-ban": _l("Contact ban"),
        "new-identity": _l("New identity"),
        "relocation": _l("Relocation"),
        "court-measures": _l("Measures in court: hide face and voice"),
        "other": _l("Something else"),
    },
    "application_answer": {
        "granted": _l("Granted"),
        "partly": _l("Granted in part"),
        "refused": _l("Refused"),
    },
}
"""What each choice of a field is called."""

WRONG: Final[Mapping[Wrong, LazyString]] = {
    Wrong.MISSING: _l("Fill this in."),
    Wrong.WHY: _l("Your choice needs a reason here."),
    Wrong.TOO_LONG: _l("This is too long: at most 200 characters in a line, 2,000 in a text."),
    Wrong.NO_CHOICE: _l("Choose from the list."),
    Wrong.NONE_AND_MORE: _l("Nothing, and something: only one can be right."),
    Wrong.NO_DAY: _l("Give a day as year-month-day."),
    Wrong.NOT_YET: _l("This day has not come yet."),
    Wrong.OVER: _l("This day has passed. Give today or a later one."),
    Wrong.BEFORE: _l("This day lies before the day on which it begins."),
    Wrong.UNFINISHED: _l("Fill in the rest of this, too, or clear what stands beside it."),
    Wrong.OFFICERS_ALONE: _l("Framing, waves of complaints and interference belong to cases of officers."),
}


def choice_words(name: str, answer: str) -> str:
    """An answer in words: its choices', or as it was typed; a choice that is new here stands for itself."""
    choices = CHOICES.get(name)
    if choices is None:
        return answer
    return " · ".join(str(choices.get(value, value)) for value in answer.split())
