"""The exported log on another machine: whatever was done to it, verification fails and says where.

The machine has `crypto`, `tipline.evidence`, `tipline.roster` and the command that asks them. Everything else
of the service is not there, nor are the libraries that it stands on.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest

import crypto
import tipline
from crypto.keys import SigningKey
from crypto.merkle import Frontier, leaf_hash
from crypto.notes import Checkpoint, NoteSigner, sign_checkpoint
from crypto.statements import Entry, commitment
from tests.journeys.browser import Browser
from tests.journeys.people import read, report
from tests.journeys.store import tip_of
from tests.journeys.trial import Trial
from tipline.evidence.export import ExportWriter, Header, read_export
from tipline.evidence.lines import ExportedEntry

ABSENT: Final = ("sqlalchemy", "flask", "werkzeug", "alembic", "gunicorn", "limits", "argon2", "structlog")
FILES: Final = (
    "__init__.py",
    "cli.py",
    "clock.py",
    "ids.py",
    "commands/__init__.py",
    "commands/log.py",
    "commands/plainly.py",
    "disclosures/__init__.py",
    "disclosures/grounds.py",
    "disclosures/telling.py",
    "disclosures/terms.py",
    "interference/__init__.py",
    "interference/ways.py",
    "protection/__init__.py",
    "protection/states.py",
    "rewards/__init__.py",
    "rewards/amounts.py",
    "rewards/award.py",
    "rewards/days.py",
    "rewards/errors.py",
    "rewards/ledger.py",
    "rewards/matters.py",
    "rewards/pools.py",
    "rewards/rules.py",
    "rewards/scoring.py",
    "rewards/tills.py",
    "tips/__init__.py",
    "tips/moves.py",
    "tips/purposes.py",
    "transitions.py",
    "words.py",
)
STRANGERS: Final = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent!r}:
            raise ImportError(f"{{name}} is not on this machine")
sys.meta_path.insert(0, Absent())
sys.path.insert(0, {here!r})
from tipline.cli import main
sys.argv = ["tipline", *sys.argv[1:]]
try:
    main()
finally:
    ours = [name for name in sys.modules if name.partition(".")[0] in ("tipline", "admin", "templates")]
    print("LOADED", *sorted(ours), file=sys.stderr)
"""


