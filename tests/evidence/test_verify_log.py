"""The one-file verifier: it stands alone, finds every changed byte, and agrees with the service's own."""

import io
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import cryptography
import pytest

from crypto.keys import SigningKey
from crypto.notes import NoteVerifier
from crypto.statements import Statement
from tests.evidence import alone
from tests.evidence.logs import Log, read, sample
from tests.evidence.packs import Packer
from tests.evidence.test_verify import failure
from tests.roster.township import (
    AUDITOR,
    INTEGRITY,
    LOG_KEY,
    NEWCOMER,
    ORIGIN,
    POLICE,
    REGISTRAR,
    REGISTRAR_2,
    REVIEWER_A,
    REVIEWER_B,
    START,
    body,
    genesis,
    member,
    signed,
)
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.pack import PackHeader
from tipline.evidence.reading import read_lines
from tipline.evidence.verify import verify_export
from tipline.evidence.verify_pack import verify_pack
from tipline.roster.changes import CHANGES
from tipline.roster.freshness import ALONE
from tipline.roster.replay import GENESIS
from tipline.roster.rules import DUTIES
from tipline.roster.sensitive import SENSITIVE

KEY: Final = NoteVerifier(ORIGIN, LOG_KEY.public)
FLIPS: Final = 600
SEED: Final = 5
LATER: Final = START + 20

verifier = alone.load()
Forge = Callable[[Log], None]


@pytest.fixture(scope="module")
def pack() -> bytes:
    """A pack with readings, refusals and an earlier checkpoint."""
    return Packer(sample(), older=[5, 9]).pack([1, 3, 5, 6, 8, 10])


