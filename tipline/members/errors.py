"""Why a change of members was not made."""

from tipline.keeper_client.reasons import Reason


class MemberError(Exception):
    """Something about members; the sentence says what to do."""


class SignerNotAccepted(MemberError):
    """Name, password or one-time code of a signing member is wrong, or their keys are not the roster's."""


class NoSuchMember(MemberError):
    """Nobody has this name or identifier."""


class NameTaken(MemberError):
    """Somebody signs in with this name already."""


class NoSuchPlace(MemberError):
    """The roster has no such unit or desk."""


class HolderMissing(MemberError):
    """None of those who sign holds the desk, so nobody can pass its key on."""


class ChangeRefused(MemberError):
    """The keeper refused the statement; the refusal is in the log."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(REFUSALS.get(reason, f"The keeper refused: {reason.value}."))
        self.reason = reason


REFUSALS = {
    Reason.TWO_SIGNATURES: (
        "The keeper refused: two people must sign this, a registrar and an active holder of the desk."
    ),
    Reason.NOT_ALLOWED: (
        "The keeper refused: these people may not make this change, or the member may not hold both. "
        "A registrar signs and reads no tips, an auditor holds nothing else, nobody removes themselves, and "
        "in a township the integrity desk, custodians and auditors are people from outside it."
    ),
    Reason.DESK_NOT_HELD: "The keeper refused: the second signer does not hold this desk.",
    Reason.REMOVED_MEMBER: "The keeper refused: a member who was removed cannot sign or be changed.",
    Reason.UNKNOWN_MEMBER: "The keeper refused: it knows no such member.",
    Reason.STALE: (
        "The keeper refused: the clocks of this machine and of the keeper differ by more than two minutes."
    ),
    Reason.TOO_MANY: "The keeper refused: too many statements of one member. Wait a minute and try again.",
    Reason.PASSKEY_NEEDED: (
        "The keeper refused: a signer has a passkey, and it must answer over this. Do it on the admin site."
    ),
    Reason.BAD_SIGNATURE: "The keeper refused: a signature is not by the key in the roster.",
}
