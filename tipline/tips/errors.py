"""What can be wrong with a tip or a message; each sentence is what the person sees."""

from tipline.words import mark


class TipError(Exception):
    """A tip or a message was not stored."""

    sentence = mark("This could not be stored. Please send it again.")


class NothingWritten(TipError):
    """The main text is empty."""

    sentence = mark("Please write what happened. A few words are enough.")


class TextTooLong(TipError):
    """A text is over MAX_TEXT_BYTES as UTF-8."""

    sentence = mark(
        "This text is too long. Please shorten it to about 20,000 characters and send the rest later, "
        "from your mailbox."
    )


class NobodyMayRead(TipError):
    """Everybody at the desk that would get the tip belongs to a unit that it excludes."""

    sentence = mark(
        "Nothing was sent: everybody here who could read this belongs to an office that you named. "
        "Please take it to a higher body, or change the offices that you chose."
    )


class NoProtectionDesk(TipError):
    """No desk protects people, or nobody is at it."""

    sentence = mark(
        "Nobody here protects people yet, so nothing was sent. In danger call 110. Otherwise please send a "
        "report and write in it what you fear."
    )


class RouteChanged(TipError):
    """A form that was sent already comes again, with answers that other people may read it by."""

    sentence = mark(
        "You had already sent this form, and that report stays as it is. Because who must not see it has "
        "changed, this one goes as a new report with a new code. Please press Send."
    )


class TooManyUnits(TipError):
    """More units are excluded than a slip's policy can hold."""

    sentence = mark(
        "Too many offices are ticked. Please tick the most important ones and write the others below."
    )


class CodeReplaced(TipError):
    """A form that was sent already comes again, and its code opens nothing any more."""

    sentence = mark(
        "This form had been sent before, and its code has been replaced since, or its mailbox closed. "
        "Nothing was sent now. To add something, open the mailbox with the new code. "
        "For something new, please open a new form."
    )


class NothingAnswered(TipError):
    """Every field of a question group is empty."""

    sentence = mark("Please fill in one of the fields. One is enough.")


class NoObjectionNow(TipError):
    """The tip is not in a state against which one can object, or no longer."""

    sentence = mark(
        "An objection is possible for 30 days after a report was found to be outside our remit, or was "
        "closed. You can write a message at any time."
    )


class NoCaseObjectionNow(TipError):
    """Nobody wants to end the protection, or it ended too long ago."""

    sentence = mark(
        "An objection is possible when somebody wants to end the protection, and for 30 days after it has "
        "ended. You can write a message, or say that something happened, at any time."
    )


class NotSure(TipError):
    """What cannot be undone was asked for without the tick that confirms it."""

    sentence = mark("Please tick the box first, if you are sure.")
