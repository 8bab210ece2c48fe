"""/tips/new: the form, what to say and ask, and where the tip went."""

from collections.abc import Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from admin.entry.forms import EntryForm
from admin.entry.service import enter_tip
from admin.entry.spare import field_and_id, sealed
from admin.errors import AdminError, KeeperAway, KeeperNotTrusted
from admin.permissions import Permission, requires
from admin.visit import Visit, this_visit
from tipline.ids import INTAKE, new_tip_id
from tipline.keeper_client import KeeperError, KeeperLied
from tipline.tips.categories import Category, Channel

pages = Blueprint("entry", __name__)


@pages.get("/tips/new")
@requires(Permission.ENTER_TIPS)
def show() -> ResponseReturnValue:
    """The empty form."""
    visit = this_visit()
    today = visit.services.clock.today().isoformat()
    return _form_page(visit, EntryForm(came_on=today), sealed(visit, new_tip_id()))


@pages.get("/tips/new/script")
@requires(Permission.ENTER_TIPS)
def script() -> ResponseReturnValue:
    """What to say and ask, in order."""
    return render_template("entry_script.html", place=this_visit().services.deployment)


@pages.post("/tips/new")
@requires(Permission.ENTER_TIPS)
def enter() -> ResponseReturnValue:
    """Enter the tip, or give everything typed back."""
    visit, form = this_visit(), EntryForm.read(request.form)
    field, spare = field_and_id(visit, request.form.get("form", ""))
    today, units = visit.services.clock.today(), visit.directory.units.keys()
    if problems := form.problems(today, units):
        return _form_page(visit, form, field, problems), problems[0].status
    try:
        draft = form.draft(str(get_locale()).replace("_", "-"), units)
        handed = enter_tip(visit, draft, form.entered(today), form.number(), spare, INTAKE)
    except AdminError as error:
        return _form_page(visit, form, field, [error]), error.status
    except KeeperError as error:
        away = KeeperNotTrusted() if isinstance(error, KeeperLied) else KeeperAway()
        return _form_page(visit, form, field, [away]), away.status
    return render_template("entry_done.html", handed=handed, sheet=form.sheet), 201


def _form_page(visit: Visit, form: EntryForm, field: str, problems: Sequence[AdminError] = ()) -> str:
    return render_template(
        "entry.html",
        form=form,
        field=field,
        problems=problems,
        wrong={getattr(one, "field", "") for one in problems},
        units=visit.directory.units_in_order,
        channels=list(Channel),
        categories=list(Category),
    )
