"""Hands letters to the council's SMTP server, once each (``domain.ports.Transport``); over smtplib."""

from __future__ import annotations

import base64
import contextlib
import math
import re
import select
import smtplib
import time
from typing import TYPE_CHECKING

from pipeline.domain.errors import InfogovError, TransportError, UncertainError
from pipeline.domain.ports import Accepted
from pipeline.mail.connection import (
    DEADLINE_FACTOR,
    SLOWEST,
    Lifeline,
    tls_context,
    xoauth2,
)
from pipeline.mail.remedies import cleaned, explain
from pipeline.mail.transport_wire import SmtpWire

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Sequence

    from pipeline.settings import SmtpSettings

_READY, _OK, _GO_AHEAD, _CHALLENGE, _SIGNED_IN = 220, 250, 354, 334, 235
_CLOSING = 421
_TEMPORARY, _PERMANENT, _BEYOND = 400, 500, 600
_SESSION_CODES = frozenset({530, 534, 535, 538})  # RFC 4954: about our login, not about the letter, so never permanent
_NOT_AS_US = re.compile(rb"(?i)sendasdenied|\b5\.2\.252\b|\b5\.7\.60\b")  # Exchange Online: the account has no SendAs
_GOODBYE_SECONDS = 5.0
# RFC 5321 section 4.5.3.2.6: the server may be handing the letter on, and who gives up sooner sends it again and again.
DOT_SECONDS = 600.0
_SURELY_ALIVE = (
    1.0  # seconds after a letter was accepted for which the next one begins without asking whether the server is there
)
_MEGABYTE = 1_000_000
_PATH = re.compile(r"[^\s<>,;:\"\\()\[\]\x00-\x1f\x7f]{1,256}@[^\s<>,;\"\\()\x00-\x1f\x7f]{1,256}")
_BARE_LINE_END = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_HEADERS_END = b"\r\n\r\n"


