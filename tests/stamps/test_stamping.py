"""`tipline log stamp`: a time stamp counts when it is on this head, by the service that was set."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Response

from crypto.notes import open_checkpoint
from tests.clocks import FixedClock
from tests.keeper.process import environment
from tests.stamps.authority import Authority
from tests.witness.running import served
from tests.world import NOON, World
from tipline.cli import program
from tipline.stamps.errors import NoStamp
from tipline.stamps.folder import StampFolder
from tipline.stamps.service import REPLY, StampService


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The service that was set."""
    return Authority.made(tmp_path_factory.mktemp("tsa") / "ours")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Another one, of the same name."""
    return Authority.made(tmp_path_factory.mktemp("tsa") / "other")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world whose keeper runs."""
    with World.made(tmp_path / "world", FixedClock(NOON)) as made, made.keeper():
        yield made


def stamp(world: World, url: str, roots: Path) -> Result:
    named = {"TIPLINE_TSA_URL": url, "TIPLINE_TSA_ROOTS": str(roots)}
    return CliRunner().invoke(program, ["log", "stamp"], env={**environment(world), **named})


def kept(world: World) -> list[int]:
    return [one.size for one in StampFolder(world.settings.keeper_folder).latest(9)]


def test_without_a_service_nothing_is_stamped(world: World, authority: Authority, tmp_path: Path) -> None:
    assert stamp(world, "", authority.roots).exit_code == 1
    assert stamp(world, "http://127.0.0.1:9", tmp_path / "nothing").exit_code == 1
    (tmp_path / "empty").write_bytes(b"")
    for url, roots in (("http://127.0.0.1:9", tmp_path / "empty"), ("file:///etc/passwd", authority.roots)):
        assert stamp(world, url, roots).exit_code == 1
    assert kept(world) == []


def wrong_kind(_: bytes) -> Response:
    return Response(b"", content_type="text/html")


def wrong_status(_: bytes) -> Response:
    return Response(b"", 500, content_type=REPLY)


def nonsense(_: bytes) -> Response:
    return Response(b"\x30\x03\x02\x01\x00", content_type=REPLY)


@pytest.mark.parametrize("answer", [wrong_kind, wrong_status, nonsense])
def test_what_is_no_time_stamp_is_not_kept(
    world: World, authority: Authority, answer: Callable[[bytes], Response]
) -> None:
    with served(authority.site(answer)) as url:
        assert stamp(world, url, authority.roots).exit_code == 1
    assert stamp(world, url, authority.roots).exit_code == 1  # nobody answers any more
    assert kept(world) == []


def test_a_time_stamp_by_another_service_is_not_kept(
    world: World, authority: Authority, stranger: Authority
) -> None:
    with served(stranger.site()) as url:
        assert stamp(world, url, authority.roots).exit_code == 1
    assert kept(world) == []


def test_an_older_answer_of_the_service_is_not_kept(world: World, authority: Authority) -> None:
    """The same head was stamped before: only the nonce tells that this is not a fresh answer."""
    replies: list[bytes] = []

    def again(query: bytes) -> Response:
        replies.append(authority.reply(query))
        return Response(replies[0], content_type=REPLY)

    with served(authority.site(again)) as url:
        assert stamp(world, url, authority.roots).exit_code == 0
        assert stamp(world, url, authority.roots).exit_code == 1


def test_a_time_stamp_of_something_else_does_not_count(authority: Authority) -> None:
    service = StampService.of("http://127.0.0.1:9", authority.roots.read_bytes())
    with served(authority.site()) as url:
        made = StampService(url, service.roots).stamp(b"this head")
    assert service.check(b"this head", made.reply) == made
    with pytest.raises(NoStamp):
        service.check(b"another head", made.reply)
    with pytest.raises(NoStamp):
        service.check(b"this head", made.reply[:-1])


def test_a_head_is_stamped_and_others_can_check_it(world: World, authority: Authority) -> None:
    with served(authority.site()) as url:
        done = stamp(world, url, authority.roots)
    assert done.exit_code == 0, done.output
    folder = StampFolder(world.settings.keeper_folder)
    (stamped,) = folder.latest(9)
    note, reply = (folder.path / f"{stamped.size}.{kind}" for kind in ("note", "tsr"))
    head = open_checkpoint(note.read_bytes(), [world.verifier])
    assert (head.size, head.root.hex()) == (stamped.size, stamped.root)
    assert authority.verifies(note, reply)
    (told,) = world.client().stamps()
    assert (told.size, told.root, told.at) == (stamped.size, stamped.root, stamped.at)


def test_a_damaged_file_hides_no_other_time_stamp(world: World, authority: Authority) -> None:
    with served(authority.site()) as url:
        stamp(world, url, authority.roots)
    for name in ("7.json", "x.json"):
        (StampFolder(world.settings.keeper_folder).path / name).write_bytes(b"{}")
    assert len(kept(world)) == 1
