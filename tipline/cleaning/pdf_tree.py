"""The places of a PDF where anybody may add a key of their own: only what is known is kept there."""

from collections.abc import Iterator
from typing import Any

import pikepdf

from tipline.cleaning.pdf_rules import KEPT_IN_NAMES, KEPT_IN_PAGES, KEPT_IN_ROOT, KEPT_IN_USAGE


def drop(thing: Any, keys: set[str]) -> bool:
    """Take these keys out; whether there were any."""
    for key in sorted(keys):
        del thing[key]
    return bool(keys)


def clean_tree(pdf: pikepdf.Pdf) -> bool:
    """Reduce the catalogue, its names, its layers and every page; whether something was taken out."""
    root = pdf.Root
    changed = _keep(root, KEPT_IN_ROOT)
    changed |= _keep(root.get("/Names"), KEPT_IN_NAMES)
    layers = root.get("/OCProperties", pikepdf.Dictionary()).get("/OCGs", pikepdf.Array())
    for layer in layers:
        changed |= _keep(layer.get("/Usage"), KEPT_IN_USAGE)
    for node in _page_nodes(root):
        changed |= _keep(node, KEPT_IN_PAGES)
    return changed


def _keep(thing: Any, kept: frozenset[str]) -> bool:
    if not isinstance(thing, pikepdf.Dictionary):
        return False
    return drop(thing, set(thing.keys()) - kept)


def _page_nodes(root: Any) -> Iterator[Any]:
    """The pages and their folders. A tree that leads back into itself was refused as the file was opened."""
    waiting = [root.get("/Pages")]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, pikepdf.Dictionary):
            continue
        yield node
        kids = node.get("/Kids")
        waiting.extend(kids if isinstance(kids, pikepdf.Array) else ())
