"""A notice to a web address: the same body each time, signed, and no step further than that address."""

import hashlib
import hmac
import http.client
import json
import ssl
from datetime import datetime
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from tipline.notices.errors import HookNotCalled
from tipline.notices.settings import HookSettings
from tipline.notices.wording import TEXT

SECONDS = 20.0

BODY: Final = json.dumps({"text": TEXT}, ensure_ascii=False).encode("utf-8")


class _NoRedirects(HTTPRedirectHandler):
    """A redirect is an error: whoever runs the address must not choose whom this machine calls."""

    def redirect_request(self, *_: Any) -> None:
        return None


def call_hook(settings: HookSettings, at: datetime, tls: ssl.SSLContext, seconds: float = SECONDS) -> None:
    """Post the notice of an hour. What comes back is not read.

    Raises:
        HookNotCalled: no answer, or another one than success.
    """
    hour = str(int(at.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "notice",
        "Notice-Time": hour,
        "Notice-Signature": f"sha256={signature(settings.secret, hour)}",
    }
    request = Request(settings.url, BODY, headers, method="POST")  # noqa: S310 - https, as the settings check
    # No proxies: the environment must not choose who sees the call.
    opener = build_opener(ProxyHandler({}), _NoRedirects, HTTPSHandler(context=tls))
    try:
        opener.open(request, timeout=seconds).close()
    except HTTPError as error:
        error.close()
        raise HookNotCalled(f"The webhook answered {error.code}.") from None
    except ssl.SSLError:
        raise HookNotCalled("The webhook's certificate or encryption is not good.") from None
    except URLError as error:
        if isinstance(error.reason, ssl.SSLError):
            raise HookNotCalled("The webhook's certificate or encryption is not good.") from None
        raise HookNotCalled("The webhook does not answer.") from None
    except (OSError, http.client.HTTPException):
        raise HookNotCalled("The webhook does not answer.") from None


def signature(secret: bytes, hour: str) -> str:
    """HMAC-SHA256 of the hour, a dot and the body, in hex."""
    return hmac.new(secret, f"{hour}.".encode() + BODY, hashlib.sha256).hexdigest()
