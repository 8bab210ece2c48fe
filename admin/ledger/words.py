"""The words of the ledger: what lines are about, where money is owed, what a difference asks for."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

KINDS: Final = {
    "granted": _l("Award granted"),
    "extended": _l("Award extended"),
    "collected": _l("Award collected"),
    "named": _l("Award to be paid by name"),
    "minted": _l("Vouchers minted"),
    "presented": _l("Vouchers presented"),
    "paid": _l("Vouchers paid"),
    "settled": _l("Award paid by name"),
    "undone": _l("Counter-entry: payment taken back"),
    "expired": _l("Award expired"),
    "cancelled": _l("Counter-entry: award cancelled"),
    "key-expired": _l("Vouchers expired with their key"),
}

OWED: Final = {
    "set-aside": _l("Granted, not collected yet"),
    "named": _l("To be paid by name"),
    "vouchers": _l("Vouchers that are out"),
}

SERIES: Final = {
    "granted": _l("Granted"),
    "collected": _l("Collected"),
    "paid": _l("Paid"),
}

DIFFERENCES: Final = {
    "award": _l("An award stands otherwise in the rows than in the log"),
    "budget": _l("A year's budget: set, granted, returned"),
    "minted": _l("What was minted under a key"),
    "presented": _l("What was presented of a key"),
    "paid": _l("What was paid"),
    "key": _l("A mint key itself"),
    "sheet": _l("The money in all: what is accounted for, and what the budgets are"),
    "log": _l("An entry of the log that the rules of rewards refuse"),
}

ADVICE: Final = {
    "award": _l(
        "Decide nothing about this award, and let nobody pay it by name. Its entries in the log are what "
        "holds. Keep the keeper's database as evidence."
    ),
    "budget": _l(
        "Approve nothing in this year before it is clear. Add up in the log what was set, granted and given "
        "back: that sum holds. Keep the keeper's database as evidence."
    ),
    "minted": _l(
        "More vouchers than the awards come to would be money made from nothing: pay no voucher of this "
        "value, and tell the operator and the unit above at once. Keep the keeper's folder as evidence."
    ),
    "presented": _l(
        "A voucher stands in the rows and not in the log, or the other way round. Pay no code of this value "
        "before an auditor has compared both. Keep the keeper's database as evidence."
    ),
    "paid": _l(
        "Count the cash of that day at its point. What stands in the rows alone was signed by nobody; what "
        "stands in the log alone was taken out of the rows. Keep the keeper's database as evidence."
    ),
    "key": _l(
        "Pay no voucher of this key. Compare the key that is published with the one in the log: the one in "
        "the log holds."
    ),
    "sheet": _l(
        "The budgets are not balance, set aside, vouchers out and paid together. Look for the first red line "
        "above, and pay nothing before it is found."
    ),
    "log": _l(
        "The keeper should have refused this entry. Grant and pay nothing, have an auditor verify the log, "
        "and tell the unit above: either the keeper was changed, or somebody wrote into its log."
    ),
}

WORDS: Final[Mapping[str, Mapping[str, LazyString]]] = {
    "ledger": KINDS,
    "owed": OWED,
    "series": SERIES,
    "difference": DIFFERENCES,
    "difference-advice": ADVICE,
}
