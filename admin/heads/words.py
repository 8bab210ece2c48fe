"""Why the keeper stopped, and what whoever reads it does first."""

from typing import Final

from flask_babel import lazy_gettext as _l

STOPS: Final = {
    "rollback": _l("The log was set back: entries that were signed before are missing or differ."),
    "moved": _l(
        "The keeper was started at another place than where the log was written last. It may be a copy."
    ),
    "second-keeper": _l("A second keeper has written to the database of this log."),
    "damaged": _l("What is stored is not what was signed: it was altered, or it is damaged."),
    "rows": _l("In the keeper's database something is not as the keeper wrote it."),
}

ADVICE: Final = {
    "rollback": _l(
        "First ask the operator for the newest copy of the keeper's database. With it nothing is lost, and "
        "nobody signs. Only if there is none, two people sign that the log goes on from the head that was "
        "found. What is missing then stays missing; ask yourselves who could want that, and tell the bodies "
        "that countersign this log."
    ),
    "moved": _l(
        "Ask the operator whether the keeper at the old place has ended. Two keepers over two copies would "
        "each write a log of their own. Sign only if this is the one that goes on."
    ),
    "second-keeper": _l(
        "Ask the operator to find the other keeper and to end it, then to start this one again. Sign only if "
        "that does not help and this is the one that goes on."
    ),
    "damaged": _l(
        "No signature settles this. Ask the operator to keep the database as evidence, to put the newest "
        "good copy in its place, and to start the keeper."
    ),
    "rows": _l(
        "If the operator has just updated from a version that kept no digests of its rows, this comes once: "
        "sign. Otherwise somebody changed, put back or removed rows by hand, and may want to read what their "
        "unit is kept from, or to hide something. Ask the operator to keep this database as evidence and to "
        "put the newest good copy in its place. Only if there is none, two people sign that the rows count "
        "as they are now; then look at the tips of these days one by one."
    ),
}

TABLES: Final = {
    "tips": _l("where tips stand, and whom they keep out"),
    "items": _l("which items were accepted"),
    "letters": _l("how many letters a desk has numbered"),
    "card_groups": _l("the keys of the cards"),
    "decoys": _l("which tips are decoys"),
    "acts": _l("when members last signed something"),
    "watched": _l("how far the log was looked over for alerts"),
    "disclosures": _l("who may see a name, and until when"),
    "alerts": _l("alerts and their reviews"),
    "interference": _l("what was filed and answered in the interference register"),
    "remembered": _l("what the nightly list expects"),
    "awards": _l("rewards, and how far each has come"),
    "budgets": _l("the budgets of rewards"),
    "mint_keys": _l("how many vouchers were made and came back"),
    "vouchers": _l("vouchers that came back"),
    "pickups": _l("pickup codes"),
    "tries": _l("wrong pickup codes of today"),
    "reward_days": _l("up to which day vouchers were told"),
    "row_counts": _l("how many rows there must be"),
    "row_digests": _l("the digests of the rows"),
    "entries": _l("the columns of the log's entries"),
}
"""What the keeper's tables hold whose rows it recognises."""
