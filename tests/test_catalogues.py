"""Every sentence a person sees is translated, in each language that is there."""

import shutil
from pathlib import Path

import pytest

from tests import check_catalogues


@pytest.mark.parametrize("site", check_catalogues.SITES)
def test_every_sentence_is_translated_and_none_is_left_over(site: str) -> None:
    sentences, wrong = check_catalogues.site_problems(site)
    assert sentences > 50
    assert wrong == []


def test_a_catalogue_of_another_language_is_held_to_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pyproject.toml", "tipline", "admin", "templates"):
        (tmp_path / name).symlink_to(check_catalogues.ROOT / name)
    (tmp_path / "templates").unlink()
    source = check_catalogues.ROOT / "templates"
    shutil.copytree(source, tmp_path / "templates", ignore=shutil.ignore_patterns("*.mo", "static"))
    half_done = tmp_path / "templates/public/translations/ug/LC_MESSAGES/messages.po"
    half_done.parent.mkdir(parents=True)
    half_done.write_text('msgid ""\nmsgstr "Language: ug\\n"\n\nmsgid "Mailbox"\nmsgstr ""\n', "utf-8")
    monkeypatch.setattr(check_catalogues, "ROOT", tmp_path)
    _, wrong = check_catalogues.site_problems("public")
    assert "public ug: not translated: 'Mailbox'" in wrong
    assert "public ug: missing: 'Leave quickly'" in wrong
