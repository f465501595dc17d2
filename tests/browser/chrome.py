"""Chromium for tests: one for the whole run, a window for each officer, and a watch on everything that a page must not do."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pages import signed_in
from playwright.sync_api import sync_playwright
from servers.ports import free_port

from pipeline.web.app import accounts_of, create_app
from pipeline.web.security import session_cookie
from pipeline.web.serving import WebServer

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Request, Response

    from pipeline.bootstrap import App

MISSING = "CHROMIUM IS NOT INSTALLED: apt-get install chromium, or nothing is proved about the officers' pages"
_ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--lang=en-GB", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
_SECONDS = 20_000  # milliseconds; what takes longer on a busy machine has failed
# Chromium notes every answer of 400 and above on the console, those of a page that we opened to see it fail as well.
_STATUS_NOTED = "Failed to load resource: the server responded with a status of"


class House:
    """The officers' pages over *app*, served by the product's own web server on a port of its own."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.flask = create_app(app)
        self.accounts = accounts_of(app)
        self._server = WebServer(self.flask, app.settings.web.model_copy(update={"port": free_port()}))
        self._server.start()
        self.origin = f"http://127.0.0.1:{self._server.port}"

    def address(self, endpoint: str, **values: Any) -> str:
        """The whole address of a page, by its name in the program."""
        with self.flask.test_request_context():
            return self.origin + self.flask.url_for(endpoint, **values)

    def close(self) -> None:
        """Stop serving."""
        self._server.close()
        self._server.join(10)


class Chrome:
    """One Chromium."""

    def __init__(self) -> None:
        path = shutil.which("chromium")
        assert path is not None, MISSING
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(
            executable_path=path, args=list(_ARGUMENTS), env={**os.environ, "LANGUAGE": "en_GB"}
        )

    def window(self, house: House, email: str | None = None, **options: Any) -> Window:
        """A window of its own, in which this officer is signed in already; nobody for None. *options* are of the browser's context."""
        context = self._browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(_SECONDS)
        if email is not None:
            cookie = {"name": session_cookie(house.app.settings), "value": signed_in(house.app, email)}
            context.add_cookies([{**cookie, "url": house.origin, "httpOnly": True, "sameSite": "Lax"}])  # type: ignore[typeddict-item]
        return Window(house, context)

    def close(self) -> None:
        """End it."""
        self._browser.close()
        self._playwright.stop()


class Window:
    """A person's browser: opens pages, presses, fills in; ``complaints`` has what no page of ours may bring about."""

    def __init__(self, house: House, context: BrowserContext) -> None:
        self.house = house
        self.context = context
        self.complaints: list[str] = []
        self._failed: set[str] = set()
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"script failed: {error.error}"))
        context.on("dialog", lambda dialog: (self.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        context.on("request", self._request)
        context.on("response", self._response)
        self.page = context.new_page()

    # ---- doing -----------------------------------------------------------------------------------------------------

    def open(self, endpoint: str, *, expect: int = 200, **values: Any) -> Window:
        """Open a page by its name in the program."""
        return self.go(self.house.address(endpoint, **values), expect=expect)

    def go(self, address: str, *, expect: int = 200) -> Window:
        """Open a page by its address, or by its path."""
        answer = self.page.goto(address if "://" in address else self.house.origin + address, wait_until="load")
        assert answer is not None
        assert answer.status == expect, f"{address}: {answer.status}, not {expect}: {self.words[:400]}"
        return self

    def press(self, text: str, *, within: str = "main", at: int = 0) -> Window:
        """Press the button with this text, and wait for the page that it leads to."""
        with self.page.expect_navigation(wait_until="load"):
            self.button(text, within=within, at=at).click()
        return self

    def button(self, text: str, *, within: str = "main", at: int = 0) -> Locator:
        """The button with this text; what it is called besides, for those who hear it, may say more."""
        words = re.compile(rf"^\s*{re.escape(text)}\s*$")
        return self.page.locator(within).get_by_role("button").filter(has_text=words).nth(at)

    def follow(self, text: str, *, within: str = "body", at: int = 0) -> Window:
        """Follow the link with this text."""
        with self.page.expect_navigation(wait_until="load"):
            self.page.locator(within).get_by_role("link", name=text, exact=True).nth(at).click()
        return self

    def fill(self, **fields: str) -> Window:
        """Fill in fields by their labels, underlines for spaces; see ``put`` for labels that are no names."""
        for label, value in fields.items():
            self.put(label.replace("_", " "), value)
        return self

    def put(self, label: str, value: str, at: int = 0) -> Window:
        """Fill in the field with this label, or choose in it: the way a person finds it, so that the label is proved as well."""
        field = self.page.get_by_label(label, exact=True).nth(at)
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
        return self

    def close(self) -> None:
        """Close the window."""
        self.context.close()

    # ---- seeing ----------------------------------------------------------------------------------------------------

    @property
    def path(self) -> str:
        """Where the window is, without query and place."""
        return urlsplit(self.page.url).path

    @property
    def words(self) -> str:
        """What the main part shows, spaces made single."""
        return " ".join(self.main.inner_text().split())

    @property
    def main(self) -> Locator:
        """The main part of the page."""
        return self.page.locator("main")

    def overflow(self) -> list[str]:
        """What sticks out of the page sideways, other than inside a region that scrolls by itself; [] when the page does not scroll."""
        return list(self.page.evaluate(_STICKING_OUT))

    # ---- watching --------------------------------------------------------------------------------------------------

    def _console(self, message: ConsoleMessage) -> None:
        if message.text.startswith(_STATUS_NOTED) and message.location["url"].partition("#")[0] in self._failed:
            return
        self.complaints.append(f"console ({message.type}): {message.text} at {message.location['url']}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith(self.house.origin + "/"):
            self.complaints.append(f"asked elsewhere: {request.url[:200]}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.request.is_navigation_request():
            self._failed.add(response.url.partition("#")[0])


_STICKING_OUT = """() => {
  const wide = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= wide) return []
  const found = []
  for (const one of document.body.querySelectorAll("*")) {
    if (one.closest(".app-scroll") && !one.matches(".app-scroll")) continue
    const box = one.getBoundingClientRect()
    if (box.width && box.right > wide + 1) found.push(
      `${one.tagName}.${one.className} to ${Math.round(box.right)} of ${wide}: ${one.textContent.trim().slice(0, 40)}`)
  }
  return found.length ? found : ["the page is " + document.documentElement.scrollWidth + " wide, of " + wide]
}"""
