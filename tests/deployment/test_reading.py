"""The file of a deployment is complete, or the site does not start."""

import re
from pathlib import Path

import pytest

from tipline.deployment.errors import BadDeployment
from tipline.deployment.model import Deployment, Words
from tipline.deployment.reading import DEPLOYMENT_FILE, load_deployment, read_deployment
from tipline.deployment.sample import sample_deployment, write_sample

WHOLE = sample_deployment(trial=True)

WRONG = {
    "not TOML": ("= [", "this is not TOML"),
    "unknown name": (f'telephone = "1"\n{WHOLE}', '"telephone" is no name'),
    "no place": (re.sub(r"(?m)^place = .*$", "", WHOLE), '"place" is missing'),
    "empty table": (re.sub(r"(?m)^body = .*$", "body = {}", WHOLE), '"body" is missing'),
    "no table": (re.sub(r"(?m)^body = .*$", 'body = "x"', WHOLE), '"body" is missing or no table'),
    "empty text": (re.sub(r"(?m)^body = .*$", 'body = { zh = " " }', WHOLE), 'the text for "zh" in "body"'),
    "no tag": (re.sub(r"(?m)^body = .*$", 'body = { Chinese = "x" }', WHOLE), '"body" has "Chinese"'),
    "no phone": (re.sub(r"(?m)^phone = .*$", "phone = 110", WHOLE), '"phone" is missing or no text'),
    "no address": (re.sub(r"(?m)^site = .*$", 'site = "fuwu.example"', WHOLE), '"site" is an address'),
    "a script": (re.sub(r"(?m)^portal = .*$", 'portal = "javascript:x"', WHOLE), '"portal" is an address'),
    "languages": (re.sub(r"(?m)^languages = .*$", 'languages = "en"', WHOLE), '"languages" is a list'),
    "set elsewhere": (f"{WHOLE}\n[retention]\noutside_remit_days = 60\n", '"retention" is no name'),
    "no lines": (f'advice = "x"\n{WHOLE.split("[[advice]]")[0]}', '"advice" is a list'),
    "no line": (f"{WHOLE}\n[[advice]]\n", 'line 2 of "advice"'),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named(name: str) -> None:
    text, sentence = WRONG[name]
    with pytest.raises(BadDeployment, match=re.escape(sentence)):
        read_deployment(text)


def test_the_sentence_names_the_file(tmp_path: Path) -> None:
    (tmp_path / DEPLOYMENT_FILE).write_text('phone = "1"', "utf-8")
    with pytest.raises(BadDeployment, match=DEPLOYMENT_FILE):
        load_deployment(tmp_path)
    (tmp_path / DEPLOYMENT_FILE).write_bytes(b"\xff")
    with pytest.raises(BadDeployment, match="UTF-8"):
        load_deployment(tmp_path)


def test_without_a_file_there_is_a_deployment_that_names_nothing(tmp_path: Path) -> None:
    assert load_deployment(tmp_path) == Deployment()


def test_a_new_instance_has_a_file_that_says_nothing_until_it_is_filled_in(tmp_path: Path) -> None:
    write_sample(tmp_path, trial=False)
    assert load_deployment(tmp_path) == Deployment()
    text = (tmp_path / DEPLOYMENT_FILE).read_text("utf-8")
    assert read_deployment(text.replace("#! ", "")) == read_deployment(WHOLE)


def test_the_trials_file_says_everything(tmp_path: Path) -> None:
    write_sample(tmp_path, trial=True)
    read = load_deployment(tmp_path)
    assert all(getattr(read, name) for name in Deployment.__dataclass_fields__)


@pytest.mark.parametrize(
    ("texts", "language", "expected"),
    [
        ({"zh": "中", "en": "E"}, "zh-Hans", "中"),
        ({"zh": "中", "en": "E"}, "en", "E"),
        ({"zh": "中", "en": "E", "ug": "ئ"}, "ug", "ئ"),
        ({"zh": "中", "zh-Hans": "简"}, "zh-Hans", "简"),
        ({"zh": "中", "en": "E"}, "bo", "中"),
        ({"en": "E", "bo": "བ"}, "ug", "E"),
        ({"bo": "བ"}, "en", "བ"),
        ({}, "en", ""),
    ],
)
def test_a_text_falls_back_to_chinese_then_english_then_any(
    texts: dict[str, str], language: str, expected: str
) -> None:
    assert Words(texts).said_in(language) == expected
