"""The manual's way to open a desk's history without this software works as it is written.

`crypto.age` stands for the public `age` tool, which distributions do not have in the version that knows
post-quantum keys; everything else is what the manual names.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docs.folders import short_ram_folder
from tests.docs.manual import blocks
from tests.journeys.browser import Browser, Page, Upload
from tests.journeys.people import listed, messages, open_mailbox, read, report, sign_in
from tests.journeys.trial import Trial, running_trial

DESCRIPTION = "五个人每晚到夜市收保护费。\nSecond line."
ADDED = "他们换了一辆白色面包车。"
ANSWER = "已收到，请不要自己去拍照。"
AGE = """#!{python}
import sys
from crypto import age
from crypto.keys import Identity

decrypt, given, key, *sources = sys.argv[1:]
assert (decrypt, given) == ("-d", "-i")
identity = Identity.parse(open(key).read().strip())
sealed = open(sources[0], "rb").read() if sources else sys.stdin.buffer.read()
sys.stdout.buffer.write(age.unseal(sealed, [identity]))
"""


@dataclass(frozen=True)
class Kept:
    """What was sent, and the empty folder into which somebody put the copies and the two keys."""

    folder: Path
    files: tuple[bytes, ...]


@pytest.fixture(scope="module")
def kept(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A tip with two files, an answer and a message, in a trial that is gone."""
    folder = tmp_path_factory.mktemp("by-hand")
    # Plain text holds nothing hidden, so it is kept byte for byte.
    lists = [
        Upload("夜市.txt", "三号摊，三百元。\n".encode(), "text/plain"),
        Upload("车.txt", "白色面包车。\n".encode(), "text/plain"),
    ]
    with short_ram_folder() as ram, running_trial(folder / "data", ram, folder / "output.txt") as trial:
        reporter = Browser(trial.public)
        code = report(reporter, DESCRIPTION, unit="u8", files=lists)
        _answer(trial)
        open_mailbox(reporter, code)
        thread = messages(reporter)
        reporter.submit(thread, thread.form("message"), {"message": ADDED})
        desk = folder / "desk"
        desk.mkdir()
        _take_out(trial, blocks(repository)["take-out"], desk / "intake.key")
        for name in ("main.db", "keeper/keeper.key"):
            shutil.copy(trial.data / name, desk)
        shutil.copytree(trial.data / "files", desk / "files")
    return Kept(desk, tuple(each.content for each in lists))


def test_the_history_of_a_desk_opens_with_the_two_keys(repository: Path, kept: Kept) -> None:
    steps = blocks(repository)
    _by_hand(kept.folder, steps)
    found = {
        (header["kind"], header.get("name", "")): folder / "content"
        for folder in sorted(kept.folder.glob("history/*/*"))
        for header in [json.loads((folder / "header").read_bytes())]
    }
    text = json.loads(found["text", ""].read_bytes())
    assert text["description"] == DESCRIPTION
    assert json.loads(found["message", ""].read_bytes())["text"] == ADDED
    assert json.loads(found["reply", ""].read_bytes())["text"] == ANSWER
    assert [found["file", file["name"]].read_bytes() for file in text["files"]] == list(kept.files)
    left = {path.name for path in kept.folder.glob("history/*/*/*")}
    assert left == {"slip", "sealed", "header", "content"}


@pytest.mark.parametrize("missing", ["keeper.key", "intake.key"])
def test_one_of_the_two_keys_opens_nothing(
    repository: Path, kept: Kept, tmp_path: Path, missing: str
) -> None:
    desk = tmp_path / "desk"
    shutil.copytree(kept.folder, desk, ignore=shutil.ignore_patterns("history"))
    other = {"keeper.key": "intake.key", "intake.key": "keeper.key"}[missing]
    shutil.copy(desk / other, desk / missing)
    steps = blocks(repository)
    _run(desk, [sys.executable, "-c", steps["take-apart"], "intake"])
    _run(desk, ["sh", "-c", steps["open"]], check=False)
    assert [path.stat().st_size for path in desk.glob("history/*/*/padded")] == [0] * 6


def _by_hand(folder: Path, steps: dict[str, str]) -> None:
    _run(folder, [sys.executable, "-c", steps["take-apart"], "intake"])
    _run(folder, ["sh", "-euc", steps["open"]])
    _run(folder, ["sh", "-euc", steps["take-padding-off"]])


def _run(folder: Path, command: list[str], *, check: bool = True) -> None:
    tools = folder.parent / "tools"
    tools.mkdir(exist_ok=True)
    tool = tools / "age"
    tool.write_text(AGE.format(python=sys.executable), encoding="utf-8")
    tool.chmod(0o755)
    environment = {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0 or not check, done.stderr


def _take_out(trial: Trial, script: str, target: Path) -> None:
    """The manual's script, with what a member would type at its two prompts."""
    person = trial.codes("reviewer-a")["reviewer-a"]
    typed = (
        f"import getpass\nanswers = [{person['password']!r}, {person['otp']!r}]\n"
        "getpass.getpass = lambda _prompt: answers.pop(0)\n"
    )
    command = [sys.executable, "-c", typed + script, "reviewer-a", "intake", str(target)]
    done = subprocess.run(
        command, env=trial.environment, capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stderr
    assert target.stat().st_mode & 0o077 == 0


def _answer(trial: Trial) -> None:
    reviewer = sign_in(trial, "reviewer-a")
    page: Page = read(reviewer, listed(reviewer)[0])
    answered = reviewer.submit(page, page.form("message"), {"message": ANSWER})
    assert ANSWER in answered.words
