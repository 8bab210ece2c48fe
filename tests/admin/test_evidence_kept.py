"""A head of the log that a court kept goes into a pack with its proof; one that does not fit goes nowhere."""

from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from crypto.keys import SigningKey
from crypto.notes import Checkpoint, NoteSigner, sign_checkpoint
from tests.admin.conftest import Office
from tests.admin.test_evidence import logged_since, read_once, take
from tests.evidence import alone
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.reading import read_pack
from tipline.evidence.verify_pack import verify_pack

ENGLISH = {"Accept-Language": "en"}

verifier = alone.load()


@pytest.fixture(autouse=True)
def quick_printing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(office.services.printer), "pdf", lambda *_, **__: b"%PDF-1.7 a report")


def on_paper(office: Office) -> str:
    """What the printed page shows: the head of now with its first signature."""
    page = office.signed_in("auditor").get("/log/checkpoint").text
    return unescape(page.partition('<pre class="note" tabindex="0">')[2].partition("</pre>")[0])


def in_full(office: Office) -> str:
    """What `tipline log checkpoint` writes: with both signatures."""
    _, note = office.keeper().signed_checkpoint()
    return note.decode()


def signed(office: Office, size: int, root: bytes, origin: str = "") -> str:
    """A head that this log's key signed, whatever it says."""
    name = origin or office.settings.origin
    return sign_checkpoint(Checkpoint(name, size, root), [NoteSigner(name, office.world.log_key)]).decode()


@pytest.mark.parametrize("kept_as", [on_paper, in_full])
def test_a_pack_proves_that_the_log_goes_on_from_a_head_that_somebody_kept(
    kept_as: Callable[[Office], str], office: Office, tmp_path: Path
) -> None:
    read_once(office)
    kept = kept_as(office)
    read_once(office)
    without = take(office, type="read")
    data = take(office, type="read", checkpoint="  " + kept.strip().replace("\n", "\r\n"))
    result = verify_pack(data, log_key=office.world.verifier, old_checkpoint=kept.encode())
    assert result.old_size == int(kept.split("\n")[1])
    file, old = tmp_path / "pack.zip", tmp_path / "kept"
    file.write_bytes(data)
    old.write_text(kept, "utf-8")
    pins = verifier.Pins(
        verifier.Key.parse(office.world.verifier.vkey), "", verifier.Checkpoint(kept.encode(), "kept")
    )
    assert any("which goes on from it" in one for one in verifier.verify(file, pins).yes)
    with pytest.raises(VerificationFailed, match="holds no proof"):
        verify_pack(without, log_key=office.world.verifier, old_checkpoint=kept.encode())


def wrong_heads(office: Office) -> dict[str, tuple[str, str]]:
    """What somebody may give, and a piece of the sentence that they read."""
    true = on_paper(office)
    origin, size, root, *rest = true.split("\n")
    other = SigningKey.from_seed(b"\x55" * 32)
    foreign = sign_checkpoint(
        Checkpoint("other.example/log", 3, bytes(32)), [NoteSigner("other.example/log", other)]
    )
    forged = sign_checkpoint(Checkpoint(origin, 3, bytes(32)), [NoteSigner(origin, other)]).decode()
    return {
        "not a head": ("the court kept a head", "is not a head of a log"),
        "cut short": (f"{origin}\n{size}\n{root}\n", "is not a head of a log"),
        "of nothing": (signed(office, 0, bytes(32)), "is not a head of a log"),
        "no text": ("\u2028\n\x00", "is not a head of a log"),
        "of another log": (foreign.decode(), "of another log, other.example/log"),
        "made up": (forged, "did not sign this head"),
        "another size": ("\n".join((origin, str(int(size) - 1), root, *rest)), "did not sign this head"),
        "a fork": (signed(office, 2, bytes(32)), "does not go on from it"),
        "a fork of this size": (signed(office, int(size), bytes(32)), "does not go on from it"),
        "more than there is": (signed(office, 2**40, bytes(32)), "does not go on from it"),
    }


@pytest.mark.parametrize(
    "which",
    [
        *("not a head", "cut short", "of nothing", "no text", "of another log", "made up", "another size"),
        *("a fork", "a fork of this size", "more than there is"),
    ],
)
def test_a_wrong_head_is_named_and_nothing_typed_is_lost(which: str, office: Office) -> None:
    read_once(office)
    given, sentence = wrong_heads(office)[which]
    size = office.log_size()
    auditor = office.signed_in("auditor", confirmed=True)
    fields = {"type": "read", "first": "0", "checkpoint": given}
    page = auditor.post("/log/evidence", fields, headers=ENGLISH)
    assert page.status_code == 422
    assert sentence in page.text
    assert 'href="#checkpoint"' in page.text
    assert 'aria-invalid="true">' in page.text
    box = page.text.partition('id="checkpoint"')[2].partition(">")[2].partition("</textarea>")[0]
    assert unescape(box).split() == given.split()
    assert '<option value="read" selected>' in page.text
    assert 'name="names" value="yes">' in page.text, "the box that was left empty stays empty"
    assert logged_since(office, size) == {"audit"}


def test_what_was_typed_stays_when_nothing_fits_any_more(office: Office) -> None:
    read_once(office)
    kept = on_paper(office)
    fields = {"type": "sheets", "checkpoint": kept}
    page = office.signed_in("auditor", confirmed=True).post("/log/evidence", fields, headers=ENGLISH)
    assert page.status_code == 422
    assert kept.split("\n")[2] in page.text


def test_a_stranger_s_line_under_a_kept_head_goes_into_no_pack(office: Office) -> None:
    read_once(office)
    stranger = NoteSigner("stranger.example", SigningKey.from_seed(b"\x56" * 32))
    kept = on_paper(office)
    text = kept.partition("\n\n")[0] + "\n"
    data = take(office, type="read", checkpoint=kept + stranger.line(text))
    notes = [one.note for one in read_pack(data).proofs.checkpoints]
    assert kept.encode() in notes
    assert not any(b"stranger.example" in note for note in notes)
