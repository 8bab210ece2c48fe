"""Files of a form: cleaned where that is possible, named before they go, waiting until then, never stray."""

import json
import threading
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from crypto.age import unseal
from crypto.slips import open_inner, open_outer
from tests.public.instance import Instance
from tests.public.visitor import BOUNDARY, HIDDEN, Visitor, code_on, parts
from tipline.confined.errors import CannotRead
from tipline.confined.types import Reason
from tipline.files import staging
from tipline.public.app import create_app
from tipline.public.services import EXTENSION, Services
from tipline.public.uploads.intake import FileIntake

CANARY = "canary-7f31"
FILM = (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00" + b"f" * 9_000, "film.mp4")
NOTE = (b"plain words " * 300, "note.txt")
OTHER_NOTE = (b"other words " * 300, "other.txt")
SVG = (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>' * 30, "a.svg")
PAGE = (b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>" * 40, "a.html")


def photo() -> tuple[bytes, str]:
    """A photo that tells which device took it."""
    exif = Image.Exif()
    exif[0x010F] = CANARY  # the device's maker
    made = BytesIO()
    Image.new("RGB", (64, 48), (120, 80, 40)).save(made, "JPEG", exif=exif)
    return made.getvalue(), "photo.jpg"


def bomb() -> tuple[bytes, str]:
    """A picture of 50,000 by 50,000 points in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    size = (50_000).to_bytes(4, "big")
    head = chunk(b"IHDR", size + size + b"\x08\x02\x00\x00\x00")
    points = chunk(b"IDAT", zlib.compress(bytes(1_000_000)))
    return b"\x89PNG\r\n\x1a\n" + head + points + chunk(b"IEND", b""), "bomb.png"


def nested_zip() -> tuple[bytes, str]:
    """An archive of archives of zeros."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.bin", bytes(2_000_000))
    outer = BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(16):
            archive.writestr(f"{number}.zip", made.getvalue())
    return outer.getvalue(), "42.zip"


def tips(instance: Instance) -> int:
    return int(instance.rows("select count(*) from tips")[0][0])


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def staged(instance: Instance) -> list[Path]:
    return files_below(instance.settings.staging)


def kept(instance: Instance) -> list[Path]:
    return files_below(instance.settings.files)


def fields_of(page: TestResponse) -> dict[str, str]:
    """The hidden fields of a page that came back."""
    return dict(HIDDEN.findall(page.text.split("<form")[-1]))


def listed(page: TestResponse) -> list[str]:
    """The values by which a page's files are left out."""
    return [piece.split('"')[0] for piece in page.text.split('name="leave_out" value="')[1:]]


def use(instance: Instance) -> Services:
    found = instance.app.extensions[EXTENSION]
    assert isinstance(found, Services)
    return found


def opened_file(instance: Instance) -> bytes:
    """The one stored file, opened as the keeper and the intake desk together could."""
    [(slip,)] = instance.rows(
        "select slip from slips join items on items.id = item_id where kind = 'file' and desk = 'intake'"
    )
    _, inner = open_outer(slip, instance.keeper)
    [path] = kept(instance)
    return unseal(path.read_bytes(), [open_inner(inner, instance.desks["intake"])])


# ------------------------------------------------------------------ refusals


def test_a_bomb_is_refused_and_the_rest_is_kept(instance: Instance, visitor: Visitor) -> None:
    page = visitor.report(files=[bomb(), NOTE], description=CANARY)
    assert page.status_code == 422
    assert "bomb.png" in page.text
    assert "whoever opens it is harmed" in page.text
    assert CANARY in page.text
    assert (tips(instance), len(listed(page)), len(staged(instance))) == (0, 1, 1)
    assert visitor.report(fields_of(page)).status_code == 201
    assert (tips(instance), len(staged(instance)), len(kept(instance))) == (1, 0, 1)


def test_a_bomb_is_refused_to_whoever_is_not_asked_too(instance: Instance, visitor: Visitor) -> None:
    page = visitor.report({**visitor.hidden("/report"), "review": ""}, [bomb()])
    assert (page.status_code, tips(instance)) == (422, 0)
    assert staged(instance) == []


@pytest.mark.parametrize("file", [FILM, SVG, PAGE, nested_zip()], ids=lambda file: file[1])
def test_what_could_not_be_cleaned_is_named_before_it_is_sent(
    instance: Instance, visitor: Visitor, file: tuple[bytes, str]
) -> None:
    page = visitor.report(files=[file, NOTE], description=CANARY)
    assert page.status_code == 200
    assert "Hidden data could not be removed" in page.text
    assert file[1] in page.text
    assert CANARY in page.text
    assert "tracking-code" not in page.text
    assert tips(instance) == 0
    assert code_on(visitor.report(fields_of(page)))
    assert (tips(instance), len(staged(instance)), len(kept(instance))) == (1, 0, 2)


def test_the_sealed_text_says_what_became_of_each_files_hidden_data(
    instance: Instance, visitor: Visitor
) -> None:
    page = visitor.report(files=[photo(), NOTE, FILM])
    assert visitor.report(fields_of(page)).status_code == 201
    [(sealed, slip)] = instance.rows(
        "select sealed, slip from slips join items on items.id = item_id"
        " where kind = 'text' and desk = 'intake'"
    )
    text = json.loads(instance.open_slipped(sealed, slip, "intake").split(b"\n", 1)[1].split(b"\0", 1)[0])
    became = {file["name"]: file["hidden"] for file in text["files"]}
    assert became == {"photo.jpg": "removed", "note.txt": "none", "film.mp4": "remains"}


def test_a_new_file_that_could_not_be_cleaned_is_named_though_others_were(
    instance: Instance, visitor: Visitor
) -> None:
    page = visitor.report(files=[FILM])
    page = visitor.report(fields_of(page), [PAGE])
    assert (page.status_code, tips(instance), len(listed(page))) == (200, 0, 2)
    assert visitor.report(fields_of(page)).status_code == 201


@pytest.mark.parametrize("reason", list(Reason))
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_reason_has_its_sentence(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, reason: Reason, language: str
) -> None:
    def fails(*_: object) -> None:
        raise CannotRead(reason)

    monkeypatch.setattr("tipline.cleaning.service.Cleaner.clean", fails)
    page = Visitor(instance.app, language=language).report(files=[photo()])
    assert page.status_code == 200
    said = page.text.split("photo.jpg")[1].split("<div")[0]
    assert len(said) > {"en": 130, "zh-CN": 40}[language]


def test_files_that_wait_count_among_the_ten(instance: Instance, visitor: Visitor) -> None:
    page = visitor.report(files=[FILM, *((NOTE[0], f"{n}.txt") for n in range(8))])
    assert len(listed(page)) == 9
    page = visitor.report(fields_of(page), [NOTE, OTHER_NOTE], description=CANARY)
    assert (page.status_code, len(listed(page)), tips(instance)) == (413, 10, 0)
    assert CANARY in page.text


def test_the_disk_reserve_costs_the_files_and_not_the_text(
    instance: Instance, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = SimpleNamespace(f_bavail=staging.RESERVE_BYTES - 1, f_frsize=1)
    monkeypatch.setattr("os.statvfs", lambda _: full)
    page = visitor.report(files=[NOTE], description=CANARY)
    assert page.status_code == 503
    assert "we cannot take more files just now" in page.text
    assert CANARY in page.text
    assert visitor.report(fields_of(page), description=CANARY).status_code == 201
    assert (tips(instance), staged(instance), kept(instance)) == (1, [], [])


def test_a_ram_folder_that_is_full_costs_the_files_and_not_the_text(
    instance: Instance, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("tipline.files.register.WaitingFiles.add", full)
        page = visitor.report(files=[FILM], description=CANARY)
    assert CANARY in page.text
    assert "please choose them again" in page.text
    assert (listed(page), staged(instance)) == ([], [])
    assert visitor.report(fields_of(page)).status_code == 201


def test_ten_thousand_files_are_refused(instance: Instance, visitor: Visitor) -> None:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n\r\n'
    fields = parts(visitor.hidden("/report"), [])[: -len(f"--{BOUNDARY}--\r\n")]
    page = visitor.send("/report", fields + head.encode() * 10_000 + f"--{BOUNDARY}--\r\n".encode())
    assert (page.status_code, tips(instance), staged(instance)) == (400, 0, [])


@pytest.mark.parametrize("left", [60, 4_000, 8_900])
def test_a_connection_cut_in_a_later_file_leaves_none(
    instance: Instance, visitor: Visitor, left: int
) -> None:
    whole = parts({**visitor.hidden("/report"), "description": CANARY}, [photo(), NOTE, FILM])
    assert visitor.send("/report", whole[:-left]).status_code == 400
    assert (tips(instance), staged(instance), kept(instance)) == (0, [], [])


def test_empty_files_are_no_files(instance: Instance, visitor: Visitor) -> None:
    assert visitor.report(files=[(b"", "empty.bin"), (b"", "")]).status_code == 201
    assert (staged(instance), kept(instance)) == ([], [])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\\\Users\\\\me\\\\film.mp4", "film.mp4"),
        ("<script>1<%2Fscript>.mp4", "&lt;script&gt;"),
        ("\u202e4pm.exe", "4pm.exe"),
        ("a\x00b\x1b[31m.mp4", "ab[31m.mp4"),
    ],
)
def test_hostile_names_are_only_text(instance: Instance, visitor: Visitor, name: str, shown: str) -> None:
    page = visitor.report(files=[(FILM[0], name)])
    assert shown in page.text
    assert "<script>1" not in page.text
    assert "\u202e" not in page.text
    assert [path.parent for path in staged(instance)] == [instance.settings.staging]


# ------------------------------------------------------------------ what travels between two pages


def test_a_state_of_another_form_brings_no_file(instance: Instance, visitor: Visitor) -> None:
    mine, other = fields_of(visitor.report(files=[FILM])), fields_of(visitor.report(files=[PAGE]))
    page = visitor.report({**mine, "state": other["state"]}, description=CANARY)
    assert (page.status_code, tips(instance), listed(page)) == (422, 0, [])
    assert CANARY in page.text
    assert "are gone" in page.text


def test_a_file_that_was_left_out_is_thrown_away(instance: Instance, visitor: Visitor) -> None:
    page = visitor.report(files=[FILM, NOTE])
    first, _ = listed(page)
    assert visitor.report(fields_of(page), leave_out=[first]).status_code == 201
    assert (tips(instance), len(staged(instance)), len(kept(instance))) == (1, 0, 1)
    assert b"plain words" in opened_file(instance)


def test_an_older_page_says_that_a_file_left_out_since_is_gone(instance: Instance, visitor: Visitor) -> None:
    older = visitor.report(files=[FILM, NOTE])
    visitor.report(fields_of(older), leave_out=listed(older)[:1], description="")
    page = visitor.report(fields_of(older), description=CANARY)
    assert (page.status_code, tips(instance), len(listed(page))) == (422, 0, 1)
    assert "Please choose it again" in page.text
    assert visitor.report(fields_of(page)).status_code == 201
    assert len(kept(instance)) == 1


def test_a_mistake_in_the_text_costs_no_file(instance: Instance, visitor: Visitor) -> None:
    page = visitor.report(files=[photo(), NOTE], description=" ")
    assert (page.status_code, len(listed(page)), len(staged(instance))) == (422, 2, 2)
    assert visitor.report(fields_of(page)).status_code == 201
    assert (len(staged(instance)), len(kept(instance))) == (0, 2)


def test_a_restart_of_the_workers_loses_no_waiting_file(instance: Instance, visitor: Visitor) -> None:
    page = visitor.report(files=[FILM, NOTE])
    use(instance).database.dispose()
    again = create_app(instance.settings, instance.clock)
    try:
        assert Visitor(again).report(fields_of(page)).status_code == 201
    finally:
        again.extensions[EXTENSION].database.dispose()
    assert (tips(instance), len(staged(instance)), len(kept(instance))) == (1, 0, 2)


def test_a_form_that_is_never_sent_leaves_no_file_after_eight_hours(
    instance: Instance, visitor: Visitor
) -> None:
    visitor.report(files=[FILM, NOTE])
    assert len(staged(instance)) == 2
    instance.clock.advance(8 * 3600)
    visitor.report()
    assert staged(instance) == []


def test_the_same_page_sent_twice_stores_its_files_once(instance: Instance, visitor: Visitor) -> None:
    fields = fields_of(visitor.report(files=[FILM, NOTE]))
    codes = {code_on(visitor.report(fields)) for _ in range(3)}
    assert (len(codes), tips(instance)) == (1, 1)
    assert (len(staged(instance)), len(kept(instance))) == (0, 2)
    assert instance.rows("select count(*) from items where kind = 'file'")[0][0] == 2


def test_a_file_that_was_added_later_is_stored_once_however_often_its_page_is_sent(
    instance: Instance, visitor: Visitor
) -> None:
    fields = visitor.hidden("/report")
    code = code_on(visitor.report(fields))
    page = visitor.report(fields, [FILM])
    answers = [visitor.report(fields_of(page)) for _ in range(3)]
    assert {code_on(answer) for answer in answers} == {code}
    assert ["What is new was added" in answer.text for answer in answers] == [True, False, False]
    assert (len(staged(instance)), len(kept(instance))) == (0, 1)
    assert instance.rows("select count(*) from items where kind = 'file'")[0][0] == 1


def test_the_same_page_sent_by_four_at_once_keeps_its_files(instance: Instance, visitor: Visitor) -> None:
    fields = fields_of(visitor.report(files=[FILM, NOTE]))
    codes: list[str] = []

    def send(number: int) -> None:
        codes.append(code_on(Visitor(instance.app, f"192.0.2.{number}").report(fields)))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(10, 14)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(codes), len(set(codes)), tips(instance)) == (4, 1, 1)
    assert (len(staged(instance)), len(kept(instance))) == (0, 2)


def test_a_report_that_becomes_a_new_one_takes_its_files_along(instance: Instance, visitor: Visitor) -> None:
    fields = visitor.hidden("/report")
    first = code_on(visitor.report(fields))
    page = visitor.report(fields, [photo(), NOTE], exclude=["u3"])
    assert (page.status_code, len(listed(page)), len(staged(instance))) == (422, 2, 2)
    page = visitor.report(fields_of(page), exclude=["u3"], leave_out=listed(page)[:1])
    assert code_on(page) != first
    assert (tips(instance), len(staged(instance)), len(kept(instance))) == (2, 0, 1)
    assert b"plain words" in opened_file(instance)


def test_the_keys_of_waiting_files_are_in_the_page_alone(
    instance: Instance, visitor: Visitor, tmp_path: Path
) -> None:
    fields = fields_of(visitor.report(files=[FILM]))
    keys = use(instance).form_keys
    [upload] = keys.open_state(keys.open(fields["form"]), fields["state"]).uploads
    disk = b"".join(path.read_bytes() for path in files_below(tmp_path))
    seed = upload.file.key_seed
    assert len(disk) > len(seed) == 32
    for form in (seed, seed.hex().encode(), b"film.mp4", FILM[0][:200]):
        assert form not in disk


# ------------------------------------------------------------------ what is stored


def test_hidden_data_is_gone_from_what_is_stored(instance: Instance, visitor: Visitor) -> None:
    content, _ = photo()
    assert CANARY.encode() in content
    assert visitor.report(files=[photo()]).status_code == 201
    stored = opened_file(instance)
    assert b'"name":"photo.jpg"' in stored
    assert b"\xff\xd8\xff" in stored
    assert CANARY.encode() not in stored


def test_nothing_readable_is_on_disk_while_a_file_is_cleaned(
    instance: Instance, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[bytes] = []
    clean = FileIntake._sealed_again

    def watched(self: FileIntake, *rest: object) -> object:
        done = clean(self, *rest)  # type: ignore[arg-type]  # handed on as they came
        seen.append(b"".join(path.read_bytes() for path in files_below(tmp_path)))
        return done

    monkeypatch.setattr(FileIntake, "_sealed_again", watched)
    assert visitor.report(files=[photo()]).status_code == 201
    [disk] = seen
    assert disk
    for part in (CANARY.encode(), photo()[0][:64], b"photo.jpg"):
        assert part not in disk


def test_whoever_sends_no_review_field_is_not_asked(instance: Instance, visitor: Visitor) -> None:
    fields = {name: value for name, value in visitor.hidden("/report").items() if name != "review"}
    assert visitor.report(fields, [FILM]).status_code == 201
    assert len(kept(instance)) == 1


def test_a_page_that_fails_after_storing_does_not_say_that_nothing_was_stored(
    instance: Instance, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = fields_of(visitor.report(files=[FILM], description=CANARY))
    with monkeypatch.context() as broken:
        broken.setattr("tipline.public.report.sending.received_page", fails)
        page = visitor.report(waiting, description=CANARY)
    assert (page.status_code, tips(instance)) == (500, 1)
    assert "nothing is stored twice" in page.text
    assert "not sent" not in page.text
    assert CANARY in page.text
    again = visitor.report(fields_of(page), description=CANARY)
    assert code_on(again)
    assert (tips(instance), len(kept(instance)), staged(instance)) == (1, 1, [])


def fails(*_: object, **__: object) -> str:
    raise RuntimeError
