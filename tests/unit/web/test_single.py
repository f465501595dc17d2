"""Signing in with a council account: who is let in and as what, what is never believed, and what a person is told."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pages import ADMIN, APPROVER, NOW, OFFICER, PASSWORD, Office, Page, Visitor
from servers.identity import CLIENT_ID, SECRET, TENANT, Identity, Lies, confused, forged, key, signed, unsigned
from typer.testing import CliRunner

from pipeline.cli.main import app as cli
from pipeline.domain.errors import ConfigurationError, NotAllowedError
from pipeline.settings import Settings
from pipeline.web.routes import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BACK = "http://localhost/sign-in/council/back"
KIM = {
    "sub": "pairwise-kim",
    "tid": TENANT,
    "oid": "0b3e",
    "name": "Kim Officer",
    "preferred_username": "Kim@Council.example",
    "roles": ["infogov.officer"],
}
UNTRUSTED = "can't be trusted"


class Council:
    """An office and the identity provider of its council."""

    def __init__(self, folder: Path, more: str = "", path: str = f"/{TENANT}/v2.0") -> None:
        self.identity = Identity(lambda: NOW, BACK, path)
        self.identity.person = dict(KIM)
        keys = f'[oidc]\nissuer = "{self.identity.issuer}"\nclient_id = "{CLIENT_ID}"\nclient_secret = "{SECRET}"\n'
        self.office = Office(folder, keys + more)
        self.identity.now = self.office.clock.now
        self.running = True

    def visitor(self) -> Visitor:
        """A browser in which nobody is signed in."""
        return self.office.visitor(None)

    def away(self, visitor: Visitor, to: str = "") -> str:
        """Press the button and agree at the provider; returns the path that leads back."""
        left = visitor.client.get(self.office.address("single.start", to=to))
        assert left.status_code == 303, left.text
        return here(self.identity.visit(left.headers["Location"]))

    def sign_in(self, *, to: str = "", visitor: Visitor | None = None) -> tuple[Visitor, Any]:
        """Go the whole way; returns the browser and the answer to its coming back."""
        visitor = visitor or self.visitor()
        return visitor, visitor.client.get(self.away(visitor, to))

    def refused(self, words: str, status: int = 403) -> Page:
        """Go the whole way and be told *words*, with nobody signed in; the page is the one to sign in on."""
        visitor, answer = self.sign_in()
        return self.not_in(visitor, answer, words, status)

    def not_in(self, visitor: Visitor, answer: Any, words: str, status: int = 403) -> Page:
        """Hold *answer* to be the page for signing in, with *words*, and *visitor* to be nobody."""
        page = Page(visitor, "/sign-in", answer)
        assert (answer.status_code, words in page.words) == (status, True), page.words
        assert visitor.client.get_cookie("infogov") is None
        assert visitor.client.get("/").status_code == 302
        return page

    def role(self, email: str = OFFICER) -> str:
        """The role of an officer now."""
        return str(self.account(email).role)

    def account(self, email: str = OFFICER) -> Any:
        """The account of an officer."""
        with self.office.app.store.read() as work:
            return work.officers.account(email)

    def trail(self) -> list[tuple[str, str]]:
        """What the service's trail tells: kind and data of each event."""
        with closing(sqlite3.connect(self.office.app.settings.path.parent / "infogov.db")) as database:
            return list(database.execute("SELECT kind, data FROM event WHERE request_id IS NULL ORDER BY id"))

    def stop(self) -> None:
        """Take the provider out of reach."""
        if self.running:
            self.identity.stop()
            self.running = False

    def close(self) -> None:
        """Give everything back."""
        self.stop()
        self.office.close()


