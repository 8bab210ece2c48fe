"""/rewards/budget, /rewards/keys, /rewards/points and /rewards/rules: what two people sign."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.confirming.mark import sensitive
from admin.errors import AdminError, NotFound
from admin.members.errors import MembersError
from admin.members.service import make_change, seconds
from admin.permissions import Permission, requires
from admin.rewards.budget import budget_page, set_budget
from admin.rewards.errors import RewardError
from admin.rewards.keys import keys_page, name_of, open_early
from admin.rewards.points import read_new_point
from admin.rewards.setting import read_rules, shown_rules
from admin.rewards.views import said
from admin.visit import this_visit
from tipline.rewards.scoring import Tier
from tipline.roster.rewards import write_reward_rules

pages = Blueprint("reward_office", __name__)


@pages.get("/rewards/budget")
@requires(Permission.REWARD_BUDGET)
def budget() -> ResponseReturnValue:
    """The years, and proposing an amount."""
    return _budget()


@pages.post("/rewards/budget")
@requires(Permission.SET_BUDGET)
@sensitive
def propose_budget() -> ResponseReturnValue:
    """Sign a year's budget as the first of two."""
    visit = this_visit()
    try:
        set_budget(visit, budget_page(visit), request.form)
    except (RewardError, MembersError) as error:
        return _budget(error)
    return redirect("/rewards/budget?done=reward-joint", 303)


@pages.get("/rewards/keys")
@requires(Permission.REWARDS)
def keys() -> ResponseReturnValue:
    """The mint's keys and their crowds."""
    return _keys()


@pages.post("/rewards/keys")
@requires(Permission.OPEN_KEYS)
@sensitive
def open_key() -> ResponseReturnValue:
    """Sign as the first of two that a key redeems early."""
    visit = this_visit()
    try:
        open_early(visit, keys_page(visit), request.form)
    except (RewardError, MembersError) as error:
        return _keys(error)
    return redirect("/rewards/keys?done=reward-joint", 303)


@pages.get("/rewards/points")
@requires(Permission.REWARD_PLACES)
def points() -> ResponseReturnValue:
    """The pickup points, and for registrars the form for one of them or a new one."""
    return _points(request.args.get("point", ""))


@pages.post("/rewards/points")
@requires(Permission.REGISTER)
@sensitive
def propose_point() -> ResponseReturnValue:
    """Sign a pickup point as the first of two."""
    visit = this_visit()
    try:
        done = make_change(visit, *read_new_point(request.form, visit.roster), request.form.get("other", ""))
    except MembersError as error:
        changed = request.form.get("place", "") if request.form.get("changes") else ""
        return _points(changed, error)
    return redirect(f"/rewards/points?done={done}", 303)


@pages.get("/rewards/rules")
@requires(Permission.REWARD_PLACES)
def rules() -> ResponseReturnValue:
    """The rules as they are, and for registrars and approvers the form that changes them."""
    return _rules()


@pages.post("/rewards/rules")
@requires(Permission.REWARD_RULES)
@sensitive
def propose_rules() -> ResponseReturnValue:
    """Sign the rules as the first of two."""
    visit = this_visit()
    try:
        asked = read_rules(request.form, visit.roster.reward_rules)
        done = make_change(visit, *asked, request.form.get("other", ""))
    except MembersError as error:
        return _rules(error)
    return redirect(f"/rewards/rules?done={done}", 303)


def _budget(error: AdminError | None = None) -> ResponseReturnValue:
    return _page("rewards/budget.html", error, page=budget_page(this_visit()))


def _keys(error: AdminError | None = None) -> ResponseReturnValue:
    return _page("rewards/keys.html", error, page=keys_page(this_visit()), name_of=name_of)


def _points(identifier: str, error: AdminError | None = None) -> ResponseReturnValue:
    visit = this_visit()
    chosen = visit.roster.points.get(identifier)
    if identifier and chosen is None and error is None:
        raise NotFound
    # Any change of the roster that a registrar signs with another asks the same people.
    others = seconds(visit, "deadlines", {"days": {}})
    more = {"points": visit.roster.points, "units": visit.roster.units, "chosen": chosen, "others": others}
    return _page("rewards/points.html", error, **more)


def _rules(error: AdminError | None = None) -> ResponseReturnValue:
    visit = this_visit()
    present = visit.roster.reward_rules
    may = visit.may(Permission.REWARD_RULES.name)
    others = seconds(visit, "reward-rules", {"rules": write_reward_rules(present)}) if may else ()
    more = {"rules": present, "fields": shown_rules(present), "others": others, "tiers": list(Tier)}
    return _page("rewards/rules.html", error, **more)


def _page(template: str, error: AdminError | None, **more: object) -> ResponseReturnValue:
    visit = this_visit()
    page = render_template(template, typed=request.form, error=error, **more, **said(visit))
    return page, error.status if error else 200
