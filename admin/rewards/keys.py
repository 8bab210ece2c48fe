"""The mint's keys: how many awards hide one another under each, and opening one before they are enough."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from werkzeug.datastructures import MultiDict

from admin.members.errors import ChoiceGone
from admin.rewards.handlers import OPEN
from admin.rewards.joint import propose
from admin.rewards.offers import seconds
from admin.visit import Visit
from tipline.keeper_client.rewards import KeyState
from tipline.roster.types import APPROVER, VERIFIER


@dataclass(frozen=True)
class KeysPage:
    """The page. `shut` are the keys that redeem nothing now; `crowd` is how many awards stay behind."""

    keys: Sequence[KeyState]
    today: date
    crowd: int
    others: Sequence[str]

    @property
    def shut(self) -> Mapping[str, KeyState]:
        """The keys that can be opened, by the name that the form gives them."""
        return {name_of(one): one for one in self.keys if not one.redeems}


def name_of(key: KeyState) -> str:
    """What a form calls a key."""
    return f"{key.year}-{key.value}"


def keys_page(visit: Visit) -> KeysPage:
    """What stands on the page.

    Raises:
        KeeperError: the keeper does not answer.
    """
    services = visit.services
    keys = sorted(services.keeper.rewards.money().keys, key=lambda one: (-one.year, one.value))
    return KeysPage(
        keys, services.clock.today(), visit.roster.reward_rules.crowd, seconds(visit, APPROVER, (VERIFIER,))
    )


def open_early(visit: Visit, page: KeysPage, form: MultiDict[str, str]) -> None:
    """Propose that a key redeem without a crowd.

    Raises:
        ChoiceGone: no such key, or one that redeems already.
        RewardError: it was not proposed; the sentence says why.
        SecondLookNeeded: the member must be asked first.
    """
    key = page.shut.get(form.get("mint_key", ""))
    if key is None:
        raise ChoiceGone
    propose(visit, OPEN, {"year": key.year, "value": key.value}, form, page.others)
