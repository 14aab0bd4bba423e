"""What every request must pass before it reaches an endpoint, and what every answer says to the browser.

The server listens on this machine only, but the browser on this machine opens other pages too. A page elsewhere may
send requests here, or have its own name resolved to 127.0.0.1 (DNS rebinding). So the Host must be ours, the Origin,
if there is one, must be ours, and a request that changes something must carry the token that only our page has.
"""

import asyncio
import hmac
from collections.abc import Sequence
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN = "x-token"
LARGEST_BODY = 64 * 1024  # bytes of JSON
LARGEST_UPLOAD = 5 * 1024 * 1024  # bytes of a picture or a model
LONGEST_QUERY = 8 * 1024
SECONDS = 15.0  # within which a body must have come
JSON, UPLOAD = "application/json", "application/octet-stream"

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}


class Refused(Exception):
    """A request that is answered with a status and a line of text."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


class Security:
    """Checks each request before `app` sees it.

    Parameters
    ----------
    hosts : sequence of str
        The values of Host that are this server, such as "127.0.0.1:8000".
    token : str
        What requests that change something must have in their header X-Token.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str], token: str) -> None:
        self.app, self.token = app, token
        self.hosts = frozenset(hosts)
        self.origins = frozenset(f"http://{host}" for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        try:
            if scope["type"] != "http":  # a web socket
                raise Refused(HTTPStatus.FORBIDDEN, "there are no web sockets here")
            largest = self.check(scope)
            body = await asyncio.wait_for(_read(receive, largest), SECONDS) if scope["method"] == "POST" else b""
        except TimeoutError:
            await _refuse(HTTPStatus.REQUEST_TIMEOUT, f"the body did not come within {SECONDS:g} s")(
                scope, receive, send_with_headers
            )
        except Refused as refused:
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            await _refuse(refused.status, refused.why)(scope, receive, send_with_headers)
        else:
            await self.app(scope, _replay(body, receive), send_with_headers)

    def check(self, scope: Scope) -> int:
        """Return the most bytes that the body may have, or raise Refused."""
        headers, method = Headers(scope=scope), scope["method"]
        if len(hosts := headers.getlist("host")) != 1 or hosts[0] not in self.hosts:
            raise Refused(HTTPStatus.MISDIRECTED_REQUEST, "Host is not the address of this server")
        if any(origin not in self.origins for origin in headers.getlist("origin")):
            raise Refused(HTTPStatus.FORBIDDEN, "Origin is not this server: requests of other pages are refused")
        if not self._is_from_here(headers, method, scope["path"]):
            raise Refused(HTTPStatus.FORBIDDEN, "the request comes from another site")
        if len(scope["query_string"]) > LONGEST_QUERY:
            raise Refused(HTTPStatus.REQUEST_URI_TOO_LONG, f"the query has more than {LONGEST_QUERY} bytes")
        length = headers.get("content-length", "0")
        if method in ("GET", "HEAD"):
            if length != "0" or "transfer-encoding" in headers:
                raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"{method} has no body")
            return 0
        if method != "POST":
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "only GET, HEAD and POST are answered")
        if not hmac.compare_digest(headers.get(TOKEN, "").encode(), self.token.encode()):
            raise Refused(HTTPStatus.FORBIDDEN, "the token is missing or of another server: reload the page")
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in (JSON, UPLOAD):
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"a body is {JSON} or {UPLOAD}")
        largest = LARGEST_UPLOAD if kind == UPLOAD else LARGEST_BODY
        if not length.isdecimal() or len(length) > 12 or int(length) > largest:
            raise _too_large(largest)
        return largest

    @staticmethod
    def _is_from_here(headers: Headers, method: str, path: str) -> bool:
        """Return whether a request is of our page, or opens it: a link elsewhere may lead here."""
        site = headers.get("sec-fetch-site", "same-origin")
        opens = method == "GET" and path == "/" and headers.get("sec-fetch-mode", "navigate") == "navigate"
        opens = opens and headers.get("sec-fetch-dest", "document") == "document"
        return site == "same-origin" or opens


def _too_large(largest: int) -> Refused:
    return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"too large: at most {largest // 1024:,} KB are read")


async def _read(receive: Receive, largest: int) -> bytes:
    """Return the body of a request, or raise Refused as soon as it is too large."""
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(HTTPStatus.BAD_REQUEST, "the request was broken off")
        body += message.get("body", b"")
        if len(body) > largest:
            raise _too_large(largest)
        more = message.get("more_body", False)
    return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a function that hands out a body that was read already, and then what comes after it."""
    parts = [body]

    async def replay() -> Message:
        if parts:
            return {"type": "http.request", "body": parts.pop(), "more_body": False}
        return await receive()

    return replay


def _refuse(status: HTTPStatus, why: str) -> JSONResponse:
    return JSONResponse({"error": why}, status, headers={"connection": "close"})
