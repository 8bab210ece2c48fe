"""What can be wrong with a name or a contact; each sentence is what the person sees."""

from tipline.words import mark


class IdentityError(Exception):
    """A name or a contact was not stored."""

    sentence = mark("This could not be stored. Please send it again.")
    heading = ""
    """What stands above it where something was stored all the same."""


class NothingLeft(IdentityError):
    """No field says anything."""

    sentence = mark("Please write a name, or how to reach you. One of the fields is enough.")


class NoCustodians(IdentityError):
    """The directory has no custodians desk with people in it: nobody could hold the second lock."""

    sentence = mark("A name cannot be left here yet. Nothing was stored.")


class CannotPayByName(IdentityError):
    """Nobody is at the pay clerks' desk."""

    sentence = mark("Nobody can be paid by name here. Nothing was stored. Please collect vouchers instead.")


class NothingToPay(IdentityError):
    """There is no award that waits to be collected."""

    sentence = mark("No reward waits here that could be paid by name. Nothing was stored.")


class NobodyNamed(IdentityError):
    """A name, or the way by which the money comes, is missing."""

    sentence = mark("Please write both: a name, and how the money should reach you.")


class NotAskedYet(IdentityError):
    """It is stored, and the keeper did not answer: it may have heard, and its answer was lost."""

    heading = mark("It is kept, and perhaps not asked for yet")
    sentence = mark(
        "What you wrote is kept and locked, but we do not know whether the pay desk has heard of it. Please "
        "come back later and send it once more; until it has, you can still collect vouchers instead."
    )


class NotPaidByName(IdentityError):
    """It is stored, and the keeper pays nobody by name for it: to no clerk and no custodian will it open."""

    heading = mark("It is kept, and nobody may open it")
    sentence = mark(
        "What you wrote is kept and locked, but this reward is not paid by name, so nobody may open it. See "
        "under “Your reward” how it stands. If it can be collected there, you can send this once more."
    )


class WrongField(IdentityError):
    """One field cannot be stored as it is; `field` is its name in the record."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class FieldTooLong(WrongField):
    """A field is over MAX_FIELD_BYTES as UTF-8."""

    sentence = mark("This is too long for one field. Please shorten it to about 1,000 characters.")


class HoldsIdentityNumber(WrongField):
    """A field holds the number of an identity card."""

    sentence = mark(
        "This looks like the number of an identity card. We never keep such a number. Please take it out; "
        "everything else is still here."
    )
