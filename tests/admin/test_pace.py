"""The list leaves at a pace that does not tell how much work was behind it."""

import pytest

from tests.admin.conftest import Office


class FakeTime:
    """A clock that goes on by as much as the work takes, and remembers what was slept."""

    def __init__(self, work: float) -> None:
        self.now = 1_000.0
        self.work = work
        self.slept: list[float] = []

    def monotonic(self) -> float:
        self.now += self.work
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.mark.parametrize(("work", "rest"), [(0.007, 0.093), (0.027, 0.073), (0.127, 0.073)])
def test_the_list_leaves_at_the_pace_and_other_pages_at_once(
    office: Office, monkeypatch: pytest.MonkeyPatch, work: float, rest: float
) -> None:
    reviewer, fake = office.signed_in("reviewer-a"), FakeTime(work)
    monkeypatch.setattr("admin.pace.PACE_SECONDS", 0.1)
    monkeypatch.setattr("admin.pace.time", fake)
    assert reviewer.get("/tips").status_code == 200
    assert fake.slept == pytest.approx([rest])
    reviewer.get("/sign-in")
    reviewer.get(f"/tips/{'0' * 32}")
    assert len(fake.slept) == 1
