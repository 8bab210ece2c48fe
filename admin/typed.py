"""What the page of an error keeps of the form that was sent: no words are lost, and it can be sent again."""

from typing import Final

from flask import request
from werkzeug.exceptions import HTTPException

from admin.accused.forms import BASE as ACCUSED_BASE
from admin.accused.forms import PERSON as ACCUSED_PERSON
from admin.accused.forms import TEXTS as ACCUSED_TEXTS
from admin.protection.forms import CHOSEN as CASE_CHOSEN
from admin.protection.forms import TEXTS as CASE_TEXTS
from admin.queue.tags import FIELDS as TAG_FIELDS
from admin.rewards.points import FIELDS as POINT_TEXTS
from admin.rewards.proposal import FIELDS as PROPOSAL_CHOSEN
from admin.rewards.setting import FIELDS as RULE_TEXTS

_TEXTS: Final = (
    "message",
    "person",
    "days",
    "reason",
    "description",
    "exclude_text",
    "original",
    "remark",
    "reference",
    *("note", *TAG_FIELDS.values()),
    *ACCUSED_TEXTS,
    *CASE_TEXTS,
    *("words", "view_name"),
    *("place", "name_zh", "name_en", "key"),
    *("url", "keys", "quorum", "alarm_hours"),
    *("checkpoint", "pickup_code"),
    *("tell_reason", "basis", "hours", "letter"),
    *("identity_name", "identity_contact", "identity_details", "identity_safely"),
    *("cleared_name", "cleared_post", "letter_to", "letter_number", "letter_english"),
    *("amount", "number", *POINT_TEXTS, *RULE_TEXTS),
    *("who", "whose_unit", "position", "case", "when", "happened", "did", "done_about"),
)
"""Fields that somebody writes."""
_CHOSEN: Final = (
    *("member", "desk", "type", "purpose", "from", "first", "last", "names"),
    "finding",
    *("identity", "ground", "tell", "emergency", "approved", "accused_unit", "filled"),
    *("how", "unseen", "measures", "chosen"),
    *("state", "move", "exclude"),
    *("do", "other", "conflicts", "stop"),
    *("superior", "inside", "reads", "accepts", "changes", "recipient"),
    *("form", "channel", "came_on", "sheet", "no_sheet", "danger", "official", "unit", "category"),
    *("body", "packet", "letter_language", "received_on"),
    *("tip", "whose", "due", "age", "level", "paused", "news", "urgency", "language", "sort", "order"),
    *(
        "step",
        "assign",
        "to",
        "of",
        "tips",
        "outcome",
        "umbrella",
        "second",
        "sure",
        "lift",
        "template",
        "tagged",
    ),
    *(ACCUSED_PERSON, ACCUSED_BASE),
    *CASE_CHOSEN,
    *("answer", "open", "year", "mint_key", *PROPOSAL_CHOSEN),
    *("point", "pickup", "value", "day"),
)
"""The other fields without which a form cannot be sent again."""


def typed_now() -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The texts of the form that was posted, and the fields that sending it again needs."""
    try:
        form = request.form
    except HTTPException:  # too large, or cut: there is no form
        return {}, []
    texts = {name: form[name] for name in _TEXTS if form.get(name)}
    return texts, [(name, value) for name in _CHOSEN for value in form.getlist(name)]