def here(address: str) -> str:
    """The path and query of *address*."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


@pytest.fixture
def council(tmp_path: Path) -> Iterator[Council]:
    """A council whose officers may sign in with their accounts."""
    made = Council(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def lied_to(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Council]:
    """A council for tests that sign nobody in."""
    made = Council(tmp_path_factory.mktemp("lied-to"))
    yield made
    made.close()


# ---- in ---------------------------------------------------------------------------------------------------------------


def test_an_officer_comes_in_with_a_council_account(council: Council) -> None:
    """The button leads to the provider and back to the page that was asked for, in the same session as with a password."""
    visitor = council.visitor()
    asked = visitor.open(here(visitor.client.get("/help").headers["Location"]))
    (button,) = asked.select("a.govuk-button")
    left = visitor.client.get(button.get("href"))
    back = visitor.client.get(here(council.identity.visit(left.headers["Location"])))
    assert (back.status_code, back.headers["Location"]) == (303, "/help")
    cookie = visitor.client.get_cookie("infogov")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site, cookie.path) == (True, "Lax", "/")
    assert visitor.open("/help").select("form[action='/sign-out']")
    assert visitor.get("door.sign_in").visitor.client.get("/").status_code == 200


def test_nobody_is_led_elsewhere_through_the_provider(council: Council) -> None:
    """An address outside these pages is not gone to, whichever way somebody signs in."""
    tabs = ("/\t/evil.example", "/\t\\evil.example", "/\r/evil.example")
    for to in ("https://evil.example/", "//evil.example", *tabs, "/" + "x" * 5000):
        assert council.sign_in(to=to)[1].headers["Location"] == "/"


def test_what_goes_over_the_wire(council: Council) -> None:
    """The browser carries no secret: state, nonce and the verifier's digest only, fresh each time."""
    seen = []
    for _ in range(2):
        left = council.visitor().client.get("/sign-in/council").headers["Location"]
        asked = {name: values[0] for name, values in parse_qs(urlsplit(left).query).items()}
        assert asked["redirect_uri"] == BACK
        assert SECRET not in left
        seen.append({name: asked[name] for name in ("state", "nonce", "code_challenge")})
    assert all(seen[0][name] != seen[1][name] for name in seen[0])
    assert all(len(value) >= 32 for value in seen[0].values())


def test_every_page_is_in_the_table_with_a_provider_too(council: Council) -> None:
    """The two pages are there and listed; without a session they answer and open nothing."""
    assert {rule.endpoint for rule in council.office.flask.url_map.iter_rules()} == set(ROUTES)
    visitor = council.visitor()
    council.not_in(visitor, visitor.client.get("/sign-in/council/back"), "Nobody was signed in")


def test_a_person_stays_the_same_officer_when_their_address_changes(council: Council) -> None:
    """After the first time tenant and object id count, and no address any more."""
    council.sign_in()
    assert council.account().subject == f"{TENANT}|0b3e"
    council.identity.person |= {"preferred_username": "kim.married@council.example", "name": "Kim Married"}
    visitor, _ = council.sign_in()
    assert "Kim Officer" in visitor.get("desk.my_work").answer.text


def test_an_address_that_was_given_to_somebody_else_opens_nothing(council: Council) -> None:
    """Another person with the officer's address is refused, until an administrator unlinks the account."""
    council.sign_in()
    council.identity.person |= {"oid": "somebody-else"}
    council.refused("belongs to another council account")
    with pytest.raises(NotAllowedError, match="Only an administrator"):
        council.office.accounts.unlink(OFFICER, OFFICER)
    council.office.accounts.unlink(ADMIN, OFFICER)
    council.sign_in()
    assert council.account().subject == f"{TENANT}|somebody-else"
    ran = CliRunner().invoke(cli, ["officer", "unlink", OFFICER, "--config", str(council.office.app.settings.path)])
    assert (ran.exit_code, council.account().subject) == (0, None), ran.output
    told = [kind for kind, _ in council.trail()]
    assert (told.count("officer_linked"), told.count("officer_unlinked")) == (2, 2)
    assert "somebody-else" not in str(council.trail())


def test_two_officers_are_never_one_person(council: Council) -> None:
    """Somebody whose claims name two officers is not taken for either."""
    council.identity.person |= {"email": APPROVER}
    council.refused("addresses of several officers")


# ---- roles --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "role"),
    [
        (["infogov.read_only"], "read_only"),
        (["something else", "infogov.approver", "infogov.officer"], "approver"),
        ("infogov.admin", "admin"),
        (["INFOGOV.ADMIN", "infogov.officer"], "officer"),
    ],
)
def test_the_provider_says_what_somebody_may_do(council: Council, given: object, role: str) -> None:
    """At each sign-in the claim's role is taken, of several the one that may do most; the trail tells of a change."""
    council.identity.person["roles"] = given
    council.sign_in()
    assert council.role() == role
    assert [role in data for kind, data in council.trail() if kind == "officer_changed"] == [True] * (role != "officer")


