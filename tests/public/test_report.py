"""The report form: nothing typed is lost, nothing in the clear is stored, one tip for each form."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from crypto.tracking_codes import TrackingCode
from tests.public.instance import GENESIS, MOMENT, Instance
from tests.public.visitor import HIDDEN, Visitor, code_on, parts
from tipline.public.services import EXTENSION
from tipline.public.uploads import body as body_module
from tipline.public.uploads.intake import Upload
from tipline.public.uploads.names import clean_name

CANARY = "canary-7f31"
CHINESE_CANARY = "金丝雀暗号"


def tips(instance: Instance) -> int:
    return int(instance.rows("select count(*) from tips")[0][0])


def everything_on_disk(folder: Path) -> bytes:
    return b"".join(str(p).encode() + p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


# ------------------------------------------------------------------ refusals


def test_an_empty_description_brings_the_form_back_filled_in(instance: Instance, visitor: Visitor) -> None:
    page = visitor.report(
        description=" \n",
        exclude=["u2"],
        exclude_text="the cousin's friend",
        unit="u3",
        category="usury",
        danger="yes",
    )
    assert page.status_code == 422
    assert tips(instance) == 0
    for wanted in (
        'href="#description"',
        'id="description-error"',
        'aria-invalid="true"',
        'value="u2" checked',
        'value="the cousin&#39;s friend"',
        '<option value="u3" selected>',
        '<option value="usury" selected>',
        'value="yes" aria-describedby="danger-hint" checked',
        "choose them again",
    ):
        assert wanted in page.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("unit", "u77"),
        ("category", "nonsense"),
        ("official", "maybe"),
        ("exclude", ["u77"]),
        ("exclude_text", "x" * 2001),
        ("description", "长" * 22_000),
    ],
)
def test_a_wrong_answer_is_named_and_nothing_is_stored(
    instance: Instance, visitor: Visitor, field: str, value: object
) -> None:
    page = visitor.report(visitor.hidden("/report"), (), **{field: value})
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert tips(instance) == 0


@pytest.mark.parametrize("form", ["", "AAAA", "x" * 200, "\u00e9"])
def test_a_form_that_is_not_ours_comes_back_with_a_fresh_field(
    instance: Instance, visitor: Visitor, form: str
) -> None:
    fields = visitor.hidden("/report")
    page = visitor.report({**fields, "form": form}, [(b"kept?" * 1000, "a.txt")], description=CANARY)
    assert page.status_code == 400
    assert CANARY in page.text
    assert 'name="form" value=""' not in page.text
    assert tips(instance) == 0
    assert files_below(instance.settings.data / "staging") == []


def test_a_form_is_good_for_four_hours_and_gone_after_eight(instance: Instance, visitor: Visitor) -> None:
    fields = visitor.hidden("/report")
    instance.clock.advance(8 * 3600 + 3600)
    assert visitor.report(fields, description=CANARY).status_code == 400
    fields = visitor.hidden("/report")
    instance.clock.advance(4 * 3600 - 60)
    assert visitor.report(fields).status_code == 201


def test_a_form_without_its_token_is_refused_with_its_text(instance: Instance, visitor: Visitor) -> None:
    fields = visitor.hidden("/report")
    for token in ("", "forged.token"):
        page = visitor.report({**fields, "csrf_token": token}, description=CANARY)
        assert page.status_code == 400
        assert CANARY in page.text
    assert tips(instance) == 0


@pytest.mark.parametrize(
    "header",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Referer": "https://elsewhere.example/x"},
    ],
)
def test_a_form_sent_by_another_site_is_refused(
    instance: Instance, visitor: Visitor, header: dict[str, str]
) -> None:
    fields = visitor.hidden("/report")
    assert visitor.post("/report", {**fields, "description": "x"}, **header).status_code == 403
    assert tips(instance) == 0


def test_more_than_ten_files_are_refused_and_the_text_comes_back(
    instance: Instance, visitor: Visitor
) -> None:
    page = visitor.report(files=[(b"x" * 5000, f"{n}.txt") for n in range(11)], description=CANARY)
    assert page.status_code == 413
    assert CANARY in page.text
    assert "more than 10 files" in page.text
    assert tips(instance) == 0
    assert page.text.count('name="leave_out"') == len(files_below(instance.settings.staging)) == 10


def test_too_many_bytes_are_drained_without_being_kept(
    instance: Instance, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body_module, "MAX_FILE_BYTES", 300_000)
    page = visitor.report(files=[(b"x" * 200_000, "a"), (b"x" * 200_000, "b")], description=CANARY)
    assert page.status_code == 413
    assert CANARY in page.text
    assert page.text.count('name="leave_out"') == len(files_below(instance.settings.staging)) == 1
    assert tips(instance) == 0


def test_a_full_disk_costs_the_file_and_not_the_text(
    instance: Instance, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tipline.files.staging.StagedFile.write", full)
    page = visitor.report(files=[(b"x" * 5000, "a")], description=CANARY)
    assert page.status_code == 503
    assert CANARY in page.text


def test_a_database_that_is_away_costs_no_text_and_shows_no_code(
    instance: Instance, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = visitor.hidden("/report")
    instance.change("alter table slips rename to away")
    page = visitor.report(fields, [(b"x" * 5000, "a")], description=CANARY)
    assert page.status_code == 503
    assert CANARY in page.text
    assert "tracking-code" not in page.text
    instance.change("alter table away rename to slips")
    assert tips(instance) == 0
    # The same form goes through afterwards, with its file: both fields came back with it.
    again = dict(HIDDEN.findall(page.text.split("<form")[-1]))
    assert again["form"] == fields["form"]
    assert visitor.report(again).status_code == 201
    assert files_below(instance.settings.staging) == []
    assert len(files_below(instance.settings.files)) == 1


def test_the_seventh_report_within_a_minute_is_refused_with_its_text(
    instance: Instance, visitor: Visitor
) -> None:
    for _ in range(6):
        assert visitor.report().status_code == 201
    page = visitor.report(files=[(b"x" * 5000, "a")], description=CANARY)
    assert (page.status_code, page.headers["Retry-After"]) == (429, "60")
    assert CANARY in page.text
    assert files_below(instance.settings.staging) == []
    assert Visitor(instance.app, "192.0.2.2").report().status_code == 201
    instance.clock.advance(61)
    assert visitor.report().status_code == 201
    assert tips(instance) == 8


@pytest.mark.parametrize("cut", [200, 900, 4_000, 90_000])
def test_a_cut_upload_leaves_nothing(instance: Instance, visitor: Visitor, cut: int) -> None:
    fields = visitor.hidden("/report")
    whole = parts({**fields, "description": CANARY}, [(b"y" * 100_000, "a.bin")])
    response = visitor.send("/report", whole[:cut])
    assert response.status_code == 400
    assert tips(instance) == 0
    assert files_below(instance.settings.data / "staging") + files_below(instance.settings.files) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        b"--bb\r\n\r\n\r\n--bb--",
        b"--bb\r\nContent-Disposition: form-data\r\n\r\nx\r\n--bb--\r\n",
        b"--bb\r\n" + b"X-Long: " + b"a" * 300_000,
        b'--bb\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nx\r\n--bb--',
    ],
)
def test_a_hostile_body_ends_in_a_clear_answer(instance: Instance, visitor: Visitor, raw: bytes) -> None:
    response = visitor.send("/report", raw)
    assert response.status_code in (400, 422)
    assert "<h1>" in response.text
    assert tips(instance) == 0


def test_ten_thousand_parts_are_refused(instance: Instance, visitor: Visitor) -> None:
    part = b'--bb\r\nContent-Disposition: form-data; name="exclude"\r\n\r\nu1\r\n'
    response = visitor.send("/report", part * 10_000 + b"--bb--\r\n")
    assert response.status_code == 400
    assert tips(instance) == 0


@pytest.mark.parametrize("last", [{}, {"description": "x"}])
def test_a_second_sealed_field_behind_a_file_brings_the_form_back(
    instance: Instance, visitor: Visitor, last: dict[str, str]
) -> None:
    fields = visitor.hidden("/report")
    start = parts({**fields, "description": CANARY, "official": "no"}, [(b"x" * 5000, "a")])
    other = parts({"form": visitor.hidden("/report")["form"], **last}, [])
    page = visitor.send("/report", start[: -len(b"--bb--\r\n")] + other)
    assert page.status_code == 400
    assert CANARY in page.text
    assert tips(instance) == 0
    assert files_below(instance.settings.staging) + files_below(instance.settings.files) == []


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_text_that_was_cut_comes_back_with_the_word_that_its_end_is_missing(
    instance: Instance, language: str
) -> None:
    visitor = Visitor(instance.app, language=language)
    words = {"en": "the end of it is missing", "zh-CN": "下面缺了结尾"}[language]
    whole = visitor.report(description="x" * 1_000_000 + CANARY)
    assert (whole.status_code, CANARY in whole.text, words in whole.text) == (422, True, False)
    long = {"description": "x" * 1_100_000}
    for answers in (long, {"junk": "x" * 1_048_000, "exclude_text": "y" * 999}):
        cut = visitor.report(visitor.hidden("/report"), (), **answers)
        assert (cut.status_code, words in cut.text) == (422, True)
    assert tips(instance) == 0


class Slow(BytesIO):
    """A body that does not come before it is let go; `asked` says that somebody waits for it."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.asked, self.let_go = threading.Event(), threading.Event()

    def readinto(self, buffer: Any) -> int:
        self.asked.set()
        assert self.let_go.wait(20)
        return super().readinto(buffer)

    def read(self, size: int | None = -1) -> bytes:
        self.asked.set()
        assert self.let_go.wait(20)
        return super().read(size)


