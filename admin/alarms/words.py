"""What is wrong, and who does what about it."""

from typing import Final

from flask_babel import lazy_gettext as _l

ALARMS: Final = {
    "rolled-back": _l("The log was set back: entries that were signed are missing."),
    "moved": _l("The keeper was started on a copy of the log."),
    "second-keeper": _l("A second keeper has written to this log."),
    "rows-changed": _l("Somebody changed rows of the keeper's database by hand."),
    "unwitnessed": _l("A body that countersigns the log has not done so for too long."),
    "witness-disagrees": _l("A body that countersigns the log holds another log than this one."),
    "clock-back": _l("The clock of the keeper's machine is wrong."),
    "check-failed": _l("The check of the stored log found a fault."),
    "inventory-missing": _l(
        "Something that was accepted is missing or changed, or the nightly list is late."
    ),
    "inventory-altered": _l("Somebody changed what the keeper remembers of the items that are held."),
    "mint-overdrawn": _l(
        "More good vouchers came back than were minted: somebody may have a key of the mint."
    ),
}

ADVICE: Final = {
    "rolled-back": _l("Nothing is read. An auditor and another member decide which log goes on."),
    "moved": _l("Nothing is read. An auditor and another member decide which log goes on."),
    "second-keeper": _l("Nothing is read. The operator finds the other keeper and ends it."),
    "rows-changed": _l(
        "Nothing is read. The operator puts the newest good copy back; if there is none, an auditor and "
        "another member decide. Which table it is stands there."
    ),
    "unwitnessed": _l("An auditor looks which one it is and calls them; the operator looks at the line."),
    "witness-disagrees": _l(
        "Entries may have been taken back. An auditor compares both heads with that body by telephone today; "
        "until then the operator changes nothing on the keeper's machine."
    ),
    "clock-back": _l("The operator sets it right. Until then nothing is erased and no deadline is stated."),
    "check-failed": _l(
        "The operator leaves the database as it is and runs “tipline log check”. An auditor verifies the log."
    ),
    "inventory-missing": _l("An auditor looks at the list, and asks the operator whether the timer runs."),
    "inventory-altered": _l(
        "What was taken out may be missed by no list any more. An auditor compares the list of that night "
        "with the one before; the operator keeps the database and puts the newest good copy beside it."
    ),
    "mint-overdrawn": _l(
        "The voucher was refused. Pay desks pay nothing more under this key until an auditor has compared "
        "the ledger with the log; the operator looks who could read the keeper's files."
    ),
}

ROOMS: Final = {
    "rolled-back": "/log/heads",
    "moved": "/log/heads",
    "second-keeper": "/log/heads",
    "rows-changed": "/log/heads",
    "unwitnessed": "/log/witnesses",
    "witness-disagrees": "/log/witnesses",
    "inventory-missing": "/log/inventory",
    "inventory-altered": "/log/inventory",
    "mint-overdrawn": "/rewards/ledger",
}
"""Where an auditor goes."""
