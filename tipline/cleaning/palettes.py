"""The colours of a picture with a palette: those that no pixel has can spell a name."""

from collections.abc import Sequence

from PIL import Image

_OPAQUE = 255


def blank_unused_colours(frames: Sequence[Image.Image]) -> None:
    """Cut the palette after its last used colour, and blacken what is unused before it.

    Frames of one animation are written with one palette, so a colour that one of
    them uses stays for all.
    """
    painted = [frame for frame in frames if frame.mode == "P"]
    if not painted:
        return
    counts = [sum(of_frames) for of_frames in zip(*(frame.histogram() for frame in painted), strict=True)]
    used = [bool(count) for count in counts]
    length = 1 + max(number for number, is_used in enumerate(used) if is_used)
    for frame in painted:
        old = frame.getpalette("RGB") or []
        old += [0] * (3 * length - len(old))
        frame.putpalette([old[at] if used[at // 3] else 0 for at in range(3 * length)], "RGB")
        _blank_opacities(frame, used[:length])


def _blank_opacities(frame: Image.Image, used: Sequence[bool]) -> None:
    """Likewise for how clear each colour is, where the picture says so."""
    opacities = frame.info.get("transparency")
    if isinstance(opacities, bytes):
        pairs = zip(opacities, used, strict=False)  # either may be the shorter
        frame.info["transparency"] = bytes(one if is_used else _OPAQUE for one, is_used in pairs)
    elif isinstance(opacities, int) and not (opacities < len(used) and used[opacities]):
        del frame.info["transparency"]
