"""The evidence pack: what it proves, and that whatever was forged in it, it fails."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest

from crypto.cosignatures import Ed25519Cosigner, MldsaCosigner
from crypto.keys import SigningKey
from crypto.log_keys import next_key_fields
from crypto.mldsa import MldsaSigningKey
from crypto.note_lines import to_base64
from crypto.notes import NoteSigner, NoteVerifier
from crypto.statements import Entry
from tests.evidence import alone
from tests.evidence.logs import Log, read, sample
from tests.evidence.packs import LOG_PQ, Packer
from tests.roster.township import (
    AUDITOR,
    LOG_KEY,
    NEWCOMER,
    ORIGIN,
    REGISTRAR,
    REGISTRAR_2,
    REVIEWER_A,
    START,
    body,
    genesis,
    member,
    signed,
)
from tipline.evidence import report
from tipline.evidence.container import read_container, write_container
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.pack import FILES, LINES, MANIFEST, PROOFS, Name, evidence_fields, write_manifest
from tipline.evidence.reading import read_pack
from tipline.evidence.report_words import LANGUAGES, LAYOUT, Words, words_in
from tipline.evidence.verify_pack import PackResult, verify_pack

KEY: Final = NoteVerifier(ORIGIN, LOG_KEY.public)
CHOSEN: Final = (1, 3, 5, 8, 10)
SALT: Final = b"\x05" * 16
WITNESS: Final = Ed25519Cosigner("witness.example", SigningKey.from_seed(b"\x41" * 32))
WITNESS_PQ: Final = MldsaCosigner("witness.example", MldsaSigningKey.from_seed(b"\x42" * 32))

verifier = alone.load()


@pytest.fixture(scope="module")
def pack() -> bytes:
    return Packer(sample(), older=[5]).pack(CHOSEN)


def verify(data: bytes, *, old: bytes | None = None) -> PackResult:
    return verify_pack(data, log_key=KEY, old_checkpoint=old)


def alone_takes(data: bytes, tmp_path: Path, *, old: bytes = b"") -> bool:
    """Whether the one-file verifier takes it, too."""
    file = tmp_path / "pack.zip"
    file.write_bytes(data)
    known = verifier.Checkpoint(old, "the earlier checkpoint") if old else None
    try:
        verifier.verify(file, verifier.Pins(verifier.Key.parse(KEY.vkey), "", known))
    except verifier.Failed:
        return False
    return True


def refused(data: bytes, tmp_path: Path, *, old: bytes | None = None) -> str:
    """Both verifiers refuse a pack; why the service's own does."""
    assert not alone_takes(data, tmp_path, old=old or b"")
    with pytest.raises(VerificationFailed) as failed:
        verify(data, old=old)
    return failed.value.sentence


