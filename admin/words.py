"""The words for codes: states, purposes, categories, actions, refusals, findings."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from admin.alarms.words import ADVICE as ALARM_ADVICE
from admin.alarms.words import ALARMS
from admin.alerts.words import WORDS as ALERT_WORDS
from admin.case_words import CASE_NOTICES, NAMINGS, OUTCOMES, TEMPLATES, UMBRELLA
from admin.disclosures.words import DECISIONS
from admin.disclosures.words import NOTICES as DISCLOSURE_NOTICES
from admin.disclosures.words import WORDS as DISCLOSURE_WORDS
from admin.heads.words import ADVICE, STOPS, TABLES
from admin.interference.words import NOTICES as INTERFERENCE_NOTICES
from admin.interference.words import WORDS as INTERFERENCE_WORDS
from admin.ledger.words import WORDS as LEDGER_WORDS
from admin.letters.words import WORDS as LETTER_WORDS
from admin.log_words import ACTIONS, AUDIT_ACTS, CHECK_INS, EVERY, FINDINGS, GROUPS, HELD, HELD_KINDS, VIEWS
from admin.payees.words import NOTICES as PAYEE_NOTICES
from admin.protection.words import FACTS as CASE_FACTS
from admin.protection.words import NOTICES as PROTECTION_NOTICES
from admin.protection.words import TOPICS as PROTECTION_TOPICS
from admin.protection.words import WORDS as PROTECTION_WORDS
from admin.question_words import QUESTIONS
from admin.reports.words import STEPS as UMBRELLA_STEPS
from admin.rewards.words import NOTICES as REWARD_NOTICES
from admin.rewards.words import WORDS as REWARD_WORDS

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
    "asked": _l("Asked for protection"),
    "assessing": _l("Assessing the risk"),
    "planning": _l("Making a plan"),
    "approving": _l("Plan to be approved"),
    "protected": _l("Under protection"),
    "ending": _l("About to end"),
    "ended": _l("Protection ended"),
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
    "protection": _l("Protection"),
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
    "accused": _l("Names of reported persons"),
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
    **PROTECTION_TOPICS,
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
    "unwitnessed": _l("too few witnesses countersigned"),
    "unknown-tip": _l("unknown tip"),
    "policy-mismatch": _l("slip does not fit the statement"),
    "item-mismatch": _l("item differs from what was seen first"),
    "claim-signature": _l("not signed by the reporter"),
    "group-exists": _l("card group exists"),
    "tip-exists": _l("tip is known already"),
    "another-person": _l("needs another person"),
    "answer-first": _l("reporter not answered yet"),
    "number-taken": _l("letter number taken"),
    "unknown-request": _l("no such request"),
    "already-asked": _l("asked already, and not decided yet"),
    "already-decided": _l("decided already"),
    "lapsed": _l("not decided in time"),
    "not-approved": _l("no second person has said yes"),
    "window-not-begun": _l("the time for it has not begun"),
    "window-closed": _l("the time for it is over"),
    "tip-closed": _l("the tip is closed"),
    "wrong-amount": _l("amount not allowed"),
    "wrong-day": _l("day not allowed"),
    "not-eligible": _l("no reward is possible"),
    "second-award": _l("rewarded already"),
    "award-expired": _l("the reward has expired"),
    "already-collected": _l("collected already"),
    "over-budget": _l("below what was granted"),
    "unknown-award": _l("no such reward"),
    "wrong-record": _l("not what the log says"),
    "no-mint-keys": _l("no keys for vouchers"),
    "bad-voucher": _l("no voucher of ours"),
    "voucher-expired": _l("the voucher has expired"),
    "crowd-too-small": _l("too few vouchers to hide among"),
    "overdrawn": _l("more vouchers than were minted"),
    "unknown-point": _l("no such pickup point"),
    "unknown-pickup": _l("no such pickup code"),
    "another-point": _l("the code is for another point"),
    "pickup-over": _l("the pickup code is over"),
    "already-paid": _l("paid already"),
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
    "pause": _l("How long a clock may stand still"),
    "objection": _l("The reporter may object"),
    "umbrella-pursued": _l("Umbrella: pursued"),
    "umbrella-reported": _l("Umbrella: reported upward"),
    "umbrella-transferred": _l("Umbrella: transferred"),
    "asked": _l("Protection: met the danger"),
    "assessing": _l("Protection: risk assessed"),
    "planning": _l("Protection: plan made"),
    "approving": _l("Protection: plan approved"),
    "protected": _l("Protection: from one review to the next"),
    "ending": _l("Protection: ended after it was announced"),
    "protection-objection": _l("Protection: the person may object to the ending"),
    "interference-report": _l("From one report on interference to the next"),
    "keep-spam": _l("Kept after closing: spam"),
    "keep-outside-remit": _l("Kept after closing: outside our remit"),
    "keep-duplicate": _l("Kept after closing: duplicate"),
    "keep-not-established": _l("Kept after closing: not established"),
    "keep-other": _l("Kept after closing: all others"),
    "keep-umbrella": _l("Kept after closing: umbrella"),
    "keep-protection": _l("Kept after ending: protection case"),
    "statement": _l("Kept in the log: statements, at least a year"),
}

HIDDEN: Final = {
    "removed": _l("Hidden data removed"),
    "none": _l("Holds no hidden data"),
    "remains": _l("Still holds hidden data"),
}

NOTICES: Final = {
    **CASE_NOTICES,
    **DISCLOSURE_NOTICES,
    **PROTECTION_NOTICES,
    **INTERFERENCE_NOTICES,
    **REWARD_NOTICES,
    **PAYEE_NOTICES,
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
    "acknowledged": _l(
        "You have signed. The log goes on, and both heads stand in it. Ask the operator to run "
        "“tipline rebuild” now: it brings the lists up to date with the log."
    ),
    "refused": _l("You have refused. Nothing was changed."),
    "reviewed": _l("Your review is in the log."),
    "report-signed": _l("Signed. Your signature is in the log."),
    "planted": _l("Planted. That is in the log, for auditors alone."),
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
    **PROTECTION_WORDS["form"],
    "transfer": _l("Remark in the letter of transfer"),
    "receipt": _l("Receipt of the competent body"),
}
"""What notes are about that the service itself writes."""

NOTE_FACTS: Final = {"letter": _l("Letter number"), "received_on": _l("Day on the receipt")}
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
    "question": {**QUESTIONS, **CASE_FACTS, **NOTE_FACTS},
    "channel": CHANNELS,
    "action": {**ACTIONS, **GROUPS},
    "view": VIEWS,
    "result": {"done": _l("done"), "refused": _l("refused"), **DECISIONS, **REFUSALS, **CHECK_INS},
    "every": EVERY,
    "act": AUDIT_ACTS,
    "alarm": ALARMS,
    "alarm-advice": ALARM_ADVICE,
    "stop": STOPS,
    "stop_advice": ADVICE,
    "table": TABLES,
    "refusal": REFUSALS,
    "finding": FINDINGS,
    "notice": NOTICES,
    "outcome": OUTCOMES,
    "umbrella": UMBRELLA,
    "template": TEMPLATES,
    "naming": NAMINGS,
    "hidden": HIDDEN,
    "held": HELD,
    "held-kind": HELD_KINDS,
    "role": ROLES,
    "term": TERMS,
    **ALERT_WORDS,
    **DISCLOSURE_WORDS,
    **PROTECTION_WORDS,
    **LETTER_WORDS,
    **LEDGER_WORDS,
    **INTERFERENCE_WORDS,
    **REWARD_WORDS,
    "umbrella-step": UMBRELLA_STEPS,
}


def word(kind: str, code: str) -> LazyString | str:
    """The word for a code; a code that is new here stands for itself."""
    return _WORDS[kind].get(code, code)
