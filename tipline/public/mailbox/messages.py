"""The thread: where the report stands, what came, what was sent, and what one can do."""

from dataclasses import dataclass, replace
from datetime import date

from flask import render_template, request

from tipline.mailbox.awards import AwardNow, award_now
from tipline.mailbox.disclosures import Told, told_disclosures
from tipline.mailbox.errors import DamagedMailbox
from tipline.mailbox.receipts import HeldTip, held_tip
from tipline.mailbox.standing import Standing
from tipline.mailbox.thread import NOTHING_SEEN, Reply, Sent, own_messages, remember_read, replies, sent
from tipline.public.mailbox.award_words import ENDED_WORDS
from tipline.public.mailbox.visit import Visit, case_now, desk_names, has_news, standing_now
from tipline.public.mailbox.words import (
    GROUND_WORDS,
    NOT_ASKED,
    OUTCOME_WORDS,
    STATE_WORDS,
    STORED_WORDS,
    THREAD_QUESTIONS,
    TOPIC_WORDS,
)


@dataclass(frozen=True)
class Thread:
    """What a mailbox holds, oldest first; `own` are the visitor's, opened or not."""

    replies: list[Reply]
    own: list[Sent]
    told: list[Told]
    held: HeldTip | None
    award: AwardNow | None

    @property
    def newest_reply(self) -> int:
        """The position of the desk's last message; -1 for none."""
        return self.replies[-1].position if self.replies else -1

    def hidden(self) -> "Thread":
        """The same with the visitor's own words shut."""
        return replace(self, own=[Sent(one.position, one.day) for one in self.own])

    def fields(self, visit: Visit) -> dict[str, object]:
        """What `mailbox/thread.html` and `mailbox/held.html` show."""
        entries: list[Reply | Sent | Told] = [*self.replies, *self.own, *self.told]
        return {
            "entries": sorted(entries, key=lambda entry: entry.position),
            "replies": {reply.position for reply in self.replies},
            "told": {one.position for one in self.told},
            "grounds": GROUND_WORDS,
            "now": visit.use.clock.now(),
            "today": visit.use.clock.today(),
            "unread_after": visit.mailbox.read_up_to,
            "questions": THREAD_QUESTIONS,
            "held": self.held,
            "award": self.award,
            "award_new": self.award is not None
            and self.award.seen_on(visit.use.clock.today()) > visit.mailbox.award_seen,
            "ended": ENDED_WORDS,
            "desk_names": desk_names(visit.use),
            "is_case": visit.is_case,
        }


def read_thread(visit: Visit, *, opened: bool) -> Thread:
    """What the mailbox holds; from now on all of it has been read.

    Args:
        opened: whether the visitor's own words are wanted, too.
    """
    use, mailbox = visit.use, visit.mailbox
    with use.database.reading() as session:
        thread = Thread(
            replies(session, mailbox, use.log),
            own_messages(session, mailbox, use.log) if opened else sent(session, mailbox),
            told_disclosures(session, mailbox, use.log),
            held_tip(session, mailbox, use.log),
            award_now(session, mailbox, use.log),
        )
    shown = max(thread.newest_reply, *(one.position for one in thread.told), -1)
    award = thread.award.seen_on(use.clock.today()) if thread.award else NOTHING_SEEN
    if shown > mailbox.read_up_to or award > mailbox.award_seen:
        with use.database.writing() as session:
            remember_read(session, mailbox, max(shown, mailbox.read_up_to), max(award, mailbox.award_seen))
    return thread


def thread_page(visit: Visit, *, typed: str = "", error: str = "") -> str:
    """The page of the thread. The reporter's own words stand there only when they are asked for."""
    own_asked, case = "own" in request.args, visit.doors.case
    thread = read_thread(visit, opened=own_asked)
    newest = thread.newest_reply
    return render_template(
        "mailbox/messages.html",
        own_asked=own_asked,
        has_sent="sent" in request.args,
        stored=STORED_WORDS.get(request.args.get("sent", ""), ""),
        standing=_standing(visit),
        states=STATE_WORDS,
        not_asked=NOT_ASKED if newest < max((one.position for one in thread.own), default=-1) else "",
        outcomes=OUTCOME_WORDS,
        damaged=DamagedMailbox.sentence,
        topics=TOPIC_WORDS,
        has_case=case is not None,
        case_news=case is not None and has_news(visit.use, case),
        watch=_watch(visit),
        typed=typed,
        error=error,
        **thread.fields(visit),
    )


def _watch(visit: Visit) -> date | None:
    """By when the person of the case is to say that they are well; the case's own page says what is wrong."""
    try:
        return case_now(visit.use, visit.doors.case)[1].watch if visit.doors.case else None
    except DamagedMailbox:
        return None


def _standing(visit: Visit) -> Standing | None:
    try:
        return standing_now(visit)
    except DamagedMailbox:
        # What the desks wrote can still be read; the page says what is wrong.
        return None
