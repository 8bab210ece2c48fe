"""The admin site: who opens a page is settled here, before any view runs.

Order of each request: rate and token of the form, session, roster, permission.
Errors that a room does not handle itself end here, as one plain page.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

import structlog
from flask import Flask, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel, get_locale, get_translations
from flask_wtf.csrf import CSRFError, CSRFProtect
from jinja2 import StrictUndefined
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import NotFound as UnknownAddress
from werkzeug.middleware.proxy_fix import ProxyFix

from admin.account.views import pages as account_pages
from admin.accused.views import pages as accused_pages
from admin.alarms.service import Alarms
from admin.alarms.words import ROOMS as ALARM_ROOMS
from admin.alerts.views import pages as alert_pages
from admin.assignment.views import pages as assignment_pages
from admin.confirming.errors import ConfirmingError
from admin.confirming.mark import asks
from admin.confirming.pages import ask, ask_again
from admin.confirming.service import ask_first, with_second_look
from admin.directories import PublishedDirectory
from admin.disclosures.identity_views import pages as identity_pages
from admin.disclosures.views import pages as disclosure_pages
from admin.enrolment.views import pages as enrolment_pages
from admin.entry.views import pages as entry_pages
from admin.errors import (
    AdminError,
    BadForm,
    Busy,
    EntryAltered,
    KeeperAway,
    KeeperHasStopped,
    KeeperNotTrusted,
    LogSetBack,
    NotFound,
    NotPermitted,
    SignedOut,
    StoreAway,
    TooManyAtOnce,
)
from admin.evidence.views import pages as evidence_pages
from admin.explanations.views import pages as explanation_pages
from admin.headers import add_headers
from admin.heads.views import pages as head_pages
from admin.home.views import pages as home_pages
from admin.interference.views import pages as interference_pages
from admin.inventory.views import pages as inventory_pages
from admin.language import choose_language
from admin.leaders.views import pages as leader_pages
from admin.ledger.views import pages as ledger_pages
from admin.letters.views import pages as letter_pages
from admin.log.overviews import pages as overview_pages
from admin.log.views import pages as log_pages
from admin.members.calendar_views import pages as calendar_pages
from admin.members.joining_views import pages as joining_pages
from admin.members.renewal import renew_stale_desks
from admin.members.views import pages as member_pages
from admin.pace import begin
from admin.page_words import page_words
from admin.pay_desk.list_views import pages as pickup_list_pages
from admin.pay_desk.views import pages as pay_desk_pages
from admin.payees.views import pages as payee_pages
from admin.permissions import Permission, check_every_endpoint, declared_permission, holds, requires
from admin.places.views import pages as place_pages
from admin.proposals.views import pages as proposal_pages
from admin.protection.views import pages as protection_pages
from admin.queue.spam_views import pages as spam_pages
from admin.queue.views import pages as queue_pages
from admin.reports.views import pages as report_pages
from admin.rewards.office_views import pages as reward_office_pages
from admin.rewards.proposal_views import pages as reward_proposal_pages
from admin.rewards.views import pages as reward_pages
from admin.services import Services
from admin.sessions.cookie import cookie_of
from admin.sessions.errors import NoSession
from admin.sheets.views import pages as sheet_pages
from admin.sign_in.views import pages as sign_in_pages
from admin.spoken import Spoken
from admin.tip.views import pages as tip_pages
from admin.transfers.views import pages as transfer_pages
from admin.typed import typed_now
from admin.visit import Visit
from admin.witnesses.views import pages as witness_pages
from admin.words import NOTICES
from crypto.keys import derive
from tipline.accounts.errors import SecondLookNeeded, TooBusy
from tipline.bodies import BodiesUnderWay, TooManyBodies
from tipline.clock import Clock, SystemClock
from tipline.directory.errors import BadDirectory
from tipline.keeper_client import EntryNotProven, KeeperError, KeeperLied, KeeperRolledBack, KeeperStopped
from tipline.quiet_site import QuietSite
from tipline.settings import Settings

TEMPLATES: Final = Path(__file__).resolve().parent.parent / "templates" / "admin"
MAX_FORM: Final = 1024 * 1024
"""Bytes of any request: the site takes no files."""
BODIES_AT_ONCE: Final = 4
"""Bodies that come in at once from one source: a slow sender holds a thread for each."""

MEANS: Final[Mapping[type[Exception], tuple[type[AdminError], str]]] = {
    TooBusy: (Busy, ""),
    KeeperRolledBack: (LogSetBack, "log was set back"),
    KeeperStopped: (KeeperHasStopped, "keeper stopped"),
    KeeperLied: (KeeperNotTrusted, "keeper not trusted"),
    KeeperError: (KeeperAway, "keeper away"),
    BadDirectory: (KeeperNotTrusted, "directory refused"),
    SQLAlchemyError: (StoreAway, "database away"),
    CSRFError: (BadForm, ""),
    UnknownAddress: (NotFound, ""),
}
"""What an error of another room is told as, and what the operator's log calls it ("" for nothing)."""

