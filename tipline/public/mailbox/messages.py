"""The thread: where the report stands, what came, what was sent, and what one can do."""

from flask import render_template, request

from tipline.mailbox.disclosures import Told, told_disclosures
from tipline.mailbox.errors import DamagedMailbox
from tipline.mailbox.receipts import held_tip
from tipline.mailbox.standing import Standing
from tipline.mailbox.thread import Reply, Sent, own_messages, remember_read, replies, sent
from tipline.public.mailbox.visit import Visit, desk_names, standing_now
from tipline.public.mailbox.words import (
    GROUND_WORDS,
    NOT_ASKED,
    OUTCOME_WORDS,
    STATE_WORDS,
    STORED_WORDS,
    TOPIC_WORDS,
)
from tipline.tips.topics import QUESTIONS


def thread_page(visit: Visit, *, typed: str = "", error: str = "") -> str:
    """The page of the thread. The reporter's own words stand there only when they are asked for."""
    use, mailbox, own_asked = visit.use, visit.mailbox, "own" in request.args
    with use.database.reading() as session:
        from_desks = replies(session, mailbox, use.log)
        own = own_messages(session, mailbox, use.log) if own_asked else sent(session, mailbox)
        held = held_tip(session, mailbox, use.log)
        told = told_disclosures(session, mailbox, use.log)
    newest = from_desks[-1].position if from_desks else -1
    shown = max(newest, *(one.position for one in told), -1)
    if shown > mailbox.read_up_to:
        with use.database.writing() as session:
            remember_read(session, mailbox, shown)
    entries: list[Reply | Sent | Told] = [*from_desks, *own, *told]
    entries.sort(key=lambda entry: entry.position)
    return render_template(
        "mailbox/messages.html",
        entries=entries,
        replies={reply.position for reply in from_desks},
        told={one.position for one in told},
        grounds=GROUND_WORDS,
        now=use.clock.now(),
        unread_after=mailbox.read_up_to,
        own_asked=own_asked,
        has_sent="sent" in request.args,
        stored=STORED_WORDS.get(request.args.get("sent", ""), ""),
        standing=_standing(visit),
        states=STATE_WORDS,
        not_asked=NOT_ASKED if newest < max((one.position for one in own), default=-1) else "",
        outcomes=OUTCOME_WORDS,
        damaged=DamagedMailbox.sentence,
        today=use.clock.today(),
        topics=TOPIC_WORDS,
        questions=QUESTIONS,
        held=held,
        desk_names=desk_names(use),
        typed=typed,
        error=error,
    )


def _standing(visit: Visit) -> Standing | None:
    try:
        return standing_now(visit)
    except DamagedMailbox:
        # What the desks wrote can still be read; the page says what is wrong.
        return None
