"""Reports: what is known of a run in one HTML file, which needs no network and no other file.

page.py      the shell of any such page: head, contents, sections, the style and the script inlined
embed.py     pictures and figures as data that stand in the page itself
sprite.py    many small pictures in one, which the page cuts up again where it shows them
"""

from .embed import embed_figure, picture_uri
from .page import Section, make_page, render
from .sprite import Sprite

__all__ = ["Section", "Sprite", "embed_figure", "make_page", "picture_uri", "render"]