def begin(instance: Instance, path: str, stream: Slow, address: str = "192.0.2.1") -> TestResponse:
    return instance.app.test_client().post(
        path,
        input_stream=stream,
        content_length=len(stream.getvalue()),
        content_type="multipart/form-data; boundary=bb",
        environ_base={"REMOTE_ADDR": address},
    )


@pytest.mark.parametrize("path", ["/report", "/mailbox", "/nothing"])
def test_the_fifth_body_at_once_is_refused_unread_and_nobody_else(
    instance: Instance, visitor: Visitor, path: str
) -> None:
    slow = [Slow(parts({"description": CANARY}, [])) for _ in range(5)]
    waiting = [threading.Thread(target=begin, args=(instance, "/report", each)) for each in slow[:4]]
    for thread in waiting:
        thread.start()
    assert all(each.asked.wait(20) for each in slow[:4])
    slow[4].let_go.set()
    refused = begin(instance, path, slow[4])
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert not slow[4].asked.is_set()
    assert "<form" not in refused.text
    assert visitor.get("/report").status_code == 200
    assert Visitor(instance.app, "192.0.2.2").report().status_code == 201
    for each in slow:
        each.let_go.set()
    for thread in waiting:
        thread.join()
    assert visitor.report().status_code == 201
    assert not instance.app.extensions[EXTENSION].bodies._counts


