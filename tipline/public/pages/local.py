"""Texts of the deployment in the visitor's language, marked where they are in another."""

from markupsafe import Markup, escape

from tipline.deployment.model import Words
from tipline.public.language import language


def local(words: Words) -> Markup:
    """The text for this visitor, escaped.

    One that is there in another language only says so, for whatever reads it aloud.
    """
    tag, text = words.tag_for(language()), escape(words.said_in(language()))
    if tag.partition("-")[0] == language().partition("-")[0]:
        return text
    return Markup('<span lang="{}">{}</span>').format(tag, text)
