"""About these pages: the accessibility statement and help."""

from __future__ import annotations

from flask import Blueprint, render_template

pages = Blueprint("about", __name__)


@pages.get("/accessibility")
def accessibility() -> str:
    """What is accessible, what is not, and whom to tell."""
    return render_template("about/accessibility.html")


@pages.get("/help")
def guidance() -> str:
    """How the work goes, page by page."""
    return render_template("about/help.html")
