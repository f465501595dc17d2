"""Settings: the minimal file loads, sources win in order, and every mistake is told together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipeline.domain.errors import ConfigurationError
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

MINIMAL = """
[authority]
name = "Coventry City Council"
team = "Information Governance Team"
[mailbox.infogov]
host = "127.0.0.1"
port = 1143
security = "none"
user = "infogov"
password = "secret"
start = "all"
[smtp]
host = "127.0.0.1"
port = 1025
security = "none"
from_address = "infogov@coventry.gov.uk"
[database]
url = "sqlite:///infogov.db"
"""


def load(folder: Path, text: str = MINIMAL, *, missing: tuple[str, ...] = (), **environ: str) -> Settings:
    """Load *text* as a file in *folder*; the optional packages of *missing* are not there."""
    file = folder / "infogov.toml"
    file.write_text(text, encoding="utf-8")
    return Settings.load(file, environ, installed=lambda package: package not in missing)


def problems(folder: Path, text: str = MINIMAL, *, missing: tuple[str, ...] = (), **environ: str) -> list[str]:
    """All mistakes of *text*, with the folder's name taken out."""
    with pytest.raises(ConfigurationError) as caught:
        load(folder, text, missing=missing, **environ)
    assert "pydantic" not in str(caught.value)
    return [problem.replace(f"{folder}/", "") for problem in caught.value.problems]


def swap(old: str, new: str, text: str = MINIMAL) -> str:
    """*text* with *old* replaced, once it is sure that it is there."""
    assert old in text
    return text.replace(old, new, 1)


def inserted(section: str, lines: str, text: str = MINIMAL) -> str:
    """*text* with *lines* at the head of *section*."""
    return swap(f"[{section}]", f"[{section}]\n{lines}", text)


def test_the_minimal_file_is_a_working_configuration(tmp_path: Path) -> None:
    """Everything the minimal file leaves out has its default."""
    settings = load(tmp_path)
    box = settings.mailbox["infogov"]
    assert (box.name, box.host, box.port, box.security, box.start) == ("infogov", "127.0.0.1", 1143, "none", "all")
    assert (box.folders, box.poll_seconds, box.idle, box.max_message_mb) == (("INBOX",), 60, True, 50)
    assert box.password.get_secret_value() == "secret"
    assert settings.authority.email == settings.smtp.envelope_from == "infogov@coventry.gov.uk"
    assert settings.smtp.from_name == "Coventry City Council Information Governance Team"
    assert (settings.delivery.mode, settings.delivery.undo_minutes) == ("send", 15)
    assert settings.database.url == f"sqlite:///{tmp_path}/infogov.db"
    assert settings.path == tmp_path / "infogov.toml"


@pytest.mark.parametrize(
    ("security", "imap", "smtp"),
    [("tls", 993, 465), ("starttls", 143, 587), ("none", 143, 25)],
)
def test_the_port_follows_the_security(tmp_path: Path, security: str, imap: int, smtp: int) -> None:
    """A port that is left out is the one that belongs to the way of protection."""
    text = MINIMAL.replace("port = 1143\n", "").replace("port = 1025\n", "").replace('"none"', f'"{security}"')
    settings = load(tmp_path, text)
    assert (settings.mailbox["infogov"].port, settings.smtp.port) == (imap, smtp)


def test_environment_wins_over_secrets_and_they_over_the_file(tmp_path: Path) -> None:
    """Each source beats the one below it, and neither a byte order mark nor the last line break of a secret file is part of the secret."""
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "mailbox__infogov__password").write_bytes(b"\xef\xbb\xbffrom a file\r\n")
    (secrets / "smtp__port").write_text("2000\n")
    (secrets / "another-program").write_text("none of ours")
    settings = load(tmp_path, INFOGOV_SECRETS_DIR=str(secrets), INFOGOV_SMTP__PORT="3000")
    assert settings.mailbox["infogov"].password.get_secret_value() == "from a file"
    assert settings.smtp.port == 3000


