"""An SMTP server that keeps every letter exactly as received, and misbehaves on request."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
import threading
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from servers.ports import free_port

if TYPE_CHECKING:
    from servers.certificates import Certificate

USER, PASSWORD = "foi@northfield.example", "s3cret £ö"


class Phase(StrEnum):
    """A step of a delivery at which the sink can be told to refuse, stall or drop; DOT is after the final dot."""

    GREETING = "greeting"
    EHLO = "ehlo"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    DOT = "dot"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Received:
    """A letter as it came: envelope sender and recipients, the bytes between DATA and the dot, MAIL's parameters."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    options: tuple[str, ...] = ()


@dataclass(slots=True)
class Script:
    """What the sink does wrong: the *answer* it gives at a phase, the phase it stalls or drops at.

    *recipients* maps an address to the refusal it gets; *busy* many letters are turned away with 450 first.
    """

    answer: dict[Phase, str] = field(default_factory=dict)
    recipients: dict[str, str] = field(default_factory=dict)
    stall: Phase | None = None
    drop: Phase | None = None
    busy: int = 0
    hide: tuple[str, ...] = ()


class SmtpSink:
    """Listens on ``port``; ``letters`` are those accepted, ``offered`` those whose final dot was seen.

    *mechanisms* (LOGIN, PLAIN, XOAUTH2) makes it demand a login as *USER* with *PASSWORD* or one of ``tokens``;
    *certificate* makes it offer STARTTLS, or with *implicit* speak TLS from the start.
    """

    def __init__(
        self,
        *,
        size_limit: int = 40_000_000,
        mechanisms: tuple[str, ...] = (),
        certificate: Certificate | None = None,
        implicit: bool = False,
        utf8: bool = False,
    ) -> None:
        self.script = Script()
        self.letters: list[Received] = []
        self.offered: list[Received] = []
        self.tokens: set[str] = set()
        self.connections = 0
        self.commands: list[str] = []
        self.stalled = threading.Event()
        self.seen_dot = threading.Event()
        self.released = asyncio.Event()
        self.mechanisms = mechanisms
        self.port = free_port()  # which stays ours while it is shut
        self._context: ssl.SSLContext | None = None
        if certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate.cert, certificate.key)
        self._implicit = implicit
        self._size_limit = size_limit
        self._utf8 = utf8
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server: asyncio.Server | None = None
        self._transports: set[asyncio.BaseTransport] = set()
        self.reopen()

    def reopen(self) -> None:
        """Listen again, on the same port."""
        self._run(self._listen())

    def release(self) -> None:
        """Answer the letters that were stalled after their final dot; from now on none is."""
        self.script.stall = None
        self._loop.call_soon_threadsafe(self.released.set)

    def shut(self) -> None:
        """Stop listening and cut every connection; ``reopen`` undoes it."""
        self._run(self._shut())

    def stop(self) -> None:
        """End for good."""
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _run(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await self._loop.create_server(
            lambda: _Session(
                self,
                self._loop,
                None if self._implicit else self._context,
                size_limit=self._size_limit,
                utf8=self._utf8,
            ),
            "127.0.0.1",
            self.port,
            ssl=self._context if self._implicit else None,
        )

    async def _shut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for transport in list(self._transports):
            transport.abort() if isinstance(transport, asyncio.WriteTransport) else transport.close()
        await asyncio.sleep(0.01)

    async def _end(self) -> None:
        await self._shut()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Session(SMTP):
    """One connection's side of the sink."""

    def __init__(
        self,
        sink: SmtpSink,
        loop: asyncio.AbstractEventLoop,
        context: ssl.SSLContext | None,
        *,
        size_limit: int,
        utf8: bool,
    ) -> None:
        self.sink = sink
        self._greeted = False
        super().__init__(
            self,
            data_size_limit=size_limit,
            enable_SMTPUTF8=utf8,
            hostname="sink.example",
            tls_context=context,
            auth_require_tls=False,
            auth_exclude_mechanism={"LOGIN", "PLAIN", "XOAUTH2"} - set(sink.mechanisms),
            authenticator=self._check,
            loop=loop,
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count, and remember how to cut it."""
        if self.transport is None:
            self.sink.connections += 1
        self.sink._transports.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget it."""
        self.sink._transports = {t for t in self.sink._transports if not t.is_closing()}
        super().connection_lost(error)

    async def push(self, status: Any) -> None:
        """Say *status*; the first of all is the greeting."""
        if not self._greeted:
            self._greeted = True
            if await self._misbehave(Phase.GREETING):
                self._writer.close()
                return
        await super().push(status)

    async def smtp_EHLO(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Refuse, stall or drop at the client's greeting."""
        if not await self._misbehave(Phase.EHLO):
            await super().smtp_EHLO(arg)

    async def smtp_HELO(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """The same for the older greeting."""
        if not await self._misbehave(Phase.EHLO):
            await super().smtp_HELO(arg)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Refuse, stall or drop at the login."""
        if not await self._misbehave(Phase.AUTH):
            await super().smtp_AUTH(arg)

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer everything but what the script hides."""
        session.host_name = hostname
        return [line for line in responses if not line[4:].upper().startswith(self.sink.script.hide or ("-",))]

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Refuse or drop at MAIL, or without a login."""
        self.sink.commands.append(f"MAIL {arg}")
        assert self.session is not None
        if self.sink.mechanisms and not self.session.authenticated:
            await self.push("530 5.7.57 Client not authenticated to send mail")
        elif self.sink.script.busy > 0:
            self.sink.script.busy -= 1
            await self.push("450 4.3.2 Busy, come back later")
        elif not await self._misbehave(Phase.MAIL):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Refuse one address, or all, or drop."""
        self.sink.commands.append(f"RCPT {arg}")
        refusal = next((answer for who, answer in self.sink.script.recipients.items() if f"<{who}>" in arg), None)
        if refusal is not None:
            await self.push(refusal)
        elif not await self._misbehave(Phase.RCPT):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Refuse or drop before 354, or drop within the letter."""
        self.sink.commands.append("DATA")
        if await self._misbehave(Phase.DATA):
            return
        if self.sink.script.drop is Phase.BODY:
            await self.push("354 go on")
            await self._reader.read(100)
            self._cut()
            return
        await super().smtp_DATA(arg)
        if self.sink.script.drop is Phase.DONE:
            self._cut()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep the letter, unless told to refuse it after the final dot."""
        letter = Received(
            sender=(envelope.mail_from or "").removeprefix("<>"),
            recipients=tuple(envelope.rcpt_tos),
            raw=envelope.original_content or b"",
            options=tuple(envelope.mail_options),
        )
        self.sink.offered.append(letter)
        self.sink.seen_dot.set()
        if self.sink.script.stall is Phase.DOT:
            self.sink.stalled.set()
            await self.sink.released.wait()
        if self.sink.script.drop is Phase.DOT:
            # Delivered, and nobody was told.
            self.sink.letters.append(letter)
            self._cut()
            await asyncio.sleep(3600)
        refusal = self.sink.script.answer.get(Phase.DOT)
        if refusal is None:
            self.sink.letters.append(letter)
        return refusal or f"250 2.0.0 Queued as {len(self.sink.letters)}"

    async def smtp_RSET(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Note it."""
        self.sink.commands.append("RSET")
        await super().smtp_RSET(arg)

    async def auth_XOAUTH2(self, _server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802 - aiosmtpd's name
        """Accept a known token; explain a refusal in a challenge first, as Microsoft does."""
        with contextlib.suppress(ValueError):
            words = base64.b64decode(args[1]).decode().split("\1")
            user, token = words[0].removeprefix("user="), words[1].removeprefix("auth=Bearer ")
            if user == USER and token in self.sink.tokens:
                return AuthResult(success=True)
        await self.challenge_auth('{"status":"401","schemes":"bearer"}')
        return AuthResult(success=False, handled=False, message="535 5.7.3 Authentication unsuccessful")

    def _check(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and data == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False)

    async def _misbehave(self, phase: Phase) -> bool:
        script = self.sink.script
        if script.drop is phase:
            self._cut()
            return True
        if script.stall is phase:
            self.sink.stalled.set()
            await asyncio.sleep(3600)
        if phase in script.answer:
            await self.push(script.answer[phase])
            return True
        return False

    def _cut(self) -> None:
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()
