"""Equations as MathML in which every quantity has its name, so that the page can light it up wherever it stands.

The LaTeX of a line has one character of the private use area for each name. The converter passes it on as one symbol,
and it is replaced by the name: `<mi mathvariant="normal" data-name="dZ2">dZ2</mi>`.
"""

import functools
import re
from html import escape

from latex2mathml.converter import convert

from ..inspection.trace import Line, equation
from ..inspection.trace.symbols import UNICODE, Latex

FIRST = 0xE000  # of the private use area


class _Marked(Latex):
    """LaTeX with a character of its own for each name; `names` are those that were used."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def symbol(self, name: str) -> str:
        if name not in self.names:
            self.names.append(name)
        return chr(FIRST + self.names.index(name))

    def function(self, name: str) -> str:
        return self.symbol(name)

    def transposed(self, text: str) -> str:
        return f"{text}ᵀ"  # a letter of its own: browsers without a font for mathematics raise it far too high


def mathml(line: Line) -> str:
    """Return a line as MathML; one that runs for each parameter has the names of that one: W1 := W1 - α dW1.

    It is empty for a line that is no mathematics, such as one that checks its arguments.
    """
    signs = _Marked()
    latex = equation(line, signs, named=True)
    return "" if "[" in latex else _named(_convert(latex), signs.names)


@functools.lru_cache(maxsize=256)
def _convert(latex: str) -> str:
    """Return LaTeX as MathML as browsers draw it, which know no names of spaces."""
    mathematics = str(convert(latex))
    for given, drawn in (
        ('width="thinmathspace"', 'width="0.2em"'),
        ("<mi>:</mi><mo>&#x0003D;</mo>", "<mo>:=</mo>"),
    ):
        mathematics = mathematics.replace(given, drawn)
    return mathematics


def _named(mathematics: str, names: list[str]) -> str:
    """Put the names in the places of their characters."""

    def replace(match: re.Match[str]) -> str:
        name = names[ord(match[1]) - FIRST]
        return f'<mi mathvariant="normal" data-name="{escape(name)}">{escape(UNICODE.symbol(name))}</mi>'

    return re.sub("<mi>([\ue000-\uf8ff])</mi>", replace, mathematics)
