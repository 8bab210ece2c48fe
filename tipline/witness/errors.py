"""What can go wrong at a witness. The sentence says what to do, or what the log is answered."""

from http import HTTPStatus


class WitnessError(Exception):
    """Base of what its keeper is told at the command line."""


class NoWitness(WitnessError):
    """The folder holds no witness, or not a whole one."""


class UnknownLog(WitnessError):
    """This witness was told of no such log."""


class NotAccepted(WitnessError):
    """A head that its keeper wanted to go on from is none of the log's."""


class Declined(Exception):
    """A checkpoint is not countersigned. Source: c2sp.org/tlog-witness."""

    status = HTTPStatus.BAD_REQUEST
    sentence = "This is no request to add a checkpoint."


class OldIsLarger(Declined):
    """The old size is larger than that of the checkpoint."""

    sentence = "The old size is larger than the checkpoint's."


class NotSigned(Declined):
    """No key that is trusted for this log signed, or a signature by one is wrong."""

    status = HTTPStatus.FORBIDDEN
    sentence = "The checkpoint is not signed by the keys that this witness knows of the log."


class NotKnown(Declined):
    """This witness was told of no such log."""

    status = HTTPStatus.NOT_FOUND
    sentence = "This witness does not know this log, or has not countersigned it yet."


class AnotherSize(Declined):
    """The old size is not that of the last checkpoint that was countersigned, which is told."""

    status = HTTPStatus.CONFLICT

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size


class NotProven(Declined):
    """Nothing proves that the log still begins with what was countersigned before."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    sentence = "The log does not begin with what this witness countersigned before."
