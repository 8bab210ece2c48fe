"""The four screens: what was typed is never lost on the way, and never stored before the end."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.padding import unpad
from tests.journeys.browser import Upload
from tests.public import instance as instances
from tests.public.instance import Instance, make_instance, with_settings
from tests.public.screens import ADDRESS, BACK, STAY, Reporter
from tests.public.visitor import Visitor
from tipline.confined.errors import Dangerous
from tipline.confined.types import Reason
from tipline.public.app import create_app
from tipline.public.file_limits import FileAllowance
from tipline.public.guided.screens import FIELDS, Screen, answers_of, form_of
from tipline.public.report.forms import ReportForm
from tipline.public.services import EXTENSION
from tipline.public.uploads.intake import FileIntake, ReadyFile
from tipline.public.uploads.intake import Upload as IncomingFile
from tipline.tips.answers import TipText

CANARY = "canary-7f31"
GONE = "What stood on the other steps is gone"
NOBODY = "everybody here who could read this belongs to an office that you named"
LONGEST = "长" * 21_845  # 65,535 bytes
TOO_LONG = LONGEST + "长"


@pytest.fixture
def reporter(instance: Instance) -> Reporter:
    return Reporter(instance.app)


def tips(instance: Instance) -> int:
    return int(instance.rows("select count(*) from tips")[0][0])


def messages(instance: Instance) -> int:
    return int(instance.rows("select count(*) from items where kind = 'message'")[0][0])


def code_on(reporter: Reporter) -> str:
    assert reporter.page.status == 201, reporter.page.words
    return reporter.page.by_id("tracking-code")


def look_anew(instance: Instance) -> None:
    """Let the site look for a newer directory at its next request."""
    instance.app.extensions[EXTENSION].book._looked_at = float("-inf")


def stored_text(instance: Instance) -> TipText:
    """What a desk reads of the one tip there is."""
    sealed, slip = instance.rows(
        "select i.sealed, s.slip from items i join slips s on s.item_id = i.id "
        "where i.kind = 'text' and s.desk = 'integrity'"
    )[0]
    return TipText.decode(unpad(instance.open_slipped(sealed, slip, "integrity")).partition(b"\n")[2])


def own_text(instance: Instance, code: str) -> str:
    """What the reporter's mailbox shows of what they wrote."""
    visitor = Visitor(instance.app)
    assert visitor.sign_in(code).status_code in (200, 303)
    return visitor.get("/mailbox/messages?own=1").text


# ------------------------------------------------------------------ refusals, each where it can be mended


@pytest.mark.parametrize("nothing", ["", " \r\n\t"])
def test_without_a_description_the_third_screen_comes_back_and_names_it(
    instance: Instance, reporter: Reporter, nothing: str
) -> None:
    reporter.walk_to(3, danger="yes", unit="u3", exclude=["u2"])
    page = reporter.press(description=nothing, category="usury")
    assert (page.status, reporter.step, reporter.field("category")) == (422, "3", "usury")
    for wanted in ('href="#description"', 'id="description-error"', 'aria-invalid="true"'):
        assert wanted in page.text
    assert tips(instance) == 0
    reporter.press(description="They take money.")
    assert reporter.step == "4"
    reporter.press(BACK)
    reporter.press(BACK)
    assert (reporter.field("unit"), reporter.field("exclude")) == ("u3", "u2")


@pytest.mark.parametrize(
    ("step", "field", "value"),
    [
        (2, "official", "maybe"),
        (2, "unit", "u77"),
        (2, "exclude", "u77"),
        (2, "exclude_text", "x" * 2001),
        (3, "category", "nonsense"),
        (3, "description", TOO_LONG),
    ],
)
@pytest.mark.parametrize("button", [None, BACK])
def test_a_wrong_answer_is_named_on_its_own_screen_and_goes_no_further(
    instance: Instance,
    reporter: Reporter,
    step: int,
    field: str,
    value: str,
    button: tuple[str, str] | None,
) -> None:
    reporter.walk_to(step)
    page = reporter.press(button, also={"description": "x", field: value} if step == 3 else {field: value})
    assert (page.status, reporter.step) == (422, str(step))
    assert f'id="{field}-error"' in page.text
    assert f'href="#{field}"' in page.text
    if field in ("description", "exclude_text"):
        assert reporter.field(field) == value
    assert tips(instance) == 0


