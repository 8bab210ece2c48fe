"""/rewards/ledger: sums and charts, the ledger by day, its entries in the log, and all of it as a file."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from admin.attachments import spreadsheet_attachment
from admin.confirming.mark import sensitive_unsigned
from admin.errors import NotFound
from admin.ledger import charts, choice
from admin.ledger.choice import Choice
from admin.ledger.service import books_of, lines_of, page_of, sees_days
from admin.ledger.spreadsheet import ledger_tables
from admin.log.listing import list_entries
from admin.permissions import Permission, requires
from admin.rewards.money import yuan
from admin.visit import this_visit
from tipline.lookups.filters import Filter
from tipline.lookups.groups import REWARDS
from tipline.lookups.views import View
from tipline.spreadsheets.errors import UnknownForm
from tipline.spreadsheets.service import spreadsheet

pages = Blueprint("ledger", __name__)


@pages.get("/rewards/ledger")
@requires(Permission.LEDGER)
def show() -> ResponseReturnValue:
    """Whether rows and log agree, where the money is, and the charts."""
    visit = this_visit()
    books = books_of(visit)
    return render_template(
        "ledger/ledger.html",
        books=books,
        crowd=visit.roster.reward_rules.crowd,
        charts=charts,
        owed=charts.owed_bars(books.owed),
        yuan=yuan,
    )


@pages.get("/rewards/ledger/days")
@requires(Permission.REWARDS)
def days() -> ResponseReturnValue:
    """Line by line."""
    visit = this_visit()
    return render_template(
        "ledger/days.html",
        page=page_of(visit, Choice.read(request.args)),
        keys=visit.roster.mint_keys,
        points=visit.roster.points,
        choices=choice,
        yuan=yuan,
    )


@pages.get("/rewards/ledger/entries")
@requires(Permission.AUDIT)
def entries() -> ResponseReturnValue:
    """All statements about rewards, as the log has them."""
    page = list_entries(
        this_visit(), View.LEDGER, Filter(type=REWARDS), request.args.get("before", None, int)
    )
    return render_template("ledger/entries.html", page=page)


@pages.post("/rewards/ledger/file")
@requires(Permission.LEDGER)
@sensitive_unsigned
def file() -> ResponseReturnValue:
    """What the pages show, as a spreadsheet."""
    visit = this_visit()
    books = books_of(visit)
    lines = lines_of(visit) if sees_days(visit) else ()
    language = "zh" if str(get_locale()).startswith("zh") else "en"
    day = visit.services.clock.today().isoformat()
    try:
        made = spreadsheet(
            ledger_tables(visit, books, lines, language),
            _("Ledger of rewards on %(day)s", day=day),
            request.form.get("form", "xlsx"),
        )
    except UnknownForm as error:
        raise NotFound from error
    return spreadsheet_attachment(made, f"rewards-{day}")
