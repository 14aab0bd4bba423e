"""The files of the page and a recording in one HTML file.

Scripts are modules of an import map, whose addresses hold their text, so that they need no server. Imports are given by
the places of the modules in the page, since an address that holds a text has no neighbors.
"""

import base64
import gzip
import json
import posixpath
import re
from typing import Any

from ..server.page_files import PAGE
from ..server.requests import to_json

IMPORT = re.compile(r"""((?:from|import)\s*\(?\s*)(["'`])(\.{1,2}/[^"'`]+)\2""")
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' data:; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)


def make_page(recording: dict[str, Any]) -> str:
    """Return the page that replays a recording."""
    html = (PAGE / "index.html").read_text(encoding="utf-8")
    styles = [(PAGE / href.lstrip("/")).read_text(encoding="utf-8") for href in _styles(html)]
    imports = {f"page/{path}": _address(path, text) for path, text in _modules().items()}
    packed = base64.b64encode(gzip.compress(to_json(recording).encode(), mtime=0)).decode()
    head = f"""<meta http-equiv="Content-Security-Policy" content="{POLICY}" />
    <style>
{"".join(styles)}    </style>
    <script type="text/plain" id="recording">{packed}</script>
    <script type="importmap">{json.dumps({"imports": imports})}</script>
    <script type="module">import "page/js/main.js";</script>
"""
    html = re.sub(r'\s*<link rel="(?:stylesheet|icon)"[^>]*>', "", html)
    html = re.sub(r'\s*<script type="module" src[^>]*></script>', "", html)
    html = html.replace("{{token}}", "").replace("{{reader}}", "")
    return html.replace("  </head>", f"    {head}  </head>", 1)


def _styles(html: str) -> list[str]:
    return re.findall(r'<link rel="stylesheet" href="([^"]+)"', html)


def _modules() -> dict[str, str]:
    """Return the scripts of the page by their places."""
    return {
        path.relative_to(PAGE).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((PAGE / "js").rglob("*.js"))
    }


def _address(path: str, text: str) -> str:
    """Return an address that holds a module, with its imports by their places in the page."""
    folder = posixpath.dirname(path)

    def replace(match: re.Match[str]) -> str:
        before, quote, place = match.groups()
        return f"{before}{quote}page/{posixpath.normpath(posixpath.join(folder, place))}{quote}"

    return "data:text/javascript;base64," + base64.b64encode(IMPORT.sub(replace, text).encode()).decode()