@pytest.mark.parametrize("given", [None, [], ["infogov.nothing"], "", 7, {"infogov.admin": True}, [["infogov.admin"]]])
def test_nobody_comes_in_without_a_role(lied_to: Council, given: object) -> None:
    """An account that has no role of ours is refused in words, and stays what it was."""
    lied_to.identity.lies = Lies(claims={"roles": given})
    lied_to.refused("has no role in this service")
    assert lied_to.role() == "officer"


def test_the_last_administrator_stays_one_whatever_the_provider_says(council: Council) -> None:
    """They come in as they were, and the trail says that another role was refused; with a second one they change."""
    council.identity.person |= {"preferred_username": ADMIN}
    council.sign_in()
    assert council.role(ADMIN) == "admin"
    assert "officer_role_kept" in [kind for kind, _ in council.trail()]
    council.office.accounts.place(ADMIN, APPROVER, "admin", None)
    council.sign_in()
    assert council.role(ADMIN) == "officer"


def test_a_disabled_officer_stays_out(council: Council) -> None:
    """Known to the provider or not: whoever was kept out here does not come in."""
    council.sign_in()
    council.office.accounts.disable(ADMIN, OFFICER)
    council.identity.person["roles"] = ["infogov.admin"]
    council.refused("may no longer come in here")


def test_a_stranger_is_added_only_where_the_council_wants_it(tmp_path: Path, council: Council) -> None:
    """Somebody with a role who is no officer is refused by default; with create_officers they become one."""
    stranger = {
        "oid": "new",
        "preferred_username": "lee@council.example",
        "name": " Lee\n\x00 New ",
        "roles": ["infogov.approver"],
    }
    council.identity.person |= stranger
    council.refused("You are not an officer here")
    assert council.account("lee@council.example") is None
    (tmp_path / "open").mkdir()
    other = Council(tmp_path / "open", "create_officers = true\n")
    other.identity.person |= stranger
    visitor, _ = other.sign_in()
    account = other.account("lee@council.example")
    assert (account.name, account.role, account.subject) == ("Lee New", "approver", f"{TENANT}|new")
    assert visitor.client.get("/").status_code == 200
    other.identity.person |= {"oid": "newer", "preferred_username": "no address"}
    other.refused("no e-mail address that this service can use")
    other.close()


# ---- another provider than Entra ID ----------------------------------------------------------------------------------------


def test_elsewhere_issuer_and_subject_are_the_person(tmp_path: Path) -> None:
    """Only an address that the provider has verified links an officer; tenant and object id mean nothing there."""
    council = Council(tmp_path, path="/realms/council")
    council.identity.person |= {"email": OFFICER}
    council.refused("You are not an officer here")
    council.identity.person |= {"email_verified": "true"}
    council.refused("You are not an officer here")
    council.identity.person |= {"email_verified": True}
    council.sign_in()
    assert council.account().subject == f"{council.identity.issuer}|pairwise-kim"
    council.close()


# ---- what is never believed ------------------------------------------------------------------------------------------------

