"""Reports: what is known of a run in one HTML file, which needs no network and no other file.

run.py       what stands in the report of a run, from top to bottom
result.py  confusion.py  passes.py  captions.py  configuration.py    its parts, as numbers and words
comparison.py  several runs that read the same images
page.py      the shell of any such page: head, contents, sections, the style and the script inlined
embed.py     pictures and figures as data that stand in the page itself
sprite.py    many small pictures in one, which the page cuts up again where it shows them
templates/   how all of it is written as HTML
"""

from .comparison import report_contest
from .embed import embed_figure, picture_uri
from .page import Section, make_page, render
from .run import Judged, Report, report_divergence, report_run
from .sprite import Sprite

__all__ = [
    "Judged",
    "Report",
    "Section",
    "Sprite",
    "embed_figure",
    "make_page",
    "picture_uri",
    "render",
    "report_contest",
    "report_divergence",
    "report_run",
]