@dataclass(frozen=True)
class Machine:
    """Another machine: a folder with copies of a few rooms, and no environment."""

    folder: Path

    @classmethod
    def with_the_verifier(cls, folder: Path) -> "Machine":
        """Bring the rooms there."""
        source, target = Path(tipline.__file__).parent, folder / "rooms" / "tipline"
        no_caches = shutil.ignore_patterns("__pycache__")
        shutil.copytree(Path(crypto.__file__).parent, folder / "rooms" / "crypto", ignore=no_caches)
        for room in ("alerts", "deadlines", "evidence", "roster"):
            shutil.copytree(source / room, target / room, ignore=no_caches)
        for part in ("commands", "disclosures", "interference", "protection", "tips", "rewards"):
            (target / part).mkdir()
        for file in FILES:
            shutil.copy(source / file, target / file)
        return cls(folder)

    def verify(self, export: bytes, *, name: str, **options: str) -> subprocess.CompletedProcess[str]:
        """`tipline log verify` of an export that was brought there."""
        file = self.folder / name
        file.write_bytes(export)
        program = STRANGERS.format(absent=ABSENT, here=str(self.folder / "rooms"))
        more = [word for option, value in options.items() for word in (f"--{option}", value)]
        return subprocess.run(
            [sys.executable, "-I", "-c", program, "log", "verify", name, *more],
            env={},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@dataclass(frozen=True)
class Evidence:
    """Two exports of one instance, the earlier kept elsewhere; and what the log's owner could forge with."""

    machine: Machine
    earlier: bytes
    later: bytes
    key: NoteSigner

    @property
    def lines(self) -> list[bytes]:
        """The later export, line by line: its header, then entry 0, 1, …"""
        return self.later.splitlines(keepends=True)

    def verify(self, export: bytes, *, name: str, against_earlier: bool) -> subprocess.CompletedProcess[str]:
        """Verify with the log's key, and with the checkpoint that was kept or without."""
        kept = {"checkpoint": "earlier.txt"} if against_earlier else {}
        return self.machine.verify(export, name=name, key=self.key.verifier.vkey, **kept)

    def rewritten(self, entries: Sequence[bytes], salts: Sequence[bytes]) -> bytes:
        """A whole export of other entries, signed with the log's own key."""
        [header] = [part for part in read_export(BytesIO(self.later)) if isinstance(part, Header)]
        tree, out = Frontier(), BytesIO()
        writer = ExportWriter(out)
        writer.header(header.origin, header.genesis)
        for index, (entry, salt) in enumerate(zip(entries, salts, strict=True)):
            writer.entry(index, salt, entry)
            tree.append(leaf_hash(commitment(salt, entry)))
        writer.finish(sign_checkpoint(Checkpoint(header.origin, tree.size, tree.root()), [self.key]))
        return out.getvalue()

    def parts(self) -> tuple[list[bytes], list[bytes]]:
        """Entries and salts of the later export."""
        found = [part for part in read_export(BytesIO(self.later)) if isinstance(part, ExportedEntry)]
        return [part.entry for part in found], [part.salt for part in found]


@pytest.fixture(scope="module")
def evidence(proxied: Trial, reviewer: Browser, tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    folder = tmp_path_factory.mktemp("elsewhere")
    reporter = Browser(proxied.public, headers={"X-Forwarded-For": "198.51.100.150"})
    address = f"/tips/{tip_of(proxied, report(reporter, 'They burn the reeds at night.')).hex()}"
    reviewer.get("/tips")
    exports = []
    for number in range(2):
        for _ in range(3):
            assert read(reviewer, address).status == 200
        file = folder / f"export-{number}.txt"
        proxied.run("log", "export", str(file))
        exports.append(file.read_bytes())
    machine = Machine.with_the_verifier(folder)
    (folder / "earlier.txt").write_bytes(exports[0])
    seed = bytes.fromhex((proxied.data / "keeper" / "log.key").read_text().strip())
    origin = json.loads((proxied.data / "site.json").read_text())["origin"]
    return Evidence(machine, exports[0], exports[1], NoteSigner(origin, SigningKey.from_seed(seed)))


def flipped(lines: list[bytes], index: int) -> list[bytes]:
    """One bit of an entry's nonce."""
    line = bytearray(lines[index + 1])
    line[line.index(b'"nonce":"') + len(b'"nonce":"')] ^= 1
    return [*lines[: index + 1], bytes(line), *lines[index + 2 :]]


def deleted(lines: list[bytes], index: int) -> list[bytes]:
    return [*lines[: index + 1], *lines[index + 2 :]]


def swapped(lines: list[bytes], index: int) -> list[bytes]:
    return [*lines[: index + 1], lines[index + 2], lines[index + 1], *lines[index + 3 :]]


def cut(lines: list[bytes], index: int) -> list[bytes]:
    """Everything from an entry on, but not the signed end."""
    return [*lines[: index + 1], *lines[lines.index(b"--\n") :]]


def cut_short(lines: list[bytes], index: int) -> list[bytes]:
    """Everything from an entry on."""
    return lines[: index + 1]


@pytest.mark.parametrize("against_earlier", [True, False])
@pytest.mark.parametrize("change", [flipped, deleted, swapped, cut_short])
def test_a_changed_export_fails_and_its_first_bad_entry_is_named(
    evidence: Evidence, change: Callable[[list[bytes], int], list[bytes]], against_earlier: bool
) -> None:
    for index in (1, len(evidence.parts()[0]) - 2):
        changed = b"".join(change(evidence.lines, index))
        failed = evidence.verify(
            changed, name=f"{change.__name__}-{index}.txt", against_earlier=against_earlier
        )
        assert failed.returncode == 1
        assert f"entry {index}:" in failed.stderr
        assert "Traceback" not in failed.stderr
        assert failed.stdout == ""


def test_a_cut_tail_under_the_old_signature_fails(evidence: Evidence) -> None:
    size = len(evidence.parts()[0])
    failed = evidence.verify(b"".join(cut(evidence.lines, size - 2)), name="cut.txt", against_earlier=False)
    assert failed.returncode == 1
    assert "the checkpoint is not that of these entries" in failed.stderr


def forgeries(evidence: Evidence) -> Iterator[tuple[str, bytes]]:
    """What whoever holds the log's own key could write, in itself without a fault."""
    entries, salts = evidence.parts()
    kept = len([part for part in read_export(BytesIO(evidence.earlier)) if isinstance(part, ExportedEntry)])
    reading = next(i for i, data in enumerate(entries) if Entry.decode(data).statement.body["type"] == "read")
    assert reading < kept - 1
    yield "without the tail", evidence.rewritten(entries[: kept - 1], salts[: kept - 1])
    without = [*range(reading), *range(reading + 1, len(entries))]
    yield "without a reading", evidence.rewritten([entries[i] for i in without], [salts[i] for i in without])
    swapped_places = [*without[: reading + 1], reading, *without[reading + 1 :]]
    at = [Entry.decode(entries[i]).at for i in swapped_places]
    if at == sorted(at):
        yield (
            "in another order",
            evidence.rewritten([entries[i] for i in swapped_places], [salts[i] for i in swapped_places]),
        )
    told = Entry.decode(entries[reading])
    refused = Entry(told.at, "refused", "excluded", told.statement).encode()
    yield (
        "a reading as a refusal",
        evidence.rewritten([*entries[:reading], refused, *entries[reading + 1 :]], salts),
    )
    yield "other salts", evidence.rewritten(entries, [sha256(salt).digest() for salt in salts])


def test_a_log_rewritten_with_its_own_key_fails_against_an_earlier_checkpoint(evidence: Evidence) -> None:
    for number, (what, export) in enumerate(forgeries(evidence)):
        alone = evidence.verify(export, name=f"forged-{number}.txt", against_earlier=False)
        assert alone.returncode == 0, (what, alone.stderr)  # no fault in itself: only what was kept can tell
        failed = evidence.verify(export, name=f"forged-{number}.txt", against_earlier=True)
        assert failed.returncode == 1, what
        assert "were changed or the tail was cut" in failed.stderr
        assert "Traceback" not in failed.stderr


def test_the_true_log_verifies_and_claims_no_more_than_was_checked(evidence: Evidence) -> None:
    whole = evidence.verify(evidence.later, name="later.txt", against_earlier=True)
    assert whole.returncode == 0, whole.stderr
    assert "signed by the given key" in whole.stdout
    assert "of the earlier checkpoint stand unchanged" in whole.stdout
    without_key = evidence.machine.verify(evidence.later, name="later.txt")
    assert without_key.returncode == 0, without_key.stderr
    assert "consistent, signer not checked" in without_key.stdout
    assert "signed by the given key" not in without_key.stdout


def test_the_verifier_has_only_its_own_rooms_there(evidence: Evidence) -> None:
    for export in (evidence.later, b"".join(flipped(evidence.lines, 1))):
        said = evidence.verify(export, name="rooms.txt", against_earlier=True).stderr
        [loaded] = [line.split()[1:] for line in said.splitlines() if line.startswith("LOADED")]
        assert "tipline.evidence.verify" in loaded
        rooms = {".".join(name.split(".")[:2]) for name in loaded}
        assert rooms == {
            "tipline",
            "tipline.alerts",
            "tipline.cli",
            "tipline.clock",
            "tipline.commands",
            "tipline.deadlines",
            "tipline.disclosures",
            "tipline.evidence",
            "tipline.ids",
            "tipline.interference",
            "tipline.protection",
            "tipline.rewards",
            "tipline.roster",
            "tipline.tips",
            "tipline.transitions",
            "tipline.words",
        }
