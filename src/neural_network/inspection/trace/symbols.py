"""The symbols of mathematics for a terminal and for TeX."""

import math
import unicodedata

Index = tuple[str, ...]


class Unicode:
    """The symbols for a terminal."""

    times, entrywise, everything = " × ", " ⊙ ", ":"

    def symbol(self, name: str) -> str:
        """Return a name as printed: g_prime is g′, and m_hat is m̂."""
        if name.endswith("_prime"):
            return name.removesuffix("_prime") + "′"
        return name.removesuffix("_hat") + "\u0302" if len(name) == 5 and name.endswith("_hat") else name

    def function(self, name: str) -> str:
        return self.symbol(name)

    def cell(self, name: str, index: Index) -> str:
        return f"{name}[{', '.join(index)}]"

    def transposed(self, text: str) -> str:
        return f"{text}ᵀ"

    def fraction(self, top: str, bottom: str, simple: bool) -> str:
        return f"{top}/{bottom}" if simple else f"{top} / {bottom}"

    def total(self, letter: str) -> str:
        return "Σ" + letter.translate(str.maketrans("jiksnptx", "ⱼᵢₖₛₙₚₜₓ")) + " "

    def power(self, base: str, exponent: str) -> str:
        raised = exponent.translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return base + raised if exponent.isdigit() else f"{base}^{exponent}"

    def beside(self, left: str, right: str) -> str:
        return f"{left} {right}"

    def grouped(self, text: str) -> str:
        return f"({text})"

    def under_root(self, text: str, simple: bool) -> str:
        return f"√{text}" if simple else f"√({text})"


class Latex(Unicode):
    """The symbols for TeX, as in docs/math_derivations.md."""

    times, entrywise, everything = r" \cdot ", r" \odot ", r"\cdot"

    def symbol(self, name: str) -> str:
        if name.endswith("_prime"):
            return self.symbol(name.removesuffix("_prime")) + "'"
        if name.endswith("_hat"):
            return rf"\hat{{{self.symbol(name.removesuffix('_hat'))}}}"
        text = name.replace("_", r"\_")
        if "_" in name or (len(name) > 3 and name.isalpha()):
            text = rf"\mathrm{{{text}}}"
        return with_greek_commands(text)

    def function(self, name: str) -> str:
        return self.symbol(name) if len(name.removesuffix("_prime")) == 1 else self._upright(name)

    def cell(self, name: str, index: Index) -> str:
        return f"{name}_{{{(' ' if self.everything in index else ',').join(index)}}}"

    def transposed(self, text: str) -> str:
        return rf"{text}^\top"

    def fraction(self, top: str, bottom: str, simple: bool) -> str:
        return rf"\frac{{{top}}}{{{bottom}}}"

    def total(self, letter: str) -> str:
        return rf"\sum_{letter} "

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^{{{exponent}}}"

    def beside(self, left: str, right: str) -> str:
        close = left.endswith(r"\top") or right.startswith(r"\sum")
        return f"{left} {right}" if close else rf"{left} \thinspace {right}"

    def under_root(self, text: str, simple: bool) -> str:
        return rf"\sqrt{{{text}}}"

    def _upright(self, name: str) -> str:
        escaped = name.replace("_", r"\_")
        return rf"\mathrm{{{escaped}}}"


UNICODE, LATEX = Unicode(), Latex()


def with_greek_commands(text: str) -> str:
    """Return `text` with θ spelled \\theta."""
    written = ""
    for position, letter in enumerate(text):
        if "GREEK SMALL LETTER" in unicodedata.name(letter, ""):
            command = "\\" + unicodedata.name(letter).rpartition(" ")[2].lower().replace("lamda", "lambda")
            following = text[position + 1 : position + 2]
            letter = command + " " * following.isalpha()
        written += letter
    return written


def number(value: float) -> str:
    """Return a number in full where it is short, else with five decimals, or five digits if it is tiny or huge."""
    short = f"{value:.4g}"
    if math.isclose(float(short), value, rel_tol=1e-9):
        return short
    return f"{value:.5f}" if 1e-3 <= abs(value) < 1e5 else f"{value:.4e}"
