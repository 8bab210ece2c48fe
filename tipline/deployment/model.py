"""What a deployment says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass

FALLBACKS = ("zh", "en")
"""Languages in which a text is looked for when the visitor's own is not there; then any."""


@dataclass(frozen=True)
class Words:
    """One text in the languages it was written in: tag, such as "zh", "en" or "ug", to text."""

    texts: Mapping[str, str]

    def tag_for(self, language: str) -> str:
        """The tag of the text that a reader of this language gets; "" when there is no text at all."""
        plain = language.partition("-")[0]
        for tag in (language, plain, *FALLBACKS, *self.texts):
            if tag in self.texts:
                return tag
        return ""

    def said_in(self, language: str) -> str:
        """The text for a reader of this language; "" when there is none."""
        return self.texts.get(self.tag_for(language), "")

    def __bool__(self) -> bool:
        return bool(self.texts)


NOTHING = Words({})


@dataclass(frozen=True)
class Deployment:
    """Names, addresses and advice of one place.

    What is empty is not shown; the pages have sentences of ours where one is needed.

    Attributes:
        place: the township.
        body: the office in charge.
        programme: the name of the service, where it has one beside "Report safely".
        address: for letters. phone: for calls. contact: of the office in charge.
        security_contact: for whoever finds a hole in this site.
        site: the address to print. onion: the onion address to print.
        portal: where the neutral page's link leads; "" for no link.
        office_hours: lines of the neutral page.
        advice: lines that are added to the safety advice.
        languages: the order of the language links, as tags; unnamed ones follow.
    """

    place: Words = NOTHING
    body: Words = NOTHING
    programme: Words = NOTHING
    address: Words = NOTHING
    phone: str = ""
    contact: Words = NOTHING
    security_contact: str = ""
    site: str = ""
    onion: str = ""
    portal: str = ""
    office_hours: tuple[Words, ...] = ()
    advice: tuple[Words, ...] = ()
    languages: tuple[str, ...] = ()
