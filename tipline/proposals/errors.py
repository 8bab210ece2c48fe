"""Why a proposal cannot be made, signed or found. The staff's site says it in a sentence of its own."""

from tipline.keeper_client.reasons import Reason


class ProposalError(Exception):
    """A proposal was not made or not signed."""


class NoSuchProposal(ProposalError):
    """There is none of this name, or none of this member's."""


class CannotBeProposed(ProposalError):
    """Nothing follows a statement of this kind, so nobody proposes one."""


class NobodyToSign(ProposalError):
    """The second person is no other active member."""


class ProposalLapsed(ProposalError):
    """It is older than three days, or one of the two has left or has other keys since."""


class ProposalRefused(ProposalError):
    """The keeper refused what both had signed; the refusal is in the log."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
