"""One good form for each address of the pay desk and the ledger that writes."""

from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any, Final

from tests.admin import reward_scene as made
from tests.admin.conftest import Office, Staff
from tests.admin.naming_payees import let_see, named_award
from tests.admin.paying import granted_to
from tests.admin.reward_writes import Given
from tests.admin.scene import Scene
from tests.admin.walking import new_item
from tests.keeper.rewards.till import finished
from tests.world import member_id
from tipline.keeper_client.public import KeeperPublic, Pickup

POINT: Final = "counter"
BANK: Final = "bank"


def _code(office: Office, point: str = POINT) -> Pickup:
    """A pickup code, from a new tip on; two people have opened the key."""
    tip, code = office.put_tip_with_code()
    number = made.granted(office, tip)
    granted = granted_to(office, tip, code, number)
    _open_key(office)
    _point(office, point)
    with closing(KeeperPublic(office.settings.public_socket)) as public:
        collect = granted.request(office.world)
        [voucher] = finished(
            granted.seeds(office.world), public.mint(collect, granted.sign(collect), granted.prove(collect))
        )
        pickup = public.redeem(voucher.year, voucher.value, voucher.message, voucher.signature, point)
    assert isinstance(pickup, Pickup)
    return pickup


def _open_key(office: Office) -> None:
    """Let vouchers be paid though few awards were collected."""
    keys = office.keeper().rewards.money().keys
    if not any(key.opened for key in keys if key.value == made.AMOUNT):
        opened = {"year": 2026, "value": made.AMOUNT, "reason": new_item()}
        office.keeper().append(office.world.sign("reward-open", made.APPROVES, made.VERIFIES, **opened))


def _point(office: Office, point: str) -> None:
    recipient = office.world.desks["rewards"].recipient.text if point == BANK else ""
    body = {"id": point, "names": made.LINES, "places": made.LINES, "unit": "u9", "recipient": recipient}
    office.keeper().append(office.world.sign("point", "registrar", "integrity", point={**body, "open": True}))


def _sitting(scene: Scene, point: str = POINT) -> Staff:
    """The clerk's browser, at a point."""
    staff = scene.browser(made.CLERK)
    assert staff.post("/rewards/pay/point", {"point": point}).status_code == 303
    return staff


def _named(office: Office, pickup: Pickup) -> dict[str, str]:
    """The hidden fields of a code that was looked at."""
    look = office.world.sign("pay-look", made.CLERK, point=pickup.point)
    seen = office.keeper().paying.look(look, pickup.code)
    return {"pickup": seen.pickup, "value": str(seen.value)}


def _paid(office: Office) -> Pickup:
    """A code that both clerks have confirmed."""
    pickup = _code(office)
    fields = {"pickup": _named(office, pickup)["pickup"], "point": pickup.point, "value": pickup.value}
    for name in made.CLERKS:
        office.keeper().paying.pay(office.world.sign("pay", name, **fields), pickup.code)
    return pickup


def _sit(scene: Scene) -> Given:
    _point(scene.office, POINT)
    return scene.browser(made.CLERK), "/rewards/pay/point", {"point": POINT}, ()


def _look(scene: Scene) -> Given:
    pickup = _code(scene.office)
    return _sitting(scene), "/rewards/pay/code", {"pickup_code": pickup.code}, ()


def _confirm(scene: Scene) -> Given:
    pickup = _code(scene.office)
    fields = {"pickup_code": pickup.code, **_named(scene.office, pickup)}
    return _sitting(scene), "/rewards/pay/confirm", fields, ()


def _receipt(scene: Scene) -> Given:
    pickup = _paid(scene.office)
    return _sitting(scene), "/rewards/pay/receipt", {"pickup_code": pickup.code}, ()


def _find(scene: Scene) -> Given:
    pickup = _paid(scene.office)
    fields = {"pickup_code": pickup.code, "point": POINT}
    return scene.browser(made.VERIFIES), "/rewards/undo/code", fields, ()


def _undo(scene: Scene) -> Given:
    fields = {"pickup": "0" * 32, "value": "500", "reason": "It did not happen."}
    more = {"other": member_id(made.APPROVES)}
    return scene.browser(made.CLERK), "/rewards/undo", {**fields, **more}, ("point", "day")


def _list(scene: Scene) -> Given:
    _code(scene.office, BANK)
    fields = {"point": BANK, "other": member_id(made.SECOND_CLERK)}
    return scene.browser(made.CLERK), "/rewards/lists", fields, ()


def _file(scene: Scene) -> Given:
    office = scene.office
    _code(office, BANK)
    listed = office.keeper().paying.prepare_list(BANK)
    stated: dict[str, Any] = {"point": BANK, "day": listed.day.isoformat(), "hash": listed.digest}
    office.keeper().append(office.world.sign("pickup-list", *made.CLERKS, **stated))
    fields = {"point": BANK, "digest": listed.digest}
    return scene.browser(made.CLERK), "/rewards/lists/file", fields, ()


def _by_name(scene: Scene, do: str) -> Given:
    number = named_award(scene.office)
    fields = {"reason": "The bank opens at two."} if do == "ask" else {}
    if do == "paid":
        let_see(scene.office, number)
    clerk = scene.browser(made.CLERK)
    assert clerk.get("/rewards/by-name").status_code == 200  # with the directory as it is now
    return clerk, f"/rewards/by-name/{number}/{do}", fields, ()


PAY_WRITES: Final[Mapping[str, Callable[[Scene], Given]]] = {
    "/rewards/pay/point": _sit,
    "/rewards/pay/code": _look,
    "/rewards/pay/confirm": _confirm,
    "/rewards/pay/receipt": _receipt,
    "/rewards/undo/code": _find,
    "/rewards/undo": _undo,
    "/rewards/lists": _list,
    "/rewards/lists/file": _file,
    "/rewards/by-name/<number>/ask": lambda scene: _by_name(scene, "ask"),
    "/rewards/by-name/<number>/paid": lambda scene: _by_name(scene, "paid"),
    "/rewards/ledger/file": lambda scene: (
        scene.browser("auditor"),
        "/rewards/ledger/file",
        {"form": "csv"},
        (),
    ),
}
