"""The words for rules, their thresholds, and findings."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

RULES: Final = {
    "burst": _l("Many tips in a short time"),
    "odd-hours": _l("Reading at odd hours"),
    "outside-assignment": _l("Reading tips that are somebody else's"),
    "own-unit": _l("Asking for tips that exclude one's own unit"),
    "identity-requests": _l("Asking for identities again and again"),
    "after-hand-over": _l("Reading after a hand-over"),
    "dormant": _l("A dormant account wakes"),
    "refusals": _l("Many refusals"),
    "clock-back": _l("The clock ran backward"),
    "back-and-forth": _l("A tip goes back and forth"),
    "pauses": _l("A clock is stopped again and again"),
    "read-before-exclusion": _l("Read before an exclusion"),
    "decoy": _l("A decoy was opened"),
    "emergency-disclosure": _l("An identity was opened in an emergency"),
}

MEANINGS: Final = {
    "burst": _l("One member opens many different tips within some minutes: perhaps they are copying."),
    "odd-hours": _l("One member opens tips at night or on days off, several times in one day."),
    "outside-assignment": _l(
        "One member opens tips that are in somebody else's hands and never were theirs."
    ),
    "own-unit": _l("A member asked for a tip that must not be seen by their unit. The keeper refused."),
    "identity-requests": _l("One member asks for reporters' identities several times within some days."),
    "after-hand-over": _l(
        "A member opens a tip that was theirs and is somebody else's, after a time of grace."
    ),
    "dormant": _l("Somebody signs who had not signed anything for a long time: perhaps it is not they."),
    "refusals": _l(
        "One member, or somebody whose signature was not theirs, is refused many times within some minutes."
    ),
    "clock-back": _l(
        "The keeper's clock stood behind the log: times of these entries are not what they say."
    ),
    "back-and-forth": _l("A tip is sent to wait for more again and again: perhaps so that nothing is due."),
    "pauses": _l("The clock of one tip is stopped again and again: perhaps so that nothing is due."),
    "read-before-exclusion": _l(
        "A unit was excluded from a tip that members of it had read: the first entries below say who knew "
        "since when, the last one is the exclusion."
    ),
    "decoy": _l("Somebody opened a tip that an auditor had planted."),
    "emergency-disclosure": _l(
        "Two people opened an identity at once because somebody's life was in danger. The reporter was not "
        "told first. This alert is raised each time and cannot be switched off."
    ),
}
"""What a rule looks for, and why."""

THRESHOLDS: Final = {
    "count": _l("from how many on"),
    "minutes": _l("within minutes"),
    "days": _l("days"),
    "hours": _l("hours of grace"),
    "seconds": _l("seconds"),
    "from_hour": _l("day begins at hour"),
    "to_hour": _l("day ends at hour"),
    "utc_offset": _l("hours before UTC"),
}

FOUND: Final = {
    "justified": _l("It happened and had to be done"),
    "explained": _l("It happened and there is an explanation"),
    "violation": _l("It must not have happened"),
    "false-alarm": _l("False alarm"),
}

WORDS: Final[Mapping[str, Mapping[str, LazyString]]] = {
    "rule": RULES,
    "rule-meaning": MEANINGS,
    "threshold": THRESHOLDS,
    "found": FOUND,
}