class SmtpTransport:
    """One SMTP connection (RFC 5321), driven command by command so that it is always known how far a letter has come.

    Until the server answers 354 to DATA nothing of the letter has left: every failure up to there, loss of contact
    between DATA and 354 included, is a TransportError and safe to repeat. From the first byte of the letter on, loss
    of contact is an UncertainError. A 5xx answer is permanent only where it is about the letter: a refused login,
    greeting or STARTTLS is for the administrator to mend, and the letter can wait.

    *token* gives an OAuth access token for each new connection where ``settings.auth`` is xoauth2. *cafile* names an
    authority to trust, not the system's. *deadline_seconds* bounds connecting, and each send up to its final dot, as a
    whole (default: five configured time-outs), plus a second for every 128 KiB. The answer to the dot may take ten
    minutes, whatever is configured (as long as *deadline_seconds* where that is given).
    """

    def __init__(
        self,
        settings: SmtpSettings,
        token: Callable[[], str] | None = None,
        *,
        cafile: str | None = None,
        deadline_seconds: float | None = None,
    ) -> None:
        self._settings = settings
        self._token = token
        self._cafile = cafile
        self._deadline = deadline_seconds or DEADLINE_FACTOR * float(settings.timeout_seconds)
        self._dot_seconds = deadline_seconds or DOT_SECONDS
        self._lifeline = Lifeline()
        self._smtp: SmtpWire | None = None
        self._ended_well_at = -math.inf

    @property
    def size_limit(self) -> int | None:
        """The largest letter, in bytes, that the connected server takes (RFC 1870); None where it names no limit."""
        limit = "" if self._smtp is None else self._smtp.esmtp_features.get("size", "").strip()
        return int(limit) if limit.isdecimal() and int(limit) > 0 else None

    @property
    def greeting(self) -> str:
        """What the connected server said first, printable; some name their time in it."""
        return "" if self._smtp is None else cleaned(self._smtp.greeting)

    def connect(self) -> None:
        """Connect, STARTTLS where configured, log in; nothing to do when that is done. Raises TransportError."""
        if self._smtp is not None:
            return
        self._lifeline.renew()
        with self._reporting("connecting"), self._lifeline.within(self._deadline):
            settings = self._settings
            token = self._token() if settings.auth == "xoauth2" and self._token is not None else ""
            context = None if settings.security == "none" else tls_context(self._cafile)
            self._smtp = SmtpWire(
                settings.host,
                settings.port,
                timeout=float(settings.timeout_seconds),
                lifeline=self._lifeline,
                tls=context if settings.security == "tls" else None,
            )
            self._greet(self._smtp)
            if settings.security == "starttls":
                self._starttls(self._smtp, context)
            if settings.user:
                self._login(self._smtp, token)

    def send(self, sender: str, recipients: Sequence[str], raw: bytes, *, before_data: Callable[[], None]) -> Accepted:
        """Hand over *raw* once, byte for byte; *before_data* is called just before DATA is written.

        Raises TransportError (nothing was delivered), UncertainError (it may have been), or what *before_data* raises.
        The connection is kept for the next letter; one that the server closed meanwhile is replaced first.
        """
        if _BARE_LINE_END.search(raw):
            raise self._error("the letter has line ends that are not CRLF; prepare it again", permanent=True)
        hopeful = self._hopeful()
        seconds = self._deadline + len(raw) / SLOWEST
        try:
            smtp = self._begin(sender, recipients, raw, seconds)
        except TransportError:
            if not hopeful or self._smtp is not None:
                raise
            # It was closed just when the last letter had been taken; nothing of this one has left.
            smtp = self._begin(sender, recipients, raw, seconds)
        with self._lifeline.within(seconds):
            with self._reporting("sending"):
                refused = self._rcpt(smtp, recipients)
            before_data()
            with self._reporting("sending"):
                code, words = smtp.docmd("DATA")
                if code != _GO_AHEAD:
                    raise self._refusal("DATA", code, words)
        answer = self._body(smtp, raw, seconds)
        self._ended_well_at = time.monotonic()
        return Accepted(answer=answer, refused=refused)

    def close(self) -> None:
        """Say QUIT, within five seconds; never raises."""
        if self._smtp is not None:
            with contextlib.suppress(OSError, ValueError), self._lifeline.within(_GOODBYE_SECONDS):
                self._smtp.docmd("QUIT")
        self._drop()

    def abort(self) -> None:
        """Cut the connection from another thread; a send past DATA then raises UncertainError, else TransportError."""
        self._lifeline.cut("it was cut on request")

    def _greet(self, smtp: SmtpWire) -> None:
        code, words = smtp.ehlo()
        if code != _OK:
            code, words = smtp.helo()
        if code != _OK:
            raise self._error(f"the server refused our greeting. {explain(cleaned(words))}", code=code)

    def _starttls(self, smtp: SmtpWire, context: ssl.SSLContext | None) -> None:
        if not smtp.has_extn("starttls"):
            raise self._error(
                "the server does not offer STARTTLS, and nothing is sent to it unencrypted."
                ' Set security = "tls" with port 465, or ask its operator'
            )
        code, words = smtp.starttls(context=context)
        if code != _READY:
            raise self._error(f"the server refused STARTTLS. {explain(cleaned(words))}", code=code)
        self._greet(smtp)

    def _login(self, smtp: SmtpWire, token: str) -> None:
        offered = set(smtp.esmtp_features.get("auth", "").upper().split())
        user, password = self._settings.user, self._settings.password.get_secret_value()
        # smtplib's own login takes ASCII only, and hides the reason a token was refused for.
        if self._settings.auth == "xoauth2":
            steps = ["XOAUTH2 " + _base64(xoauth2(user, token))]
        elif "PLAIN" in offered:
            steps = ["PLAIN " + _base64(f"\0{user}\0{password}".encode())]
        elif "LOGIN" in offered:
            steps = ["LOGIN", _base64(user.encode()), _base64(password.encode())]
        else:
            raise self._error(
                "the server offers no login that infogov knows (PLAIN, LOGIN)."
                ' Set security = "starttls" or "tls", or leave `user` empty for a server that trusts this machine'
            )
        code, words = smtp.docmd("AUTH", steps[0])
        for step in steps[1:]:
            if code == _CHALLENGE:
                code, words = smtp.docmd(step)
        reason = b""
        if code == _CHALLENGE:
            # A refused token is explained in a last challenge, which wants an empty answer.
            reason = _decoded(words)
            code, words = smtp.docmd("")
        if code != _SIGNED_IN:
            what = "token" if self._settings.auth == "xoauth2" else "user name or password"
            told = f"{code} {cleaned(words)} {cleaned(reason)}".strip()
            raise self._error(f"the server refused the {what} of {user}. {explain(told)}", code=code)

    def _hopeful(self) -> bool:
        """Whether the connection took a letter just now and the server has said nothing since: then it need not be asked whether it is there."""
        with contextlib.suppress(OSError, ValueError):
            sock = None if self._smtp is None else self._smtp.sock
            young = time.monotonic() - self._ended_well_at < _SURELY_ALIVE
            return young and sock is not None and not select.select([sock], [], [], 0)[0]
        return False

    def _begin(self, sender: str, recipients: Sequence[str], raw: bytes, seconds: float) -> SmtpWire:
        """Begin a letter on a connection with none begun on it; one that died while idle is replaced, once."""
        hopeful, self._ended_well_at = self._hopeful(), -math.inf
        if self._smtp is not None and not hopeful:
            alive = False
            with contextlib.suppress(OSError), self._lifeline.within(self._deadline):
                alive = self._smtp.rset()[0] == _OK
            if not alive:
                self._drop()
        self.connect()
        if self._smtp is None:
            raise self._error("not connected")
        with self._lifeline.within(seconds), self._reporting("sending"):
            smtp = self._smtp
            self._mail(smtp, sender, recipients, raw)
        return smtp

    def _mail(self, smtp: SmtpWire, sender: str, recipients: Sequence[str], raw: bytes) -> None:
        for address in (*recipients, *((sender,) if sender else ())):
            if not _PATH.fullmatch(address):
                raise self._error(f'"{cleaned(address)}" is not an address that mail can be sent to', permanent=True)
        options = self._options(smtp, "".join((sender, *recipients)), raw)
        smtp.command_encoding = "utf-8" if "SMTPUTF8" in options else "ascii"
        code, words = smtp.docmd("MAIL", " ".join([f"FROM:<{sender}>", *options]))
        if code != _OK:
            raise self._refusal(f"the sender {sender or '<>'}", code, words)

    def _options(self, smtp: SmtpWire, addresses: str, raw: bytes) -> list[str]:
        """Choose MAIL's parameters (RFC 1870, 6152, 6531). Raises TransportError where the server lacks what is needed."""
        options = []
        limit = smtp.esmtp_features.get("size", "").strip()
        if smtp.has_extn("size"):
            options.append(f"SIZE={len(raw)}")
        if limit.isdecimal() and 0 < int(limit) < len(raw):
            raise self._error(
                f"the letter is {len(raw) / _MEGABYTE:.1f} MB with its attachments,"
                f" and the server takes no more than {int(limit) / _MEGABYTE:.1f} MB. Send less, or in several letters",
                permanent=True,
            )
        wide = not addresses.isascii() or not raw.partition(_HEADERS_END)[0].isascii()
        for needed, extension, option in (
            (not raw.isascii(), "8bitmime", "BODY=8BITMIME"),
            (wide, "smtputf8", "SMTPUTF8"),
        ):
            if needed and not smtp.has_extn(extension):
                raise self._error(f"the letter needs {extension.upper()}, which the server lacks", permanent=True)
            if needed:
                options.append(option)
        return options

    def _rcpt(self, smtp: SmtpWire, recipients: Sequence[str]) -> dict[str, str]:
        """Name the recipients; returns those turned down, with the server's words. Raises TransportError if all are."""
        refused: dict[str, str] = {}
        codes: list[int] = []
        for recipient in recipients:
            code, words = smtp.docmd("RCPT", f"TO:<{recipient}>")
            if code == _CLOSING:
                raise self._refusal(f"the recipient {recipient}", code, words)
            if not _OK <= code < 300:  # noqa: PLR2004 - RFC 5321 section 4.2.1: any 2yz is a yes
                refused[recipient] = f"{code} {cleaned(words)}"
                codes.append(code)
        if len(refused) == len(recipients):
            told = "; ".join(f"{who}: {what}" for who, what in refused.items())
            lasting = bool(codes) and all(map(_is_permanent, codes))
            first = next((code for code in codes if lasting or not _is_permanent(code)), None)
            raise self._error(f"no recipient was accepted. {explain(told)}", permanent=lasting, code=first)
        return refused

    def _body(self, smtp: SmtpWire, raw: bytes, seconds: float) -> str:
        """Write the letter and its final dot within *seconds*; returns the server's words. From here on silence proves nothing."""
        try:
            with self._lifeline.within(seconds):
                smtp.body(raw)
            with self._lifeline.within(self._dot_seconds):
                code, words = smtp.verdict(self._dot_seconds)
        except OSError as error:
            # smtplib's errors are OSErrors; one for an answer too long to read carries a code that no server gave.
            raise self._lost(self._lifeline.reason or str(error)) from error
        except BaseException:
            self._drop()
            raise
        if _OK <= code < 300:  # noqa: PLR2004 - RFC 5321 section 4.2.1: any 2yz is a yes
            return f"{code} {cleaned(words)}"
        if not _TEMPORARY <= code < _BEYOND:
            raise self._lost(f"the answer makes no sense: {code} {cleaned(words)}")
        raise self._refusal("the letter", code, words)

    def _refusal(self, what: str, code: int, words: bytes) -> TransportError:
        """Make the error for an answer that is not a yes, and drop a connection that cannot be used for the next letter."""
        lasting = _is_permanent(code)
        if code == _CLOSING or not (lasting or _TEMPORARY <= code < _PERMANENT):
            # After 421 the server closes, and after an answer out of place no other can be matched to its question.
            self._drop()
        told = explain(f"{code} {cleaned(words)}")
        if _NOT_AS_US.search(words):
            # None of our letters would go, and it is no fault of theirs: they wait, as for a server that is down.
            self._drop()
            return self._error(f"the server lets nothing go from our address. {told}")
        return self._error(f"the server refused {what}. {told}", permanent=lasting, code=code if code > 0 else None)

    def _lost(self, words: str) -> UncertainError:
        self._drop()
        return UncertainError(
            f"{self._label}: contact was lost after DATA, so the letter may or may not have been delivered."
            f" {explain(words)}"
        )

    @contextlib.contextmanager
    def _reporting(self, doing: str) -> Iterator[None]:
        """Turn what goes wrong before the letter itself is written into a TransportError."""
        try:
            yield
        except TransportError:
            if doing == "connecting":
                self._drop()
            raise
        except InfogovError as error:
            # The token's own words already say what to do.
            self._drop()
            raise self._error(str(error)) from error
        except smtplib.SMTPResponseException as error:
            self._drop()
            words = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error)
            told = explain(f"{error.smtp_code} {cleaned(words)}")
            raise self._error(f"{doing} failed. {told}", code=error.smtp_code) from error
        except (OSError, ValueError) as error:
            words = self._lifeline.reason or str(error)
            self._drop()
            raise self._error(f"{doing} failed. {explain(words or error)}") from error
        except BaseException:
            self._drop()
            raise

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with contextlib.suppress(OSError):
                smtp.close()
        self._lifeline.release()

    def _error(self, text: str, *, permanent: bool = False, code: int | None = None) -> TransportError:
        return TransportError(f"{self._label}: {text}", permanent=permanent, code=code)

    @property
    def _label(self) -> str:
        return f"SMTP server {self._settings.host}:{self._settings.port}"


def _is_permanent(code: int) -> bool:
    return _PERMANENT <= code < _BEYOND and code not in _SESSION_CODES


def _base64(words: bytes) -> str:
    return base64.b64encode(words).decode("ascii")


def _decoded(words: bytes) -> bytes:
    try:
        return base64.b64decode(words, validate=True)
    except ValueError:
        return words
