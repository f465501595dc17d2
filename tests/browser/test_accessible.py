"""Every page in every state: no finding of axe (WCAG 2.2 AA and good practice), nothing on the console, no sideways scroll when narrow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import axe_playwright_python
import pytest
from flask import template_rendered
from pages import OFFICER, Office

from browser.chrome import House
from browser.states import NO_PAGE, STATES, State
from pipeline.resources import templates
from pipeline.web.routes import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from browser.chrome import Chrome, Window
    from browser.town import Town

pytestmark = pytest.mark.browser

_AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
_RULES: dict[str, Any] = {
    "resultTypes": ["violations"],
    "iframes": False,  # the one frame is a state of its own
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
}
# What the width of a window changes of a page that has been looked at whole.
_OF_LAYOUT = _RULES | {
    "runOnly": {
        "type": "rule",
        "values": [
            "target-size",
            "scrollable-region-focusable",
            "button-name",
            "link-name",
            "aria-hidden-focus",
            "aria-allowed-attr",
        ],
    }
}
_DESK, _TELEPHONE, _ZOOMED = (1280, 900), (390, 844), (320, 256)  # CSS pixels; the last is 1280 by 1024 at 400 %
# Pages on which colours of the reader's own are tried.
_IN_OWN_COLOURS = (
    "my work",
    "queue",
    "request with everything",
    "draft, with provisions",
    "approve, with findings and changes",
)


class _Survey:
    """The busy office and an idle one, served; a window for each person, kept; the templates that were shown."""

    def __init__(self, chrome: Chrome, town: Town, house: House, idle: Path) -> None:
        self.chrome = chrome
        self.town = town
        self.idle = Office(idle)
        self.houses = {False: house, True: House(self.idle.app)}
        for served in self.houses.values():
            # The page for a mistake of ours: a page that has one.
            served.flask.view_functions["figures.as_csv"] = _mistaken
        self.shown: set[str] = set()
        self._windows: dict[tuple[bool, str | None, bool], Window] = {}
        template_rendered.connect(self._note)

    def window(self, state: State) -> Window:
        """The window of whoever looks."""
        # Pages that are sandboxed by their own policy let no script run, axe neither; all others are tried under theirs.
        alone = state.endpoint in {"mail.html", "draft.preview"}
        key = (state.idle, state.who, alone)
        if key not in self._windows:
            self._windows[key] = self.chrome.window(self.houses[state.idle], state.who, bypass_csp=alone)
        return self._windows[key]

    def reach(self, state: State) -> Window:
        """Bring about a state; returns the window that shows it."""
        window = self.window(state)
        window.complaints.clear()
        window.page.set_viewport_size({"width": _DESK[0], "height": _DESK[1]})
        state.reach(window, None if state.idle else self.town)
        assert state.shows.casefold() in " ".join(window.page.locator("body").inner_text().split()).casefold(), (
            window.words[:600]
        )
        return window

    def begin_again(self) -> None:
        """Let everybody sign in anew."""
        for window in self._windows.values():
            window.close()
        self._windows.clear()

    def close(self) -> None:
        """Close everything."""
        template_rendered.disconnect(self._note)
        self.begin_again()
        self.houses[True].close()
        self.idle.close()

    def _note(self, _: object, template: Any, **__: Any) -> None:
        self.shown.add(template.name)


def _mistaken() -> str:
    raise RuntimeError("nobody foresaw this")


@pytest.fixture(scope="module")
def survey(
    chrome: Chrome, town: Town, town_house: House, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[_Survey]:
    """Both offices."""
    made = _Survey(chrome, town, town_house, tmp_path_factory.mktemp("idle"))
    yield made
    made.close()


def _violations(window: Window, rules: dict[str, Any] | None = None) -> list[str]:
    """What axe finds, a line each."""
    if not window.page.evaluate("'axe' in window"):
        window.page.evaluate(_AXE)
    found = window.page.evaluate("options => axe.run(document, options)", rules or _RULES)
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: " + "; ".join(node["html"][:160] for node in one["nodes"][:4])
        for one in found["violations"]
    ]


def _size(window: Window, size: tuple[int, int]) -> None:
    window.page.set_viewport_size({"width": size[0], "height": size[1]})


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_a_page_is_accessible_quiet_and_narrow(state: State, survey: _Survey) -> None:
    """No finding at a desk's width nor a telephone's; no sideways scroll on a telephone nor at 400 % zoom; nothing on the console.

    Where there is a problem with a form, its summary has the focus, the title says Error, and its links lead to fields.
    """
    window = survey.reach(state)
    found = _about_the_problem(window) if window.page.locator(".govuk-error-summary").count() else []
    found += [f"at {_DESK[0]}: {one}" for one in _violations(window)]
    _size(window, _TELEPHONE)
    first = next(one for one in STATES if one.endpoint == state.endpoint)
    narrow = _violations(window, _RULES if state is first else _OF_LAYOUT)
    found += [f"at {_TELEPHONE[0]}: {one}" for one in (*narrow, *window.overflow())]
    _size(window, _ZOOMED)
    found += [f"at {_ZOOMED[0]}: {one}" for one in window.overflow()]
    found += window.complaints
    assert not found, "\n".join(found)


def _about_the_problem(window: Window) -> list[str]:
    """What is not as it should be on a page that says what is wrong with a form."""
    page = window.page
    links = page.locator(".govuk-error-summary a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    found = [f"{link} leads nowhere" for link in links if page.locator(f"[id='{link[1:]}']").count() != 1]
    if not page.title().startswith("Error: "):
        found.append(f"the title is {page.title()!r}")
    if not page.evaluate("document.activeElement.className").startswith("govuk-error-summary"):
        found.append("the summary has not the focus")
    return found


@pytest.mark.parametrize("name", _IN_OWN_COLOURS)
def test_colours_of_ones_own_win(name: str, survey: _Survey) -> None:
    """With colours forced by the system, what a colour says has a border as well, and axe finds nothing."""
    window = survey.reach(next(state for state in STATES if state.name == name))
    window.page.emulate_media(forced_colors="active")
    assert _violations(window) == []
    bare = window.page.locator(".govuk-tag, .app-finding, .govuk-button").evaluate_all(
        "all => all.filter(e => e.offsetParent && parseFloat(getComputedStyle(e).borderTopWidth) < 1).map(e => e.outerHTML)"
    )
    window.page.emulate_media(forced_colors="none")
    assert bare == []


def test_every_route_with_a_page_is_in_the_survey(survey: _Survey) -> None:
    """A page that is added to the routes has to be added to the states; what has no page answers with something else than HTML."""
    seen = {state.endpoint for state in STATES}
    opened = {
        rule.endpoint for rule in survey.houses[False].flask.url_map.iter_rules() if "GET" in (rule.methods or set())
    }
    assert opened <= set(ROUTES)
    assert opened - NO_PAGE - seen == set()
    assert seen <= opened


def test_every_template_is_in_the_survey(survey: _Survey) -> None:
    """Every template of a whole page has been shown by one of the states: pages that answer a form included."""
    folder = templates() / "web"
    pages = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.html")
        if '{% extends "base.html" %}' in path.read_text(encoding="utf-8")
    }
    # When only a part of this file is run, the states that are missing are shown now.
    if pages - survey.shown:
        survey.begin_again()
        for state in STATES:
            survey.reach(state)
    assert pages - survey.shown == set()


def test_files_are_no_pages(survey: _Survey) -> None:
    """What the survey leaves out is no page: it answers with a file or with plain words."""
    window, town = survey.chrome.window(survey.houses[False], OFFICER), survey.town
    draft = town.casework.draft(town.waiting)
    letter = {"reference": town.waiting, "kind": "response"}
    asked: dict[str, dict[str, Any]] = {
        "static_file": {"name": "app.css"}, "favicon": {}, "theme": {}, "probes.alive": {}, "probes.ready": {}, "probes.metrics": {},
        "queue.as_csv": {}, "mail.raw": {"number": town.mail_with_html}, "letters.raw": {"number": town.failed_letter},
        "request.bundle": {"reference": town.new}, "draft.pdf": letter, "draft.word": letter,
        "draft.file": letter | {"digest": draft.files[0].sha256},
    }  # fmt: skip
    for endpoint, values in asked.items():
        answer = window.context.request.get(window.house.address(endpoint, **values))
        assert not answer.headers["content-type"].startswith("text/html"), endpoint
        assert answer.headers["x-content-type-options"] == "nosniff"
    window.close()
