"""Reports: a run, or a comparison of runs, in one HTML file that needs no network and no other file.

run.py       the report of a run, from top to bottom
result.py  confusion.py  passes.py  captions.py  configuration.py    its parts, as numbers and words
comparison.py  the page of several runs on the same images
page.py      the frame of any such page: head, contents, sections, the style and the script
embed.py     pictures and figures as data in the page itself
sprite.py    many small pictures in one, which the page cuts up again where it shows them
templates/   the HTML
"""

from .comparison import report_comparison
from .embed import embed_figure, picture_uri
from .page import Section, make_page, render
from .run import Evaluated, Report, report_divergence, report_run
from .sprite import Sprite

__all__ = [
    "Evaluated",
    "Report",
    "Section",
    "Sprite",
    "embed_figure",
    "make_page",
    "picture_uri",
    "render",
    "report_comparison",
    "report_divergence",
    "report_run",
]