SOON = int(NOW.timestamp())
ATTACKS = {
    "for another client": Lies(claims={"aud": "another-app"}),
    "for another client, and given to us": Lies(claims={"aud": "another-app", "azp": CLIENT_ID}),
    "for several, and from none": Lies(claims={"aud": [CLIENT_ID, "another-app"]}),
    "given to another client": Lies(claims={"aud": [CLIENT_ID, "x"], "azp": "x"}),
    "by another issuer": Lies(claims={"iss": "https://login.microsoftonline.com/other/v2.0"}),
    "by no issuer": Lies(claims={"iss": None}),
    "over": Lies(claims={"exp": SOON - 121}),
    "for ever": Lies(claims={"exp": None}),
    "for ever and a day": Lies(claims={"exp": "never"}),
    "not yet": Lies(claims={"nbf": SOON + 200}),
    "from tomorrow": Lies(claims={"iat": SOON + 86_400}),
    "for another sign-in": Lies(claims={"nonce": "another"}),
    "for any sign-in": Lies(claims={"nonce": None}),
    "about nobody": Lies(claims={"sub": None}),
    "with another access token": Lies(claims={"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}),
    "without a signature": Lies(token=unsigned),
    "with the public key for a secret": Lies(token=confused),
    "with a stranger's key": Lies(token=forged),
    "with a key nobody has": Lies(token=lambda head, claims, by: forged(head | {"kid": "gone"}, claims, by)),
    "with a key for encryption": Lies(
        token=lambda head, claims, _: signed(head | {"kid": "for-encryption"}, claims, key(3))
    ),
    "not a token": Lies(token=lambda *_: "no.token"),
    "no token": Lies(token_answer=(200, json.dumps({"access_token": "x", "token_type": "Bearer"}).encode())),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_token_that_is_not_for_us_now_signs_nobody_in(lied_to: Council, name: str) -> None:
    """Whatever is wrong with a token, nobody comes in, and no officer is linked to anybody."""
    lied_to.identity.lies = ATTACKS[name]
    lied_to.refused(UNTRUSTED)
    assert lied_to.account().subject is None


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"tid": "11111111-0f0e-4c5e-9d64-0c6f0a7d9b11"}, "belongs to another organisation"),
        ({"tid": None}, "belongs to another organisation"),
        ({"oid": None}, "does not say who you are"),
        ({"oid": ["0b3e"]}, "does not say who you are"),
        ({"oid": "x" * 301}, "does not say who you are"),
        ({"oid": "0b3e\x00"}, "does not say who you are"),
    ],
)
def test_a_token_of_another_tenant_or_of_nobody_signs_nobody_in(
    lied_to: Council, claims: dict[str, Any], words: str
) -> None:
    """Rightly signed or not: the tenant must be the council's own, and the person somebody for good."""
    lied_to.identity.lies = Lies(claims=claims)
    lied_to.refused(words)


def test_a_little_difference_of_clocks_is_no_attack(council: Council) -> None:
    """Two clocks may differ by two minutes."""
    council.identity.lies = Lies(claims={"iat": SOON + 100, "nbf": SOON + 100, "exp": SOON - 100})
    assert council.sign_in()[1].status_code == 303


def test_a_way_back_counts_once_and_in_its_own_browser(council: Council) -> None:
    """The same address again, in another browser, with a stranger's state, or a quarter of an hour later signs nobody in."""
    first = council.visitor()
    path = council.away(first)
    stranger = council.visitor()
    council.not_in(stranger, stranger.client.get(path), "another browser")
    council.away(stranger)
    council.not_in(stranger, stranger.client.get(path), "another browser")
    assert first.client.get(path).status_code == 303
    first.client.delete_cookie("infogov")
    council.not_in(first, first.client.get(path), "Nobody was signed in")
    refused = council.visitor()
    path = council.away(refused)
    council.not_in(refused, refused.client.get(path + "&error=access_denied"), "cancelled")
    council.not_in(refused, refused.client.get(path), "Nobody was signed in")
    late = council.visitor()
    path = council.away(late)
    council.office.clock.advance(timedelta(minutes=16))
    council.not_in(late, late.client.get(path), "took too long")


def test_a_code_counts_once_and_only_with_its_verifier(council: Council) -> None:
    """A code that was used, or that belongs to another sign-in, is refused by the provider, and we say so."""
    visitor = council.visitor()
    codes = [parse_qs(urlsplit(council.away(visitor)).query)["code"][0] for _ in range(2)]
    later = council.away(visitor)
    stolen = later.replace(parse_qs(urlsplit(later).query)["code"][0], codes[0])
    council.not_in(visitor, visitor.client.get(stolen), "took too long, or was used already")
    path = council.away(visitor)
    assert visitor.client.get(path).status_code == 303
    visitor = council.visitor()
    reused = council.away(visitor)
    reused = reused.replace(parse_qs(urlsplit(reused).query)["code"][0], parse_qs(urlsplit(path).query)["code"][0])
    council.not_in(visitor, visitor.client.get(reused), "took too long, or was used already")


def test_several_tabs_do_not_get_in_each_others_way(council: Council) -> None:
    """Three sign-ins may be under way in one browser; of four the oldest is forgotten."""
    visitor = council.visitor()
    paths = [council.away(visitor) for _ in range(4)]
    council.not_in(visitor, visitor.client.get(paths[0]), "Nobody was signed in")
    assert visitor.client.get(paths[1]).status_code == 303


