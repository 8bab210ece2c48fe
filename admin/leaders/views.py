"""/leaders."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from admin.leaders import chart
from admin.leaders.figures import leaders_figures
from admin.permissions import Permission, requires
from admin.visit import this_visit
from tipline.tips.moves import Outcome

pages = Blueprint("leaders", __name__)

BANDS = (_l("up to 7 days"), _l("8 to 30 days"), _l("31 to 90 days"), _l("more than 90 days"))


@pages.get("/leaders")
@requires(Permission.LEAD_FIGURES)
def show() -> ResponseReturnValue:
    """Counts of five and more, as of the end of last week."""
    use = this_visit().services
    figures = leaders_figures(use.database, use.keeper, use.clock.today())
    return render_template(
        "leaders.html",
        figures=figures,
        bands=BANDS,
        outcomes=[outcome.value for outcome in Outcome],
        ages=chart.bars(figures.ages.parts),
        times=chart.bars(figures.times.parts),
        chart=chart,
    )