def changed(pack: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A pack with one file changed, and everything around it made to fit."""
    files = read_container(pack)
    files[name] = change(files[name])
    if name not in (MANIFEST, PROOFS):
        files[MANIFEST] = write_manifest(files)
    return write_container({name: files[name] for name in FILES})


def with_proofs(pack: bytes, proofs: bytes) -> bytes:
    """A pack with other proofs."""
    return changed(pack, PROOFS, lambda _: proofs)


def test_a_pack_says_what_it_holds(pack: bytes, tmp_path: Path) -> None:
    result = verify(pack)
    assert (result.chosen, result.changes, result.evidence, result.member) == (5, 4, 13, AUDITOR)
    assert result.signer_checked
    assert result.reports_checked
    assert alone_takes(pack, tmp_path)


def test_any_program_opens_it(pack: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        assert archive.testzip() is None
        assert tuple(archive.namelist()) == FILES


def test_the_same_choice_gives_the_same_bytes() -> None:
    assert Packer(sample()).pack(CHOSEN) == Packer(sample()).pack(CHOSEN)


@pytest.mark.parametrize("name", [name for name in FILES if name not in (MANIFEST, PROOFS)])
def test_what_the_auditor_signed_cannot_be_changed(name: str, pack: bytes, tmp_path: Path) -> None:
    def longer(data: bytes) -> bytes:
        return data.replace(b"2025-03-01", b"2025-03-02", 1) if name == LINES else data + b"\n"

    assert refused(changed(pack, name, longer), tmp_path)


@pytest.mark.parametrize("name", [name for name in FILES if name != PROOFS])
def test_every_file_is_the_one_that_the_manifest_lists(name: str, pack: bytes, tmp_path: Path) -> None:
    files = read_container(pack)
    files[name] += b"\n"
    assert refused(write_container(files), tmp_path)


def test_no_line_of_the_proofs_can_be_changed_left_out_or_put_in(pack: bytes, tmp_path: Path) -> None:
    lines = read_container(pack)[PROOFS].splitlines(keepends=True)
    proved = [place for place, line in enumerate(lines) if b'"checkpoint"' not in line]
    for place in proved:
        for kept in ([*lines[:place], *lines[place + 1 :]], [*lines[: place + 1], *lines[place:]]):
            assert refused(with_proofs(pack, b"".join(kept)), tmp_path)


def test_no_hash_of_a_proof_can_be_changed(pack: bytes, tmp_path: Path) -> None:
    proofs = read_container(pack)[PROOFS]
    for found in re.finditer(rb'(?:\[|,)"[0-9a-f]{63}([0-9a-f])"', proofs):
        place = found.start(1)
        other = b"0" if found[1] != b"0" else b"1"
        assert refused(with_proofs(pack, proofs[:place] + other + proofs[place + 1 :]), tmp_path)


def test_an_entry_that_was_never_logged_is_not_taken(tmp_path: Path) -> None:
    """Signed by whom it names, and stated as evidence by an auditor; the log has another in its place."""
    log = sample()
    made = Log(log.entries)
    made.entries[5] = Entry(START + 5, "done", "", signed(read(98, at=START + 5))).encode()
    whole = read_pack(Packer(made).pack([5]))
    signed_for = {name: data for name, data in whole.files.items() if name not in (MANIFEST, PROOFS)}
    packer = Packer(log)
    fields = evidence_fields(whole.lines.header, whole.files[MANIFEST])
    packer.state(body("evidence", [AUDITOR], at=START + 10, **fields))
    data = packer.proven(signed_for, whole.files[MANIFEST], [entry.index for entry in whole.lines.entries])
    assert "does not stand in the log" in refused(data, tmp_path)


def test_an_entry_that_was_chosen_must_be_there(tmp_path: Path) -> None:
    assert "was chosen, and is not in the pack" in refused(
        Packer(sample()).pack(CHOSEN, leave_out=[5]), tmp_path
    )


def test_an_entry_that_nobody_chose_is_not_smuggled_in(tmp_path: Path) -> None:
    assert "was not chosen" in refused(Packer(sample()).pack(CHOSEN, more=[11]), tmp_path)


def test_a_change_of_the_roster_that_is_left_out_leaves_its_signer_unknown(tmp_path: Path) -> None:
    assert "whom the roster does not know" in refused(forged(CHOSEN, leave_out=[2, 4, 9]), tmp_path)


def forged(chosen: tuple[int, ...], **more: list[int]) -> bytes:
    """A pack whose reports were made of all entries, and its lines of fewer."""
    packer = Packer(sample())
    try:
        return packer.pack(chosen, **more)
    except VerificationFailed:
        whole = Packer(sample()).pack(chosen)
        gone = {b'"index":%d,' % index for index in more["leave_out"]}

        def cut(data: bytes) -> bytes:
            kept = [line for line in data.splitlines(keepends=True) if not any(one in line for one in gone)]
            return b"".join(kept)

        return changed(whole, LINES, cut)


def test_a_pack_that_its_auditor_did_not_state_is_refused(tmp_path: Path) -> None:
    whole = read_pack(Packer(sample()).pack(CHOSEN))
    for forge in (
        body("evidence", [AUDITOR], at=START + 10, entries=[[1, 1]], hash=whole.manifest_hash),
        body(
            "evidence",
            [AUDITOR],
            at=START + 10,
            entries=[list(p) for p in whole.lines.header.entries],
            hash="00" * 32,
        ),
        body("audit", [AUDITOR], at=START + 10, first=0, count=1),
    ):
        other = Packer(sample())
        other.state(forge)
        files = {name: data for name, data in whole.files.items() if name not in (MANIFEST, PROOFS)}
        indices = [entry.index for entry in whole.lines.entries]
        assert refused(other.proven(files, whole.files[MANIFEST], indices), tmp_path)


def test_a_report_that_says_something_else_is_found_though_its_auditor_signed_it(tmp_path: Path) -> None:
    packer = Packer(sample())
    whole = read_pack(Packer(sample()).pack(CHOSEN))
    files = {name: data for name, data in whole.files.items() if name not in (MANIFEST, PROOFS)}
    files["report.en.html"] = files["report.en.html"].replace(b"Read</td>", b"Noted</td>", 1)
    assert files["report.en.html"] != whole.files["report.en.html"]
    manifest = write_manifest(files)
    packer.state(body("evidence", [AUDITOR], at=START + 10, **evidence_fields(whole.lines.header, manifest)))
    data = packer.proven(files, manifest, [entry.index for entry in whole.lines.entries])
    with pytest.raises(VerificationFailed, match=r"report\.en\.html does not say what the entries say"):
        verify(data)
    assert alone_takes(data, tmp_path)  # it says that it compares no reports, and prints the entries itself


def test_reports_of_another_version_are_not_compared_and_that_is_said() -> None:
    packer = Packer(sample())
    whole = read_pack(Packer(sample()).pack(CHOSEN))
    header = replace(whole.lines.header, report="9-0123456789abcdef")
    files = {**whole.files, LINES: header.line() + whole.files[LINES].partition(b"\n")[2]}
    files["report.en.html"] += b"<p>newer</p>"
    manifest = write_manifest(files)
    packer.state(body("evidence", [AUDITOR], at=START + 10, **evidence_fields(header, manifest)))
    assert not verify(
        packer.proven(files, manifest, [one.index for one in whole.lines.entries])
    ).reports_checked


def named_log() -> Log:
    """A log whose reviewer has a name."""
    log = Log()
    digest = sha256(SALT + "李 <b>".encode()).hexdigest()
    people = [
        member(REGISTRAR, "u1", roles=["registrar"]),
        member(REVIEWER_A, "u2", desks=["intake"], name_digest=digest),
        member(AUDITOR, "u4", desks=["auditors"]),
    ]
    log.done(genesis(members=people))
    log.done(read(1, at=START + 1))
    return log


def test_a_name_is_the_one_that_the_log_knows(tmp_path: Path) -> None:
    right = Packer(named_log(), names={REVIEWER_A: Name("李 <b>", SALT)}).pack([1])
    assert verify(right).names == 1
    assert alone_takes(right, tmp_path)
    page = read_container(right)["report.zh.html"].decode()
    assert "李 &lt;b&gt;" in page
    assert "<b>" not in page
    wrong: Mapping[str, Name] = {REVIEWER_A: Name("王", SALT)}
    assert "has another name" in refused(Packer(named_log(), names=wrong).pack([1]), tmp_path)


def pq_log() -> Log:
    """A log with two keys and its witnesses."""
    log = Log()
    log.done(genesis(log_key_pq=to_base64(LOG_PQ.public.raw)))
    keys = [WITNESS.verifier.vkey, WITNESS_PQ.verifier.vkey]
    named = [{"name": "witness.example", "url": "https://witness.example", "keys": keys}]
    policy: dict[str, Any] = {"witnesses": named, "quorum": 1, "alarm_hours": 24, "stop": False}
    log.done(body("witnesses", [REGISTRAR, REGISTRAR_2], at=START + 1, **policy))
    log.done(read(2, at=START + 2))
    return log


def test_a_checkpoint_without_the_logs_second_signature_is_refused(tmp_path: Path) -> None:
    assert "second signature" in refused(Packer(pq_log()).pack([2]), tmp_path)
    assert alone_takes(Packer(pq_log(), pq=LOG_PQ).pack([2]), tmp_path)


def test_an_earlier_checkpoint_may_be_one_from_paper_with_the_first_signature_alone(tmp_path: Path) -> None:
    log = pq_log()
    kept = log.checkpoint(2)
    data = Packer(log, pq=LOG_PQ, older=[2], paper=[2]).pack([2])
    assert verify(data, old=kept).old_size == 2
    file = tmp_path / "pack.zip"
    file.write_bytes(data)
    pins = verifier.Pins(verifier.Key.parse(KEY.vkey), "", verifier.Checkpoint(kept, "kept"))
    assert any("(size 2) is of the same log" in one for one in verifier.verify(file, pins).yes)
    log = pq_log()
    last = len(log.entries) + 1  # the evidence is the entry after
    assert "second signature" in refused(Packer(log, pq=LOG_PQ, paper=[last]).pack([2]), tmp_path)
    log.signer = NoteSigner(ORIGIN, SigningKey.from_seed(b"\x45" * 32))
    assert refused(Packer(log, pq=LOG_PQ, older=[2], paper=[2]).pack([2]), tmp_path)


def test_a_witness_counts_when_all_its_keys_signed(tmp_path: Path) -> None:
    half = Packer(pq_log(), pq=LOG_PQ, witnesses=[WITNESS]).pack([2])
    assert verify(half).cosigned == ()
    whole = Packer(pq_log(), pq=LOG_PQ, witnesses=[WITNESS, WITNESS_PQ], older=[3]).pack([2])
    [cosigned] = verify(whole).cosigned
    assert (cosigned.name, cosigned.size, cosigned.at) == ("witness.example", 4, START + 2)
    file = tmp_path / "pack.zip"
    file.write_bytes(whole)
    proved = verifier.verify(file, verifier.Pins(verifier.Key.parse(KEY.vkey), "", None))
    assert any("witness.example countersigned the log at 4 entries" in one for one in proved.yes)
    file.write_bytes(half)
    proved = verifier.verify(file, verifier.Pins(verifier.Key.parse(KEY.vkey), "", None))
    assert any("witness.example countersigned none" in one for one in proved.no)


def test_a_line_of_a_stranger_under_a_checkpoint_is_refused(tmp_path: Path) -> None:
    stranger = Ed25519Cosigner("stranger.example", SigningKey.from_seed(b"\x43" * 32))
    data = Packer(pq_log(), pq=LOG_PQ, witnesses=[stranger]).pack([2])
    assert "no known key covers" in refused(data, tmp_path)
    false = Ed25519Cosigner("witness.example", SigningKey.from_seed(b"\x44" * 32))
    assert refused(Packer(pq_log(), pq=LOG_PQ, witnesses=[false]).pack([2]), tmp_path)


def test_an_earlier_checkpoint_must_be_among_those_of_the_pack(pack: bytes, tmp_path: Path) -> None:
    assert verify(pack, old=sample().checkpoint(5)).old_size == 5
    assert alone_takes(pack, tmp_path, old=sample().checkpoint(5))
    assert "holds no proof" in refused(pack, tmp_path, old=sample().checkpoint(6))
    other = Log(sample().entries[:4])
    other.done(read(99, by=[NEWCOMER], at=START + 5))
    assert "were changed" in refused(pack, tmp_path, old=other.checkpoint())


def test_another_key_or_first_entry_than_the_one_given_is_refused(pack: bytes) -> None:
    other = SigningKey.from_seed(b"\x51" * 32)
    with pytest.raises(VerificationFailed, match="names the log key"):
        verify_pack(pack, log_key=NoteVerifier(ORIGIN, other.public))
    with pytest.raises(VerificationFailed, match="another log"):
        verify_pack(pack, log_key=NoteVerifier("other.example/log", LOG_KEY.public))
    with pytest.raises(VerificationFailed, match="another than the one given"):
        verify_pack(pack, log_key=None, genesis="00" * 32)
    assert not verify_pack(pack, log_key=None).signer_checked


def test_a_pack_under_the_next_key_of_its_log_follows_the_chain(tmp_path: Path) -> None:
    log, new = sample(), SigningKey.from_seed(b"\x61" * 32)
    fields = next_key_fields(ORIGIN, LOG_KEY.public, new, LOG_PQ.public)
    log.done(body(fields.pop("type"), ["keeper"], at=START + 11, **fields))
    log.signer = NoteSigner(ORIGIN, new)
    data = Packer(log, pq=LOG_PQ).pack([1])
    assert verify(data).size == 15
    assert alone_takes(data, tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_says_every_entry_in_words(language: str, pack: bytes) -> None:
    page = read_container(pack)[f"report.{language}.html"].decode()
    words = words_in(language)
    for code in ("read", "unreadable"):
        assert words.word("action", code) in page
    assert words.word("refusal", "desk-not-held") in page
    assert ("Unit u2" if language == "en" else "单位u2") in page


def test_the_layout_of_the_reports_changes_with_its_version_alone(
    pack: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = {code: code for code in words_in("zh").table["layout"]}
    bare = Words("zh", {**{kind: {} for kind in words_in("zh").table}, "layout": codes})
    monkeypatch.setattr(report, "words_in", lambda _: bare)
    monkeypatch.setattr(report, "style", lambda: "")
    page = report.write_reports(read_pack(pack).lines)["report.zh.html"]
    assert (LAYOUT, sha256(page).hexdigest()[:16]) == (1, "364e3362da3b1c30"), (
        "raise LAYOUT, then pin the new hash"
    )


def test_a_pack_with_nothing_in_it_is_none(tmp_path: Path) -> None:
    for data in (b"", b"PK\x03\x04", write_container({}), write_container({"pack.jsonl": b""})):
        with pytest.raises(VerificationFailed):
            verify(data)
