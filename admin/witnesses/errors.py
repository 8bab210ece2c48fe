"""Why witnesses were not named, and reading not let go on."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError
from admin.members.errors import MembersError


class WitnessesError(AdminError):
    """Base of this room's errors."""

    status = 409


class ReadingGoesOn(WitnessesError):
    """Nothing is stopped for want of witnesses."""

    sentence = _l("Reading is not stopped. There is nothing to let go on.")


class NoSecondPerson(WitnessesError):
    """Nobody was named, or somebody who cannot sign this."""

    status = 422
    sentence = _l("Choose who signs with you: another member who holds a desk or a role.")


class NoWitnessName(MembersError):
    """Left open, or of another shape."""

    field = "place"
    sentence = _l("Type the witness's name, as it stands in its keys: one word, like witness.example/county.")


class WitnessTaken(MembersError):
    """It is named already."""

    status = 409
    field = "place"
    sentence = _l("This witness is named already. Choose it in the list to change it.")


class NoAddress(MembersError):
    """Left open, or none that can be asked."""

    field = "url"
    sentence = _l("Type the witness's address, like https://witness.example.")


class NoWitnessKeys(MembersError):
    """Left open, or keys of another name or kind."""

    field = "keys"
    sentence = _l(
        "Paste the keys that “tipline witness init” printed there, one a line. Each begins with the "
        "witness's name."
    )


class BadQuorum(MembersError):
    """Not a number of these witnesses."""

    field = "quorum"
    sentence = _l(
        "Type how many witnesses must countersign: at most as many as there are, and at least 1 if reading "
        "stops."
    )


class BadHours(MembersError):
    """Out of bounds."""

    field = "alarm_hours"
    sentence = _l("Type after how many hours it is an alarm: 1 to 720.")