def test_an_answer_of_another_provider_is_not_taken(council: Council) -> None:
    """Where the address says whose answer it is, it must be ours (RFC 9207)."""
    visitor = council.visitor()
    council.not_in(
        visitor, visitor.client.get(council.away(visitor) + "&iss=https://evil.example"), "another identity provider"
    )


# ---- keys ---------------------------------------------------------------------------------------------------------------------


def test_a_new_key_is_found_at_once_and_an_old_one_is_forgotten(council: Council) -> None:
    """Keys are read once and kept; a token by a key that is not known makes us look again, and an hour does, too."""
    council.sign_in()
    council.sign_in()
    assert council.identity.keys_read == 1
    council.identity.rotate()
    assert council.sign_in()[1].status_code == 303
    assert council.identity.keys_read == 2
    council.identity.lies = Lies(token=lambda head, claims, _: signed(head | {"kid": "key-1"}, claims, key(1)))
    council.refused(UNTRUSTED)
    read = council.identity.keys_read
    council.identity.lies = Lies()
    council.office.clock.advance(timedelta(hours=1))
    council.sign_in()
    assert council.identity.keys_read == read + 1


# ---- when it does not work -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "description", "words"),
    [
        ("access_denied", "", "cancelled, or your council account may not use this service."),
        ("access_denied", "AADSTS65004: the user declined", "did not agree"),
        ("invalid_request", "AADSTS50105: not assigned to a role", "Ask your IT service to give it one (AADSTS50105)."),
        ("server_error", "AADSTS90033: <b>call 0900 1234</b>", "has a fault. Try again later (AADSTS90033)."),
        ("<script>", "call 0900 1234", "The identity provider refused. Ask your IT service."),
    ],
)
def test_a_refusal_is_told_in_our_own_words(lied_to: Council, error: str, description: str, words: str) -> None:
    """With the code to quote, and never with words that somebody could have put into an address."""
    lied_to.identity.lies = Lies(refuses=(error, description))
    page = lied_to.refused(words)
    assert "0900" not in page.answer.text
    assert "<script>" not in page.words


@pytest.mark.parametrize(
    ("answer", "words", "status"),
    [
        (
            (400, b'{"error": "invalid_client", "error_description": "AADSTS7000222: expired"}'),
            "secret has expired",
            403,
        ),
        ((400, b'{"error": "strange"}'), "The identity provider refused", 403),
        ((503, b"busy"), "can't be reached", 503),
        ((200, b"<html>"), "can't be reached", 503),
        ((200, b"[]"), "can't be reached", 503),
        ((307, b""), "can't be reached", 503),
    ],
)
def test_a_broken_exchange_is_told_in_plain_words(
    lied_to: Council, answer: tuple[int, bytes], words: str, status: int
) -> None:
    """Whatever comes in place of a token, the page for signing in says what to do."""
    lied_to.identity.lies = Lies(token_answer=answer)
    lied_to.refused(words, status)


@pytest.mark.parametrize(
    ("lies", "words", "status"),
    [
        (Lies(facts={"issuer": "https://login.microsoftonline.com/other/v2.0"}), UNTRUSTED, 403),
        (Lies(facts={"token_endpoint": "http://login.example/token"}), UNTRUSTED, 403),
        (Lies(facts={"authorization_endpoint": "javascript:alert(1)"}), UNTRUSTED, 403),
        (Lies(facts={"jwks_uri": None}), UNTRUSTED, 403),
        (Lies(facts_answer=(500, b"")), "can't be reached", 503),
        (Lies(facts_answer=(307, b"")), "can't be reached", 503),
        (Lies(facts_answer=(200, b"no JSON")), "can't be reached", 503),
        (Lies(facts_answer=(200, b"[1]")), "can't be reached", 503),
    ],
)
def test_a_provider_that_describes_itself_wrongly_is_not_gone_to(
    lied_to: Council, lies: Lies, words: str, status: int
) -> None:
    """No visitor is sent anywhere before its description is read and is its own, over TLS."""
    lied_to.office.clock.advance(timedelta(hours=1))
    lied_to.identity.lies = lies
    visitor = lied_to.visitor()
    lied_to.not_in(visitor, visitor.client.get("/sign-in/council"), words, status)


