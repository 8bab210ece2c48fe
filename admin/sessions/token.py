"""What a session's cookie holds, and the keys that come from it."""

from crypto.tokens import Token


class SessionToken(Token):
    """Only the member's browser keeps it."""

    @property
    def seed_key(self) -> bytes:
        """The key of the box that holds the member's seed."""
        return self.key("tipline/session/seed")

    @property
    def cards_key(self) -> bytes:
        """The key of the box that holds the card keys."""
        return self.key("tipline/session/cards")

    @property
    def challenge(self) -> bytes:
        """What a passkey must answer before a sign-in under this token goes on, 32 bytes."""
        return self.key("tipline/session/challenge")

    @property
    def form_key(self) -> bytes:
        """The key of what travels in hidden fields of this session's pages."""
        return self.key("tipline/session/form")
