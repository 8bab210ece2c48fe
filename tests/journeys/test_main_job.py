"""The main job, end to end: from a tip to an answer, and to an auditor on another machine."""

import json
import subprocess
from io import BytesIO
from pathlib import Path

from PIL import Image

from tests.journeys.browser import Browser
from tests.journeys.people import confirm, listed, messages, open_mailbox, photo, read, report, sign_in
from tests.journeys.trial import CLI, Trial

DESCRIPTION = (
    "东河村的“龙哥”一伙人每月向市场的摊主收保护费，不交的人夜里被砸摊。"
    "上周三晚上，三个人拿着铁管打了卖鱼的老板。我有两张照片。"
)
ANSWER = "我们已收到您的线索。请告诉我们：他们开的是什么车？不要冒险去拍照。"
BACK = "一辆黑色越野车，车牌尾号 37。"


def verify(export: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`tipline log verify` as on another machine: no settings, no instance, another folder."""
    return subprocess.run(
        [*CLI, "log", "verify", str(export), *options],
        env={},
        cwd=export.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def points(picture: bytes) -> bytes:
    return Image.open(BytesIO(picture)).tobytes()


def test_a_tip_is_read_answered_and_verified(trial: Trial, tmp_path: Path) -> None:
    photos = [photo("摊位.png", 1), photo("车.png", 2)]
    reporter = Browser(trial.public, "zh-CN")
    code = report(reporter, DESCRIPTION, unit="u8", files=photos)

    reviewer = sign_in(trial, "reviewer-a", "zh-CN")
    before = set(listed(reviewer))
    assert before, "the tip is not in the list"
    address = _find(reviewer, before)
    page = read(reviewer, address)

    downloads = [form for form in page.forms if "/files/" in form.action]
    got = [reviewer.submit(page, form) for form in downloads]
    # Cleaned on their way: written anew, the same points.
    assert [points(file.body) for file in got] == [points(each.content) for each in photos]
    assert all(file.headers["content-disposition"].startswith("attachment") for file in got)

    answered = reviewer.submit(page, page.form("message"), {"message": ANSWER})
    assert answered.status == 200, answered.words
    assert ANSWER in answered.words
    moved = reviewer.submit(answered, answered.form("move"), press=("move", "screening"))
    assert moved.status == 200, moved.words

    back = Browser(trial.public, "zh-CN")
    first = open_mailbox(back, code)
    assert first.status == 200, first.words
    assert ANSWER not in first.words
    thread = messages(back)
    assert ANSWER in thread.words
    written = back.submit(thread, thread.form("message"), {"message": BACK})
    assert written.status in {200, 201}, written.words

    assert BACK in read(reviewer, address).words

    export = _audit(trial, tmp_path)
    _check_export(trial, export)


def _find(staff: Browser, addresses: set[str]) -> str:
    for address in sorted(addresses):
        if DESCRIPTION[:20] in read(staff, address).words:
            return address
    raise AssertionError("none of the listed tips is the one that was sent")


def _audit(trial: Trial, folder: Path) -> Path:
    auditor = sign_in(trial, "auditor", "zh-CN")
    page = auditor.get("/log")
    assert page.status == 200, page.words
    assert "reviewer-a" in page.words
    assert DESCRIPTION[:10] not in page.words
    verified = confirm(trial, auditor, auditor.submit(page, page.form(action="/log/verify")), "auditor")
    assert verified.status == 200, verified.words
    exported = auditor.submit(page, page.form(action="/log/export"))
    assert exported.headers["content-disposition"].startswith("attachment")
    target = folder / "elsewhere" / "log.txt"
    target.parent.mkdir()
    target.write_bytes(exported.body)
    return target


def _check_export(trial: Trial, export: Path) -> None:
    key = json.loads((trial.data / "site.json").read_text())["log_key"]
    good = verify(export, "--key", key)
    assert good.returncode == 0, good.stderr
    assert "signed by the given key" in good.stdout
    assert "consistent, signer not checked" in verify(export).stdout

    content = bytearray(export.read_bytes())
    content[content.index(b"reviewer" if b"reviewer" in content else b'"read"') + 2] ^= 1
    flipped = export.with_name("flipped.txt")
    flipped.write_bytes(content)
    bad = verify(flipped, "--key", key)
    assert bad.returncode == 1
    assert "entry " in bad.stderr
    assert "Traceback" not in bad.stderr
