"""One good form for each address of the reward office that writes: browser, path, fields, others."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from admin.rewards.proposal import FIELDS as PROPOSAL_FIELDS
from admin.rewards.setting import shown_rules
from crypto.randomness import random_bytes
from tests.admin import reward_scene as made
from tests.admin.conftest import Staff
from tests.admin.rewarding import PROPOSAL
from tests.admin.scene import Scene
from tests.admin.walking import walk
from tests.world import member_id
from tipline.rewards.rules import DEFAULT_REWARD_RULES
from tipline.tips.moves import TipState

Given = tuple[Staff, str, Mapping[str, Any], tuple[str, ...]]

_WHY: Final = {"reason": "Because it is so."}


def _ready(scene: Scene, name: str) -> Staff:
    """A browser whose first page has published what the making of the example changed."""
    staff = scene.browser(name)
    staff.get("/")
    return staff


def _propose(scene: Scene) -> Given:
    tip, staff = walk(scene.office, TipState.FEEDBACK), _ready(scene, "reviewer-a")
    staff.get("/tips")
    return staff, f"/tips/{tip.hex()}/reward", {**PROPOSAL, "do": "propose"}, PROPOSAL_FIELDS


def _check(scene: Scene) -> Given:
    path = f"/rewards/{made.award(scene.office)}/check"
    refused = {**_WHY, "outcome": "true", "number": "", "answer": "no"}
    return _ready(scene, made.VERIFIES), path, refused, ()


def _approve(scene: Scene) -> Given:
    path = f"/rewards/{made.checked(scene.office)}/approval"
    fields = {"amount": str(made.AMOUNT), "answer": "yes"}
    return _ready(scene, made.APPROVES), path, fields, ("reason",)


def _extend(scene: Scene) -> Given:
    path = f"/rewards/{made.granted(scene.office)}/extension"
    return _ready(scene, made.APPROVES), path, {**_WHY, "until": "2027-03-03"}, ()


def _cancel(scene: Scene) -> Given:
    path = f"/rewards/{made.award(scene.office)}/cancel"
    return _ready(scene, made.APPROVES), path, {**_WHY, "other": member_id(made.VERIFIES)}, ()


def _budget(scene: Scene) -> Given:
    made.keys(scene.office)
    fields = {**_WHY, "year": "2026", "amount": "500,000", "other": member_id(made.VERIFIES)}
    return _ready(scene, made.APPROVES), "/rewards/budget", fields, ()


def _open_key(scene: Scene) -> Given:
    made.keys(scene.office)
    fields = {**_WHY, "mint_key": "2026-500", "other": member_id(made.VERIFIES)}
    return _ready(scene, made.APPROVES), "/rewards/keys", fields, ()


def _point(scene: Scene) -> Given:
    name = f"p{random_bytes(4).hex()}"
    names = {"place": name, "name_zh": "邮局", "name_en": "Post office"}
    where = {"place_zh": "县城", "place_en": "In the county town", "unit": "u9", "open": "yes"}
    fields = {**names, **where, "other": member_id("reviewer-a")}
    return _ready(scene, "registrar"), "/rewards/points", fields, ("key", "changes")


def _rules(scene: Scene) -> Given:
    fields = {**shown_rules(DEFAULT_REWARD_RULES), "crowd": "7", "other": member_id(made.APPROVES)}
    return _ready(scene, "registrar"), "/rewards/rules", fields, ()


REWARD_WRITES: Final[Mapping[str, Callable[[Scene], Given]]] = {
    "/tips/<text>/reward": _propose,
    "/rewards/<number>/check": _check,
    "/rewards/<number>/approval": _approve,
    "/rewards/<number>/extension": _extend,
    "/rewards/<number>/cancel": _cancel,
    "/rewards/budget": _budget,
    "/rewards/keys": _open_key,
    "/rewards/points": _point,
    "/rewards/rules": _rules,
}