def one_file(path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run it as somebody elsewhere would: isolated, without the project, `cryptography` on the path alone."""
    site = Path(cryptography.__file__).parents[1]
    start = (
        "import runpy, sys; sys.path.append(sys.argv.pop(1)); sys.argv.pop(0); "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    command = [sys.executable, "-I", "-S", "-c", start]
    return subprocess.run(
        [*command, str(site), str(alone.PATH), str(path), *more],
        capture_output=True,
        text=True,
        cwd=path.parent,
        check=False,
    )


def holds(data: bytes, path: Path, *, earlier: bytes = b"") -> bool:
    """Whether the one-file verifier takes a file, asked in this process."""
    path.write_bytes(data)
    known = verifier.Checkpoint(earlier, "the earlier checkpoint") if earlier else None
    try:
        verifier.verify(path, verifier.Pins(verifier.Key.parse(KEY.vkey), "", known))
    except verifier.Failed:
        return False
    return True


def service_takes(data: bytes, what: str) -> bool:
    """Whether the service's own verifier takes a file."""
    try:
        if what == "pack":
            verify_pack(data, log_key=KEY)
        else:
            verify_export(io.BytesIO(data), log_key=KEY, old_checkpoint=None, progress=None)
    except VerificationFailed:
        return False
    return True


def test_it_imports_nothing_of_the_project_and_runs_without_it(pack: bytes, tmp_path: Path) -> None:
    file = tmp_path / "pack.zip"
    file.write_bytes(pack)
    done = one_file(file, "--key", KEY.vkey)
    assert done.stderr == ""
    assert done.returncode == 0
    assert "6 chosen entries stand in that log" in done.stdout
    assert "The log is the one that you named." in done.stdout
    assert "NOT PROVED" in done.stdout
    file.write_bytes(sample().export())
    done = one_file(file, "--key", KEY.vkey)
    assert done.returncode == 0
    assert "The file holds all 13 entries" in done.stdout


def test_it_says_so_and_ends_with_one_when_something_does_not_hold(pack: bytes, tmp_path: Path) -> None:
    file = tmp_path / "pack.zip"
    file.write_bytes(pack.replace(b"triage", b"Triage", 1))
    done = one_file(file, "--key", KEY.vkey)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("DOES NOT HOLD: ")


def test_a_log_that_nobody_named_is_said_to_be_unchecked(pack: bytes, tmp_path: Path) -> None:
    file = tmp_path / "pack.zip"
    file.write_bytes(pack)
    done = one_file(file)
    assert done.returncode == 0
    assert "That this is the log you mean." in done.stdout
    other = NoteVerifier(ORIGIN, SigningKey.from_seed(b"\x09" * 32).public)
    assert "names the key" in one_file(file, "--key", other.vkey).stderr
    assert "another than the one given" in one_file(file, "--genesis", "00" * 32).stderr
    assert one_file(file, "--genesis", verify_pack(pack, log_key=None).genesis).returncode == 0


@pytest.mark.parametrize("what", ["pack", "export"])
def test_no_byte_can_be_changed_unseen(what: str, pack: bytes, tmp_path: Path) -> None:
    data, chance = (pack if what == "pack" else sample().export()), random.Random(SEED)
    taken = []
    for _ in range(FLIPS):
        place, difference = chance.randrange(len(data)), chance.randrange(1, 256)
        changed = bytearray(data)
        changed[place] ^= difference
        if holds(bytes(changed), tmp_path / "file") or service_takes(bytes(changed), what):
            taken.append(place)
    assert taken == []
    assert holds(data, tmp_path / "file")


def test_no_line_of_a_pack_can_be_left_out_or_doubled(pack: bytes, tmp_path: Path) -> None:
    for cut in (1, 100, len(pack) // 2, len(pack) - 1):
        assert not holds(pack[:cut], tmp_path / "file")
        assert not holds(pack + pack[:cut], tmp_path / "file")


def _by(kind: str, by: list[str], **fields: Any) -> Forge:
    return lambda log: log.done(body(kind, by, at=LATER, **fields), at=LATER)


def _unsigned(log: Log) -> None:
    log.done(Statement(read(50, at=LATER), {}), at=LATER)


def _by_another(log: Log) -> None:
    other = SigningKey.from_seed(b"\x31" * 32)
    log.done(Statement.signed(read(51, at=LATER), {REVIEWER_A: other}), at=LATER)


def _twice(log: Log) -> None:
    log.done(read(52, at=LATER), at=LATER)
    log.done(read(52, at=LATER), at=LATER)


FORGED: Final[dict[str, Forge]] = {
    "a reading that nobody signed": _unsigned,
    "a reading under another key": _by_another,
    "a reading by somebody who left": lambda log: log.done(read(53, by=[NEWCOMER], at=LATER), at=LATER),
    "a reading at a desk that is not held": lambda log: log.done(
        read(54, at=LATER, desk="integrity"), at=LATER
    ),
    "a reading by nobody": lambda log: log.refused(
        Statement(read(55, by=["m00000099"], at=LATER), {}), "stale", at=LATER
    ),
    "a statement that was done twice": _twice,
    "a statement of a type that does not exist": _by("rumour", [REVIEWER_A]),
    "a statement from the future": lambda log: log.done(read(56, at=LATER + 600), at=LATER),
    "an old statement": lambda log: log.done(read(57, at=START), at=LATER + 600),
    "an entry before its time": lambda log: log.done(read(58, at=START), at=START),
    "a look by a reviewer": _by("audit", [REVIEWER_A], first=0, count=1),
    "an erasure by a member": _by("erase", [REGISTRAR], tips=[]),
    "a unit by one person": _by(
        "unit", [REGISTRAR], unit={"id": "u9", "names": {}, "superior": "", "inside": True}
    ),
    "a desk by one person": _by("grant", [REGISTRAR], member=INTEGRITY, desk="intake"),
    "a role by two who are no registrars": _by(
        "role", [REVIEWER_A, INTEGRITY], member=INTEGRITY, role="leader", held=True
    ),
    "a member by a reviewer": _by("member", [REVIEWER_A], member=member("m00000010", POLICE)),
    "a key that somebody had": _by(
        "new-keys",
        [REGISTRAR, REGISTRAR_2],
        member=INTEGRITY,
        signing_key=member(REVIEWER_A, POLICE)["signing_key"],
        recipient=member(REVIEWER_A, POLICE)["recipient"],
    ),
    "a registrar who removes themselves": _by("remove", [REGISTRAR], member=REGISTRAR),
    "a desk that is not held is taken": _by("revoke", [REGISTRAR], member=INTEGRITY, desk="intake"),
    "a deputy whose day is not over": _by("lapse", ["keeper"], member=REVIEWER_A, desk="intake"),
    "a log key by a member": _by(
        "log-key", [REGISTRAR], log_key="00" * 32, log_key_pq="AA==", proof="00" * 64
    ),
    "a digest that the keeper did not sign": lambda log: log.refused(
        Statement.signed(
            body("unreadable", ["keeper"], at=LATER, digest="cd" * 32),
            {"keeper": SigningKey.from_seed(b"\x31" * 32)},
        ),
        "malformed",
        at=LATER,
    ),
    "a digest of what nobody signed": lambda log: log.refused(
        body("unreadable", ["keeper"], at=LATER, digest="cd" * 32, members=["m00000099"]),
        "malformed",
        at=LATER,
    ),
    "a digest of what somebody signed who had left": lambda log: log.refused(
        body("unreadable", ["keeper"], at=LATER, digest="cd" * 32, members=[NEWCOMER]), "stale", at=LATER
    ),
    "a digest of what is no member's": lambda log: log.refused(
        body("unreadable", ["keeper"], at=LATER, digest="cd" * 32, members="m00000002"), "stale", at=LATER
    ),
    "a hold that one person lifts": _by("unhold", [REVIEWER_A], desk="intake"),
    "a hold that two of one desk lift": _by("unhold", [REVIEWER_A, REVIEWER_B], desk="intake"),
    "a reply by a desk that reads nothing": _by("reply", [AUDITOR], desk="auditors"),
    "an acknowledgement without an auditor": _by(
        "acknowledge",
        [REGISTRAR, REVIEWER_A],
        what="moved",
        lost={},
        found={"size": 3, "root": "00" * 32},
        reason={},
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_log_that_its_owner_forged_is_refused_by_both_verifiers(name: str, tmp_path: Path) -> None:
    log = sample()
    FORGED[name](log)
    failure(log.export())
    assert not holds(log.export(), tmp_path / "file")


@pytest.mark.parametrize("name", [name for name in FORGED if name != "an old statement"])
def test_a_forged_entry_spoils_a_pack_for_both_verifiers(name: str, tmp_path: Path) -> None:
    log = sample()
    FORGED[name](log)
    chosen = list(range(1, len(log.entries)))
    try:
        forged = Packer(log, at=max(LATER, START + 700)).pack(chosen)
    except VerificationFailed:
        return  # its report cannot even be made
    with pytest.raises(VerificationFailed):
        verify_pack(forged, log_key=KEY)
    assert not holds(forged, tmp_path / "file")


def test_a_digest_of_what_a_known_member_signed_is_taken_by_both_verifiers(tmp_path: Path) -> None:
    log = sample()
    told = body("unreadable", ["keeper"], at=LATER, digest="cd" * 32, members=[REVIEWER_A, AUDITOR])
    log.refused(told, "malformed", at=LATER)
    assert service_takes(log.export(), "export")
    assert holds(log.export(), tmp_path / "file")


def test_a_hold_that_two_lift_is_taken_by_both_verifiers(tmp_path: Path) -> None:
    log = sample()
    _by("unhold", [REVIEWER_A, INTEGRITY], desk="intake")(log)
    assert service_takes(log.export(), "export")
    assert holds(log.export(), tmp_path / "file")


def test_a_pack_of_more_entries_than_a_pack_may_hold_is_refused_before_they_are_counted_out() -> None:
    """Each pair is small enough; with a line of them the list of what was chosen would fill the memory."""
    pairs = tuple((first, first + 999) for first in range(0, 5_000_000, 1001))
    lines = PackHeader(ORIGIN, "0" * 64, AUDITOR, "2025-03-01", pairs, {}).line()
    with pytest.raises(verifier.Failed, match="more than 1000"):
        verifier.read_pack_lines(lines)
    with pytest.raises(VerificationFailed):
        read_lines(lines)


def test_what_no_verifier_checks_is_said(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_bytes(sample().export())
    assert "That each step of a case was one the keeper allows" in one_file(file, "--key", KEY.vkey).stdout


def test_an_earlier_checkpoint_tells_a_rewritten_log(tmp_path: Path) -> None:
    log = sample()
    assert holds(log.export(), tmp_path / "file", earlier=log.checkpoint(5))
    other = Log(log.entries[:3])
    other.done(read(77, at=START + 20))
    assert holds(other.export(), tmp_path / "file")
    assert not holds(other.export(), tmp_path / "file", earlier=log.checkpoint(4))
    assert not holds(other.export(), tmp_path / "file", earlier=log.checkpoint())


def test_it_knows_every_type_of_statement_that_the_roster_knows() -> None:
    groups = (
        *("BY_HOLDERS", "BY_A_HOLDER", "BY_A_HOLDER_AND_ANOTHER", "BY_A_CUSTODIAN", "BY_ONE_MEMBER"),
        *("BY_AUDITORS", "BY_INTEGRITY", "BY_KEEPER", "BY_ONE_WITH_A_ROLE", "BY_TWO_WITH_ROLES"),
    )
    assert set(verifier.CHANGES) == set(CHANGES)
    assert set().union(*(getattr(verifier, name) for name in groups)) >= set(DUTIES)
    assert set(verifier.SENSITIVE) == set(SENSITIVE)
    assert set(verifier.ALONE) >= set(ALONE)
    assert GENESIS not in verifier.CHANGES


def test_a_genesis_signed_by_another_key_is_refused(tmp_path: Path) -> None:
    log = Log()
    log.done(Statement.signed(genesis(), {"keeper": SigningKey.from_seed(b"\x31" * 32)}))
    assert not holds(log.export(), tmp_path / "file")
    whole = Log()
    whole.done(signed(genesis()))
    assert holds(whole.export(), tmp_path / "file")
