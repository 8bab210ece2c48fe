"""What can go wrong with a mailbox; each sentence is what the person sees."""

from tipline.words import mark


class MailboxError(Exception):
    """The mailbox does not open."""

    sentence = mark("The mailbox cannot be opened just now. Please try again later. Nothing is lost.")


class UnknownCode(MailboxError):
    """No tip has this code. One answer, whatever the reason."""

    sentence = mark(
        "We know no such code. Please compare all eight groups with your note. "
        "If you have just sent your report and never saw a code, please send it again. "
        "From a printed sheet? It works only once your letter was typed in. Wait a few days."
    )


class SignedOut(MailboxError):
    """No session, or one that has ended."""

    sentence = mark(
        "The mailbox is shut: it was not used for a while, or somebody shut it. Please enter your code again."
    )


class MailboxGone(SignedOut):
    """The session's code finds nothing any more: it was replaced, or the mailbox was closed for good."""


class DamagedMailbox(MailboxError):
    """The tip's first item does not open with its own code: somebody has changed the store."""

    sentence = mark(
        "This mailbox cannot be opened: what is stored has been changed. Please report again, and mention it."
    )
