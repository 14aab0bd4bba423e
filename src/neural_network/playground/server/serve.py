"""The server process: a socket on this machine, and uvicorn on it."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from ...support.errors import WorkError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
CONNECTIONS = 100  # at a time
FIRST_REQUEST = 15.0  # seconds within which a connection must have sent the head of its first request
GRACE = 1  # seconds that requests under way have when the server ends


class ImpatientProtocol(H11Protocol):
    """HTTP/1.1, but a connection that does not send its first request in time is closed."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._deadline = asyncio.get_running_loop().call_later(FIRST_REQUEST, self._close_if_silent)

    def _close_if_silent(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._deadline.cancel()
        super().connection_lost(exc)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens at `port`, or at a free port for 0. Raises WorkError where it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise WorkError(
            f"cannot listen at {host} port {port}: {getattr(error, 'strerror', error)}; choose another --port, or none"
        ) from None
    return listener


def names_of(host: str, port: int) -> list[str]:
    """Return the values of the header Host that mean this server."""
    names = {"127.0.0.1", "localhost", "[::1]"} if host in LOOPBACK else {host}
    return [f"{name}:{port}" for name in sorted(names)]


class Server(uvicorn.Server):
    """Answers requests with `app`; `started` is called once it is ready."""

    def __init__(self, app: ASGIApp, started: Callable[[], None] = lambda: None) -> None:
        config = uvicorn.Config(
            app,
            http=ImpatientProtocol,
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=GRACE,
        )
        super().__init__(config)
        self._say_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._say_started()


def serve(app: ASGIApp, listener: socket.socket, started: Callable[[], None] = lambda: None) -> None:
    """Answer requests at a socket until Ctrl-C."""
    logging.getLogger("uvicorn").addHandler(logging.NullHandler())  # it would note every request that is none
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises the signal once more when it has ended
        Server(app, started).run([listener])
