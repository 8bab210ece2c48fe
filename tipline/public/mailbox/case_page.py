"""The page of a protection case: where it stands, what is to be said by when, what came and what was sent."""

from datetime import date, timedelta

from flask import render_template, request

from tipline.mailbox.asking import alias_of
from tipline.mailbox.protection import CaseStanding, agreement
from tipline.protection.asking import GROUP_WORDS
from tipline.public.mailbox.messages import Thread, read_thread
from tipline.public.mailbox.visit import Visit, case_now
from tipline.public.protection.words import CASE_STORED, CASE_TOPICS, CASE_WORDS
from tipline.tips.topics import Topic


def case_page(visit: Visit, *, typed: str = "", error: str = "") -> str:
    """The page; the person's own words stand there only when they are asked for.

    Raises:
        DamagedMailbox: the case's first item does not open.
    """
    own_asked = "own" in request.args
    asking, standing = case_now(visit.use, visit.mailbox)
    thread = read_thread(visit, opened=True)
    shown = thread if own_asked else thread.hidden()
    return render_template(
        "protection/case.html",
        own_asked=own_asked,
        has_sent="sent" in request.args,
        stored=CASE_STORED.get(request.args.get("sent", ""), ""),
        standing=standing,
        states=CASE_WORDS,
        group=GROUP_WORDS[asking.group],
        alias=alias_of(visit.mailbox),
        agrees=agreement(asking, thread.own),
        is_well=_is_well(thread, visit.use.clock.today()),
        is_silent=_is_silent(standing, thread, visit.use.clock.today()),
        has_tip=visit.doors.tip is not None,
        topics=CASE_TOPICS,
        typed=typed,
        error=error,
        **shown.fields(visit),
    )


def _is_well(thread: Thread, today: date) -> bool:
    """Whether the person has said today that they are well."""
    return any(one.message and one.message.topic == Topic.WELL for one in thread.own if one.day == today)


def _is_silent(standing: CaseStanding, thread: Thread, today: date) -> bool:
    """Whether a check-in was missed. What came yesterday may not have been counted yet."""
    if standing.watch is None or today <= standing.watch:
        return False
    counted = min(standing.watch, today - timedelta(days=1))
    return all(one.day < counted for one in thread.own)
