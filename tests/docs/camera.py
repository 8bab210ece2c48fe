"""A browser that takes pictures of pages, for the documents."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, ViewportSize

from tests.journeys.browser import Browser
from tests.journeys.eyes import as_somebody

CHINESE: Final = "zh-CN"
ENGLISH: Final = "en"
WIDE: Final = ViewportSize(width=1280, height=900)
COLOURS: Final = 128
PHONE: Final = ViewportSize(width=360, height=740)


@dataclass(frozen=True)
class Camera:
    """Takes pictures of pages into a folder."""

    chromium: Chromium
    folder: Path

    @contextmanager
    def looking(self, language: str, size: ViewportSize, *, dark: bool = False) -> Iterator[Page]:
        """A fresh visitor with a window of this size; JavaScript is off, as no page needs it."""
        context = self.chromium.new_context(
            viewport=size,
            locale=language,
            color_scheme="dark" if dark else "light",
            java_script_enabled=False,
        )
        try:
            yield context.new_page()
        finally:
            context.close()

    @contextmanager
    def looking_as(
        self, who: Browser, language: str, size: ViewportSize = WIDE, *, dark: bool = False
    ) -> Iterator[Page]:
        """A window of somebody who has signed in elsewhere."""
        with self.looking(language, size, dark=dark) as page:
            as_somebody(page.context, who)
            yield page

    def keep(self, page: Page, name: str, *, whole: bool = False) -> None:
        """Keep a picture of what the window shows, or of the whole page; few colours make it small."""
        target = self.folder / f"{name}.png"
        with Image.open(BytesIO(page.screenshot(full_page=whole))) as picture:
            few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            few.save(target, optimize=True)
        sys.stdout.write(f"{name}.png\n")
