"""A small browser without JavaScript: cookies, links, and forms with their hidden fields filled in."""

import http.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
BOUNDARY = "----tipline-journey-boundary"
SECONDS = 60.0
REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Upload:
    """A file that is put into a form."""

    name: str
    content: bytes
    media_type: str = "application/octet-stream"


@dataclass
class Button:
    """What sends a form."""

    name: str
    value: str
    text: str = ""


@dataclass
class Form:
    """A form as the page gave it: where it goes, and what its fields hold, in their order."""

    action: str
    method: str
    enctype: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)
    file_fields: list[str] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[Button] = field(default_factory=list)

    @property
    def names(self) -> frozenset[str]:
        """Every field a person could fill in, ticked or not."""
        return frozenset([name for name, _ in self.fields] + self.file_fields + list(self.choices))


class Page:
    """An answer, taken apart."""

    def __init__(self, url: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.url = url
        self.status = status
        self.headers = headers
        self.body = body
        self._parsed = _Parser()
        if "text/html" in headers.get("content-type", ""):
            self._parsed.feed(self.text)

    @property
    def text(self) -> str:
        """The page as it came."""
        return self.body.decode("utf-8", "replace")

    @property
    def words(self) -> str:
        """The page's text without its tags, white space evened out."""
        return " ".join("".join(self._parsed.words).split())

    @property
    def forms(self) -> Sequence[Form]:
        """The forms, in their order."""
        return self._parsed.forms

    @property
    def links(self) -> Sequence[tuple[str, str]]:
        """Address and text of every link."""
        return [(address, " ".join(text.split())) for address, text in self._parsed.links]

    def form(self, *names: str, action: str = "") -> Form:
        """The form that has all these fields, and whose address ends like this."""
        for form in self.forms:
            offered = form.names | {button.name for button in form.buttons}
            if offered.issuperset(names) and form.action.endswith(action):
                return form
        raise AssertionError(
            f"no form with {names} {action!r} on {self.url} ({self.status}):\n{self.words[:2000]}"
        )

    def by_id(self, identifier: str) -> str:
        """The text of the element with this id."""
        return "".join(self._parsed.by_id[identifier])


class Browser:
    """One visitor of one site."""

    def __init__(self, base: str, language: str = "en", headers: Mapping[str, str] | None = None) -> None:
        """Visit a site; `headers` go with every request (`X-Forwarded-For` as a trusted proxy sets it)."""
        self.base = base
        self.language = language
        self.headers = dict(headers or {})
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Page:
        """Follow an address."""
        return self._follow("GET", urljoin(self.base, path), b"", {})

    def send(self, method: str, path: str, fields: Mapping[str, str] | None = None) -> Page:
        """One request as it is, followed nowhere: what somebody sends who does not go through pages."""
        headers = {"Origin": self.base.rstrip("/"), "Content-Type": "application/x-www-form-urlencoded"}
        return self._ask(method, urljoin(self.base, path), urlencode(fields or {}).encode(), headers)

    def submit(
        self,
        page: Page,
        form: Form,
        values: Mapping[str, str | Sequence[str]] | None = None,
        files: Mapping[str, Sequence[Upload]] | None = None,
        press: tuple[str, str] | None = None,
    ) -> Page:
        """Fill a form in and send it; without `press`, by its last button."""
        filled = _filled(form, values or {}, press)
        target = urljoin(page.url, form.action)
        if form.method == "get":
            return self._follow("GET", f"{target.partition('?')[0]}?{urlencode(filled)}", b"", {})
        headers = {"Origin": self.base.rstrip("/"), "Referer": page.url}
        if form.file_fields or form.enctype == "multipart/form-data":
            headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
            return self._follow("POST", target, _multipart(form, filled, files or {}), headers)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self._follow("POST", target, urlencode(filled).encode(), headers)

    def _follow(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Page:
        for _ in range(5):
            page = self._ask(method, url, body, headers)
            if page.status not in REDIRECTS:
                return page
            method, url, body, headers = "GET", urljoin(url, page.headers["location"]), b"", {}
        raise AssertionError(f"too many redirects at {url}")

    def _ask(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Page:
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != self.base.rstrip("/"):
            raise AssertionError(f"{url} leaves the site")
        connection = http.client.HTTPConnection(parts.netloc, timeout=SECONDS)
        sent = {"Accept-Language": self.language, "Connection": "close", **self.headers, **headers}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(
                method, f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", body, sent
            )
            answer = connection.getresponse()
            self._keep(answer.headers.get_all("Set-Cookie") or [])
            given = {name.lower(): value for name, value in answer.headers.items()}
            return Page(url, answer.status, given, answer.read())
        finally:
            connection.close()

    def _keep(self, lines: Sequence[str]) -> None:
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                if morsel.value and morsel["max-age"] != "0":
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)


def _filled(
    form: Form, values: Mapping[str, str | Sequence[str]], press: tuple[str, str] | None
) -> list[tuple[str, str]]:
    unknown = set(values) - form.names
    if unknown:
        raise AssertionError(
            f"the form at {form.action} has no {sorted(unknown)}; it has {sorted(form.names)}"
        )
    filled = [(name, value) for name, value in form.fields if name not in values]
    for name, value in values.items():
        filled += [(name, value)] if isinstance(value, str) else [(name, each) for each in value]
    button = _pressed(form, press)
    return [*filled, (button.name, button.value)] if button and button.name else filled


def _pressed(form: Form, press: tuple[str, str] | None) -> Button | None:
    if press is None:
        return form.buttons[-1] if form.buttons else None
    for button in form.buttons:
        if (button.name, button.value) == press:
            return button
    raise AssertionError(f"no button {press} in the form at {form.action}: {form.buttons}")


def _multipart(form: Form, filled: Sequence[tuple[str, str]], files: Mapping[str, Sequence[Upload]]) -> bytes:
    parts = []
    for name, value in filled:
        parts.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode())
        parts.append(value.encode() + b"\r\n")
    for name in form.file_fields:
        # A browser sends one empty part for a file field that was left alone.
        for upload in files.get(name) or [Upload("", b"")]:
            disposition = f'form-data; name="{name}"; filename="{upload.name}"'
            parts.append(
                f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n"
                f"Content-Type: {upload.media_type}\r\n\r\n".encode()
            )
            parts.append(upload.content + b"\r\n")
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.by_id: dict[str, list[str]] = {}
        self._open: list[tuple[str, str]] = []
        self._form: Form | None = None
        self._select = ""
        self._option: tuple[str, bool] | None = None
        self._textarea: str | None = None
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append((tag, given.get("id", "")))
        if given.get("id"):
            self.by_id.setdefault(given["id"], [])
        if tag in {"style", "script", "title"}:
            self._silent += 1
        elif tag == "a" and "href" in given:
            self.links.append((given["href"], ""))
        elif tag == "form":
            self._form = Form(
                given.get("action", ""), given.get("method", "get").lower(), given.get("enctype", "")
            )
            self.forms.append(self._form)
        elif self._form is not None:
            self._field(tag, given, self._form)

    def _field(self, tag: str, given: dict[str, str], form: Form) -> None:
        name = given.get("name", "")
        if tag == "input":
            self._input(given, name, form)
        elif tag == "button" and given.get("type", "submit") == "submit":
            form.buttons.append(Button(name, given.get("value", "")))
        elif tag == "select":
            self._select = name
            form.choices.setdefault(name, [])
        elif tag == "option" and self._select:
            form.choices[self._select].append(given.get("value", ""))
            taken = any(field_name == self._select for field_name, _ in form.fields)
            if "selected" in given:
                form.fields = [(n, v) for n, v in form.fields if n != self._select]
            if "selected" in given or not taken:
                form.fields.append((self._select, given.get("value", "")))
        elif tag == "textarea":
            form.fields.append((name, ""))
            self._textarea = name

    def _input(self, given: dict[str, str], name: str, form: Form) -> None:
        kind = given.get("type", "text")
        if kind == "submit":
            form.buttons.append(Button(name, given.get("value", ""), given.get("value", "")))
        elif kind == "file":
            form.file_fields.append(name)
        elif kind in {"checkbox", "radio"}:
            form.choices.setdefault(name, []).append(given.get("value", "on"))
            if "checked" in given:
                form.fields.append((name, given.get("value", "on")))
        elif name:
            form.fields.append((name, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"style", "script", "title"}:
            self._silent -= 1
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = None
        while self._open:
            opened, _ = self._open.pop()
            if opened == tag:
                break
        self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if self._silent > 0:
            return
        self.words.append(data)
        for tag, identifier in self._open:
            if identifier:
                self.by_id[identifier].append(data)
            if tag == "a" and self.links:
                self.links[-1] = (self.links[-1][0], self.links[-1][1] + data)
        if self._form is not None and self._textarea is not None:
            name, value = self._form.fields[-1]
            # A line feed right after the tag is not part of the text (HTML, textarea).
            self._form.fields[-1] = (name, value + data if value else data.removeprefix("\n"))
        if self._form is not None and self._form.buttons and self._open and self._open[-1][0] == "button":
            self._form.buttons[-1].text += data.strip()
