"""tipline.bench.flood: what comes with a flood."""

from tests.bench.pages import site
from tipline.bench.flood import CLIENTS, RATE, Flood, Manner, kinds_of_garbage


def test_a_flood_holds_pages_forms_guesses_and_bodies_that_never_end() -> None:
    with site() as bind:
        kinds = kinds_of_garbage(bind)
    assert {kind.manner for kind in kinds} == set(Manner)
    assert {kind.path for kind in kinds} >= {"/", "/report", "/report/guided", "/mailbox", "/no-such-page"}
    assert all(kind.announced > len(kind.body) for kind in kinds if kind.manner is not Manner.WHOLE)


def test_every_client_of_a_flood_sends_every_kind() -> None:
    with site() as bind:
        kinds = kinds_of_garbage(bind)
    numbers = range(Flood(bind, seconds=15).requests)
    sent = {(number % CLIENTS, number // CLIENTS % len(kinds)) for number in numbers}
    assert len(sent) == CLIENTS * len(kinds)
    assert len(numbers) == RATE * 15
