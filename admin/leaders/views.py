"""/leaders, and its figures as a file."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin.attachments import spreadsheet_attachment
from admin.errors import NotFound
from admin.leaders import chart
from admin.leaders.figures import LeadersFigures, leaders_figures
from admin.leaders.rewards import reward_figures
from admin.leaders.spreadsheet import BANDS, explained, figures_tables, quarter_name, rewards_table
from admin.permissions import Permission, requires
from admin.visit import this_visit
from tipline.spreadsheets.errors import UnknownForm
from tipline.spreadsheets.service import spreadsheet
from tipline.tips.moves import Outcome

pages = Blueprint("leaders", __name__)


@pages.get("/leaders")
@requires(Permission.LEAD_FIGURES)
def show() -> ResponseReturnValue:
    """Counts of five and more, as of the end of last week."""
    figures = _figures()
    return render_template(
        "leaders.html",
        figures=figures,
        explained=explained(figures),
        rewards=reward_figures(this_visit().services.keeper, figures.day),
        bands=BANDS,
        quarter_name=quarter_name,
        outcomes=[outcome.value for outcome in Outcome],
        ages=chart.bars(figures.ages.parts),
        times=chart.bars(figures.times.parts),
        chart=chart,
    )


@pages.get("/leaders/figures.<form>")
@requires(Permission.LEAD_FIGURES)
def file(form: str) -> ResponseReturnValue:
    """The same as a spreadsheet."""
    figures = _figures()
    name = _("Figures of %(day)s", day=figures.day.isoformat())
    try:
        rewards = rewards_table(reward_figures(this_visit().services.keeper, figures.day))
        made = spreadsheet([*figures_tables(figures), rewards], name, form)
    except UnknownForm as error:
        raise NotFound from error
    return spreadsheet_attachment(made, f"figures-{figures.day.isoformat()}")


def _figures() -> LeadersFigures:
    use = this_visit().services
    return leaders_figures(use.database, use.keeper, use.clock.today())
