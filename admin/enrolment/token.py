"""What stands in an enrolment link, and the key that comes from it."""

from crypto.tokens import Token


class LinkToken(Token):
    """Only the person's link holds it."""

    @property
    def form_key(self) -> bytes:
        """The key of what travels between the two pages of an enrolment."""
        return self.key("tipline/enrolment/form")
