"""Whether a request is done or refused: first who signed, then freshness, then the rule of its type."""

from collections.abc import Callable, Mapping
from typing import Final

from crypto.errors import BadSignature
from crypto.statements import Statement
from tipline.keeper.asked import (
    APPEND,
    DISCLOSE,
    ENTER,
    LIST,
    PAY,
    RELEASE,
    UNLOCK,
    VIEW,
    Asked,
    signing_keys,
)
from tipline.keeper.disclosing import rules as disclosing
from tipline.keeper.errors import Refusal
from tipline.keeper.rewards import paying
from tipline.keeper.rewards import rules as rewards
from tipline.keeper.rules import (
    alerts,
    cards,
    cases,
    entries,
    heads,
    interference,
    people,
    reading,
    tips,
    transfers,
)
from tipline.keeper.rules.case import Case, Granted
from tipline.keeper.shapes import check_shape
from tipline.keeper.state import Draft
from tipline.keeper_client.reasons import Reason
from tipline.roster.changes import CHANGES
from tipline.roster.freshness import FRESH_SECONDS, is_joint, oldest

Rule = Callable[[Case], Granted]

_RULES: Final[Mapping[str, Mapping[str, Rule]]] = {
    RELEASE: {"read": reading.read},
    LIST: {"list": reading.list_cards},
    ENTER: {"entry": entries.entry},
    DISCLOSE: {"disclosure": disclosing.request},
    UNLOCK: {"disclosure-unlock": disclosing.unlock},
    VIEW: {"disclosure-view": disclosing.view},
    PAY: {"pay-look": paying.look, "pay": paying.pay},
    APPEND: {
        **dict.fromkeys(
            CHANGES.keys() - {"lapse", "log-key", "mint-keys"}, people.change
        ),  # the keeper's own
        "acknowledge": heads.acknowledge,
        "audit": people.audit,
        "audit-all": people.audit_all,
        "evidence": people.evidence,
        "alert-review": alerts.review,
        "alert-ask": alerts.ask,
        "alert-answer": alerts.answer,
        "decoy": alerts.decoy,
        "report": alerts.report,
        "interference": interference.file,
        "interference-answer": interference.answer,
        "reward-budget": rewards.budget,
        "reward-proposal": rewards.propose,
        "reward-check": rewards.check,
        "reward-approval": rewards.approve,
        "reward-extend": rewards.extend,
        "reward-cancel": rewards.cancel,
        "reward-open": paying.open_key,
        "pay-undo": paying.undo,
        "pay-named": paying.pay_named,
        "pickup-list": paying.list_codes,
        "card-group": cards.card_group,
        "sheets": entries.sheets,
        "reply": tips.reply,
        "note": tips.note,
        "tags": tips.tags,
        "accused": tips.accused,
        "identity": tips.identity,
        "search": reading.search,
        "route": tips.route,
        "move": cases.move,
        "packet": transfers.packet,
        "watch": cases.watch,
        "pause": cases.pause,
        "resume": cases.resume,
        "extend": cases.extend,
        "umbrella": cases.umbrella,
        "umbrella-step": cases.umbrella_step,
        "link": cases.link,
        "unlink": cases.unlink,
        "assign": cases.assign,
        "close-spam": cases.close_spam,
        "hold": cases.hold,
        "disclosure-decision": disclosing.decide,
        "unhold": cases.unhold,
    },
}
"""Operation, then type: each has one way in, or a reading could be logged that released nothing."""


def authenticate(asked: Asked, draft: Draft) -> Statement:
    """The statement, once every signer is known to have signed it for this log.

    Raises:
        Refusal: too-large, malformed, unknown-member, removed-member or bad-signature.
    """
    statement = asked.statement
    if statement is None:
        raise Refusal(asked.fault)
    if statement.body["log"] != draft.roster.origin:
        raise Refusal(Reason.MALFORMED)
    for signer in statement.signers:
        member = draft.roster.members.get(signer)
        if member is None:
            raise Refusal(Reason.UNKNOWN_MEMBER)
        if not member.active:
            raise Refusal(Reason.REMOVED_MEMBER)
    keys = signing_keys(statement, draft.roster)
    if keys != asked.verified:
        try:
            statement.verify(keys)
        except BadSignature:
            raise Refusal(Reason.BAD_SIGNATURE) from None
    return statement


def check_fresh(statement: Statement, draft: Draft) -> None:
    """Refuse what is old, from the future, or was here before.

    Raises:
        Refusal: stale or replayed.
    """
    age = draft.now - statement.body["at"]
    if not -FRESH_SECONDS <= age <= oldest(statement.body):
        raise Refusal(Reason.STALE)
    draft.use_nonce(statement.body["nonce"], statement.body["at"], joint=is_joint(statement.body))


def carry_out(asked: Asked, statement: Statement, draft: Draft) -> Granted:
    """Check a statement by the rule of its type, and change the draft as it says.

    Raises:
        Refusal: the rule forbids it. The draft is as before.
    """
    check_shape(statement.body)
    rule = _RULES[asked.op].get(statement.body["type"])
    if rule is None:
        raise Refusal(Reason.NOT_ALLOWED)
    people.require_passkeys(statement, draft)
    return rule(Case(asked, statement, draft))
