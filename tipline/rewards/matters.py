"""Which tips are on one matter, as rewards see it: a link that somebody removed may count still.

    linked ─▶ counts ─ unlinked by somebody who takes a step of an award on the matter ─▶ counts still
                     └ unlinked by anybody else ─▶ counts no more

Else one person could unlink two tips, propose both as the first, and link them again. Pure: the keeper asks
by its cases, the verifier by the log.
Source: docs/decisions/0010-rewards.md, "Linked tips".
"""

from collections.abc import Callable, Collection, Mapping, Set

Links = Callable[[str], Mapping[str, Collection[str]]]
"""Of a tip, each that it is or was linked to, with those who removed the link; nobody while it stands."""


def around(tip: str, links: Links) -> set[str]:
    """All other tips that are or once were linked to a tip, those linked to linked ones too."""
    return _reached(tip, links, lambda _by: True)


def counted(tip: str, links: Links, people: Set[str]) -> set[str]:
    """Those of them that are on its matter.

    Args:
        people: whose removals do not count: all who took a step of an award of a tip `around` this one.
    """
    return _reached(tip, links, lambda by: not by or not people.isdisjoint(by))


def _reached(tip: str, links: Links, counts: Callable[[Collection[str]], bool]) -> set[str]:
    found, waiting = {tip}, [tip]
    while waiting:
        known = links(waiting.pop())
        fresh = [other for other, by in known.items() if other not in found and counts(by)]
        found.update(fresh)
        waiting += fresh
    return found - {tip}
