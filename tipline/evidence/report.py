"""The report of a pack: what its entries say, for people. Made from pack.jsonl and nothing else.

One page of HTML a language, complete in itself. Nothing in it was typed by a reporter; what members and units
are called is escaped.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any, Final

from crypto.errors import BadFormat
from crypto.statements import DONE, Entry
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.facts import facts, tips
from tipline.evidence.pack import PackHeader
from tipline.evidence.reading import PackLines
from tipline.evidence.report_words import LANGUAGES, TAGS, Words, style, words_in
from tipline.roster import Roster, RosterRefused
from tipline.roster.changes import CHANGES
from tipline.roster.replay import GENESIS
from tipline.roster.rules import KEEPER

_MINUTES: Final = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class Line:
    """A chosen entry, and the roster of its place (before it)."""

    index: int
    leaf: bytes
    entry: Entry
    roster: Roster


def write_reports(lines: PackLines) -> dict[str, bytes]:
    """The reports in HTML by their names in the pack.

    Raises:
        VerificationFailed: an entry is none, or the roster cannot be replayed.
    """
    placed = list(_placed(lines))
    wanted = lines.header.chosen
    chosen = [line for line in placed if line.index in wanted]
    changes = sum(is_change(line.entry) for line in placed)
    return {
        f"report.{language}.html": _page(lines.header, chosen, changes, words_in(language)).encode("utf-8")
        for language in LANGUAGES
    }


def is_change(entry: Entry) -> bool:
    """Whether an entry begins or changes the roster."""
    return entry.outcome == DONE and entry.statement.body["type"] in (GENESIS, *CHANGES)


def _placed(lines: PackLines) -> Iterator[Line]:
    """The entries, each with the roster that it was decided under."""
    roster: Roster | None = None
    for line in lines.entries:
        try:
            entry = Entry.decode(line.entry)
            body = entry.statement.body
            before = Roster.from_genesis(body) if roster is None else roster
            roster = before if line.index == 0 or entry.outcome != DONE else before.apply(line.index, body)
        except (BadFormat, RosterRefused) as error:
            raise VerificationFailed(line.index, f"the roster cannot be replayed ({error})") from error
        yield Line(line.index, line.leaf, entry, before)


def _page(header: PackHeader, chosen: Sequence[Line], changes: int, words: Words) -> str:
    say = words.say
    who = header.names[header.member].name if header.member in header.names else ""
    about = (
        (say("log"), header.origin),
        (say("first"), header.genesis),
        (say("taken-by"), f"{who} {header.member}".strip()),
        (say("day"), header.day),
        (say("chosen"), str(len(header.chosen))),
        (say("changes"), str(changes)),
    )
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{TAGS[words.language]}">',
        f'<head><meta charset="utf-8"><title>{escape(say("title"))}</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>\n{style()}</style></head>",
        f"<body><h1>{escape(say('title'))}</h1>",
        _list(about),
        f"<h2>{escape(say('about'))}</h2>",
        *(f"<p>{escape(say(name))}</p>" for name in ("about-1", "about-2", "about-3")),
        f"<h2>{escape(say('entries'))}</h2>",
        _table(
            words,
            ("index", "time", "who", "what", "tip", "details", "result"),
            [_row(line, header, words) for line in chosen],
        ),
        f"<h2>{escape(say('people'))}</h2>",
        _table(words, ("member", "name", "unit", "key"), _people(chosen, header, words)),
        f"<h2>{escape(say('hashes'))}</h2>",
        _table(words, ("index", "leaf", "statement"), [_hashes(line) for line in chosen]),
        "</body></html>\n",
    ]
    return "\n".join(parts)


def _row(line: Line, header: PackHeader, words: Words) -> tuple[str, ...]:
    entry, body = line.entry, line.entry.statement.body
    told = [
        f'<span class="faint">{escape(name)}:</span> {escape(value)}' for name, value in facts(line, words)
    ]
    return (
        str(line.index),
        escape(_time(entry.at)),
        "<br>".join(_signer(signer, line.roster, header, words) for signer in entry.statement.signers),
        escape(_action(body, words)),
        "<br>".join(f"<code>{escape(tip)}</code>" for tip in tips(body)),
        "<br>".join(told),
        _result(entry, words),
    )


def _action(body: Mapping[str, Any], words: Words) -> str:
    taken = body["type"] == "role" and body.get("held") is False
    return words.word("action", "role-taken" if taken else str(body["type"]))


def _result(entry: Entry, words: Words) -> str:
    if entry.outcome == DONE:
        return escape(words.say("done"))
    reason = words.word("refusal", entry.reason)
    return f'<span class="refused">{escape(words.say("refused"))}</span>: {escape(reason)}'


def _signer(signer: str, roster: Roster, header: PackHeader, words: Words) -> str:
    """Name, id, unit, and what they held at that place of the log."""
    if signer == KEEPER:
        return escape(words.say("keeper"))
    member = roster.members.get(signer)
    name = header.names[signer].name if signer in header.names else ""
    called = f"{escape(name)} <code>{escape(signer)}</code>".strip()
    if member is None:
        return f"{called} ({escape(words.say('unknown'))})"
    desks = [roster.desks[desk].names[words.language] for desk in sorted(member.desks)]
    held = ", ".join([*desks, *(words.word("role", role) for role in sorted(member.roles))])
    told = words.say("holds").format(held) if held else words.say("holds-nothing")
    if not member.active:
        told = words.say("removed")
    unit = roster.units[member.unit].names[words.language]
    return f'{called}<br><span class="faint">{escape(unit)}; {escape(told)}</span>'


def _people(chosen: Sequence[Line], header: PackHeader, words: Words) -> list[tuple[str, ...]]:
    """Every signer once, as the last chosen entry knew them."""
    known = {
        signer: line.roster.members[signer]
        for line in chosen
        for signer in line.entry.statement.signers
        if signer in line.roster.members
    }
    roster = chosen[-1].roster if chosen else None
    return [
        (
            f"<code>{escape(one)}</code>",
            escape(header.names[one].name if one in header.names else words.say("no-name")),
            escape(roster.units[member.unit].names[words.language] if roster else ""),
            f"<code>{member.signing_key.raw.hex()}</code>",
        )
        for one, member in sorted(known.items())
    ]


def _hashes(line: Line) -> tuple[str, ...]:
    digest = line.entry.statement.digest
    return str(line.index), f"<code>{line.leaf.hex()}</code>", f"<code>{digest}</code>"


def _table(words: Words, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(words.say(name))}</th>' for name in heads)
    body = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>'


def _list(pairs: Sequence[tuple[str, str]]) -> str:
    return f"<dl>{''.join(f'<dt>{escape(name)}</dt><dd>{escape(value)}</dd>' for name, value in pairs)}</dl>"


def _time(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime(_MINUTES)
