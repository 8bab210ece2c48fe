"""/tips/<id>/reward: a proposer's form on a tip of their desk."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.errors import AdminError, NotFound
from admin.permissions import Permission, requires
from admin.rewards.errors import NotEligible, SecondAward
from admin.rewards.proposal import ProposalForm, propose_award
from admin.rewards.proposing import ProposalPage, proposal_page
from admin.rewards.views import said
from admin.visit import this_visit
from tipline.rewards.scoring import MOST_SCORE, Duty, Factor, Major, Novelty, Tier

pages = Blueprint("reward_proposals", __name__)

WORK_OUT, TAKE = "work-out", "take"
"""What the form's buttons do beside proposing: suggest, and fill the suggestion in."""


@pages.get("/tips/<text>/reward")
@requires(Permission.PROPOSE_REWARDS)
def show(text: str) -> ResponseReturnValue:
    """The empty form, or why there is none."""
    return _render(proposal_page(this_visit(), text), ProposalForm())


@pages.post("/tips/<text>/reward")
@requires(Permission.PROPOSE_REWARDS)
def propose(text: str) -> ResponseReturnValue:
    """Suggest, or propose; whatever is wrong, everything typed comes back."""
    visit, form = this_visit(), ProposalForm.read(request.form)
    page = proposal_page(visit, text)
    if not page.may_propose:
        return _render(page, form, [SecondAward() if page.award else NotEligible()])
    if request.form.get("do") in (WORK_OUT, TAKE):
        return _suggest(page, form)
    if problems := form.problems(page):
        return _render(page, form, problems)
    try:
        award = propose_award(visit, page, form)
    except NotFound:
        raise
    except AdminError as error:
        return _render(page, form, [error])
    return redirect(f"/rewards/{award}?done=reward-proposed", 303)


def _suggest(page: ProposalPage, form: ProposalForm) -> ResponseReturnValue:
    """What major test and scores suggest; filled in where that was asked for."""
    suggestion = form.suggestion(page)
    if suggestion is None:
        return _render(page, form, form.unscored())
    if request.form["do"] == TAKE:
        form = form.with_suggestion(*suggestion)
    return _render(page, form, worked_out=True)


def _render(
    page: ProposalPage, form: ProposalForm, problems: Sequence[AdminError] = (), *, worked_out: bool = False
) -> ResponseReturnValue:
    html = render_template(
        "rewards/proposal.html",
        page=page,
        form=form,
        problems=problems,
        wrong={getattr(one, "field", "") for one in problems},
        suggestion=form.suggestion(page) if worked_out else None,
        major=list(Major),
        factors=list(Factor),
        scores=range(MOST_SCORE + 1),
        novelty=list(Novelty),
        duty=list(Duty),
        tiers=list(Tier),
        **said(this_visit()),
    )
    return html, problems[0].status if problems else 200
