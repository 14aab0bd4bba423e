"""The files of the page, read once when the server starts: no path of a request ever touches the file system."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

PAGE = Path(__file__).parents[1] / "page"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class PageFiles:
    """Answers with the files of the page, by their exact names.

    Parameters
    ----------
    token : str
        The secret of the page.
    reader : str
        The shipped model that reads the first drawings; empty for none.
    """

    def __init__(self, token: str, reader: str = "") -> None:
        self._files: dict[str, tuple[bytes, str]] = {}
        for path in sorted(PAGE.rglob("*")):
            if path.suffix in TYPES:
                self._files[f"/{path.relative_to(PAGE).as_posix()}"] = (path.read_bytes(), TYPES[path.suffix])
        html, kind = self._files.pop("/index.html")
        self._files["/"] = html.replace(b"{{token}}", token.encode()).replace(b"{{reader}}", reader.encode()), kind

    async def answer(self, request: Request) -> Response:
        """Return a file, or status 404."""
        content, kind = self._files.get(request.url.path, (b"there is no such file", "text/plain"))
        return Response(content, 200 if request.url.path in self._files else 404, media_type=kind)
