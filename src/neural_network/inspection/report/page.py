"""The frame of a page: one HTML document with everything in it, to be sent, kept and opened offline.

    make_page("My run", "94 % of the digits are correct.", [Section("result", "Result", render("...", ...))])

The templates escape text from outside, such as the name of a run or of a class (Jinja's autoescape). A content security
policy in the head forbids the page to load anything, and to run any script but its own.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from types import MappingProxyType
from typing import Any, NamedTuple

import jinja2
from markupsafe import Markup

from ...support.version import __version__
from .formats import counted, number, percent

_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader(__name__.rpartition(".")[0]),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters |= {"counted": counted, "number": number, "percent": percent}


class Section(NamedTuple):
    """A part of a page; the list of contents has its `title` and those of its `entries`."""

    name: str  # the end of its address, as in report.html#result: letters, digits and hyphens
    title: str
    body: Markup  # from `render`
    entries: Mapping[str, str] = MappingProxyType({})  # addresses and titles of its parts


def make_page(title: str, lead: str, sections: Sequence[Section], *, sprite: Markup | None = None) -> str:
    """Return an HTML document.

    Parameters
    ----------
    title, lead : str
        Its heading, and the most important result in a sentence. Both are escaped.
    sections : sequence of Section
        Its parts, in order; their names must differ.
    sprite : Markup, optional
        The pictures that buttons of the page open (`Sprite.render`).
    """
    script = _asset("report.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    document = render(
        "page.html",
        title=title,
        lead=lead,
        sections=sections,
        sprite=sprite,
        version=__version__,
        style=Markup(_asset("report.css")),
        script=Markup(script),
        script_digest=f"sha256-{digest}",
    )
    return str(document)


def render(template: str, **values: Any) -> Markup:
    """Return a template of this package filled with `values`, which are escaped unless they are Markup."""
    return Markup(_TEMPLATES.get_template(template).render(values))


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