def test_systemd_credentials_are_read(tmp_path: Path) -> None:
    """LoadCredential's folder is a secrets directory; one that is named for us beats it."""
    for folder, secret in (("credentials", "first"), ("ours", "second")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "smtp__password").write_text(secret)
    with_user = inserted("smtp", 'user = "infogov"')
    credentials = {"CREDENTIALS_DIRECTORY": str(tmp_path / "credentials")}
    assert load(tmp_path, with_user, **credentials).smtp.password.get_secret_value() == "first"
    both = {**credentials, "INFOGOV_SECRETS_DIR": str(tmp_path / "ours")}
    assert load(tmp_path, with_user, **both).smtp.password.get_secret_value() == "second"


@pytest.mark.parametrize("value", ["a@x.uk, b@y.uk", '["a@x.uk", "b@y.uk"]'])
def test_a_list_in_the_environment_is_parted_by_commas_or_json(tmp_path: Path, value: str) -> None:
    """Both ways of writing a list say the same."""
    settings = load(tmp_path, INFOGOV_AUTHORITY__OWN_ADDRESSES=value)
    assert settings.authority.own_addresses == ("a@x.uk", "b@y.uk")


def test_empty_variables_are_ignored(tmp_path: Path) -> None:
    """A variable without a value leaves what stands below it."""
    assert load(tmp_path, INFOGOV_SMTP__PORT="", INFOGOV_NO_SUCH=" ").smtp.port == 1025


def test_a_mailbox_may_come_from_the_environment_alone(tmp_path: Path) -> None:
    """A second mailbox needs no table in the file."""
    extra = {f"INFOGOV_MAILBOX__PLANNING__{key}": key.lower() for key in ("HOST", "USER", "PASSWORD")}
    assert load(tmp_path, **extra).mailbox["planning"].host == "host"


def test_own_addresses_gather_everything_that_is_ours(tmp_path: Path) -> None:
    """Aliases, the monitored and sending addresses and mailbox names that are addresses, all in one case."""
    text = swap('user = "infogov"', 'user = "FOI@Coventry.gov.uk"')
    text = inserted("authority", 'own_addresses = ["Old@coventry.gov.uk"]\nemail = "team@coventry.gov.uk"', text)
    text = inserted("smtp", 'envelope_from = "bounces@coventry.gov.uk"', text)
    names = {"foi", "old", "team", "bounces", "infogov"}
    assert load(tmp_path, text).own_addresses == {f"{name}@coventry.gov.uk" for name in names}


def test_no_secret_is_ever_shown(tmp_path: Path) -> None:
    """Neither repr nor describe gives a password away, not even one inside the database's address."""
    text = swap('password = "secret"', 'password = "hunter2"')
    text = swap("sqlite:///infogov.db", "postgresql+psycopg://me:hunter2@db.example.uk/foi?password=hunter2&a=b", text)
    settings = load(tmp_path, text)
    assert "hunter2" not in f"{settings!r}{settings}{settings.describe()}"
    assert settings.describe()["mailbox"]["infogov"]["password"] == "**********"
    assert settings.describe()["smtp"]["password"] == ""
    masked = "postgresql+psycopg://me:********@db.example.uk/foi?password=********&a=b"
    assert settings.describe()["database"]["url"] == masked


def test_settings_are_frozen(tmp_path: Path) -> None:
    """What was loaded stays as it is."""
    settings = load(tmp_path)
    with pytest.raises(ValueError, match="frozen"):
        settings.smtp.port = 1  # type: ignore[misc]


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    """One run tells of wrong values, unknown keys, missing keys and settings that contradict each other."""
    text = swap('host = "127.0.0.1"\nport = 1143', 'host = "mail.example.uk"\nport = "many"\nprot = 3')
    text = swap('from_address = "infogov@coventry.gov.uk"', "", text)
    text = inserted("authority", 'folders = ["x"]', text) + '[refrence]\nfoi = "X"\n[reference]\neir = "FOI"\n'
    assert problems(tmp_path, text, INFOGOV_SMPT__PORT="1", INFOGOV_SMTP__TIMEOUT_SECONDS="0") == [
        'infogov.toml: [refrence] is not a known section; did you mean "reference"?',
        "infogov.toml: [authority] folders is not a known key; it belongs under [mailbox.…].",
        'infogov.toml: [mailbox.infogov] prot is not a known key; did you mean "port"?',
        'environment variable INFOGOV_SMPT__PORT: is not a known setting; did you mean "smtp"?',
        'environment variable INFOGOV_SMTP__TIMEOUT_SECONDS: [smtp] timeout_seconds must be at least 1, not "0".',
        "infogov.toml: [smtp] from_address is missing; add it there or set INFOGOV_SMTP__FROM_ADDRESS.",
        'infogov.toml: [mailbox.infogov] port must be a whole number, not "many".',
        (
            'infogov.toml: [mailbox.infogov] security "none" is allowed only to this machine itself '
            '(127.0.0.1, ::1 or localhost), not to mail.example.uk; use "tls" or "starttls".'
        ),
        'infogov.toml: [reference] eir "FOI" is the prefix of foi as well; each kind of request needs its own.',
    ]


