"""Claims about faults of the SMTP server and of the way to it."""

from __future__ import annotations

from faults.row import Row

PHASES = ("MAIL", "RCPT", "DATA", "DOT")
_NEXT = "by itself, next try"
_MENDED = "by itself, first try after it is mended"
_OFFICER = "waits for an officer: `outbox retry`"
_WORD = "waits for an officer's word: `outbox resolve`"
_TWICE = "an acknowledgement, under its Message-ID and to the byte"

SMTP_ROWS = (
    Row(
        name="smtp-away",
        fault="nobody listens on the SMTP port",
        recovery=_MENDED,
        health="Nothing answers on this port",
    ),
    Row(
        name="smtp-unwelcome",
        fault="SMTP server refuses the session",
        cases=("421 greeting", "554 greeting", "421 EHLO", "550 EHLO"),
        recovery=_MENDED,
        health="We are not at home",
    ),
    Row(
        name="smtp-login",
        fault="SMTP login refused",
        recovery=_MENDED,
        health="the server refused the user name or password",
    ),
    Row(
        name="smtp-no-starttls",
        fault="SMTP server offers no STARTTLS where it was asked for; nothing is sent",
        recovery=_MENDED,
        health="the server does not offer STARTTLS, and nothing is sent to it unencrypted",
    ),
    Row(
        name="smtp-expired",
        fault="SMTP certificate expired; nothing is sent",
        recovery=_MENDED,
        health="The server's certificate has expired",
    ),
    Row(
        name="smtp-other-host",
        fault="SMTP certificate is for another host; nothing is sent",
        recovery=_MENDED,
        health="The server's certificate is for another name",
    ),
    Row(
        name="smtp-4xx",
        fault="SMTP server answers 451 for now",
        cases=PHASES,
        recovery=f"{_NEXT}: 15 seconds, 1, 5, 15, 60 minutes and on",
        health="451 4.3.0 Not now",
    ),
    Row(
        name="smtp-421",
        fault="SMTP server answers 421 and closes",
        cases=PHASES,
        recovery=f"{_NEXT}, over a new connection",
        health="421 4.3.2 Shutting down",
    ),
    Row(
        name="smtp-5xx",
        fault="SMTP server answers 554 for good",
        cases=PHASES,
        recovery=f"{_OFFICER}; the case is flagged",
        health="was not delivered",
    ),
    Row(
        name="smtp-size",
        fault="letter over the server's SIZE limit; not begun",
        recovery=f"{_OFFICER}, once the limit is raised",
        health="the server takes no more than",
    ),
    Row(
        name="smtp-some-refused",
        fault="one of two recipients refused",
        tries=0,
        recovery="the other has it; the case is flagged for an officer",
        health="was refused for one of its recipients",
    ),
    Row(
        name="smtp-drop-before",
        fault="SMTP connection drops before the letter",
        cases=("greeting", "EHLO", "MAIL", "RCPT", "DATA"),
        recovery=_NEXT,
        health="The server ended the connection",
    ),
    Row(
        name="smtp-stall-before",
        fault="SMTP server goes silent before the letter",
        cases=("greeting", "DATA"),
        recovery=f"time-out, then {_NEXT}",
        health="The server did not answer in time",
    ),
    Row(
        name="smtp-lost-acknowledgement",
        fault="contact lost after an acknowledgement's final dot",
        cases=("drop", "stall"),
        repeated=1,
        repeats=_TWICE,
        recovery=_NEXT,
        health="the letter may or may not have been delivered",
    ),
    Row(
        name="smtp-lost-response",
        fault="contact lost after a response's final dot",
        cases=("drop", "stall"),
        tries=0,
        recovery=f"{_WORD} (it was delivered)",
        health="may not have been delivered",
    ),
    Row(
        name="smtp-cut-response",
        fault="contact lost within a response",
        recovery=f"{_WORD} (it was not delivered); sent then, as approved",
        health="may not have been delivered",
    ),
)
