"""What each id in a log is: a tip, or a protection case. Whatever was once the one is never the other.

What tells it: the type of a statement, the desk that it is made for, the purpose of a reading, the states of
a move, the desks of a route. The integrity desk reads both, so its name alone tells nothing.

Source: the keeper's own rules, tipline/keeper/rules/{cases,entries,reading,tips}.py.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from tipline.evidence.errors import VerificationFailed
from tipline.evidence.routes import ROUTE, STEPS, tips_of
from tipline.ids import AUDITORS, CUSTODIANS, INTEGRITY, NO_TIP, PROTECTION
from tipline.tips.moves import PROTECTION_STATES
from tipline.tips.purposes import Purpose

Body = Mapping[str, Any]

_OF_TIPS: Final = frozenset(
    (
        *("tags", "accused", "packet", "pause", "resume", "pause-end", "extend", "close-spam"),
        *("link", "unlink", "umbrella", "umbrella-step", "silence", "reward-proposal"),
    )
)
_OF_CASES: Final = frozenset(("watch", "checked-in"))
_OF_BOTH: Final = frozenset((INTEGRITY, AUDITORS, CUSTODIANS))
_PURPOSES: Final = {
    Purpose.PROTECTION.value: True,
    Purpose.TRIAGE.value: False,
    Purpose.VERIFICATION.value: False,
}
_NO_TIP: Final = NO_TIP.hex()
_ROUTES_OF_CASES: Final = frozenset((PROTECTION, INTEGRITY))


class Kinds:
    """What the statements so far say of each id: True of a protection case, False of a tip."""

    def __init__(self) -> None:
        self._known: dict[str, bool] = {}

    def take(self, body: Body, index: int) -> None:
        """Hold a done statement against what was said before, and go on behind it.

        Raises:
            VerificationFailed: it makes a tip a protection case, a case a tip, or names both as one.
        """
        says = _SAYS.get(body["type"])
        if says is None:
            return
        said = {one for one in says(body) if one is not None}
        tips = [tip for tip in tips_of(body) if tip != _NO_TIP]
        said.update(self._known[tip] for tip in tips if tip in self._known)
        if len(said) > 1:
            raise VerificationFailed(index, "a tip and a protection case are taken for one another")
        for kind in said:
            self._known.update(dict.fromkeys(tips, kind))


def _by_desk(body: Body) -> bool | None:
    desk = body.get("desk")
    return None if desk in _OF_BOTH else desk == PROTECTION


def _step(body: Body) -> Iterable[bool | None]:
    kind = body["type"]
    yield _by_desk(body)
    if kind in _OF_TIPS:
        yield False
    elif kind in _OF_CASES:
        yield True


def _of_tips(_body: Body) -> Iterable[bool | None]:
    yield False


def _of_cases(_body: Body) -> Iterable[bool | None]:
    yield True


def _read(body: Body) -> Iterable[bool | None]:
    return _by_desk(body), _PURPOSES.get(str(body.get("purpose")))


def _moved(body: Body) -> Iterable[bool | None]:
    return _by_desk(body), *(body.get(name) in PROTECTION_STATES for name in ("from", "to"))


def _entered(body: Body) -> Iterable[bool | None]:
    """Any desk may call for protection; that which gives it takes in no tips."""
    yield True if body.get("desk") == PROTECTION else None


def _routed(body: Body) -> Iterable[bool | None]:
    desks = body.get("desks")
    named = frozenset(desks) if isinstance(desks, list) else frozenset[str]()
    yield PROTECTION in named
    if PROTECTION in named and not named <= _ROUTES_OF_CASES:
        yield False  # no tip shares a route with a case


def _missed(body: Body) -> Iterable[bool | None]:
    return *_routed(body), body.get("state") in PROTECTION_STATES


def _rerouted(body: Body) -> Iterable[bool | None]:
    return *_routed(body), _by_desk(body)


_SAYS: Final[Mapping[str, Callable[[Body], Iterable[bool | None]]]] = {
    **dict.fromkeys((*STEPS, "watch"), _step),
    **dict.fromkeys(("silence", "pause-end", "reward-grant", "reward-expired", "reward-named"), _of_tips),
    "checked-in": _of_cases,
    "read": _read,
    "move": _moved,
    "entry": _entered,
    "missed": _missed,
    ROUTE: _rerouted,
}
