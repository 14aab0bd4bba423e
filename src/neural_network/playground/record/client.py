"""Asks the endpoints of the playground directly, without a socket, and returns what they answer in JSON."""

import json
from typing import Any
from urllib.parse import urlencode

from anyio.from_thread import BlockingPortal
from starlette.types import ASGIApp, Message

from ...support.errors import WorkError


class Client:
    """Sends GET requests of one session to an application, which runs in the event loop of `portal`."""

    def __init__(self, app: ASGIApp, session: str, portal: BlockingPortal) -> None:
        self.app, self.session, self.portal = app, session, portal

    def get(self, path: str, params: dict[str, Any]) -> Any:
        """Return the JSON value that `path` answers. Raises WorkError where the status is not 200."""
        return self.portal.call(self._get, path, params)

    async def _get(self, path: str, params: dict[str, Any]) -> Any:
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": urlencode(params).encode(),
            "headers": [(b"x-session", self.session.encode())],
        }
        status, body = 0, bytearray()

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            body.extend(message.get("body", b""))

        await self.app(scope, receive, send)
        if status != 200:
            raise WorkError(f"recording {path} failed with status {status}: {body.decode()[:200]}")
        return json.loads(body)