def test_an_answer_for_another_screen_is_not_looked_at(reporter: Reporter) -> None:
    reporter.walk_to(2)
    form = reporter.form
    form.fields += [("description", "smuggled"), ("danger", "yes")]
    reporter.page = reporter.submit(reporter.page, form)
    assert (reporter.step, reporter.field("description")) == ("3", "")
    assert "110" not in reporter.page.by_id("main").split("What happened?")[0]


@pytest.mark.parametrize("gone", ["unit", "exclude"])
def test_an_office_that_left_the_list_is_asked_for_again_and_never_dropped(
    instance: Instance, reporter: Reporter, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    reporter.walk_to(3, unit="u3" if gone == "unit" else "u2", exclude=["u3"] if gone == "exclude" else [])
    monkeypatch.setattr(instances, "UNITS", [unit for unit in instances.UNITS if unit[0] != "u3"])
    instance.publish(2)
    look_anew(instance)
    page = reporter.press(description=CANARY)
    assert (page.status, reporter.step) == (422, "2")
    assert f'id="{gone}-error"' in page.text
    assert tips(instance) == 0
    reporter.press(unit="u2", exclude=[])
    assert reporter.field("description") == CANARY
    reporter.press()
    reporter.press()
    assert code_on(reporter)


def test_an_office_that_leaves_the_list_on_the_last_screen_is_asked_for_too(
    instance: Instance, reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    reporter.walk_to(4, unit="u3")
    monkeypatch.setattr(instances, "UNITS", [unit for unit in instances.UNITS if unit[0] != "u3"])
    instance.publish(2)
    look_anew(instance)
    page = reporter.press()
    assert (page.status, reporter.step, tips(instance)) == (422, "2", 0)
    assert 'id="unit-error"' in page.text


def test_an_office_that_left_the_list_is_not_forgotten_on_the_way_back(
    instance: Instance, reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    reporter.walk_to(4, exclude=["u3"], description=CANARY)
    monkeypatch.setattr(instances, "UNITS", [unit for unit in instances.UNITS if unit[0] != "u3"])
    instance.publish(2)
    look_anew(instance)
    reporter.press(BACK)
    assert reporter.step == "3"
    page = reporter.press()
    assert (page.status, reporter.step, tips(instance)) == (422, "2", 0)
    assert 'id="exclude-error"' in page.text


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_answers_that_leave_no_reader_bring_the_second_screen_back_with_everything(
    instance: Instance, language: str
) -> None:
    reporter = Reporter(instance.app, language=language)
    reporter.walk_to(3, danger="yes", official="yes", exclude=["u9"])
    page = reporter.press(description=CANARY, category="vice")
    assert (page.status, reporter.step, tips(instance)) == (422, "2", 0)
    assert {"en": NOBODY, "zh-CN": "都属于您选的单位"}[language] in page.text
    assert 'id="exclude-error"' in page.text
    assert 'id="exclude" open>' in page.text
    assert reporter.field("exclude") == "u9"
    reporter.press(exclude=[])
    assert (reporter.field("description"), reporter.field("category")) == (CANARY, "vice")


@pytest.mark.parametrize("field", ["form", "state"])
@pytest.mark.parametrize(("value", "button"), [("", None), ("AAAA", BACK), ("x" * 200, STAY), ("é", None)])
def test_a_sealed_field_that_is_not_ours_loses_no_word_of_this_screen_and_says_what_is_gone(
    instance: Instance, reporter: Reporter, field: str, value: str, button: tuple[str, str] | None
) -> None:
    reporter.walk_to(3, danger="yes", unit="u3")
    before = reporter.field("form")
    page = reporter.press(button, also={field: value}, description=CANARY, category="vice")
    assert (page.status, reporter.step) == (400, "1")
    assert GONE in page.text
    assert "checked" not in page.text
    assert (reporter.field("form") == before) == (field == "state")
    reporter.press()
    assert (reporter.step, reporter.field("unit")) == ("2", "")
    reporter.press()
    assert (reporter.field("description"), reporter.field("category")) == (CANARY, "vice")
    reporter.press()
    reporter.press()
    assert code_on(reporter)
    assert tips(instance) == 1


def test_the_sealed_answers_of_another_form_do_not_open(instance: Instance, reporter: Reporter) -> None:
    other = Reporter(instance.app)
    other.walk_to(4, description="somebody else's", unit="u3")
    reporter.walk_to(3)
    page = reporter.press(state=other.field("state"), description=CANARY)
    assert (page.status, reporter.step) == (400, "1")
    assert GONE in page.text


def test_after_eight_hours_this_screen_is_kept_and_the_rest_is_said_to_be_gone(
    instance: Instance, reporter: Reporter
) -> None:
    reporter.walk_to(3, unit="u3")
    instance.clock.advance(9 * 3600)
    page = reporter.press(description=CANARY)
    assert (page.status, reporter.step) == (400, "1")
    assert GONE in page.text
    for _ in range(2):
        reporter.press()
    assert reporter.field("description") == CANARY


def test_a_text_too_long_for_an_expired_form_stays_in_its_field(
    instance: Instance, reporter: Reporter
) -> None:
    reporter.walk_to(3)
    instance.clock.advance(9 * 3600)
    page = reporter.press(description=TOO_LONG)
    assert (page.status, reporter.step, reporter.field("description")) == (400, "3", TOO_LONG)


def test_every_screen_has_almost_four_hours(instance: Instance, reporter: Reporter) -> None:
    reporter.walk_to(3, unit="u3")
    instance.clock.advance(4 * 3600 - 60)
    reporter.press(description=CANARY)
    assert reporter.step == "4"
    reporter.press()
    assert code_on(reporter)


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_without_its_token_a_screen_comes_back_with_everything(
    instance: Instance, reporter: Reporter, step: int
) -> None:
    reporter.walk_to(step, danger="yes", unit="u3", description=CANARY)
    values = {3: {"description": CANARY}, 2: {"unit": "u2"}, 1: {"danger": "yes"}, 4: {}}[step]
    page = reporter.press(also={"csrf_token": "forged", **values})
    assert (page.status, reporter.step, tips(instance)) == (400, str(step), 0)
    for name, value in values.items():
        assert reporter.field(name) == value
    for _ in range(step, 5):
        here = {"description": CANARY} if reporter.step == "3" else {}
        reporter.press(also=here)
    assert code_on(reporter)


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}]
)
def test_a_screen_sent_by_another_site_is_refused(
    instance: Instance, reporter: Reporter, headers: dict[str, str]
) -> None:
    reporter.walk_to(4)
    sent = {name: reporter.field(name) for name in ("csrf_token", "form", "state", "step")}
    assert Visitor(instance.app).post(ADDRESS, sent, **headers).status_code == 403
    assert tips(instance) == 0


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_text_that_was_cut_comes_back_with_the_word_that_its_end_is_missing(
    instance: Instance, language: str
) -> None:
    reporter = Reporter(instance.app, language=language)
    for button in (None, BACK):
        reporter.walk_to(3)
        page = reporter.press(button, description="x" * 1_100_000)
        assert (page.status, reporter.step) == (422, "3")
        assert {"en": "the end of it is missing", "zh-CN": "下面缺了结尾"}[language] in page.text
        reporter.walk_to(2)
        form = reporter.form
        form.fields.append(("junk", "x" * 1_047_000))
        reporter.page = reporter.submit(reporter.page, form, {"exclude_text": "y" * 1999}, press=button)
        assert (reporter.page.status, reporter.step) == (422, "2")


