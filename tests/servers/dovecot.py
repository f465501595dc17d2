"""A private Dovecot on a loopback port, with a temporary configuration; works as root and as an ordinary user."""

from __future__ import annotations

import base64
import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from imapclient import IMAPClient

from servers.places import place
from servers.ports import free_port

if TYPE_CHECKING:
    from datetime import datetime

    from servers.certificates import Certificate

PASSWORD = "secret"
OAUTH_KEY = b"0123456789abcdef0123456789abcdef"
ISSUER = "https://sts.example/tenant"
BINARY = shutil.which("dovecot", path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin")
_START_SECONDS = 15.0

_CONF = """
protocols = imap
listen = 127.0.0.1
base_dir = {d}/run
state_dir = {d}/state
log_path = {d}/dovecot.log
disable_plaintext_auth = no
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
first_valid_uid = 1
mail_location = maildir:{d}/mail/%u
mail_fsync = never
auth_failure_delay = 0 secs
imap_idle_notify_interval = 2 secs
{auth}
{tls}
userdb {{
  driver = static
  args = uid={user} gid={group} home={d}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""
_PASSWORD_AUTH = f"""
auth_mechanisms = plain login
passdb {{
  driver = static
  args = password={PASSWORD}
}}
"""
_TOKEN_AUTH = """
auth_mechanisms = xoauth2 oauthbearer
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {d}/oauth2.conf.ext
}}
"""
# Tokens are validated on the spot against one HS256 key; both active_* must be empty together or auth dies.
_OAUTH2 = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={d}/keys/
username_attribute = upn
active_attribute =
active_value =
issuers = {issuer}
"""
_TLS = """
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
"""


class Dovecot:
    """One running server; every user name has an empty mailbox of its own, and *PASSWORD*.

    *oauth_key* makes it take XOAUTH2 tokens signed by that HS256 key instead; *certificate* adds STARTTLS on ``port``
    and TLS on ``tls_port``.
    """

    def __init__(self, *, oauth_key: bytes | None = None, certificate: Certificate | None = None) -> None:
        _check_version()
        self.dir = Path(tempfile.mkdtemp(prefix="dc-", dir=place()))
        self.port = free_port()
        self.tls_port = free_port() if certificate else 0
        self._oauth = oauth_key is not None
        self._owner, self._group = _account()
        for name in ("run", "mail", "state"):
            (self.dir / name).mkdir()
        tls = "ssl = no"
        if certificate is not None:
            for path in (certificate.cert, certificate.key):
                shutil.copy(path, self.dir)
            tls = _TLS.format(cert=self.dir / certificate.cert.name, key=self.dir / certificate.key.name)
        if oauth_key is not None:
            keys = self.dir / "keys" / "default" / "HS256"
            keys.mkdir(parents=True)
            (keys / "default").write_bytes(base64.b64encode(oauth_key))
            (self.dir / "oauth2.conf.ext").write_text(_OAUTH2.format(d=self.dir, issuer=ISSUER))
        self._conf = self.dir / "dovecot.conf"
        self._conf.write_text(
            _CONF.format(
                d=self.dir,
                user=self._owner,
                group=self._group,
                port=self.port,
                tls_port=self.tls_port,
                auth=_TOKEN_AUTH.format(d=self.dir) if self._oauth else _PASSWORD_AUTH,
                tls=tls,
            )
        )
        if os.getuid() == 0:
            for path in (self.dir, *(p for p in self.dir.rglob("*") if p.name != "run")):
                shutil.chown(path, self._owner, self._group)
            self.dir.chmod(0o755)
        self._start()

    def append(self, user: str, raw: bytes, folder: str = "INBOX", internal_date: datetime | None = None) -> None:
        """Put *raw* (CRLF lines) into *folder* of *user*, as unread."""
        with self.client(user) as client:
            if folder != "INBOX" and not client.folder_exists(folder):
                client.create_folder(folder)
            client.append(folder, raw, msg_time=internal_date)

    def client(self, user: str) -> IMAPClient:
        """Log in as *user*, as a person's mail program would."""
        client = IMAPClient("127.0.0.1", port=self.port, ssl=False, timeout=10)
        client.normalise_times = False
        client.login(user, PASSWORD)
        return client

    def reset_uidvalidity(self, user: str, folder: str = "INBOX") -> None:
        """Make *folder* forget its UIDs, as a restored or rebuilt mailbox does; its messages stay."""
        root = self.dir / "mail" / user
        place = root if folder == "INBOX" else root / ("." + folder.replace("/", "."))
        for path in (*place.glob("dovecot.index*"), place / "dovecot-uidlist"):
            path.unlink(missing_ok=True)

    def log(self) -> str:
        """All that the server has logged."""
        path = self.dir / "dovecot.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def restart(self) -> None:
        """Stop, ending every connection, and start again on the same port with the same mail."""
        self._end()
        self._start()

    def stop(self) -> None:
        """Stop and remove every trace."""
        self._end()
        shutil.rmtree(self.dir, ignore_errors=True)

    def _start(self) -> None:
        assert BINARY is not None
        self._errors = (self.dir / "stderr").open("wb")
        self._process = subprocess.Popen([BINARY, "-F", "-c", str(self._conf)], stderr=self._errors)
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 0.5) as sock:
                    if b"OK" in sock.recv(200):
                        return
            except OSError:
                time.sleep(0.02)
        self._end()
        raise RuntimeError(f"dovecot did not start: {(self.dir / 'stderr').read_text()}{self.log()}")

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._errors.close()


def _account() -> tuple[str, str]:
    """The user and group Dovecot runs as: ourselves, or nobody when that is root, which it refuses."""
    me = pwd.getpwuid(os.getuid())
    owner = me if me.pw_uid else pwd.getpwnam("nobody")
    return owner.pw_name, grp.getgrgid(owner.pw_gid).gr_name


def _check_version() -> None:
    if BINARY is None:
        raise RuntimeError("dovecot is not installed; install Debian's dovecot-imapd")
    told = subprocess.run([BINARY, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if not told.startswith("2.3."):
        raise RuntimeError(f"this Dovecot is {told}; the test configuration is for 2.3 (2.4 has another syntax)")
