"""`tipline expire` shows before it erases, and `tipline clocks` says what it stated."""

from click.testing import Result

from tests.admin.conftest import Office
from tests.cli.test_cli import run
from tests.retention.test_service import DAY, closed_tip
from tipline.settings import write_site


def command(office: Office, *arguments: str) -> Result:
    settings = office.settings
    named = {"origin": settings.origin, "genesis": settings.genesis, "log_key": settings.log_key}
    write_site(settings.data, **named, profile="trial")
    result = run(*arguments, data=settings.data, TIPLINE_RAM=str(settings.ram))
    assert result.exit_code == 0, result.output
    return result


def test_without_the_flag_nothing_goes(office: Office) -> None:
    kept = closed_tip(office)
    assert "No tip is kept beyond its time." in command(office, "expire").stderr
    office.clock.advance(61 * DAY)
    shown = command(office, "expire")
    name = kept.tip.hex()
    assert f"{name[:4]}-{name[4:8]}" in shown.stdout
    assert "spam" in shown.stdout
    assert "2026-05-02" in shown.stdout
    assert name not in shown.output
    assert office.row(kept.tip).state == "closed"


def test_with_the_flag_it_goes_and_once(office: Office) -> None:
    kept = closed_tip(office)
    office.clock.advance(61 * DAY)
    assert "Tips erased: 1." in command(office, "expire", "--erase").stderr
    assert office.row(kept.tip).state == "erased"
    assert "Tips erased: 0." in command(office, "expire", "--erase").stderr


def test_the_look_at_the_clocks_says_what_it_stated(office: Office) -> None:
    office.put_tip()
    office.clock.advance(3 * DAY)
    said = command(office, "clocks").stderr
    assert "1 statements on new tips, 1 on missed deadlines, 0 on unanswered questions." in said
    assert "0 statements on new tips, 0 on missed deadlines" in command(office, "clocks").stderr