def test_a_database_that_is_away_costs_no_answer(
    instance: Instance, reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    reporter.walk_to(4, unit="u3", description=CANARY)
    instance.change("alter table slips rename to away")
    page = reporter.press()
    assert (page.status, reporter.step) == (503, "4")
    assert "tracking-code" not in page.text
    instance.change("alter table away rename to slips")
    assert tips(instance) == 0
    reporter.press()
    assert CANARY in own_text(instance, code_on(reporter))


def test_the_seventh_report_within_a_minute_waits_on_the_last_screen_with_everything(
    instance: Instance, reporter: Reporter
) -> None:
    for _ in range(6):
        reporter.walk_to(4)
        reporter.press()
        assert code_on(reporter)
    reporter.walk_to(4, description=CANARY)
    page = reporter.press()
    assert (page.status, reporter.step, page.headers["retry-after"]) == (429, "4", "60")
    instance.clock.advance(61)
    reporter.press()
    assert CANARY in own_text(instance, code_on(reporter))


def test_a_step_is_no_report_and_sixty_a_minute_are_allowed(instance: Instance, reporter: Reporter) -> None:
    reporter.walk_to(3)
    form = reporter.form
    for _ in range(58):
        assert reporter.submit(reporter.page, form, {"description": CANARY}).status == 200
    page = reporter.press(description=CANARY)
    assert (page.status, reporter.step, reporter.field("description")) == (429, "3", CANARY)
    other = Reporter(instance.app, "192.0.2.2")
    other.walk_to(4)
    assert other.press().status == 201


# ------------------------------------------------------------------ nothing is stored before the end


def everything_below(*folders: Path) -> bytes:
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return b"".join(str(path).encode() + path.read_bytes() for path in files)


def test_nothing_typed_is_stored_or_in_an_address_before_the_end(
    instance: Instance, reporter: Reporter, tmp_path: Path
) -> None:
    count = instance.rows("select count(*) from items")[0][0]
    reporter.walk_to(4, danger="yes", exclude_text=CANARY, description=CANARY, category="vice")
    # A mark of which form lies behind, and nothing else.
    assert re.fullmatch(rf"http://localhost{ADDRESS}\?of=[0-9a-f]{{24}}", reporter.page.url)
    held = everything_below(tmp_path)
    assert CANARY.encode() not in held
    assert reporter.field("state").encode() not in held
    assert (tips(instance), instance.rows("select count(*) from items")[0][0]) == (0, count)
    assert "set-cookie" not in reporter.page.headers


def test_the_sealed_answers_show_no_word(reporter: Reporter) -> None:
    reporter.walk_to(4, description=CANARY, exclude_text=CANARY)
    assert CANARY not in reporter.page.text


def test_the_last_screen_says_how_long_the_text_is_and_not_what_it_says(reporter: Reporter) -> None:
    reporter.walk_to(4, danger="yes", description="金丝雀暗号", category="vice")
    assert "5 characters" in reporter.page.words
    assert "Prostitution, gambling, drugs" in reporter.page.words
    assert "yes, urgent" in reporter.page.words
    assert "金丝雀暗号" not in reporter.page.text


@pytest.mark.parametrize(
    ("answers", "desk", "closed_to"),
    [
        ({"official": "yes"}, "integrity", ()),
        ({"official": "no"}, "intake", ()),
        ({"unit": "u3"}, "intake", ("Police station", "Township leadership")),
        ({"exclude": ["u2"]}, "intake", ("Governance office", "Township leadership")),
        ({"exclude_text": "his brother"}, "integrity", ()),
        ({"category": "umbrella"}, "integrity", ()),
    ],
)
def test_the_last_screen_says_which_desk_will_read_it_and_which_offices_cannot(
    reporter: Reporter, answers: dict[str, str], desk: str, closed_to: tuple[str, ...]
) -> None:
    page = reporter.walk_to(4, **answers)
    said = page.words.split("What you are about to send")[1].split("Somebody is in danger now:")[0]
    assert desk in said
    assert ({"intake", "integrity"} - {desk}).pop() not in said
    for unit in ("Township leadership", "Governance office", "Police station", "Example district"):
        assert (unit in said) == (unit in closed_to)


# ------------------------------------------------------------------ on, back, again


def test_four_screens_and_then_the_code(instance: Instance, reporter: Reporter) -> None:
    seen = [reporter.start().words]
    for values in ({}, {}, {"description": "They take money."}, {}):
        seen.append(reporter.press(also=values).words)
    for number, words in enumerate(seen[:4], 1):
        assert f"Step {number} of 4" in words
    assert re.fullmatch(r"(?:[0-9]{6} ){7}[0-9]{6}", code_on(reporter))
    assert tips(instance) == 1


def test_every_answer_arrives(instance: Instance, reporter: Reporter) -> None:
    reporter.walk_to(
        4,
        danger="yes",
        official="unsure",
        unit="u3",
        exclude=["u1", "u2"],
        exclude_text="his brother",
        description="They\r\ntake 钱.",
        category="usury",
    )
    reporter.press()
    code_on(reporter)
    assert instance.rows("select due_at is not null from tips")[0][0]
    text = stored_text(instance)
    assert (text.urgency, text.official, text.unit) == ("danger", "unsure", "u3")
    assert (text.exclude, text.exclude_text) == (("u1", "u2"), "his brother")
    assert (text.description, text.category) == ("They\ntake 钱.", "usury")


def test_danger_brings_the_advice_at_once_and_only_then(reporter: Reporter) -> None:
    assert "Call 110 first" in reporter.start().words
    advice = "lock the door"
    reporter.press(danger="yes")
    assert advice in reporter.page.words.split("Who must not see it?")[0]
    reporter.start()
    assert advice not in reporter.press().words


def test_back_keeps_what_was_typed_on_every_screen(reporter: Reporter) -> None:
    reporter.walk_to(2, danger="yes")
    reporter.press(unit="u3", exclude=["u1", "u2"], exclude_text=CANARY, official="no")
    reporter.press(BACK, description=CANARY, category="vice")
    assert (reporter.step, reporter.field("unit"), reporter.field("official")) == ("2", "u3", "no")
    assert [value for name, value in reporter.form.fields if name == "exclude"] == ["u1", "u2"]
    reporter.press(BACK, exclude_text=f"{CANARY} and his brother")
    assert (reporter.step, reporter.field("danger")) == ("1", "yes")
    reporter.press()
    assert reporter.field("exclude_text") == f"{CANARY} and his brother"
    reporter.press()
    assert (reporter.field("description"), reporter.field("category")) == (CANARY, "vice")


def test_an_answer_can_be_taken_back(reporter: Reporter) -> None:
    reporter.walk_to(3, danger="yes", exclude=["u2"], unit="u3")
    reporter.press(BACK, description="")
    reporter.press(BACK, exclude=[], unit="")
    reporter.press(danger=[])
    assert "110" not in reporter.page.words.split("Who must not see it?")[0]
    assert [value for name, value in reporter.form.fields if name == "exclude"] == []
    assert reporter.field("unit") == ""


def test_back_leaves_an_empty_text_for_later(reporter: Reporter) -> None:
    reporter.walk_to(3)
    assert (reporter.press(BACK, description="").status, reporter.step) == (200, "2")


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_another_language_keeps_the_screen_and_what_was_typed(reporter: Reporter, step: int) -> None:
    reporter.walk_to(max(step, 2), unit="u3")
    if step == 1:
        reporter.press(BACK)
    typed = {1: {"danger": "yes"}, 2: {"exclude_text": CANARY}, 3: {"description": CANARY}, 4: {}}[step]
    form = reporter.form
    form.action = f"{ADDRESS}?lang=zh-Hans"
    assert 'formaction="/report/guided?lang=zh-Hans&amp;of=' in reporter.page.text
    reporter.page = reporter.submit(reporter.page, form, typed, press=STAY)
    assert (reporter.page.status, reporter.step) == (200, str(step))
    assert f"第 {step} 步" in reporter.page.words
    for name, value in typed.items():
        assert reporter.field(name) == value
    assert "?lang=zh-Hans" in reporter.form.action


def test_the_enter_key_and_the_last_button_move_on(reporter: Reporter) -> None:
    for step in (1, 2, 3, 4):
        reporter.walk_to(step)
        assert reporter.buttons[0] == reporter.buttons[-1] == ("", "")
        assert (BACK in reporter.buttons, STAY in reporter.buttons) == (step > 1, step > 1)
        # An empty text keeps nobody from going back or from changing the language.
        for button in (BACK, STAY) if step > 1 else ():
            found = re.search(f'<button[^>]*name="go" value="{button[1]}"[^>]*>', reporter.page.text)
            assert found
            assert "formnovalidate" in found.group()


def test_a_screen_that_is_sent_twice_gives_the_same_screen(reporter: Reporter) -> None:
    for step in (1, 2, 3):
        reporter.walk_to(step, unit="u3")
        values = {"description": CANARY} if step == 3 else {}
        pages = [reporter.submit(reporter.page, reporter.form, values) for _ in range(2)]
        assert [page.status for page in pages] == [200, 200]
        assert pages[0].words == pages[1].words


def test_sending_again_shows_the_same_code_and_stores_nothing_twice(
    instance: Instance, reporter: Reporter
) -> None:
    reporter.walk_to(4, unit="u3")
    pages = [reporter.submit(reporter.page, reporter.form) for _ in range(2)]
    assert len({page.by_id("tracking-code") for page in pages}) == 1
    assert (tips(instance), messages(instance)) == (1, 0)


def test_going_back_after_the_end_adds_only_what_is_new(instance: Instance, reporter: Reporter) -> None:
    reporter.walk_to(3, unit="u3")
    third = reporter.page
    reporter.press(description="They take money.")
    fourth = reporter.page
    code = reporter.submit(fourth, reporter.form).by_id("tracking-code")
    reporter.page = third
    for _ in range(2):
        reporter.page = third
        reporter.press(description="They take money on Fridays.")
        reporter.press()
        assert code_on(reporter) == code
    reporter.page = fourth
    reporter.press()
    assert code_on(reporter) == code
    assert (tips(instance), messages(instance)) == (1, 1)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_second_sending_that_shuts_out_more_becomes_a_report_of_its_own(
    instance: Instance, language: str
) -> None:
    reporter = Reporter(instance.app, language=language)
    reporter.walk_to(4, description=CANARY)
    fourth = reporter.page
    first = reporter.submit(fourth, reporter.form).by_id("tracking-code")
    reporter.press(BACK)
    reporter.press(BACK)
    reporter.press(exclude=["u2"])
    reporter.press(description=f"{CANARY} and more")
    page = reporter.press()
    assert (page.status, reporter.step, tips(instance)) == (422, "4", 1)
    assert {"en": "a new report with a new code", "zh-CN": "新的查询码"}[language] in page.words
    reporter.press()
    assert code_on(reporter) != first
    assert f"{CANARY} and more" in own_text(instance, code_on(reporter))
    assert (tips(instance), messages(instance)) == (2, 0)


@pytest.fixture
def restarted(instance: Instance) -> Iterator[Instance]:
    """The same instance after a restart of its workers: new processes over the same RAM folder."""
    again = Instance(**{**vars(instance), "app": create_app(with_settings(instance), instance.clock)})
    yield again
    again.app.extensions[EXTENSION].database.dispose()


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_a_restart_of_the_workers_in_between_loses_nothing(
    instance: Instance, restarted: Instance, reporter: Reporter, step: int
) -> None:
    reporter.walk_to(step, unit="u3", description=CANARY)
    instance.app.extensions[EXTENSION].database.dispose()
    reporter.app = restarted.app
    for _ in range(step, 5):
        reporter.press(also={"description": CANARY} if reporter.step == "3" else {})
    assert CANARY in own_text(restarted, code_on(reporter))
    assert tips(restarted) == 1


# ------------------------------------------------------------------ files


TEXT = Upload("note.txt", b"plain words " * 400, "text/plain")


def waiting(instance: Instance) -> list[Path]:
    return [path for path in instance.settings.staging.rglob("*") if path.is_file()]


def test_files_wait_while_the_reporter_goes_back_and_comes_again(
    instance: Instance, restarted: Instance, reporter: Reporter
) -> None:
    reporter.walk_to(4, description=CANARY)
    reporter.press(BACK, files=[TEXT])
    assert len(waiting(instance)) == 1
    reporter.app = restarted.app
    reporter.press()
    assert "note.txt" in reporter.page.words
    reporter.press()
    code = code_on(reporter)
    assert (waiting(instance), tips(instance)) == ([], 1)
    assert len(instance.rows("select 1 from items where kind = 'file'")) == 1
    assert CANARY in own_text(instance, code)


def test_what_could_not_be_cleaned_is_named_before_it_goes(instance: Instance, reporter: Reporter) -> None:
    reporter.walk_to(4)
    page = reporter.press(files=[Upload("page.html", b"<html><body>" + b"x" * 4000 + b"</body></html>")])
    assert (page.status, reporter.step, tips(instance)) == (200, "4", 0)
    assert "page.html" in page.words
    reporter.press()
    code_on(reporter)
    assert len(instance.rows("select 1 from items where kind = 'file'")) == 1


def test_a_listed_file_can_be_left_out(instance: Instance, reporter: Reporter) -> None:
    reporter.walk_to(4)
    reporter.press(BACK, files=[TEXT])
    reporter.press()
    reporter.press(leave_out=reporter.form.choices["leave_out"])
    code_on(reporter)
    assert instance.rows("select 1 from items where kind = 'file'") == []
    assert waiting(instance) == []


@pytest.mark.parametrize("button", [None, BACK, STAY])
def test_too_many_files_are_named_and_cost_no_answer(
    instance: Instance, reporter: Reporter, button: tuple[str, str] | None
) -> None:
    reporter.walk_to(4, unit="u3", description=CANARY)
    page = reporter.press(button, files=[TEXT] * 11)
    assert (page.status, reporter.step, tips(instance)) == (413, "4", 0)
    assert "more than 10 files" in page.words
    reporter.press(BACK)
    assert reporter.field("description") == CANARY


@pytest.mark.parametrize("button", [None, BACK])
def test_a_file_that_is_refused_is_named_and_the_rest_is_kept(
    instance: Instance,
    reporter: Reporter,
    monkeypatch: pytest.MonkeyPatch,
    button: tuple[str, str] | None,
) -> None:
    finish = FileIntake.finish

    def careful(self: FileIntake, upload: IncomingFile, allowance: FileAllowance) -> ReadyFile | None:
        if upload.name == "bomb.txt":
            upload.drop()
            raise Dangerous(Reason.TOO_MANY_PIXELS)
        return finish(self, upload, allowance)

    monkeypatch.setattr(FileIntake, "finish", careful)
    reporter.walk_to(4, description=CANARY)
    page = reporter.press(button, files=[Upload("bomb.txt", b"x" * 4000), TEXT])
    assert (page.status, reporter.step, tips(instance)) == (422, "4", 0)
    assert "bomb.txt" in page.by_id("refused")
    assert "note.txt" in page.by_id("waiting")
    reporter.press()
    assert CANARY in own_text(instance, code_on(reporter))
    assert len(instance.rows("select 1 from items where kind = 'file'")) == 1


def test_a_waiting_file_that_was_swept_is_named_on_the_next_screen(
    instance: Instance, reporter: Reporter
) -> None:
    reporter.walk_to(4)
    reporter.press(BACK, files=[TEXT])
    waiting(instance)[0].unlink()
    page = reporter.press(BACK)
    assert (page.status, reporter.step) == (200, "2")
    assert "note.txt" in page.by_id("problems")
    assert "choose it again" in page.by_id("problems")


def test_a_file_that_came_with_one_report_too_many_goes_on_waiting(
    instance: Instance, reporter: Reporter
) -> None:
    for _ in range(6):
        reporter.walk_to(4)
        assert reporter.press().status == 201
    reporter.walk_to(4)
    page = reporter.press(files=[TEXT])
    assert (page.status, "note.txt" in page.by_id("waiting")) == (429, True)
    instance.clock.advance(61)
    reporter.press()
    assert code_on(reporter)
    assert len(instance.rows("select 1 from items where kind = 'file'")) == 1


def test_files_that_are_sent_twice_are_kept_once(instance: Instance, reporter: Reporter) -> None:
    reporter.walk_to(4)
    reporter.press(STAY, files=[TEXT])
    pages = [reporter.submit(reporter.page, reporter.form) for _ in range(2)]
    assert len({page.by_id("tracking-code") for page in pages}) == 1
    assert len(instance.rows("select 1 from items where kind = 'file'")) == 1
    assert (waiting(instance), messages(instance)) == ([], 0)


def test_a_report_of_its_own_takes_the_waiting_files_along(instance: Instance, reporter: Reporter) -> None:
    reporter.walk_to(4)
    reporter.press(STAY, files=[TEXT])
    first = reporter.submit(reporter.page, reporter.form).by_id("tracking-code")
    reporter.press(BACK)
    reporter.press(BACK)
    reporter.press(exclude=["u2"])
    reporter.press()
    page = reporter.press()
    assert (page.status, "note.txt" in page.by_id("waiting")) == (422, True)
    reporter.press()
    assert code_on(reporter) != first
    assert len(instance.rows("select distinct tip_id from items where kind = 'file'")) == 2
    assert waiting(instance) == []


def test_a_report_of_its_own_says_when_its_files_could_not_come_along(
    instance: Instance, reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> ReadyFile:
        raise OSError(28, "No space left on device")

    reporter.walk_to(4)
    reporter.press(STAY, files=[TEXT])
    assert reporter.submit(reporter.page, reporter.form).status == 201
    reporter.press(BACK)
    reporter.press(BACK)
    reporter.press(exclude=["u2"])
    reporter.press()
    monkeypatch.setattr(FileIntake, "sealed_for", full)
    page = reporter.press()
    assert (page.status, "note.txt" in page.text) == (422, False)
    assert "a new report with a new code" in page.by_id("problems")
    assert "we cannot take more files just now" in page.by_id("problems")


def test_a_file_of_a_form_that_expired_leaves_nothing(instance: Instance, reporter: Reporter) -> None:
    reporter.walk_to(4)
    instance.clock.advance(9 * 3600)
    page = reporter.press(files=[TEXT])
    assert (page.status, reporter.step) == (400, "1")
    assert waiting(instance) == []


# ------------------------------------------------------------------ any order of screens


ANSWERS = st.fixed_dictionaries(
    {
        "danger": st.sampled_from([[], ["yes"]]),
        "official": st.sampled_from([[], ["no"], ["yes"], ["unsure"]]),
        "unit": st.sampled_from([[""], ["u2"], ["u3"], ["other"]]),
        "exclude": st.lists(st.sampled_from(["u1", "u2"]), unique=True),
        "exclude_text": st.text(max_size=20).map(lambda text: [text]),
        "category": st.sampled_from([[""], ["usury"], ["umbrella"]]),
        "description": st.text(max_size=60).map(lambda text: [text]),
    }
)
STEPS = st.lists(st.tuples(st.sampled_from(["on", "back", "stay", "older", "twice"]), ANSWERS), max_size=12)
BUTTONS = {"on": None, "twice": None, "back": BACK, "stay": STAY}


@settings(max_examples=25)
@given(STEPS)
def test_whatever_the_order_of_screens_one_tip_with_the_last_answers_comes_of_it(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, dict[str, list[str]]]]
) -> None:
    instance = make_instance(tmp_path_factory.mktemp("instance"))
    try:
        reporter = Reporter(instance.app)
        last = walk_through(reporter, steps)
        assert_that_one_tip_says(instance, last)
    finally:
        instance.close()


