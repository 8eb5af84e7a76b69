"""Figures without a display, as SVG to stand inside HTML: the same bytes for the same input."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, FAINT, GRID, PAPER = "#1f2933", "#52606d", "#d9dee3", "#ffffff"
# After Okabe and Ito (2008), whose colours people of every colour vision can tell apart; the light ones darkened to
# a contrast of 3 with white.
PALETTE = ("#0072b2", "#d55e00", "#00875f", "#b8578f", "#9a7000", "#1f2933", "#7b8794")
MARKERS = ("o", "s", "D", "^", "v", "P", "X")
PUBLISHED_INK, WARNING = "#6b5b73", "#9b2226"

REM_AN_INCH = 6.6
"""How wide an inch of a figure is on a wide screen: its text is then a little smaller than the page's."""

_SETTINGS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "indievaluecatalog",
    # A name with dollar signs is no formula.
    "text.parse_math": False,
    "font.family": ["DejaVu Sans"],
    "font.size": 9,
}


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawn figure: its caption, what it shows in words, and the SVG element (safe markup)."""

    caption: str
    alt: str
    svg: Markup


def draw(
    key: str, caption: str, alt: str, width: float, height: float, paint: Callable[[Figure], None], note: str = ""
) -> Plot:
    """A figure of some inches that `paint` fills; `key` is unique in the page and starts every id of the SVG.

    `note` stands in the corner, for those who see the figure outside of its page.
    """
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    text = io.StringIO()
    with matplotlib.rc_context(), warnings.catch_warnings():
        # A font file of the reader's own will have the letters that ours has not.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        # Whatever the reader's own settings are.
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        figure = Figure(figsize=(width, height), layout="constrained")
        canvas = FigureCanvasSVG(figure)
        figure.get_layout_engine().set(w_pad=0.06, h_pad=0.06)  # type: ignore[union-attr,call-arg]
        paint(figure)
        if note:
            figure.text(0.995, 0.997, note, ha="right", va="top", fontsize=7.5, color=WARNING)
        # Not savefig, which lays out and draws everything twice.
        canvas.print_svg(text, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})  # type: ignore[no-untyped-call]
    return Plot(caption, alt, _inline(text.getvalue(), key, alt, REM_AN_INCH * width))


def standalone(plot: Plot) -> str:
    """The plot as an SVG file of its own, with a white ground."""
    root, rest = str(plot.svg).split(">", 1)
    root = root.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{root}>{rest}\n'


def tidy(axes: Axes, grid: str = "x") -> None:
    """The house's look: no frame, a faint grid behind the data, no ticks."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GRID)
    axes.tick_params(colors=INK, length=0, labelsize=8.5)
    axes.grid(axis=grid, color=GRID, linewidth=0.6)  # type: ignore[arg-type]
    axes.set_axisbelow(True)


def _inline(text: str, key: str, alt: str, width: float) -> Markup:
    """An SVG file's root element made part of a page: own ids, no namespaces, a name for those who cannot see it."""
    svg = text[text.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", svg)
    svg = svg.replace('xlink:href="', 'href="')
    svg = re.sub(r'\bid="', f'id="{key}-', svg)
    svg = re.sub(r'\bhref="#', f'href="#{key}-', svg)
    svg = svg.replace("url(#", f"url(#{key}-")
    # Texts escape quotation marks and brackets, so the root tag ends at its first ">".
    root, rest = svg.split(">", 1)
    root = re.sub(r'\s(width|height|version)="[^"]*"', "", root)
    return Markup(f'{root} style="width:{width:.1f}rem" role="img" aria-label="{escape(alt)}">{rest}'.strip())