def test_a_password_is_the_way_in_while_the_provider_is_down(council: Council) -> None:
    """The provider out of reach is said in plain words on the page that takes the password."""
    council.stop()
    visitor = council.visitor()
    page = council.not_in(visitor, visitor.client.get("/sign-in/council?to=/help"), "can't be reached", 503)
    assert page.submit("Sign in", email=OFFICER, password=PASSWORD).path == "/help"


def test_passwords_can_be_switched_off(tmp_path: Path) -> None:
    """Then the page has no field for one, and the right one sent all the same is refused."""
    council = Council(tmp_path, "password_sign_in = false\n")
    page = council.visitor().get("door.sign_in")
    assert page.select("input[name=password]") == []
    with pytest.raises(NotAllowedError, match="Sign in with your council account"):
        council.office.accounts.sign_in(OFFICER, PASSWORD, "127.0.0.1")
    assert council.sign_in()[1].status_code == 303
    council.close()


def test_what_was_typed_waits_in_its_tab(council: Council) -> None:
    """Whose session ended while they wrote signs in with the council account in a new tab, and sends what is still there."""
    visitor, _ = council.sign_in()
    council.office.clock.advance(timedelta(hours=2))
    ended = visitor.post("/password", {"note": "half an hour's work"}, expect=401)
    (link,) = ended.select("a.govuk-button")
    assert link.get("target") == "_blank"
    council.sign_in(visitor=visitor)
    again = ended.submit("Send what I typed", expect=400)
    assert "half an hour's work" in again.words
    assert again.submit("Send", expect=400).path == "/password"


# ---- settings --------------------------------------------------------------------------------------------------------------------

_GOOD = 'issuer = "https://login.microsoftonline.com/t/v2.0"\nclient_id = "c"\nclient_secret = "s"\n'


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (_GOOD.replace("https://", "http://"), "issuer must start with https://"),
        (_GOOD.replace("https://login", "http://127.0.0.1.login"), "issuer must start with https://"),
        (_GOOD.replace("/t/", "/common/"), "people of any organisation"),
        (_GOOD.replace("/v2.0", "/v2.0?x=1"), "without a question mark"),
        (_GOOD.replace("login.microsoftonline.com", "["), "is not a web address"),
        (_GOOD.replace('"c"', '""'), "client_id is missing"),
        (_GOOD.replace('"s"', '""'), "client_secret is missing"),
        ('client_id = "c"', "issuer is missing"),
        ("password_sign_in = false", "nobody could sign in"),
        (_GOOD + 'role_admin = "x"\nrole_officer = "x"', "means role_admin as well"),
        (
            "".join(f'role_{name} = ""\n' for name in ("admin", "approver", "officer", "read_only")),
            "nobody would have a role",
        ),
        (_GOOD + 'roles_claim = ""', "roles_claim is empty"),
    ],
)
def test_a_provider_that_could_not_work_is_refused_at_the_start(tmp_path: Path, keys: str, words: str) -> None:
    """With the key and what to do."""
    with pytest.raises(ConfigurationError) as caught:
        Office(tmp_path, "[oidc]\n" + keys)
    assert any(words in problem for problem in caught.value.problems), caught.value.problems


def test_the_extra_is_named_where_it_is_missing(tmp_path: Path, council: Council) -> None:
    """Whoever configures it without the libraries is told what to install, and needs none of them otherwise."""
    file = council.office.app.settings.path
    for package in ("authlib", "joserfc", "requests"):
        with pytest.raises(ConfigurationError, match=r"infogov\[oidc\]"):
            Settings.load(file, {}, installed=lambda name, missing=package: name != missing)
    plain = tmp_path / "plain.toml"
    plain.write_text(file.read_text(encoding="utf-8").partition("[oidc]")[0], encoding="utf-8")
    assert not Settings.load(plain, {}, installed=lambda _: False).oidc.on


def test_the_secret_is_shown_nowhere(council: Council) -> None:
    """Neither in the settings as they are told nor in what the pages show."""
    assert SECRET not in str(council.office.app.settings.describe())
    assert council.office.visitor(ADMIN).get("office.settings").answer.text.count(SECRET) == 0