def walk_through(reporter: Reporter, steps: list[tuple[str, dict[str, list[str]]]]) -> dict[str, list[str]]:
    """Press buttons in any order, then those that lead to the end; what was answered last."""
    reporter.start()
    last: dict[str, list[str]] = {}
    seen = [(reporter.page, last)]
    for move, answers in steps:
        if move == "older":  # the browser's own Back: an earlier page, as it came
            reporter.page, last = seen[len(seen) // 2]
        elif reporter.step != "4" or move in ("back", "stay"):
            last = {**last, **press(reporter, move, answers)}
            seen.append((reporter.page, last))
    while reporter.page.status != 201:
        filled = {} if reporter.field("description").strip() else {"description": ["At last."]}
        here = filled if reporter.step == "3" else {}
        last = {**last, **here}
        reporter.press(also=here)
    return last


def press(reporter: Reporter, move: str, answers: dict[str, list[str]]) -> dict[str, list[str]]:
    """Fill a screen in and press one of its buttons, "twice" as on a slow line; what was answered."""
    here = {name: answers[name] for name in FIELDS[Screen(int(reporter.step))]}
    button = BUTTONS[move] if BUTTONS[move] in reporter.buttons else None
    if move == "twice":
        reporter.submit(reporter.page, reporter.form, here, press=button)
    reporter.press(button, here)
    return here


def assert_that_one_tip_says(instance: Instance, answers: dict[str, list[str]]) -> None:
    assert (tips(instance), messages(instance)) == (1, 0)
    text = stored_text(instance)

    def one(name: str) -> str:
        return "".join(answers.get(name, [])).replace("\r\n", "\n").replace("\r", "\n")

    assert text.urgency == ("danger" if answers.get("danger") else "normal")
    assert (text.official, text.unit, text.category) == (one("official"), one("unit"), one("category"))
    assert set(text.exclude) == set(answers.get("exclude", []))
    assert (text.exclude_text, text.description) == (one("exclude_text"), one("description"))


@given(
    st.builds(
        ReportForm,
        danger=st.booleans(),
        official=st.sampled_from(["", "no", "yes"]),
        unit=st.text(),
        exclude=st.frozensets(st.text()),
        exclude_text=st.text(),
        category=st.text(),
        description=st.text(),
    )
)
def test_answers_come_back_as_they_were(form: ReportForm) -> None:
    assert form_of(answers_of(form)) == form
