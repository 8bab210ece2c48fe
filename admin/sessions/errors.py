"""Why a session is not there."""


class SessionError(Exception):
    """Base of this room's errors."""


class NoSession(SessionError):
    """There is no such session, it has ended, or its row was altered."""
