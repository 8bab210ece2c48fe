"""The words for a tip's case: outcomes, steps of an umbrella tip, templates, what names somebody, notices."""

from typing import Final

from flask_babel import lazy_gettext as _l

OUTCOMES: Final = {
    "true": _l("Found true"),
    "partly-true": _l("Partly true"),
    "not-established": _l("Not established"),
    "referred": _l("Referred to another body"),
}

UMBRELLA: Final = {
    "pursued": _l("Pursued"),
    "reported": _l("Reported upward"),
    "transferred": _l("Transferred"),
}

TEMPLATES: Final = {
    "received": _l("Received, being looked at"),
    "need-more": _l("We need to know more"),
    "outside-remit": _l("Outside our remit, and where to turn"),
    "duplicate": _l("Others told us, too"),
    "transferred": _l("Transferred"),
    "true": _l("Found true"),
    "partly-true": _l("Partly true"),
    "not-established": _l("Not established"),
    "feedback": _l("Feedback"),
    "protection": _l("Where to ask for protection"),
    "review-upheld": _l("Review: the result stays"),
    "review-changed": _l("Review: work begins anew"),
}

NAMINGS: Final = {
    "name": _l("a name or word of this tip"),
    "phone": _l("a telephone number"),
    "plate": _l("a number plate"),
    "identity": _l("an identity number"),
}

CASE_NOTICES: Final = {
    "note": _l("The note is sealed and kept."),
    "tags": _l("The tags are sealed and kept. The change is in the log."),
    "accused": _l("The name is marked and sealed apart. From now on the alias stands in its place."),
    "accused-corrected": _l("The correction is sealed and in the log. What the reporter sent is as it was."),
    "assign": _l("Done. Whose tip it is now is in the log."),
    "integrity": _l("The tip is with the integrity desk now, and with no other."),
    "lift": _l("You have signed. The units stay excluded until the second person has signed, too."),
    "pause": _l("The clock stands still. The reporter sees that it does."),
    "resume": _l("The clock runs again. The due day is later by the days of the pause."),
    "extend": _l("Verification has three months more. The reporter sees the new day."),
    "umbrella": _l("The three clocks of an umbrella tip run."),
    "umbrella-step": _l("Done, and in the log."),
    "link": _l("The two tips are linked. Both mailboxes stay apart."),
    "unlink": _l("The two tips are no longer linked."),
    "hold": _l("You have signed. The tip is held as soon as the second person has signed, too."),
    "unhold": _l("You have signed. The tip stays held until the second person has signed, too."),
    "template": _l("The template is in the answer below. Nothing was sent."),
}
