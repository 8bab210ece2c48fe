"""What the mailbox's pages call things: a day in full, topics."""

from datetime import date

from flask_babel import format_date

from tipline.public.mailbox.blueprint import mailboxes
from tipline.tips.topics import Topic
from tipline.words import mark

TOPIC_WORDS = {
    Topic.THREAT: mark("I was threatened"),
    Topic.OBJECTION: mark("My objection"),
    Topic.WITHDRAWAL: mark("I withdraw the report"),
    Topic.FILES: mark("Photos or files"),
}

SENT_THREAT, SENT_WITHDRAWAL = "2", "3"
"""What the address says of a message that was just stored: numbers, for a history tells what it holds."""

STORED_WORDS = {
    SENT_THREAT: mark(
        "Your message is stored. Look again tomorrow. If somebody is in danger, do not wait for us: call 110."
    ),
    SENT_WITHDRAWAL: mark("Your message is stored. The desk will see that you want to withdraw."),
}


@mailboxes.app_template_filter("day")
def day_in_full(day: date) -> str:
    """A day with its weekday, in the visitor's language."""
    return str(format_date(day, "full"))  # type: ignore[no-untyped-call]  # the library is untyped
