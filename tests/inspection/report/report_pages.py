"""Reading pages: the elements and the texts of an HTML document, as a browser's parser has them."""

import functools
from typing import Any
from xml.etree.ElementTree import Element

import html5lib


def elements(page: str | Element, tag: str | None) -> list[Any]:
    """Return the elements of this name, all of them for None."""
    return [element for element in _tree(page).iter() if isinstance(element.tag, str) and tag in (None, element.tag)]


def text_of(page: str | Element, name: str) -> str:
    """Return the text of the first element of this id or name, its white space made single blanks."""
    found = next(element for element in elements(page, None) if name in (element.get("id"), element.tag))
    return " ".join("".join(found.itertext()).split())


def rows_of(page: str | Element, section: str | None, place: int) -> list[list[str]]:
    """Return the texts of the body of a section's table, counted from 0."""
    tree = _tree(page)
    part = tree if section is None else next(element for element in tree.iter() if element.get("id") == section)
    body = next(elements(part, "table")[place].iter("tbody"))
    return [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in body.iter("tr")]


def _tree(page: str | Element) -> Element:
    return _parsed(page) if isinstance(page, str) else page


@functools.lru_cache(maxsize=1)
def _parsed(page: str) -> Element:
    return html5lib.parse(page, namespaceHTMLElements=False)
