"""The application: the page's files, and the endpoints of each view, behind the checks of `security`."""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import anyio
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

from ...formats.shipped_models import EVERYDAY
from ..sessions.data import DataSets
from ..sessions.sessions import Sessions
from . import breaking, draw, glass, mistakes, session, share, train
from .page_files import PageFiles
from .security import Security

ROUTES = [  # of all views
    *session.routes,
    *train.routes,
    *draw.routes,
    *glass.routes,
    *mistakes.routes,
    *breaking.routes,
    *share.routes,
]
OF_DIGITS = ("mnist", "synthetic")  # the data whose digits the shipped model reads
LOOK_FOR_IDLE = 20.0  # seconds between looks for closed tabs


def make_app(data: DataSets, hosts: Sequence[str], *, token: str | None = None) -> ASGIApp:
    """Return the application.

    Parameters
    ----------
    data : DataSets
        What pages may train on.
    hosts : sequence of str
        The values of the header Host that are answered, such as "127.0.0.1:8000".
    token : str, optional
        The secret of the page, by default a fresh one.
    """
    token = token or secrets.token_urlsafe(24)
    sessions = Sessions(data)

    async def give_up_idle() -> None:
        while True:
            await anyio.sleep(LOOK_FOR_IDLE)
            await anyio.to_thread.run_sync(sessions.close_idle)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(give_up_idle)
            yield
            tasks.cancel_scope.cancel()
        sessions.close_all()

    usual = next(iter(data.specs.values()), "")
    files = PageFiles(token, EVERYDAY if usual in OF_DIGITS else "")
    app = Starlette(routes=[*ROUTES, Route("/{path:path}", files.answer)], lifespan=lifespan)
    app.state.sessions = sessions
    return Security(app, hosts, token)
