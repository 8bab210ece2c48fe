"""tipline/notices/settings.py: what is wrong is said, and never guessed around."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.notices.conftest import PASSWORD, SECRET, hook_table, mail_table, write_settings
from tipline.notices.errors import BadNoticeSettings
from tipline.notices.settings import FILE, FOLDER, Security, read_settings

HOURS = "hours = [14, 9]\n"


def refused(data: Path, text: str) -> str:
    write_settings(data, text)
    with pytest.raises(BadNoticeSettings) as error:
        read_settings(data)
    return str(error.value)


def test_without_a_file_it_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(BadNoticeSettings, match="tipline notices sample"):
        read_settings(tmp_path)


@pytest.mark.parametrize("name", [FILE, "mail-password", "webhook-secret"])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, name: str) -> None:
    write_settings(tmp_path, HOURS + mail_table(25) + hook_table(443))
    (tmp_path / FOLDER / name).chmod(0o640)
    with pytest.raises(BadNoticeSettings, match="chmod 600"):
        read_settings(tmp_path)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/in", "https://", "https://name:word@host/in", "ftp://host/in"]
)
def test_a_webhook_is_called_over_https_alone(tmp_path: Path, url: str) -> None:
    text = HOURS + f'[webhook]\nurl = "{url}"\nsecret_file = "webhook-secret"\n'
    assert "https://" in refused(tmp_path, text)


@pytest.mark.parametrize("host", ["mail.example.org", "10.0.0.1", "localhost"])
def test_mail_leaves_this_machine_encrypted_alone(tmp_path: Path, host: str) -> None:
    text = HOURS + mail_table(25, host=f'"{host}"', security='"none"')
    assert "127.0.0.1 or ::1 alone" in refused(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("hours = [9", "TOML"),
        (HOURS, "names no way to send"),
        ("hours = []\n" + mail_table(25), "list of whole hours"),
        ("hours = [24]\n" + mail_table(25), "list of whole hours"),
        ("hours = [true]\n" + mail_table(25), "list of whole hours"),
        (HOURS + "utc_offset_hours = 99\n" + mail_table(25), "-12 to 14"),
        (HOURS + "subject = 'Tip!'\n" + mail_table(25), '"subject", which nothing here knows'),
        (HOURS + mail_table(0), "1 to 65535"),
        (HOURS + mail_table(25, security='"perhaps"'), "tls, starttls, none"),
        (HOURS + mail_table(25, to="[]"), "list of addresses"),
        (HOURS + mail_table(25, to='["a@b\\nBcc: c@d"]'), "plain mail address"),
        (HOURS + mail_table(25, **{"from": '"nobody"'}), "plain mail address"),
        (HOURS + mail_table(25, password_file='"gone"'), "gone cannot be read"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    assert sentence in refused(tmp_path, text)


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    write_settings(tmp_path, HOURS + hook_table(443))
    (tmp_path / FOLDER / "webhook-secret").write_text("short\n", "utf-8")
    with pytest.raises(BadNoticeSettings, match="16 bytes"):
        read_settings(tmp_path)


def test_settings_are_read_and_keep_what_is_secret_out_of_their_repr(tmp_path: Path) -> None:
    write_settings(tmp_path, HOURS + mail_table(587) + hook_table(443))
    settings = read_settings(tmp_path)
    assert settings.hours == (9, 14)
    assert settings.zone.utcoffset(None) == timedelta(hours=8)
    assert settings.mail
    assert settings.hook
    assert (settings.mail.security, settings.mail.domain) == (Security.STARTTLS, "office.example")
    for secret in (PASSWORD, SECRET, "desk.example", "HOOKKEY"):
        assert secret not in repr(settings)


def test_the_sample_names_every_setting_and_is_complete(repository: Path, tmp_path: Path) -> None:
    sample = (repository / "tipline" / "notices" / "sample.toml").read_text("utf-8")
    write_settings(tmp_path, sample)
    settings = read_settings(tmp_path)
    assert settings.mail
    assert settings.hook
