"""A packet from what a reading opened: one age file to the body's key, or a PDF to print."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from flask import render_template
from flask_babel import get_locale
from flask_babel import gettext as _

from admin.page_words import page_words
from admin.queue.service import handle
from admin.readings.packets import PacketReading
from admin.transfers.errors import NoRoom, PacketNotMade
from admin.transfers.forms import LANGUAGES, SEALED, Order
from admin.transfers.letter import LetterFacts, day_words, letter_blocks, number_words, spoken
from admin.transfers.papers import Section, Watermark, as_plain_text, file_rows, sections
from admin.visit import Visit
from crypto.errors import CryptoError
from tipline.ids import TipId
from tipline.tips.models import Tip
from tipline.transfers.errors import CannotPrint
from tipline.transfers.numbers import LetterNumber
from tipline.transfers.packing import Enclosure, path_for, seal_packet
from tipline.transfers.spool import Spool

STYLES: Final = "transfer_print.css"


@dataclass(frozen=True)
class Packet:
    """What is handed out: a name for the browser, SHA-256 (hex), length in bytes, and the bytes, once."""

    name: str
    digest: str
    size: int
    pieces: Callable[[], Iterator[bytes]] = field(repr=False)
    close: Callable[[], None] = field(repr=False)


@dataclass(frozen=True, repr=False)
class Contents:
    """All that goes into a packet, in words already."""

    visit: Visit
    order: Order
    number: LetterNumber
    facts: LetterFacts
    mark: Watermark
    parts: Sequence[Section]
    read: PacketReading


def make_packet(visit: Visit, tip: Tip, order: Order, number: LetterNumber, read: PacketReading) -> Packet:
    """Make a packet; nothing of it is stored in clear.

    Raises:
        TransferError: the printing process gave no document, or there is no room.
    """
    with spoken(order.language):
        contents = _contents(visit, tip, order, number, read)
        try:
            return _sealed(contents) if order.kind == SEALED else _printed(contents)
        except CannotPrint as error:
            raise PacketNotMade from error
        except OSError as error:
            raise NoRoom from error


def letter_facts(visit: Visit, tip: Tip, order: Order, number: LetterNumber, files: int) -> LetterFacts:
    """What the letter of a tip says; called inside `spoken`."""
    place = visit.services.deployment
    language = names_in()
    sender = place.body.said_in(language) or place.place.said_in(language) or _("The tip line's office")
    return LetterFacts(
        sender=sender,
        desk=visit.directory.desks[number.desk].names[language],
        number=number,
        addressee=order.body.names[language],
        handle=handle(TipId(tip.id).hex()),
        arrived_on=tip.arrived_on,
        day=visit.services.clock.today(),
        files=files if order.kind == SEALED else None,
        remark=order.remark,
    )


def names_in() -> str:
    """Which of two names of a desk or body is said: "zh" or "en"."""
    return "zh" if str(get_locale()).startswith("zh") else "en"


def _contents(visit: Visit, tip: Tip, order: Order, number: LetterNumber, read: PacketReading) -> Contents:
    words = page_words(str(get_locale()), visit)
    text = read.read.text
    mark = Watermark(visit.session.member.name, read.read.index, visit.services.clock.today())
    units = [str(words["unit_name"](unit)) for unit in text.exclude]
    parts = sections(read.read, tip.arrived_on, units, str(words["unit_name"](text.unit)))
    facts = letter_facts(visit, tip, order, number, len(read.files))
    return Contents(visit, order, number, facts, mark, parts, read)


def _printed(contents: Contents) -> Packet:
    files = file_rows(_enclosed_files(contents))
    pdf = _pdf(contents, "transfer_packet.html", parts=contents.parts, files=files)
    return Packet(
        f"transfer-{contents.number}.pdf",
        sha256(pdf).hexdigest(),
        len(pdf),
        lambda: iter((pdf,)),
        lambda: None,
    )


def _sealed(contents: Contents) -> Packet:
    recipient = contents.order.body.recipient
    if recipient is None:
        raise PacketNotMade
    enclosures = [*_documents(contents), *_enclosed_files(contents)]
    index = [
        Enclosure.of("index.json", _index_json(contents, enclosures)),
        Enclosure.of("index.html", _index_html(contents, enclosures)),
    ]
    spool = Spool(contents.visit.services.settings.staging)
    try:
        seal_packet(spool, recipient, [*index, *enclosures], contents.facts.day)
        digest = spool.finish()
    except CryptoError as error:  # the file changed between its two readings
        spool.close()
        raise PacketNotMade from error
    except OSError:
        spool.close()
        raise
    return Packet(f"transfer-{contents.number}.tar.age", digest, spool.size, spool.pieces, spool.close)


def _documents(contents: Contents) -> list[Enclosure]:
    services = contents.visit.services
    who, tag = contents.mark.reader, LANGUAGES[contents.order.language]
    return [
        Enclosure.of("letter.pdf", _pdf(contents, "transfer_letter.html")),
        Enclosure.of("letter.docx", services.printer.docx(letter_blocks(contents.facts), tag, who)),
        Enclosure.of("tip.txt", as_plain_text(contents.parts, contents.mark).encode()),
        Enclosure.of("tip.pdf", _pdf(contents, "transfer_tip.html", parts=contents.parts, files=[])),
    ]


def _enclosed_files(contents: Contents) -> list[Enclosure]:
    return [
        Enclosure(path_for(file.name, number), file.size, file.digest, file.pieces, file.name)
        for number, file in enumerate(contents.read.files, 1)
    ]


def _pdf(contents: Contents, template: str, **more: Any) -> bytes:
    printer = contents.visit.services.printer
    markup = render_template(
        template,
        blocks=letter_blocks(contents.facts),
        number=number_words(contents.number, contents.facts.desk),
        mark=contents.mark,
        facts=contents.facts,
        day=day_words(contents.facts.day),
        tag=LANGUAGES[contents.order.language],
        shut=contents.read.files_shut,
        **more,
    )
    return printer.pdf(markup, render_template(STYLES), contents.mark.reader)


def _index_json(contents: Contents, enclosures: Sequence[Enclosure]) -> bytes:
    mark = contents.mark
    index = {
        "letter": str(contents.number),
        "desk": contents.number.desk,
        "tip": contents.facts.handle,
        "to": contents.order.body.id,
        "day": mark.day.isoformat(),
        "reader": mark.reader,
        "log_entry": mark.index,
        "files": file_rows(enclosures),
        "files_left_shut": contents.read.files_shut,
    }
    return (json.dumps(index, ensure_ascii=False, indent=1) + "\n").encode()


def _index_html(contents: Contents, enclosures: Sequence[Enclosure]) -> bytes:
    return render_template(
        "transfer_index.html",
        number=number_words(contents.number, contents.facts.desk),
        mark=contents.mark,
        facts=contents.facts,
        files=file_rows(enclosures),
        tag=LANGUAGES[contents.order.language],
        shut=contents.read.files_shut,
    ).encode()
