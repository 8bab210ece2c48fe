"""The words for codes: states, purposes, categories, actions, refusals, findings."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from admin.case_words import CASE_NOTICES, NAMINGS, OUTCOMES, TEMPLATES, UMBRELLA
from admin.question_words import QUESTIONS

STATES: Final = {
    "open": _l("Open"),
    "all": _l("All"),
    "received": _l("Received"),
    "screening": _l("Screening"),
    "triage": _l("Triage"),
    "need-more": _l("Need more"),
    "outside-remit": _l("Outside our remit"),
    "duplicate": _l("Duplicate"),
    "transferred": _l("Transferred"),
    "verifying": _l("Verifying"),
    "outcome": _l("Outcome"),
    "feedback": _l("Feedback"),
    "review": _l("Review"),
    "closed": _l("Closed"),
    "erased": _l("Erased"),
}

MOVES: Final = {
    "received": _l("Received"),
    "screening": _l("Begin screening"),
    "triage": _l("To triage"),
    "need-more": _l("Wait for more"),
    "outside-remit": _l("Outside our remit"),
    "duplicate": _l("Duplicate of another tip"),
    "transferred": _l("Transfer"),
    "verifying": _l("To verification"),
    "outcome": _l("Record the outcome"),
    "feedback": _l("Confirm the outcome"),
    "review": _l("To review"),
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

URGENCIES: Final = {"normal": _l("Ordinary"), "danger": _l("Danger")}

DUES: Final = {
    "overdue": _l("Overdue"),
    "hour": _l("Danger, by the hour"),
    "today": _l("By today"),
    "week": _l("Within seven days"),
}

LEVELS: Final = {
    "escalated": _l("Escalated"),
    "mine": _l("Escalated to me"),
    "1": _l("With the desk's lead"),
    "2": _l("With the integrity desk"),
}

TAGS: Final = {
    "nickname": _l("Nickname"),
    "plate": _l("Number plate"),
    "company": _l("Company"),
    "place": _l("Place"),
}

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
    "role": _l("Role given"),
    "role-taken": _l("Role taken"),
    "lead": _l("Lead of a desk named"),
    "lapse": _l("Deputy's day was over"),
    "conflicts": _l("Conflict declared"),
    "new-keys": _l("Member given new keys"),
    "regrant": _l("Desk given again after new keys"),
    "passkey": _l("Passkey put in or taken out"),
    "desk": _l("Desk or its key changed"),
    "rekey": _l("Desk key renewed after somebody left"),
    "list": _l("Listed"),
    "card-group": _l("Card group made"),
    "read": _l("Read"),
    "read-file": _l("Opened a file"),
    "reply": _l("Replied"),
    "note": _l("Noted"),
    "tags": _l("Changed the tags"),
    "move": _l("Moved"),
    "pause": _l("Clock stopped"),
    "resume": _l("Clock goes on"),
    "extend": _l("Verification extended"),
    "assign": _l("Tips given to somebody"),
    "close-spam": _l("Closed as spam"),
    "link": _l("Linked"),
    "unlink": _l("Link removed"),
    "umbrella": _l("Umbrella clocks started"),
    "umbrella-step": _l("Umbrella step done"),
    "hold": _l("Held: not to be erased"),
    "unhold": _l("No longer held"),
    "received": _l("Tips taken in that nobody had opened"),
    "missed": _l("Deadline missed"),
    "silence": _l("No answer from the reporter"),
    "erase": _l("Erased"),
    "calendar": _l("Calendar of a year set"),
    "deadlines": _l("Deadlines set"),
    "route": _l("Route changed"),
    "sheets": _l("Printed code sheets"),
    "entry": _l("Entered a tip"),
    "body": _l("Competent body added or changed"),
    "packet": _l("Packed a transfer again"),
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
    "passkey-needed": _l("the passkey did not answer"),
    "unknown-tip": _l("unknown tip"),
    "policy-mismatch": _l("slip does not fit the statement"),
    "item-mismatch": _l("item differs from what was seen first"),
    "claim-signature": _l("not signed by the reporter"),
    "group-exists": _l("card group exists"),
    "tip-exists": _l("tip is known already"),
    "another-person": _l("needs another person"),
    "answer-first": _l("reporter not answered yet"),
    "number-taken": _l("letter number taken"),
}

ROLES: Final = {
    "registrar": _l("Registrar"),
    "office-clerk": _l("Office clerk"),
    "leader": _l("Leader"),
    "liaison": _l("Liaison"),
    "proposer": _l("Proposer of rewards"),
    "verifier": _l("Verifier of rewards"),
    "approver": _l("Approver of rewards"),
    "pay-clerk": _l("Pay clerk"),
}

TERMS: Final = {
    "received": _l("Received"),
    "screening": _l("Screening"),
    "triage": _l("Triage"),
    "need-more": _l("Waiting for the reporter"),
    "outside-remit": _l("Closing what is outside our remit"),
    "duplicate": _l("Closing a duplicate"),
    "transferred": _l("Receipt of the body it was transferred to"),
    "verifying": _l("Verification"),
    "outcome": _l("Second person confirms the outcome"),
    "feedback": _l("Feedback to the reporter"),
    "review": _l("Review after an objection"),
    "extension": _l("One extension of a verification"),
    "escalation": _l("From the lead to the desk above"),
    "objection": _l("The reporter may object"),
    "umbrella-pursued": _l("Umbrella: pursued"),
    "umbrella-reported": _l("Umbrella: reported upward"),
    "umbrella-transferred": _l("Umbrella: transferred"),
    "keep-spam": _l("Kept after closing: spam"),
    "keep-outside-remit": _l("Kept after closing: outside our remit"),
    "keep-duplicate": _l("Kept after closing: duplicate"),
    "keep-not-established": _l("Kept after closing: not established"),
    "keep-other": _l("Kept after closing: all others"),
    "keep-umbrella": _l("Kept after closing: umbrella"),
}

FINDINGS: Final = {
    "desk": _l("The tip stands at another desk than its route in the log says."),
    "state": _l("The tip's state is not the one in the log."),
    "case": _l("The tip's due day, escalation, pause or assignee is not the one in the log."),
    "state-record": _l("The tip's state has no valid record of the keeper."),
    "not-erased": _l("The log says that this tip was erased, and something of it is still stored."),
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

HIDDEN: Final = {
    "removed": _l("Hidden data removed"),
    "none": _l("Holds no hidden data"),
    "remains": _l("Still holds hidden data"),
}

NOTICES: Final = {
    **CASE_NOTICES,
    "password": _l("Your password is new. All your other sessions have ended."),
    "sessions": _l("Ended. What was signed in there opens nothing any more."),
    "conflicts": _l("Declared. From now on you are not shown tips that exclude these units."),
    "passkey-asked": _l(
        "You have signed. The passkey is out of the roster when the registrar has signed too."
    ),
    "passkey": _l(
        "Your passkey is in the roster. From now on it is asked for steps that change who may do what."
    ),
    "changed": _l("Done. The change is in the log."),
    "proposed": _l("You have signed. Nothing changes before the second person has signed, too."),
    "admitted": _l("The person is a member now. Open their page to give them a desk."),
    "enrolment-ended": _l("Ended. The link, and keys that were made with it, are worth nothing."),
    "signed": _l("You have signed. The change is in the log."),
    "refused": _l("You have refused. Nothing was changed."),
    "withdrawn": _l("Withdrawn. Nothing was changed."),
    "key-passed": _l("The key was passed on. Your colleague can read again."),
    "message": _l("The reply is logged and stored. The reporter sees it at the next visit."),
    "move": _l("The tip was moved. The move is in the log."),
    "spam": _l("The tips are closed. That is in the log as one statement."),
    "exclude": _l("The unit is excluded from now on. The exclusion is in the log."),
    "receipt": _l("The receipt is kept with the tip, which is in verification now. Both are in the log."),
    "returned": _l("The tip is back in triage. The reason is sealed for the auditors."),
}

NOTE_TOPICS: Final = {
    "transfer": _l("Remark in the letter of transfer"),
    "receipt": _l("Receipt of the competent body"),
}
"""What notes are about that the service itself writes."""

NOTE_FACTS: Final = {"letter": _l("Letter"), "received_on": _l("Day on the receipt")}
"""What stands beside such a note."""

_WORDS: Final[Mapping[str, Mapping[str, LazyString]]] = {
    "state": STATES,
    "move": MOVES,
    "purpose": PURPOSES,
    "category": CATEGORIES,
    "official": OFFICIALS,
    "language": LANGUAGES,
    "urgency": URGENCIES,
    "due": DUES,
    "level": LEVELS,
    "tag": TAGS,
    "kind": KINDS,
    "topic": {**TOPICS, **NOTE_TOPICS},
    "question": {**QUESTIONS, **NOTE_FACTS},
    "channel": CHANNELS,
    "action": ACTIONS,
    "refusal": REFUSALS,
    "finding": FINDINGS,
    "notice": NOTICES,
    "outcome": OUTCOMES,
    "umbrella": UMBRELLA,
    "template": TEMPLATES,
    "naming": NAMINGS,
    "hidden": HIDDEN,
    "role": ROLES,
    "term": TERMS,
}


def word(kind: str, code: str) -> LazyString | str:
    """The word for a code; a code that is new here stands for itself."""
    return _WORDS[kind].get(code, code)
