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


class CollectingError(Exception):
    """A reward was not collected. Nothing was stored, and nothing is lost."""

    sentence = mark("The reward could not be collected. Nothing is lost: please try again later.")


class CannotCollectNow(CollectingError):
    """The keeper does not answer, or its answer proves nothing."""

    sentence = mark(
        "The reward cannot be collected just now: the computer that makes the vouchers does not answer. "
        "Nothing is lost. Please come back later and press the button again."
    )


class CollectLater(CollectingError):
    """There are no keys of this year yet."""

    sentence = mark(
        "The reward cannot be collected yet: the vouchers of this year are still being prepared. "
        "Nothing is lost. Please come back in a few days."
    )


class AwardOver(CollectingError):
    """Its last day has passed."""

    sentence = mark("The last day for collecting this reward has passed.")


class AwardNotOpen(CollectingError):
    """It was taken back, paid by name, or collected with other vouchers."""

    sentence = mark(
        "This reward cannot be collected any more. If you do not know why, ask the desk in a message."
    )


class SpoiltVouchers(CollectingError):
    """What is stored makes no good voucher: somebody has written over it."""

    sentence = mark(
        "What is stored of your vouchers has been changed. Nothing is lost: press “Make the vouchers again”, "
        "at the end of this page."
    )
