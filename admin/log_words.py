"""What stands in the log, what an inventory and a check of the database find: in words for auditors."""

from typing import Final

from flask_babel import lazy_gettext as _l

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
    "log-key": _l("Log's keys changed"),
    "conflicts": _l("Conflict declared"),
    "new-keys": _l("Member given new keys"),
    "regrant": _l("Desk given again after new keys"),
    "passkey": _l("Passkey put in or taken out"),
    "desk": _l("Desk or its key changed"),
    "rekey": _l("Desk key renewed after somebody left"),
    "list": _l("Listed"),
    "search": _l("Searched tips by words"),
    "card-group": _l("Card group made"),
    "read": _l("Read"),
    "read-file": _l("Opened a file"),
    "reply": _l("Replied"),
    "note": _l("Noted"),
    "tags": _l("Changed the tags"),
    "accused": _l("Marked names of reported persons"),
    "identity": _l("Wrote down a name or contact"),
    "move": _l("Moved"),
    "watch": _l("Agreed on check-ins"),
    "checked-in": _l("Heard from people under protection"),
    "pause": _l("Clock stopped"),
    "resume": _l("Clock goes on"),
    "pause-end": _l("Clock goes on by itself"),
    "extend": _l("Verification extended"),
    "assign": _l("Tips given to somebody"),
    "unassign": _l("Tips are nobody's again"),
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
    "inventory": _l("Listed what is held"),
    "forget": _l("Forgot statements whose time was over"),
    "calendar": _l("Calendar of a year set"),
    "deadlines": _l("Deadlines set"),
    "route": _l("Route changed"),
    "sheets": _l("Printed code sheets"),
    "entry": _l("Entered a tip"),
    "body": _l("Competent body added or changed"),
    "acknowledge": _l("Took the log as it stands"),
    "witnesses": _l("Witnesses of the log named"),
    "packet": _l("Packed a transfer again"),
    "audit": _l("Looked at the log"),
    "audit-all": _l("Took the whole log"),
    "evidence": _l("Took out evidence"),
    "export": _l("Exported"),
    "unreadable": _l("Unreadable statement"),
    "alert": _l("Raised an alert"),
    "alert-rules": _l("Rules of alerts set"),
    "alert-review": _l("Reviewed an alert"),
    "alert-ask": _l("Asked a member about an alert"),
    "alert-answer": _l("Explained an alert"),
    "interference": _l("Filed an entry in the interference register"),
    "interference-answer": _l("Answered an entry of the interference register"),
    "decoy": _l("Planted a decoy"),
    "report": _l("Signed a report"),
    "disclosure": _l("Asked for an identity"),
    "disclosure-decision": _l("Decided about an identity"),
    "disclosure-unlock": _l("Took the custodians' lock off an identity"),
    "disclosure-view": _l("Looked at an identity"),
    "disclosure-lapse": _l("Request for an identity was not decided in time"),
    "reward-rules": _l("Rules of rewards set"),
    "point": _l("Pickup point added or changed"),
    "mint-keys": _l("Keys of a year's vouchers made"),
    "reward-budget": _l("Budget of rewards set"),
    "reward-proposal": _l("Proposed a reward"),
    "reward-check": _l("Checked a reward's outcome"),
    "reward-approval": _l("Decided about a reward"),
    "reward-grant": _l("Reward granted"),
    "reward-extend": _l("Longer time to collect a reward"),
    "reward-expired": _l("Reward not collected in time"),
    "reward-cancel": _l("Reward cancelled"),
    "reward-open": _l("Vouchers opened before their crowd"),
    "reward-named": _l("Reporter wants to be paid by name"),
    "reward-day": _l("Vouchers of a day"),
    "key-expired": _l("Vouchers' time was over"),
    "pay-look": _l("Looked for a pickup code"),
    "pay": _l("Confirmed a payment"),
    "pay-undo": _l("Took a payment back"),
    "pay-named": _l("Confirmed a payment by name"),
    "pickup-list": _l("List of pickup codes for a point"),
}

CHECK_INS: Final = {"check-in": _l("check-in")}
"""What was missed, where it is no deadline."""

EVERY: Final = {
    "0": _l("no more"),
    "1": _l("every day"),
    **{str(days): _l("every %(days)s days", days=days) for days in range(2, 31)},
}
"""How often somebody under protection says that they are well."""

GROUPS: Final = {
    "all-steps": _l("All steps of tips"),
    "all-roster": _l("All changes of the roster"),
    "all-exports": _l("All exports"),
    "all-joint": _l("All that two people signed"),
    "all-alerts": _l("All about alerts"),
    "all-rewards": _l("All about rewards"),
    "all-counter-entries": _l("All counter-entries of rewards"),
}
"""Groups of actions."""

VIEWS: Final = {
    "list": _l("list"),
    "member": _l("a member's day"),
    "tip": _l("a tip's life"),
    "refusals": _l("refusals"),
    "exports": _l("exports"),
    "roster": _l("roster"),
    "duties": _l("separation of duties"),
    "missed": _l("missed deadlines"),
    "charts": _l("charts"),
    "evidence": _l("evidence"),
    "report": _l("report"),
    "alerts": _l("alerts"),
    "inventory": _l("inventory"),
    "ledger": _l("ledger of rewards"),
}
"""What auditors looked at."""

FINDINGS: Final = {
    "desk": _l("The tip stands at another desk than its route in the log says."),
    "state": _l("The tip's state is not the one in the log."),
    "case": _l("The tip's due day, escalation, pause or assignee is not the one in the log."),
    "state-record": _l("The tip's state has no valid record of the keeper."),
    "not-erased": _l("The log says that this tip was erased, and something of it is still stored."),
    "tip-missing": _l("The log knows this tip, the database does not."),
    "item-missing": _l("The log names an item of this tip that the database lacks."),
    "item-changed": _l("The stored bytes of an item are not those in the log."),
    "words": _l(
        "A sealed text that this entry of the log names is missing in the database, or is not as signed."
    ),
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

AUDIT_ACTS: Final = {"verify": _l("to verify it"), "export": _l("as an export")}

HELD: Final = {
    "missing": _l("missing"),
    "changed": _l("other bytes than were accepted"),
    "unvouched": _l("nobody vouches for it"),
    "altered": _l("what was remembered was altered"),
}
"""What a nightly list finds of an item."""

HELD_KINDS: Final = {
    "text": _l("The tip's text"),
    "card": _l("The tip's card"),
    "file": _l("File"),
    "message": _l("Message of the reporter"),
    "identity": _l("Name or contact of the reporter"),
    "reply": _l("Our reply"),
    "note": _l("Note"),
    "tags": _l("Tags"),
    "accused": _l("Names of reported persons"),
    "reason": _l("Reason, for auditors"),
    "route": _l("Record of a route"),
    "interference": _l("Entry or answer of the interference register"),
}
"""What an item is, where nobody opens it."""