LOGIN = 'user = "infogov"\npassword = "secret"'
OAUTH = 'auth = "xoauth2"\nuser = "a@b.uk"'
SECRET = 'password = "secret"'
MISTAKES = {
    "top level key": (f"x = 1\n{MINIMAL}", "x stands outside every section; remove it."),
    "known key outside": (f"port = 1\n{MINIMAL}", "port stands outside every section; it belongs under [smtp]"),
    "section as value": (f"web = 1\n{MINIMAL}", "web is a section, not a value; write [web]"),
    "value as table": (inserted("authority", "phone = {a = 1}"), "[authority] phone is one value, not a table"),
    "table in a section": (inserted("authority", "other = {}"), "[authority.other] is not a known section"),
    "mailbox without name": (f"{MINIMAL}[mailbox]\nhost = 'x'", "[mailbox] needs a name of its own"),
    "mailbox name": (
        swap("mailbox.infogov", 'mailbox."FOI Team"'),
        "[mailbox.FOI Team] has a name that cannot be used",
    ),
    "mailbox name parts": (swap("mailbox.infogov", "mailbox.a__b"), "[mailbox.a__b] has a name that cannot be used"),
    "mailbox's name key": (inserted("mailbox.infogov", 'name = "x"'), "[mailbox.infogov] name is not a known key"),
    "no mailbox": (MINIMAL.replace("[mailbox.infogov]", "[web_forms.x]"), "[web_forms.x] host is not a known key"),
    "not text": (swap('"Coventry City Council"', "5"), "[authority] name must be text in double quotes, not 5."),
    "blank": (swap('"Coventry City Council"', '" "'), "[authority] name is empty; give it a value."),
    "two lines": (swap('"Coventry City Council"', '"a\\nBcc: b"'), "[authority] name must be one line without control"),
    "placeholder": (swap("Coventry City Council", "CHANGE-ME"), "[authority] name is still the placeholder"),
    "placeholder secret": (swap(SECRET, 'password = "change-me-please"'), "password is still the placeholder"),
    "placeholder in brackets": (swap(SECRET, 'password = "<password>"'), "password is still the placeholder"),
    "true as a number": (swap("port = 1143", "port = true"), "port must be a whole number, not true."),
    "port range": (swap("port = 1143", "port = 65536"), "port must be at most 65535, not 65536."),
    "bool": (inserted("mailbox.infogov", 'idle = "perhaps"'), 'idle must be true or false, not "perhaps".'),
    "enum": (swap('"all"', '"newest"'), '[mailbox.infogov] start must be one of "new", "all", not "newest".'),
    "list": (inserted("mailbox.infogov", 'folders = "INBOX"'), "folders must be a list in square brackets, such as"),
    "list entry": (
        inserted("authority", 'own_addresses = ["a@b.uk", "b"]'),
        "own_addresses (entry 2) must be a plain email",
    ),
    "publication": (inserted("authority", 'publications = [{title = "x"}]'), "publications (entry 1 url) is missing"),
    "no folders": (inserted("mailbox.infogov", "folders = []"), "folders is empty; name at least one folder"),
    "same folder": (inserted("mailbox.infogov", 'folders = ["INBOX", "inbox"]'), "folders names a folder twice"),
    "move in circles": (
        inserted("mailbox.infogov", 'processed_folder = "Inbox"'),
        "processed_folder is one of the watched",
    ),
    "sent is watched": (inserted("mailbox.infogov", 'sent_folder = "INBOX"'), "sent_folder is one of the watched"),
    "host with port": (swap('host = "127.0.0.1"', 'host = "mail:993"'), "host must be a host name or address only"),
    "named address": (swap("infogov@coventry.gov.uk", "IG <ig@b.uk>"), "from_address must be a plain email address"),
    "address without a dot": (swap("infogov@coventry.gov.uk", "ig@coventry"), "from_address must be a plain email"),
    "internal domain": (inserted("authority", 'internal_domains = ["@b.uk"]'), "(entry 1) must be a plain domain"),
    "no user": (swap('user = "infogov"', ""), "[mailbox.infogov] user is missing"),
    "no password": (swap(SECRET, ""), "[mailbox.infogov] password is missing"),
    "smtp user alone": (inserted("smtp", 'user = "x"'), "[smtp] password is missing"),
    "smtp password alone": (inserted("smtp", 'password = "x"'), "[smtp] password is given but user is empty"),
    "no tenant": (swap(LOGIN, OAUTH), "[mailbox.infogov] tenant is missing"),
    "no client": (swap(LOGIN, OAUTH), "[mailbox.infogov] client_id is missing"),
    "no client secret": (swap(LOGIN, OAUTH), "[mailbox.infogov] client_secret is missing"),
    "no oauth user": (inserted("smtp", 'auth = "xoauth2"'), "[smtp] user is missing"),
    "prefix": (f'{MINIMAL}[reference]\nfoi = "FOI1"', "[reference] foi must be one to eight capital letters"),
    "redirect nowhere": (f'{MINIMAL}[delivery]\nmode = "redirect"', "redirect_to is missing"),
    "redirect to us": (
        f'{MINIMAL}[delivery]\nmode = "redirect"\nredirect_to = "InfoGov@coventry.gov.uk"',
        "[delivery] redirect_to is one of our own addresses",
    ),
    "undo": (f"{MINIMAL}[delivery]\nundo_minutes = -1", "[delivery] undo_minutes must be at least 0, not -1."),
    "template": (f'{MINIMAL}[letters]\ntemplate = "none-such"', "[letters] template names no folder"),
    "template path": (f'{MINIMAL}[letters]\ntemplate = "../x"', "[letters] template must be a template's folder name"),
    "database kind": (
        swap("sqlite:///infogov.db", "mysql://root:pw@h/d"),
        '[database] url must start with "sqlite:///"',
    ),
    "database in memory": (swap("infogov.db", ":memory:"), "[database] url needs a file"),
    "form": (
        f'{MINIMAL}[web_forms.x]\nsender = "a@b.uk"\nemail_label = ""',
        "[web_forms.x] email_label is empty and use_reply_to is false",
    ),
    "not toml": ("[smtp", "is not valid TOML"),
}


