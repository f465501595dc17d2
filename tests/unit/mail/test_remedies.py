"""Servers' words in plain English."""

from __future__ import annotations

import ssl

import pytest

from pipeline.mail.remedies import cleaned, explain, suggested_pause


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ("SELECT command error: BAD [b'User is authenticated but not connected.']", "Add-MailboxPermission"),
        ("550 5.7.30 Basic authentication is not supported for Client Submission.", 'auth = "xoauth2"'),
        (
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant",
            "Set-CASMailbox",
        ),
        ("535 5.7.139 Authentication unsuccessful, the request did not meet the criteria", "Conditional Access"),
        ("550 5.7.60 SMTP; Client does not have permissions to send as this sender", "Add-RecipientPermission"),
        ("select failed: Mailbox doesn't exist: Posteingang", "infogov doctor lists them"),
        ("535 5.7.3 Authentication unsuccessful [LO2P265CA0123.GBRP265.PROD.OUTLOOK.COM]", "SMTP.SendAsApp"),
        ("430 4.2.0 STOREDRV; mailbox logon failure; mailbox server is too busy", "asks for a pause"),
        ("432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", "Too many connections"),
        ("AUTHENTICATE failed.", "IMAP.AccessAsApp"),
        ("[AUTHENTICATIONFAILED] Invalid credentials (Failure)", "app password"),
        ("554 5.2.252 SendAsDenied; a@b not allowed to send as c@d", "Add-RecipientPermission"),
        ("Request is throttled. Suggested Backoff Time: 299961 milliseconds", "asks for a pause"),
        ("BYE Session invalidated - AccessTokenExpired", "token ran out"),
        ("certificate verify failed: certificate has expired (_ssl.c:992)", "Its operator must renew it"),
        ("certificate verify failed: Hostname mismatch, certificate is not valid for 'x'", "for another name"),
        ("certificate verify failed: self-signed certificate in certificate chain", "trusts"),
        ("certificate verify failed: unable to get local issuer certificate", "trusts"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", 'security = "starttls"'),
        ("LOGINDISABLED", "wants encryption before the password"),
        ("530 5.7.0 Must issue a STARTTLS command first", "wants encryption before the password"),
        ("[Errno -2] Name or service not known", "host name is not known"),
        ("[Errno 111] Connection refused", "Nothing answers"),
        ("[Errno 101] Network is unreachable", "does not reach"),
        ("The read operation timed out", "did not answer in time"),
        ("command: SELECT => socket error: EOF", "ended the connection"),
    ],
)
def test_known_trouble_names_its_remedy(words: str, remedy: str) -> None:
    """What a server says that an administrator can mend comes with the way to mend it, and with the server's words."""
    told = explain(words)
    assert remedy in told
    assert cleaned(words) in told


def test_unknown_trouble_is_told_as_it_is() -> None:
    """What is not known is passed on, and an error without words by its name."""
    assert explain("BAD Command syntax") == "BAD Command syntax"
    assert explain(ssl.SSLError()) != ""
    assert explain(TimeoutError()) == "TimeoutError"


def test_a_servers_words_are_made_harmless() -> None:
    """Control characters, line breaks and length cannot upset a terminal or a log."""
    assert cleaned(b"550 \x1b[31mno\r\n\x00such \xff user") == "550 [31mno such \ufffd user"
    assert cleaned("a\u2028b\u202ec\nd") == "a b c d"
    assert len(cleaned("x" * 1_000_000)) == 300
    assert cleaned("BAD [b'not connected']") == "BAD not connected"


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("Request is throttled. Suggested Backoff Time: 299961 milliseconds", 299.961),
        ("Backoff Time: 30 seconds", 30.0),
        ("Suggested Backoff Time: 5000", 5.0),
        ("Request is throttled", 0.0),
        ("", 0.0),
    ],
)
def test_the_pause_a_server_asks_for(words: str, seconds: float) -> None:
    """A suggested pause is understood in milliseconds or seconds; without one there is none."""
    assert suggested_pause(words) == seconds