# ------------------------------------------------------------------ nothing in the clear


def test_nothing_in_the_clear_is_on_disk_half_way_through_an_upload(
    instance: Instance, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[bytes] = []
    write = Upload.write

    def watched(self: Upload, data: bytes) -> None:
        write(self, data)
        seen.append(everything_on_disk(tmp_path))

    monkeypatch.setattr(Upload, "write", watched)
    content = f"{CANARY} {CHINESE_CANARY} ".encode() * 20_000
    page = visitor.report(
        files=[(content, f"{CHINESE_CANARY}.jpg"), (CANARY.encode(), f"{CANARY}.txt")],
        description=CANARY,
        exclude_text=CHINESE_CANARY,
    )
    code = code_on(page)
    seen.append(everything_on_disk(tmp_path))
    assert len(seen) > 5
    for disk in seen:
        for word in (CANARY, CHINESE_CANARY, code, code.replace(" ", ""), code.split()[0], "192.0.2.1"):
            assert word.encode() not in disk
        assert TrackingCode.parse(code).raw not in disk
        assert TrackingCode.parse(code).locator not in disk


def break_down() -> str:
    raise RuntimeError(CANARY)


def test_nothing_in_the_clear_is_on_disk_after_errors(
    instance: Instance, visitor: Visitor, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    visitor.headers["User-Agent"] = CANARY
    visitor.report({"form": "x"}, description=CANARY)
    visitor.report(description=" ", exclude_text=CANARY)
    visitor.report(files=[(CANARY.encode() * 1000, CANARY)] * 11, description=CANARY)
    visitor.get(f"/{CANARY}")
    visitor.sign_in(CANARY)
    instance.app.view_functions["report.submit"] = break_down
    assert visitor.report(description=CANARY).status_code == 500
    logged = "".join(capfd.readouterr())
    assert CANARY.encode() not in everything_on_disk(tmp_path)
    assert CANARY not in logged
    assert "192.0.2.1" not in logged


def test_files_and_folders_tell_the_day_and_no_hour(instance: Instance, visitor: Visitor) -> None:
    assert visitor.report(files=[(b"x" * 9000, "a.txt")]).status_code == 201
    midnight = datetime(2026, 3, 3, tzinfo=UTC).timestamp()
    stored = [*instance.settings.files.rglob("*"), instance.settings.files, instance.settings.staging]
    assert len(stored) == 4
    assert {path.stat().st_mtime for path in stored} == {midnight}
    assert Path(instance.settings.data / "main.db").stat().st_mtime == midnight


# ------------------------------------------------------------------ one tip for each form


def test_sending_twice_gives_one_code_and_one_tip(instance: Instance, visitor: Visitor) -> None:
    fields = visitor.hidden("/report")
    first, second = visitor.report(fields), visitor.report(fields)
    assert code_on(first) == code_on(second)
    assert "already sent" in second.text
    assert tips(instance) == 1
    assert instance.rows("select count(*) from items")[0][0] == 2


def test_files_that_are_sent_twice_are_kept_once(instance: Instance, visitor: Visitor) -> None:
    fields = visitor.hidden("/report")
    for _ in range(2):
        assert visitor.report(fields, [(b"one" * 2000, "one.jpg")]).status_code == 201
    assert files_below(instance.settings.staging) == []
    assert len(files_below(instance.settings.files)) == 1


def test_what_the_second_sending_adds_is_kept_as_a_message(instance: Instance, visitor: Visitor) -> None:
    fields = visitor.hidden("/report")
    code = code_on(visitor.report(fields, [(b"one" * 2000, "one.jpg")]))
    for _ in range(2):
        again = visitor.report(
            fields,
            [(b"one" * 2000, "one.jpg"), (b"two" * 2000, "two.jpg")],
            description="They take money on Fridays.",
        )
        assert code_on(again) == code
    assert tips(instance) == 1
    kinds = [row[0] for row in instance.rows("select kind from items order by position")]
    assert kinds[:3] == ["text", "card", "file"]
    assert kinds.count("message") >= 1
    assert "file" in kinds[3:]
    visitor.sign_in(code)
    page = visitor.get("/mailbox/messages?own=1").text
    assert "They take money on Fridays." in page
    assert "two.jpg" in page


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_second_sending_that_shuts_out_more_comes_back_as_a_new_report(
    instance: Instance, language: str
) -> None:
    visitor = Visitor(instance.app, language=language)
    fields = visitor.hidden("/report")
    code = code_on(visitor.report(fields))
    more: dict[str, Any] = {"description": CANARY, "exclude": ["u3"]}
    page = visitor.report(fields, [(b"one" * 2000, "one.jpg")], **more)
    assert page.status_code == 422
    assert {"en": "a new report with a new code", "zh-CN": "新的查询码"}[language] in page.text
    assert CANARY in page.text
    assert 'value="u3" checked' in page.text
    assert fields["form"] not in page.text
    assert instance.rows("select count(*) from items")[0][0] == 2
    assert files_below(instance.settings.files) == []
    fresh = dict(HIDDEN.findall(page.text.split("<form")[-1]))
    assert code_on(visitor.report(fresh, **more)) != code
    assert tips(instance) == 2
    assert files_below(instance.settings.staging) == []
    assert len(files_below(instance.settings.files)) == 1


def test_the_same_form_sent_by_eight_at_once_is_one_tip(instance: Instance, visitor: Visitor) -> None:
    fields = visitor.hidden("/report")
    codes = _together(8, lambda n: code_on(Visitor(instance.app, f"192.0.2.{n}").report(fields)))
    assert len(set(codes)) == 1
    assert tips(instance) == 1


def test_eight_clients_at_once_get_a_code_each(instance: Instance) -> None:
    def five(client: int) -> str:
        visitor = Visitor(instance.app, f"192.0.2.{client}")
        return " | ".join(code_on(visitor.report()) for _ in range(5))

    codes = [code for line in _together(8, five) for code in line.split(" | ")]
    assert len(set(codes)) == 40
    stored = {row[0] for row in instance.rows("select locator from tips")}
    assert stored == {TrackingCode.parse(code).locator_hash for code in codes}


# ------------------------------------------------------------------ what is stored


@pytest.mark.parametrize("official", ["no", "unsure"])
def test_one_and_two_thousand_characters_have_one_stored_size(instance: Instance, official: str) -> None:
    for number, text in enumerate(["x", "x" * 2000, "长", "长" * 2000]):
        assert (
            Visitor(instance.app, f"192.0.2.{number}").report(description=text, official=official).status_code
            == 201
        )
    for query in (
        "select sum(length(sealed)) from items group by tip_id",
        "select sum(length(slip)) from slips join items on items.id = item_id group by tip_id",
        "select length(marker) from tips",
    ):
        assert len({row[0] for row in instance.rows(query)}) == 1


def test_no_column_tells_the_hour(instance: Instance, visitor: Visitor) -> None:
    visitor.report()
    tip = instance.rows("select arrived_on, due_on, due_at, state, desk from tips")[0]
    assert tuple(tip) == ("2026-03-03", "2026-03-04", None, "received", "intake")
    assert {row[0] for row in instance.rows("select day from items")} == {"2026-03-03"}


def test_danger_is_due_in_two_hours_rounded_up(instance: Instance, visitor: Visitor) -> None:
    visitor.report(danger="yes")
    assert MOMENT.hour == 9
    assert instance.rows("select due_at from tips")[0][0] == "2026-03-03 12:00:00.000000"


def test_whoever_does_not_know_is_heard_outside_the_township(instance: Instance) -> None:
    for number, answers in enumerate(({"official": "no"}, {"official": "unsure"}, {"official": ""}, {})):
        fields = Visitor(instance.app, f"192.0.2.{number}")
        data = {**fields.hidden("/report"), "description": "x", **answers}
        fields.post("/report", data)
    desks = sorted(row[0] for row in instance.rows("select desk from tips"))
    assert desks == ["intake", "intake", "intake", "integrity"]


def test_the_desk_and_integrity_get_slips_and_nobody_else(instance: Instance, visitor: Visitor) -> None:
    visitor.report(files=[(b"photo" * 2000, "a.jpg")], unit="u2")
    rows = instance.rows("select kind, desk from slips join items on items.id = item_id order by kind, desk")
    assert [tuple(row) for row in rows] == [
        (kind, desk) for kind in ("card", "file", "text") for desk in ("intake", "integrity")
    ]
    sealed, slip = instance.rows(
        "select sealed, slip from slips join items on items.id = item_id where kind='text' and desk='intake'"
    )[0]
    opened = instance.open_slipped(sealed, slip, "intake")
    assert b"They take money." in opened
    assert b'"received":"2026-03-03T09:41:07+00:00"' in opened
    assert b'"excluded":["u1","u2"]' in opened
    assert GENESIS.encode() not in opened


def test_names_of_files_are_cut_sensibly() -> None:
    assert clean_name("../../etc/pass\r\nwd") == "passwd"
    assert clean_name("C:\\Users\\me\\photo.jpg") == "photo.jpg"
    assert clean_name("...") == "file"
    assert clean_name("x" * 300 + ".jpeg") == "x" * 250 + ".jpeg"
    assert len(clean_name("长" * 300)) == 255


def _together(count: int, work: Callable[[int], str]) -> list[str]:
    results: list[str] = []

    def run(number: int) -> None:
        results.append(work(number))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == count
    return results
