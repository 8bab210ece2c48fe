"""Somebody who wants to know whose a voucher is, and holds each clue to awards against each to vouchers.

- In order: the first award's is the first voucher, and so on; and the other way round.
- Alike: the award of which the same is said.
- In one row: the one award that stands somewhere with the voucher.

Sources of the measures: C. Spearman, The Proof and Measurement of Association between Two Things (1904);
whoever guesses blindly is right as often as a random permutation has fixed points, about once in all.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from math import sqrt
from operator import eq, mul
from pathlib import Path
from random import Random
from typing import Any

from tests.rewards.clues import Clues, Known, arithmetic, look
from tests.rewards.many_awards import View
from tipline.rewards.amounts import VALUES, split

Clue = Sequence[Any]
"""What is said of the awards, or vouchers, of one key: of those that belong together at the same place."""


@dataclass(frozen=True)
class Guess:
    """How one way of guessing fared among the vouchers of one key.

    `right` of `of` guesses were right; `agree` is how far both orders agree, in standard deviations of what
    unrelated orders do.
    """

    way: str
    value: int
    of: int
    right: int
    agree: float = 0.0


def guesses(view: View, owner: Mapping[bytes, bytes], random: Random) -> list[Guess]:
    """Every way of guessing, for every key; `owner` only says afterwards which guesses were right."""
    known, amounts, found = look(view), _amounts(view.keeper), list[Guess]()
    for value in VALUES:
        spents = [spent for spent, voucher in view.presented.items() if voucher.value == value]
        if not spents:
            continue
        random.shuffle(spents)
        tips = [owner[spent] for spent in spents]
        if set(tips) != {tip for tip, amount in amounts.items() if value in dict(split(amount, VALUES))}:
            raise ValueError("a voucher of each award under this key is presented")
        asked, shown = arithmetic(view, value)
        of_awards = _said({**known.awards, **asked}, tips)
        of_vouchers = _said({**known.vouchers, **shown}, spents)
        found.append(_in_one_row(known, tips, spents, value))
        found += _in_order(of_awards, of_vouchers, value, random)
        found += _alike(of_awards, of_vouchers, value, random)
    return found


def _amounts(keeper: Path) -> dict[bytes, int]:
    """How much each collected award was."""
    with closing(sqlite3.connect(keeper)) as connection:
        found = connection.execute("SELECT tip, file FROM awards WHERE state = 'collected'").fetchall()
    return {tip: int(json.loads(file)["awards"][-1]["amount"]) for tip, file in found}


def _said(clues: Clues, whom: Sequence[bytes]) -> dict[str, Clue]:
    """The clues that say something of these, and not the same of all."""
    said = {name: tuple(clue.get(each) for each in whom) for name, clue in clues.items()}
    return {name: clue for name, clue in said.items() if len(set(clue)) > 1}


def _in_one_row(known: Known, tips: Sequence[bytes], spents: Sequence[bytes], value: int) -> Guess:
    guessed = [known.in_one_row.get(spent) for spent in spents]
    return Guess("in one row", value, sum(map(bool, guessed)), sum(map(eq, guessed, tips)))


def _in_order(
    of_awards: Mapping[str, Clue], of_vouchers: Mapping[str, Clue], value: int, random: Random
) -> Iterator[Guess]:
    first, second = (_orders(clues, random) for clues in (of_awards, of_vouchers))
    for name, (places, ranks) in first.items():
        for other, (other_places, other_ranks) in second.items():
            way, agree = f"{name} = {other}", sum(map(mul, ranks, other_ranks))
            yield Guess(f"up: {way}", value, len(places), sum(map(eq, places, other_places)), agree)
            last = len(places) - 1
            turned = [last - place for place in other_places]
            yield Guess(f"down: {way}", value, len(places), sum(map(eq, places, turned)), -agree)


def _alike(
    of_awards: Mapping[str, Clue], of_vouchers: Mapping[str, Clue], value: int, random: Random
) -> Iterator[Guess]:
    where = {name: _where(clue) for name, clue in of_awards.items()}
    for other, clue in of_vouchers.items():
        for name, places in where.items():
            if places.keys().isdisjoint(clue):
                continue
            guessed = [random.choice(places[said]) if said in places else -1 for said in clue]
            right = sum(map(eq, guessed, range(len(clue))))
            yield Guess(f"alike: {name} = {other}", value, len(clue) - guessed.count(-1), right)


def _where(clue: Clue) -> dict[Any, list[int]]:
    """The places at which each thing is said."""
    places = defaultdict(list)
    for place, said in enumerate(clue):
        places[said].append(place)
    return places


def _orders(clues: Mapping[str, Clue], random: Random) -> dict[str, tuple[list[int], list[float]]]:
    """For each order that clues bring about, one of them: places in the order, and `_ranks`.

    Whoever is alike comes in any order among themselves.
    """
    orders = dict[tuple[float, ...], tuple[str, list[int]]]()
    for name, clue in clues.items():
        groups = sorted(_where(clue).items(), key=lambda group: (type(group[0]).__name__, group[0]))
        ranks, places, begin = [0.0] * len(clue), [0] * len(clue), 0
        for _, group in groups:
            for place, each in enumerate(random.sample(group, len(group)), begin):
                ranks[each], places[each] = begin + (len(group) - 1) / 2, place
            begin += len(group)
        orders.setdefault(tuple(ranks), (name, places))
    return {name: (places, _scaled(ranks)) for ranks, (name, places) in orders.items()}


def _scaled(ranks: Sequence[float]) -> list[float]:
    """Ranks of which the sum of products is Spearman's coefficient, in standard deviations."""
    mean = sum(ranks) / len(ranks)
    spread = sqrt(sum((rank - mean) ** 2 for rank in ranks) / sqrt(len(ranks) - 1))
    return [(rank - mean) / spread for rank in ranks]
