"""Reads the file of a deployment: complete, or a sentence that names the place in it."""

import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tipline.deployment.errors import BadDeployment
from tipline.deployment.model import NOTHING, Deployment, Words

DEPLOYMENT_FILE = "deployment.toml"

REQUIRED_WORDS = ("place", "body", "address", "contact")
REQUIRED_TEXTS = ("phone", "security_contact", "site")
OPTIONAL = ("programme", "onion", "portal", "office_hours", "advice", "languages")
KNOWN = frozenset((*REQUIRED_WORDS, *REQUIRED_TEXTS, *OPTIONAL))
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")


def load_deployment(data: Path) -> Deployment:
    """The deployment of a data folder; the built-in one when the file is missing or says nothing.

    Raises:
        BadDeployment: the file says something and is not complete, or something in it does not fit.
    """
    path = data / DEPLOYMENT_FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Deployment()
    except UnicodeDecodeError as error:
        raise BadDeployment(f"{path} is not UTF-8 text.") from error
    try:
        return read_deployment(text)
    except BadDeployment as error:
        raise BadDeployment(f"{path}: {error}") from error


def read_deployment(text: str) -> Deployment:
    """Read the text of such a file.

    Raises:
        BadDeployment: the sentence names the place.
    """
    try:
        fields = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadDeployment(f"this is not TOML: {error}.") from error
    if not fields:
        return Deployment()
    for name in sorted(fields.keys() - KNOWN):
        raise BadDeployment(f'"{name}" is no name that is known here; one of {", ".join(sorted(KNOWN))}.')
    return Deployment(
        **{name: _words(fields, name) for name in REQUIRED_WORDS},
        programme=_words(fields, "programme") if "programme" in fields else NOTHING,
        phone=_text(fields, "phone"),
        security_contact=_text(fields, "security_contact"),
        site=_address(fields, "site"),
        onion=_address(fields, "onion") if "onion" in fields else "",
        portal=_address(fields, "portal") if "portal" in fields else "",
        office_hours=_lines(fields, "office_hours"),
        advice=_lines(fields, "advice"),
        languages=_tags(fields),
    )


def _words(fields: dict[str, Any], name: str) -> Words:
    return _table(fields.get(name), f'"{name}"')


def _table(value: object, place: str) -> Words:
    if not isinstance(value, dict) or not value:
        raise BadDeployment(f'{place} is missing or no table of languages, like {{ zh = "…", en = "…" }}.')
    for tag, text in value.items():
        if not _TAG.fullmatch(tag):
            raise BadDeployment(
                f'{place} has "{tag}" where the tag of a language belongs, like "zh" or "ug".'
            )
        if not isinstance(text, str) or not text.strip():
            raise BadDeployment(f'the text for "{tag}" in {place} is empty or no text.')
    return Words(dict(value))


def _lines(fields: dict[str, Any], name: str) -> tuple[Words, ...]:
    value = fields.get(name, [])
    if not isinstance(value, list):
        raise BadDeployment(f'"{name}" is a list of tables, each under [[{name}]].')
    return tuple(_table(line, f'line {number} of "{name}"') for number, line in enumerate(value, 1))


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadDeployment(f'"{name}" is missing or no text.')
    return value.strip()


def _address(fields: dict[str, Any], name: str) -> str:
    value = _text(fields, name)
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or " " in value:
        raise BadDeployment(f'"{name}" is an address with https:// (or http://, for an onion address).')
    return value


def _tags(fields: dict[str, Any]) -> tuple[str, ...]:
    value = fields.get("languages", [])
    if not isinstance(value, list) or not all(isinstance(tag, str) and _TAG.fullmatch(tag) for tag in value):
        raise BadDeployment('"languages" is a list of language tags, like ["zh-Hans", "en"].')
    return tuple(value)
