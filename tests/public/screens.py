"""A reporter who goes through the four screens with a browser that fills forms, over the test client."""

from collections.abc import Mapping, Sequence

from flask import Flask

from tests.journeys.browser import Browser, Form, Page, Upload

ADDRESS = "/report/guided"
BACK = ("go", "back")
STAY = ("go", "stay")


class Reporter(Browser):
    """One reporter at one address, and the screen they see."""

    def __init__(self, app: Flask, address: str = "192.0.2.1", language: str = "en") -> None:
        super().__init__("http://localhost", language)
        self.app = app
        self.page = Page("", 0, {}, b"")
        self._environ = {"REMOTE_ADDR": address}

    def start(self) -> Page:
        """Open the first screen."""
        self.page = self.get(ADDRESS)
        return self.page

    @property
    def form(self) -> Form:
        """The form of the screen."""
        return self.page.form("form", "step")

    @property
    def step(self) -> str:
        """The number of the screen."""
        return self.field("step")

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """The buttons of the screen, by name and value."""
        return [(button.name, button.value) for button in self.form.buttons]

    def field(self, name: str) -> str:
        """What a field of the screen holds."""
        return dict(self.form.fields).get(name, "")

    def press(
        self,
        button: tuple[str, str] | None = None,
        also: Mapping[str, str | Sequence[str]] | None = None,
        files: Sequence[Upload] = (),
        **values: str | Sequence[str],
    ) -> Page:
        """Fill fields in, put files in, and press a button: the last one when none is named."""
        filled = {**values, **(also or {})}
        self.page = self.submit(self.page, self.form, filled, {"files": files}, button)
        return self.page

    def walk_to(self, step: int, **values: str | Sequence[str]) -> Page:
        """Go on from the first screen to another, filling in what each asks for."""
        self.start()
        wanted: Mapping[str, str | Sequence[str]] = {"description": "They take money.", **values}
        while int(self.step) < step:
            here = {name: value for name, value in wanted.items() if name in self.form.names}
            assert self.press(also=here).status == 200, self.page.words
        return self.page

    def _ask(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Page:
        response = self.app.test_client().open(
            url,
            method=method,
            data=body,
            headers={"Accept-Language": self.language, **headers},
            environ_base=self._environ,
        )
        given = {name.lower(): value for name, value in response.headers.items()}
        return Page(url, response.status_code, given, response.data)