@pytest.mark.parametrize(("text", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_names_file_key_and_remedy(tmp_path: Path, text: str, said: str) -> None:
    """Each mistake is told in one sentence that begins with the file."""
    told = problems(tmp_path, text)
    assert any(said in problem for problem in told), told
    assert all(problem.startswith("infogov.toml: ") and problem.endswith((".", "?")) for problem in told)


def test_a_wrong_secret_is_not_repeated(tmp_path: Path) -> None:
    """A mistake in a password or in the database's address is told without its value."""
    text = swap('password = "secret"', 'password = ["hunter2"]')
    text = swap("sqlite:///infogov.db", "mysql://root:hunter2@h/d", text)
    told = problems(tmp_path, text)
    assert len(told) == 2
    assert "hunter2" not in "".join(told)


@pytest.mark.parametrize(
    ("package", "text", "extra"),
    [
        ("psycopg", swap("sqlite:///infogov.db", "postgresql+psycopg://h/d"), "infogov[postgresql]"),
        ("msal", swap(LOGIN, f'{OAUTH}\ntenant = "t"\nclient_id = "c"\nclient_secret = "s"'), "infogov[m365]"),
    ],
)
def test_a_missing_extra_is_named(tmp_path: Path, package: str, text: str, extra: str) -> None:
    """A setting that needs an optional package says how to install it, and is fine where it is there."""
    assert load(tmp_path, text).path.name == "infogov.toml"
    (told,) = problems(tmp_path, text, missing=(package,))
    assert f'pip install "{extra}"' in told


@pytest.mark.parametrize("host", ["localhost", "127.8.9.1", "::1", "[::1]"])
def test_this_machine_needs_no_tls(tmp_path: Path, host: str) -> None:
    """Every name of this machine may be spoken to in the clear."""
    assert load(tmp_path, MINIMAL.replace("127.0.0.1", host)).smtp.security == "none"


@pytest.mark.parametrize("host", ["10.0.0.1", "localhost.evil.uk", "127.0.0.1.evil.uk", "0.0.0.0"])  # noqa: S104 - refused
def test_any_other_machine_needs_tls(tmp_path: Path, host: str) -> None:
    """No other host may be spoken to in the clear, whatever its name looks like."""
    told = problems(tmp_path, MINIMAL.replace("127.0.0.1", host))
    assert len([problem for problem in told if "is allowed only to this machine itself" in problem]) == 2


def test_words_and_spaces_are_taken_kindly(tmp_path: Path) -> None:
    """Case and stray spaces do not matter where they cannot mean anything."""
    settings = load(tmp_path, inserted("mailbox.infogov", 'auth = "Password"'), INFOGOV_LOGGING__LEVEL=" INFO ")
    assert (settings.mailbox["infogov"].auth, settings.logging.level) == ("password", "info")


def test_a_password_keeps_its_spaces(tmp_path: Path) -> None:
    """A secret is used as it was given, to the last space."""
    settings = load(tmp_path, swap('"secret"', '" se cret "'))
    assert settings.mailbox["infogov"].password.get_secret_value() == " se cret "


@pytest.mark.parametrize(
    ("url", "file"),
    [("sqlite:///data/a.db", "{folder}/data/a.db"), ("sqlite:////var/a.db", "/var/a.db")],
)
def test_a_sqlite_file_is_found_from_the_configuration(tmp_path: Path, url: str, file: str) -> None:
    """A relative file stands beside the configuration, an absolute one where it says."""
    settings = load(tmp_path, INFOGOV_DATABASE__URL=url)
    assert settings.database.url == "sqlite:///" + file.format(folder=tmp_path)


def test_a_misspelt_mailbox_in_the_environment_is_told(tmp_path: Path) -> None:
    """A variable for a mailbox that nearly exists is a slip, not a new mailbox."""
    (told,) = problems(tmp_path, INFOGOV_MAILBOX__INFOGV__PASSWORD="x")
    said = 'there is no [mailbox.infogv] in infogov.toml; did you mean "infogov"?'
    assert told == f"environment variable INFOGOV_MAILBOX__INFOGV__PASSWORD: {said}"


def test_an_empty_file_lacks_a_mailbox(tmp_path: Path) -> None:
    """Without any mailbox there is nothing to do, and the file says so."""
    assert "infogov.toml: there is no mailbox" in problems(tmp_path, "")[0]


def test_the_secrets_folder_must_be_readable(tmp_path: Path) -> None:
    """A secrets directory that is not there, or holds what is no text, is a mistake of its own."""
    (told,) = problems(tmp_path, INFOGOV_SECRETS_DIR=str(tmp_path / "none"))
    assert told.startswith("environment variable INFOGOV_SECRETS_DIR: the folder none cannot be read")
    (tmp_path / "smtp__password").write_bytes(b"\xff\xfe")
    (told,) = problems(tmp_path, INFOGOV_SECRETS_DIR=str(tmp_path))
    assert told == "secret file smtp__password: cannot be read as UTF-8 text; check its content and permissions."


def test_an_unknown_secret_file_is_told(tmp_path: Path) -> None:
    """A secret file with a misspelt key would otherwise be missed in silence."""
    (tmp_path / "smtp__pasword").write_text("x")
    (told,) = problems(tmp_path, INFOGOV_SECRETS_DIR=str(tmp_path))
    assert told == 'secret file smtp__pasword: [smtp] pasword is not a known key; did you mean "password"?'


def test_the_file_is_looked_for_in_three_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one named wins over INFOGOV_CONFIG, and that over the file in the present folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("infogov.toml", "second.toml", "third.toml"):
        (tmp_path / name).write_text(MINIMAL)
    assert Settings.load(None, {}).path == tmp_path / "infogov.toml"
    assert Settings.load(None, {"INFOGOV_CONFIG": "second.toml"}).path == tmp_path / "second.toml"
    named = Settings.load(tmp_path / "third.toml", {"INFOGOV_CONFIG": "second.toml"})
    assert named.path == tmp_path / "third.toml"


def test_no_file_at_all_points_to_init(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who has no configuration yet is told how to get one."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match="run `infogov init`"):
        Settings.load(None, {})
    with pytest.raises(ConfigurationError, match=r"other\.toml: there is no such file"):
        Settings.load(tmp_path / "other.toml", {})


def test_a_file_from_notepad_loads(tmp_path: Path) -> None:
    """A byte order mark is taken for what it is; other encodings are refused with the remedy."""
    file = tmp_path / "infogov.toml"
    file.write_bytes(b"\xef\xbb\xbf" + MINIMAL.encode())
    assert Settings.load(file, {}).smtp.port == 1025
    file.write_bytes(MINIMAL.replace("Coventry", "Conway Sì").encode("latin-1"))
    with pytest.raises(ConfigurationError, match="is not UTF-8 text; save it again as UTF-8"):
        Settings.load(file, {})


def test_what_is_left_over_of_a_mailbox_that_is_gone_is_named_as_the_cause(tmp_path: Path) -> None:
    """A variable for a mailbox that the file does not have is what is to be mended, not the file."""
    assert problems(tmp_path, INFOGOV_MAILBOX__FOI__PASSWORD="secret") == [
        "environment variable INFOGOV_MAILBOX__FOI__PASSWORD: there is no [mailbox.foi]; remove it, or add host to [mailbox.foi] in infogov.toml."
    ]


def test_a_section_in_double_brackets_is_a_list(tmp_path: Path) -> None:
    """TOML's [[mailbox]] is not removed but written with one pair of brackets and a name."""
    found = problems(tmp_path, swap("[mailbox.infogov]", "[[mailbox]]"))
    assert found[0] == (
        "infogov.toml: [[mailbox]] in double brackets is a list; write [mailbox.infogov], with a name of its own, and put its keys there."
    )


@pytest.mark.parametrize(
    ("proxy", "taken"), [("127.0.0.1", "127.0.0.1"), ("*", "*"), ("[::1]", "::1"), ("0:0::1", "::1")]
)
def test_a_trusted_proxy_is_an_address(proxy: str, taken: str, tmp_path: Path) -> None:
    """It is compared with a connection's own address, as that is written; a name never is one."""
    assert load(tmp_path, f'{MINIMAL}\n[web]\ntrusted_proxy = "{proxy}"\n').web.trusted_proxy == taken
    for name in ("banana", "proxy.internal", "10.0.0.0/8"):
        (found,) = problems(tmp_path, f'{MINIMAL}\n[web]\ntrusted_proxy = "{name}"\n')
        assert "[web] trusted_proxy must be the proxy's IP address" in found


@pytest.mark.parametrize("place", ["u:p@ss@h:port/d", "u:p@ss@h:0/d", "h:99999/d", "u:a:b@[::1]:x?host=y"])
def test_a_port_that_is_no_number_is_a_mistake_of_the_configuration(place: str, tmp_path: Path) -> None:
    """The key is named and how an address is written; what stands there may be a part of the password and is not repeated."""
    (found,) = problems(tmp_path, INFOGOV_DATABASE__URL=f"postgresql+psycopg://{place}")
    assert "[database] url has a port that is no number from 1 to 65535" in found
    assert place not in found
    assert "p@ss" not in found


@pytest.mark.parametrize("place", ["h:5432/d", "u:p@h/d", "/d?host=/tmp", "u@[::1]:5432/d", "u:p%40ss@h:1/d"])
def test_a_port_that_is_one_is_taken(place: str, tmp_path: Path) -> None:
    """With and without user, password and port, and with an IPv6 address."""
    assert load(tmp_path, INFOGOV_DATABASE__URL=f"postgresql+psycopg://{place}").database.url.endswith(place)
