"""Why a notice did not go out. No sentence names an address, a host or a person."""


class NoticeError(Exception):
    """Base of this room's errors."""


class BadNoticeSettings(NoticeError):
    """The settings are missing or wrong; the sentence says which and what to do."""


class MailNotSent(NoticeError):
    """The mail server took no notice; the sentence says at which step."""


class SentToSome(NoticeError):
    """The mail went out, but not to all: it is not sent again."""


class HookNotCalled(NoticeError):
    """The webhook took no notice; the sentence says why."""


class NotAllSent(NoticeError):
    """At least one way of sending failed; the sentences of all that did."""