log = structlog.get_logger()


def create_app(settings: Settings, clock: Clock = SystemClock()) -> Flask:  # noqa: B008  a clock holds nothing
    """Build the site.

    Raises:
        UndeclaredPermission: an endpoint names no permission.
    """
    services = Services.build(settings, clock)
    app = QuietSite("admin", template_folder=str(TEMPLATES), static_folder=str(TEMPLATES / "static"))
    _configure(app, services)
    _speak(app, services)
    _guard(app, services)
    _answer_errors(app)
    for pages in (
        *(home_pages, sign_in_pages, account_pages),
        *(member_pages, joining_pages, calendar_pages, place_pages, enrolment_pages, proposal_pages),
        *(queue_pages, spam_pages, assignment_pages, entry_pages, sheet_pages),
        witness_pages,
        *(
            tip_pages,
            accused_pages,
            transfer_pages,
            *(disclosure_pages, identity_pages, protection_pages, letter_pages),
            interference_pages,
            log_pages,
            overview_pages,
            head_pages,
            inventory_pages,
            evidence_pages,
            *(alert_pages, explanation_pages, report_pages),
            *(leader_pages, ledger_pages, pay_desk_pages, pickup_list_pages, payee_pages),
            *(reward_pages, reward_office_pages, reward_proposal_pages),
        ),
    ):
        app.register_blueprint(pages)
    requires(Permission.PUBLIC)(app.view_functions["static"])
    check_every_endpoint(app)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, services: Services) -> None:
    secure = services.settings.secure_cookies
    app.config.update(
        # The key file lies on this host alone, so forms outlive a restart and no secret is set by hand.
        SECRET_KEY=derive(services.settings.account_key_file.read_bytes(), "tipline/admin/forms"),
        SESSION_COOKIE_NAME="__Host-tipline_staff_form" if secure else "tipline_staff_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=MAX_FORM,
        MAX_FORM_MEMORY_SIZE=MAX_FORM,
        WTF_CSRF_CHECK_DEFAULT=False,  # `_guard` checks, in its order
        WTF_CSRF_TIME_LIMIT=None,  # the session ends before
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["tipline"] = services
    add_headers(app, secure=secure)


def _speak(app: Flask, services: Services) -> None:
    Babel(  # type: ignore[no-untyped-call]  # Flask-Babel has no types
        app,
        default_locale="zh_Hans",
        default_translation_directories=str(TEMPLATES / "translations"),
        locale_selector=lambda: choose_language(request),
    )

    alarms = Alarms(services.keeper, services.clock)

    @cache
    def spoken(_language: str) -> Spoken:
        return Spoken(get_translations())

    @app.context_processor
    def words() -> dict[str, object]:
        language = str(get_locale())
        return {
            **spoken(language).for_pages(),
            **page_words(language, g.get("visit")),
            "trial": services.settings.trial,
            "visit": g.get("visit"),
            "alarms": alarms.now() if "visit" in g else (),
            "alarm_rooms": ALARM_ROOMS,
            "notice": NOTICES.get(request.args.get("done", "")),
        }


def _guard(app: Flask, services: Services) -> None:
    csrf = CSRFProtect(app)  # type: ignore[no-untyped-call]  # Flask-WTF has no types
    bodies = BodiesUnderWay(BODIES_AT_ONCE)
    directories = PublishedDirectory(
        services.keeper,
        services.database,
        services.log_key,
        services.settings.origin,
        services.settings.genesis,
    )

    @app.before_request
    def settle() -> ResponseReturnValue | None:
        begin()
        g.services = services
        _take_body(bodies, services.throttle.name_of(request.remote_addr or ""))
        if request.endpoint is None:
            return None  # no such address: the page of an unknown one
        csrf.protect()  # type: ignore[no-untyped-call]  # the same
        permission = declared_permission(app, request.endpoint)
        if permission is Permission.PUBLIC:
            return None
        try:
            # Before the permission is checked: a refusal's page shows the way to the member's own rooms.
            g.visit = _visit(services, directories, deciding=permission is Permission.DECIDE_HEADS)
        except NoSession as error:
            if request.method in ("GET", "HEAD"):
                return redirect("/sign-in", 303)
            raise SignedOut from error
        if not holds(permission, g.visit.member, g.visit.roster):
            raise NotPermitted
        g.visit = with_second_look(g.visit, request)
        if request.method == "GET" and permission is not Permission.DECIDE_HEADS:
            g.visit = _after_renewal(g.visit, directories)
        if request.method == "POST":
            ask_first(g.visit, asks(app, request.endpoint))
        return None


def _visit(services: Services, directories: PublishedDirectory, *, deciding: bool) -> Visit:
    """Whose request this is, by their cookie and the roster of this moment.

    Who is `deciding` which log goes on does so by the one that is found, where there is no other.

    Raises:
        NoSession: the cookie opens none.
        SignedOut: the member is no longer one, or has new keys; their sessions end.
    """
    session = services.sessions.resume(cookie_of(request, secure=services.settings.secure_cookies))
    try:
        asked, lasting = services.keeper.roster(), True
    except (KeeperStopped, KeeperRolledBack):
        if not deciding:
            raise
        asked, lasting = services.keeper.found_roster(), False
    roster = asked.as_of(services.clock.today())
    member = roster.members.get(session.member.id)
    if member is None or not member.active or member.signing_key != session.member.seed.signing_key.public:
        services.sessions.end_all(session.member.id)
        raise SignedOut
    directory = directories.at(roster) if lasting else directories.known()
    return Visit(services, session, roster, directory, member)


def _after_renewal(visit: Visit, directories: PublishedDirectory) -> Visit:
    """The visit after its desks took their next keys: the page at hand seals and lists under them already."""
    if not renew_stale_desks(visit):
        return visit
    services = visit.services
    roster = services.keeper.roster().as_of(services.clock.today())
    member = roster.members[visit.member.id]
    return replace(visit, roster=roster, directory=directories.at(roster), member=member)


def _take_body(bodies: BodiesUnderWay, source: str) -> None:
    """Read the form before anything else, while its place is held; whoever works on it needs none.

    Raises:
        TooManyAtOnce: this source is sending as many as one may.
    """
    if request.content_length or "Transfer-Encoding" in request.headers:
        try:
            bodies.begin(source)
        except TooManyBodies as error:
            raise TooManyAtOnce from error
        try:
            request.form  # noqa: B018  reading it is what takes time, and it is kept
        finally:
            bodies.end(source)


def _answer_errors(app: Flask) -> None:
    app.register_error_handler(AdminError, _refuse)
    app.register_error_handler(SecondLookNeeded, ask)
    app.register_error_handler(ConfirmingError, ask_again)
    app.register_error_handler(HTTPException, _plain)
    app.register_error_handler(EntryNotProven, _name_altered)
    for raised in MEANS:
        app.register_error_handler(raised, _explain)


def _refuse(error: AdminError) -> ResponseReturnValue:
    return _error_page(error), error.status


def _explain(error: Exception) -> ResponseReturnValue:
    """What somebody is told of an error that is not of a room's own."""
    found = next(MEANS[kind] for kind in type(error).__mro__ if kind in MEANS)
    told, event = found
    if event:
        log.warning(event, error=type(error).__name__)
    return _refuse(told())


def _name_altered(error: EntryNotProven) -> ResponseReturnValue:
    log.warning("entry not proven", index=error.index)
    return _refuse(EntryAltered(error.index))


def _plain(error: HTTPException) -> ResponseReturnValue:
    return _error_page(AdminError()), error.code or 500


def _error_page(error: AdminError) -> str:
    """One page for what went wrong, with what was typed.

    That of an unknown address holds nothing of the request, so that it is the
    same for every address and reason.
    """
    g.pop("visit", None)
    typed, again = typed_now() if error.keeps_typed and not isinstance(error, NotFound) else ({}, [])
    return render_template(
        "error.html",
        sentence=error.sentence,
        typed=typed,
        again=again if typed and error.status == KeeperAway.status else None,
        keeper_away=error.status == KeeperAway.status,
        signed_out=isinstance(error, SignedOut),
        undecided=isinstance(error, KeeperHasStopped | LogSetBack),
    )
