"""The words for codes: states, purposes, categories, actions, refusals, findings."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from admin.question_words import QUESTIONS

STATES: Final = {
    "open": _l("Open"),
    "all": _l("All"),
    "received": _l("Received"),
    "screening": _l("Screening"),
    "triage": _l("Triage"),
    "need-more": _l("Need more"),
    "outside-remit": _l("Outside our remit"),
    "closed": _l("Closed"),
}

MOVES: Final = {
    "received": _l("Received"),
    "screening": _l("Begin screening"),
    "triage": _l("To triage"),
    "need-more": _l("Wait for more"),
    "outside-remit": _l("Outside our remit"),
    "closed": _l("Close"),
}

PURPOSES: Final = {
    "triage": _l("Triage"),
    "verification": _l("Verification"),
    "reply": _l("Reply to the reporter"),
    "handover": _l("Hand-over"),
    "audit": _l("Audit"),
}

CATEGORIES: Final = {
    "": _l("Not named"),
    "grassroots-power": _l("Seizing grassroots power"),
    "village-tyrants": _l("Village tyrants, clan power"),
    "forced-contracts": _l("Forced contracts, illegal mining"),
    "market-bullies": _l("Market and industry bullies"),
    "vice": _l("Vice, gambling, drugs"),
    "usury": _l("Usury, trap loans"),
    "enforcers": _l("Enforcers for hire"),
    "online-mobs": _l("Online mobs, extortion"),
    "foreign-gangs": _l("Foreign gangs"),
    "umbrella": _l("Umbrella"),
    "industry-disorder": _l("Industry disorder"),
    "retaliation": _l("Retaliation"),
    "other": _l("Other"),
}

OFFICIALS: Final = {"": _l("Not named"), "no": _l("No"), "yes": _l("Yes"), "unsure": _l("Not sure")}

LANGUAGES: Final = {"zh-Hans": _l("Chinese"), "en": _l("English")}

KINDS: Final = {
    "text": _l("Second text"),
    "message": _l("Reporter"),
    "reply": _l("Our reply"),
    "note": _l("Note"),
}

CHANNELS: Final = {
    "letter": _l("Letter"),
    "phone": _l("Call"),
    "walk-in": _l("Visit"),
    "other": _l("Another way"),
}

TOPICS: Final = {
    "answers": _l("Answers"),
    "files": _l("Files added"),
    "threat": _l("The reporter was threatened"),
    "objection": _l("Objection"),
    "withdrawal": _l("Withdrawn by the reporter"),
    "closed": _l("Mailbox closed for good: nobody reads a reply"),
}

ACTIONS: Final = {
    "genesis": _l("Genesis"),
    "unit": _l("Unit added"),
    "member": _l("Member added"),
    "member-unit": _l("Member's units changed"),
    "grant": _l("Desk granted"),
    "revoke": _l("Desk revoked"),
    "remove": _l("Member removed"),
    "desk": _l("Desk or its key changed"),
    "list": _l("Listed"),
    "card-group": _l("Card group made"),
    "read": _l("Read"),
    "read-file": _l("Downloaded a file"),
    "reply": _l("Replied"),
    "note": _l("Noted"),
    "move": _l("Moved"),
    "route": _l("Route changed"),
    "sheets": _l("Printed code sheets"),
    "entry": _l("Entered a tip"),
    "audit": _l("Looked at the log"),
    "export": _l("Exported"),
    "unreadable": _l("Unreadable statement"),
}

REFUSALS: Final = {
    "malformed": _l("not a proper statement"),
    "too-large": _l("too large"),
    "bad-signature": _l("wrong signature"),
    "unknown-member": _l("unknown member"),
    "removed-member": _l("removed member"),
    "stale": _l("too old"),
    "replayed": _l("sent before"),
    "too-many": _l("too many requests"),
    "desk-not-held": _l("desk not held"),
    "excluded": _l("unit excluded"),
    "not-allowed": _l("not allowed"),
    "two-signatures": _l("needs two signatures"),
    "unknown-tip": _l("unknown tip"),
    "policy-mismatch": _l("slip does not fit the statement"),
    "item-mismatch": _l("item differs from what was seen first"),
    "claim-signature": _l("not signed by the reporter"),
    "group-exists": _l("card group exists"),
    "tip-exists": _l("tip is known already"),
}

FINDINGS: Final = {
    "desk": _l("The tip stands at another desk than its route in the log says."),
    "state": _l("The tip's state is not the one in the log."),
    "state-record": _l("The tip's state has no valid record of the keeper."),
    "tip-missing": _l("The log knows this tip, the database does not."),
    "item-missing": _l("The log names an item of this tip that the database lacks."),
    "item-changed": _l("The stored bytes of an item are not those in the log."),
    "digest": _l("The stored bytes of an item do not have the stored hash."),
    "record": _l(
        "A reply or note has no valid record of the keeper: it was not written through the service."
    ),
    "entry": _l("A tip that nobody signed has no valid record of an entry: it was written by hand."),
    "sheet": _l("A tip was entered under a code sheet that no statement in the log speaks of."),
    "sheet-row": _l("A stored code sheet is not what was printed under this number."),
    "slip-desk": _l("A slip is for a desk that the roster does not know."),
    "slip-route": _l("A slip is for a desk that the tip's route does not name."),
    "route-records": _l("The tip has another number of sealed route records than the log has routes."),
    "card-group": _l(
        "The tip's card is in a group that the log does not give to its desk and excluded units."
    ),
    "directory": _l(
        "A stored directory is not signed by the keeper, or names keys that no statement in the log gave."
    ),
    "name": _l("An account's name is not the one in the log."),
    "account": _l("An account belongs to nobody in the roster."),
    "desk-seal": _l("A desk key is stored for somebody who does not hold the desk."),
}

NOTICES: Final = {
    "message": _l("The reply is logged and stored. The reporter sees it at the next visit."),
    "move": _l("The tip was moved. The move is in the log."),
    "exclude": _l("The unit is excluded from now on. The exclusion is in the log."),
}

_WORDS: Final[Mapping[str, Mapping[str, LazyString]]] = {
    "state": STATES,
    "move": MOVES,
    "purpose": PURPOSES,
    "category": CATEGORIES,
    "official": OFFICIALS,
    "language": LANGUAGES,
    "kind": KINDS,
    "topic": TOPICS,
    "question": QUESTIONS,
    "channel": CHANNELS,
    "action": ACTIONS,
    "refusal": REFUSALS,
    "finding": FINDINGS,
    "notice": NOTICES,
}


def word(kind: str, code: str) -> LazyString | str:
    """The word for a code; a code that is new here stands for itself."""
    return _WORDS[kind].get(code, code)
