"""`mnist-nn play`: the playground, a page in the browser that this machine serves."""

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from ..support.progress import Progress
from . import terminal
from .html_files import check_page, write_page
from .options import Data


def play(
    data: Data = "auto",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen at.", show_default="a free one")] = 0,
    host: Annotated[
        str, typer.Option(help="Address to listen at. Any other than the usual one lets other machines in.")
    ] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
    record: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.html",
            help="Write one page that replays a training of built-in digits without a server, and end.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Open the playground in the browser: draw, train, look inside, break.

    The page is served by this machine, and works offline. Ctrl-C ends it.

    Examples:

      mnist-nn play

      mnist-nn play --data mnist --port 8000 --no-browser

      mnist-nn play --record lesson.html
    """
    if record:
        _record(record)
        return
    with terminal.busy("loading the playground"):
        from ..playground.server.app import make_app
        from ..playground.server.serve import LOOPBACK, listen, names_of, serve
        from ..playground.sessions.data import DataSets, usual_specs

        sets = DataSets(usual_specs(data))
        sets.get(sets.names[0])
    listener = listen(host, port)
    with listener:
        port = listener.getsockname()[1]
        if host not in LOOPBACK:
            terminal.note(f"warning: everybody who can reach {host} port {port} can use the playground")
        url = f"http://{names_of(host, port)[0]}/"

        def started() -> None:
            typer.echo(f"The playground is at {url} (Ctrl-C ends it)")
            if browser:
                webbrowser.open(url)

        serve(make_app(sets, names_of(host, port)), listener, started)


def _record(path: Path) -> None:
    """Write a page with a recorded training of built-in digits."""
    check_page(path, "--record")
    with terminal.busy("loading the playground"):
        from ..playground.record.page import make_page
        from ..playground.record.recording import amount, record
        from ..playground.sessions.data import DataSets

        data = DataSets({"synthetic": "synthetic"}).get("synthetic")
    with Progress("recording", amount()) as bar:
        recording = record(data, advance=bar.advance)
    write_page(path, make_page(recording))
    typer.echo(path)
