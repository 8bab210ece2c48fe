"""tipline/notices: the same bytes at the same hours, and nothing else."""

import hashlib
import hmac
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path

import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs

from tests.notices.conftest import (
    PASSWORD,
    SECRET,
    Certificate,
    HookServer,
    MailServer,
    hook_table,
    mail_server,
    mail_table,
    write_settings,
)
from tipline.cli import program
from tipline.notices.errors import HookNotCalled, MailNotSent, NotAllSent
from tipline.notices.hook import BODY, call_hook
from tipline.notices.mail import notice_mail, send_mail
from tipline.notices.service import Notices, ways_of
from tipline.notices.settings import FOLDER, read_settings
from tipline.notices.wording import SUBJECT, TEXT

NINE = datetime(2026, 3, 3, 1, 0, 4, tzinfo=UTC)  # 09:00:04 at the office
HOURS = "hours = [9, 14]\n"
WORDS_OF_A_TIP = ("tip", "report", "举报", "线索", "http", "unit", "desk.example")


def notices(data: Path, certificate: Certificate, *tables: str) -> Notices:
    write_settings(data, HOURS + "".join(tables))
    settings = read_settings(data)
    return Notices(data, settings, ways_of(settings, certificate.client()))


@contextmanager
def silent_server() -> Iterator[int]:
    """Takes connections, and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


# ------------------------------------------------------------- what it says


def test_a_notice_says_nothing_of_what_it_is_about() -> None:
    for word in WORDS_OF_A_TIP:
        assert word not in (SUBJECT + TEXT).lower()
    assert not any(char.isdigit() for char in SUBJECT + TEXT)


def test_mails_of_two_hours_differ_by_date_and_number_alone() -> None:
    lines = [notice_mail("n@office.example", NINE + timedelta(hours=more)).split(b"\r\n") for more in (0, 5)]
    different = [(one, two) for one, two in zip(*lines, strict=True) if one != two]
    assert [one.split(b":")[0] for one, _ in different] == [b"Date", b"Message-ID"]


def test_this_machine_is_named_nowhere(
    tmp_path: Path,
    certificate: Certificate,
    starttls: tuple[MailServer, int],
    hook: HookServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("gethostname", "getfqdn"):
        monkeypatch.setattr(socket, name, lambda *_: "secret-machine.inside.example")
    server, port = starttls
    notices(tmp_path, certificate, mail_table(port), hook_table(hook.port)).send_due(NINE)
    (envelope, greeted), ((_, headers, body),) = server.mails[0], hook.calls
    whole = bytes(envelope.original_content or b"") + greeted.encode() + repr(headers).encode() + body
    assert b"secret-machine" not in whole
    assert greeted == "office.example"
    assert socket.gethostname() == "secret-machine.inside.example"


def test_a_mail_has_the_hour_for_its_date_and_no_addresses_in_it(
    tmp_path: Path, certificate: Certificate, starttls: tuple[MailServer, int]
) -> None:
    server, port = starttls
    assert notices(tmp_path, certificate, mail_table(port)).send_due(NINE + timedelta(minutes=23)) == 1
    envelope = server.mails[0][0]
    assert envelope.rcpt_tos == ["one@desk.example", "two@desk.example"]
    content = bytes(envelope.original_content or b"")
    message = message_from_bytes(content)
    assert message["Date"] == "Tue, 03 Mar 2026 09:00:00 +0800"
    assert str(make_header(decode_header(message["Subject"]))) == SUBJECT
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode("utf-8").replace("\r\n", "\n") == TEXT
    assert b"desk.example" not in content
    assert server.users == [(b"desk", PASSWORD.encode())]


def test_a_call_is_signed_and_always_the_same(
    tmp_path: Path, certificate: Certificate, hook: HookServer
) -> None:
    sends = notices(tmp_path, certificate, hook_table(hook.port))
    sends.send_due(NINE)
    sends.send_due(NINE + timedelta(hours=5))
    (_, first, body), (path, second, again) = hook.calls
    assert body == again == BODY
    assert json.loads(body) == {"text": TEXT}
    assert path == "/in?key=HOOKKEY"
    hour = int(NINE.timestamp()) // 3600 * 3600
    assert first["Notice-Time"] == str(hour)
    expected = hmac.new(SECRET.encode(), f"{hour}.".encode() + body, hashlib.sha256).hexdigest()
    assert first["Notice-Signature"] == f"sha256={expected}"
    assert {name for name in first if first[name] != second[name]} == {"Notice-Time", "Notice-Signature"}
    assert first["User-Agent"] == "notice"


# ---------------------------------------------------------------- when


def test_notices_go_out_at_the_set_hours_once_and_at_no_other_time(
    tmp_path: Path, certificate: Certificate, hook: HookServer
) -> None:
    sends = notices(tmp_path, certificate, hook_table(hook.port))
    midnight = datetime(2026, 3, 3, tzinfo=UTC)
    went = [
        (midnight + timedelta(minutes=10 * run)).hour
        for run in range(24 * 6)
        if sends.send_due(midnight + timedelta(minutes=10 * run))
    ]
    assert went == [1, 6]  # 9 and 14 at the office
    assert len(hook.calls) == 2
    assert sends.send_due(NINE + timedelta(days=1)) == 1


def test_a_test_goes_out_at_any_time_and_takes_nothing_from_the_next_notice(
    tmp_path: Path, certificate: Certificate, hook: HookServer
) -> None:
    sends = notices(tmp_path, certificate, hook_table(hook.port))
    assert sends.test(NINE) == 1
    assert sends.test(NINE + timedelta(hours=2)) == 1
    assert sends.send_due(NINE) == 1
    assert {body for _, _, body in hook.calls} == {BODY}


# ------------------------------------------------------- what is down


def test_what_is_down_is_asked_again_within_its_hour_and_then_given_up(
    tmp_path: Path, certificate: Certificate, hook: HookServer
) -> None:
    sends = notices(tmp_path, certificate, hook_table(hook.port))
    hook.status = 503
    with pytest.raises(NotAllSent, match="answered 503"):
        sends.send_due(NINE)
    hook.status = 200
    assert sends.send_due(NINE + timedelta(minutes=10)) == 1
    assert sends.send_due(NINE + timedelta(minutes=20)) == 0
    hook.status = 503
    with pytest.raises(NotAllSent):
        sends.send_due(NINE + timedelta(hours=5))
    hook.status = 200
    assert sends.send_due(NINE + timedelta(hours=6)) == 0


def test_one_way_that_is_down_keeps_no_other_from_going(
    tmp_path: Path, certificate: Certificate, hook: HookServer
) -> None:
    sends = notices(tmp_path, certificate, mail_table(free_port()), hook_table(hook.port))
    with pytest.raises(NotAllSent, match=r"^The mail server does not answer\.$"):
        sends.send_due(NINE)
    with pytest.raises(NotAllSent):
        sends.send_due(NINE + timedelta(minutes=10))
    assert len(hook.calls) == 1


def test_a_server_that_says_nothing_is_left(tmp_path: Path, certificate: Certificate) -> None:
    with silent_server() as port:
        write_settings(tmp_path, HOURS + mail_table(port) + hook_table(port))
        settings = read_settings(tmp_path)
        assert settings.mail
        assert settings.hook
        with pytest.raises(MailNotSent, match="does not answer"):
            send_mail(settings.mail, NINE, certificate.client(), seconds=0.2)
        with pytest.raises(HookNotCalled, match="does not answer"):
            call_hook(settings.hook, NINE, certificate.client(), seconds=0.2)


def test_a_server_with_a_strange_certificate_gets_neither_password_nor_notice(
    tmp_path: Path, starttls: tuple[MailServer, int], hook: HookServer
) -> None:
    server, port = starttls
    write_settings(tmp_path, HOURS + mail_table(port) + hook_table(hook.port))
    settings = read_settings(tmp_path)
    sends = Notices(tmp_path, settings, ways_of(settings, ssl.create_default_context()))
    with pytest.raises(NotAllSent) as error:
        sends.send_due(NINE)
    assert str(error.value).count("certificate or encryption is not good") == 2
    assert [*server.users, *server.mails, *hook.calls] == []


def test_a_server_without_encryption_gets_no_password(tmp_path: Path, certificate: Certificate) -> None:
    server = MailServer()
    with mail_server(server) as port, pytest.raises(NotAllSent, match="refused"):
        notices(tmp_path, certificate, mail_table(port)).send_due(NINE)
    assert [*server.users, *server.mails] == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(
    tmp_path: Path, certificate: Certificate, hook: HookServer, status: int
) -> None:
    hook.status, hook.location = status, f"https://127.0.0.1:{hook.port}/elsewhere"
    with pytest.raises(NotAllSent, match=f"answered {status}"):
        notices(tmp_path, certificate, hook_table(hook.port)).send_due(NINE)
    assert len(hook.calls) == 1


def test_the_environment_names_no_proxy(
    tmp_path: Path, certificate: Certificate, hook: HookServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{free_port()}")
    assert notices(tmp_path, certificate, hook_table(hook.port)).send_due(NINE) == 1


def test_an_address_that_is_refused_is_counted_and_the_others_get_one_notice(
    tmp_path: Path, certificate: Certificate, starttls: tuple[MailServer, int]
) -> None:
    server, port = starttls
    server.refuse = {"two@desk.example"}
    sends = notices(tmp_path, certificate, mail_table(port))
    with pytest.raises(NotAllSent, match="not for 1 of 2 addresses"):
        sends.send_due(NINE)
    assert sends.send_due(NINE + timedelta(minutes=10)) == 0
    assert len(server.mails) == 1


def test_errors_and_logs_name_no_address_host_or_password(
    tmp_path: Path, certificate: Certificate, starttls: tuple[MailServer, int], hook: HookServer
) -> None:
    server, port = starttls
    said: list[str] = []
    with capture_logs() as logs:
        for table in (
            mail_table(port, password_file='"webhook-secret"'),
            mail_table(free_port()),
            mail_table(port),
        ):
            server.refuse = {"one@desk.example", "two@desk.example"}
            hook.status = 404
            sends = notices(tmp_path, certificate, table, hook_table(hook.port))
            with pytest.raises(NotAllSent) as error:
                sends.send_due(NINE)
            said.append(str(error.value))
    assert len(logs) == 6
    assert "name and password" in said[0]
    assert "does not answer" in said[1]
    assert "none of the addresses" in said[2]
    for secret in (
        "desk.example",
        "office.example",
        "127.0.0.1",
        str(hook.port),
        "HOOKKEY",
        PASSWORD,
        SECRET,
    ):
        assert secret not in repr((logs, said))


# ------------------------------------------------------------ the command


def test_the_command_ends_with_a_sentence_and_code_1(tmp_path: Path) -> None:
    write_settings(tmp_path, HOURS + mail_table(free_port()))
    result = CliRunner().invoke(program, ["notices", "test"], env={"TIPLINE_DATA": str(tmp_path)})
    assert result.exit_code == 1
    assert result.stderr.endswith("Error: The mail server does not answer.\n")


def test_the_command_asks_neither_keeper_nor_database(tmp_path: Path) -> None:
    server = MailServer()
    with mail_server(server) as port:
        write_settings(tmp_path, HOURS + mail_table(port, security='"none"', user='""'))
        result = CliRunner().invoke(program, ["notices", "test"], env={"TIPLINE_DATA": str(tmp_path)})
    assert result.exit_code == 0, result.output
    assert len(server.mails) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [FOLDER]
    assert not list((tmp_path / FOLDER).glob("sent-*"))


def test_the_sample_is_printed(tmp_path: Path) -> None:
    result = CliRunner().invoke(program, ["notices", "sample"], env={"TIPLINE_DATA": str(tmp_path)})
    write_settings(tmp_path, result.stdout.replace("mail.example.org", "127.0.0.1"))
    assert read_settings(tmp_path).hours == (9, 11, 14, 16)
