"""A verdict in one sentence, and the words for figures and steps."""

from collections.abc import Iterator
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from tipline.reports.verdict import Verdict

SUMS: Final = {
    "readings": _l("Readings"),
    "refused": _l("Refusals"),
    "alerts": _l("Alerts"),
    "open": _l("Alerts that nobody had reviewed"),
    "violations": _l("Alerts found to be violations"),
    "roster": _l("Changes of members, desks and rules"),
    "missed": _l("Missed deadlines"),
    "silent": _l("Tips whose reporters did not answer"),
    "disclosures": _l("Requests for identities"),
    "exports": _l("Exports and reports"),
    "erased": _l("Runs that erased tips"),
}

STEPS: Final = {
    "pursued": _l("Pursued"),
    "reported": _l("Reported upward"),
    "transferred": _l("Transferred to the competent body"),
}


def sentence(verdict: Verdict) -> str:
    """The verdict in one sentence of the page's language."""
    return _("%(said)s.", said=_("; ").join(_parts(verdict)))


def _parts(verdict: Verdict) -> Iterator[str]:
    if verdict.read_after < 0:
        yield _("Nobody has read it so far")
    elif verdict.on_arrival:
        yield _("Read on the day it came")
    elif verdict.read_after == 0:
        yield _("First read on a day off after it came")
    else:
        yield ngettext(
            "First read %(num)d working day after it came",
            "First read %(num)d working days after it came",
            verdict.read_after,
        )
    yield _deadlines(verdict)
    if verdict.umbrella_late:
        late = _(", ").join(str(STEPS[step]) for step in verdict.umbrella_late)
        yield _("too late or not yet of an umbrella tip's three steps: %(steps)s", steps=late)
    if verdict.ended:
        yield _("its way has ended")
    elif verdict.idle:
        yield ngettext("no step for %(num)d working day", "no step for %(num)d working days", verdict.idle)


def _deadlines(verdict: Verdict) -> str:
    if not verdict.missed:
        return _("no deadline was missed")
    longest = ngettext(
        "the longest by %(num)d working day", "the longest by %(num)d working days", verdict.longest
    )
    return _(
        "%(missed)d of %(deadlines)d deadlines missed, %(longest)s",
        missed=verdict.missed,
        deadlines=verdict.deadlines,
        longest=longest,
    )
