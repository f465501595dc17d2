"""What mail servers, TLS and the network say when something fails, in plain English and with the remedy."""

from __future__ import annotations

import re

_SHOWN = 300  # characters of a server's words that fit in a message to an officer
_BYTES_REPR = re.compile(r"\[?b(['\"])([^'\"]*)\1\]?")
# Neither control characters nor those that turn or hide text.
_UNPRINTABLE = re.compile(
    r"[^ -~\u00a1-\u00ac\u00ae-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\ud7ff\uff00-\uffef\ufffd]+"
)
_BACKOFF = re.compile(r"backoff time:? {0,5}(\d{1,9}) {0,5}(milliseconds|ms|seconds|s)?", re.IGNORECASE)

# What is said (searched top-down, without regard to case), and what an administrator can do about it.
_REMEDIES: dict[str, str] = {
    "authenticated but not connected": (
        "The server knows the account but does not open this mailbox. Check that `user` is the mailbox address, give"
        " the app FullAccess with Add-MailboxPermission (by the object id of the enterprise application), and close"
        " other programs that keep connections to it"
    ),
    r"\b5\.7\.3\b": (
        "The server does not accept this login. Check `user` (the mailbox address) and that the app or account may send"
        " from it: SMTP.SendAsApp with admin consent, the service principal in Exchange Online, and a token for it"
    ),
    r"\b4\.3\.2\b|concurrent connections|too many (?:simultaneous )?connections": (
        "Too many connections at once. Close other programs on this mailbox; infogov waits and tries again by itself"
    ),
    r"\b4\.2\.0\b|\b4\.7\.500\b|server busy|try again later": (
        "The server asks for a pause; infogov waits and tries again by itself"
    ),
    r"5\.7\.30\b|basic auth": (
        'The server takes no passwords any more. Set auth = "xoauth2" with tenant, client_id and client_secret'
    ),
    "smtpclientauthentication": (
        "Sending by SMTP is switched off for this mailbox or tenant. Run"
        " Set-CASMailbox -Identity <mailbox> -SmtpClientAuthenticationDisabled $false"
    ),
    r"5\.7\.139": (
        "Microsoft 365 refuses this login by a rule: authenticated SMTP is switched off (Set-CASMailbox -Identity <mailbox>"
        " -SmtpClientAuthenticationDisabled $false), or security defaults or a Conditional Access policy stand against it:"
        " look at the sign-in log in Entra"
    ),
    r"sendasdenied|5\.2\.252|5\.7\.60\b": (
        "The account may not send as this address. Give it SendAs with Add-RecipientPermission, or correct"
        " smtp.from_address and smtp.envelope_from"
    ),
    "backoff time|throttl": "The server asks for a pause; infogov waits and tries again by itself",
    "accesstokenexpired": "The session ended because its token ran out; infogov connects again with a new one",
    "certificate has expired": (
        "The server's certificate has expired. Its operator must renew it; check this machine's clock too"
    ),
    "certificate is not yet valid": (
        "The server's certificate is not valid yet. Check that this machine's clock is right"
    ),
    "hostname mismatch|ip address mismatch": (
        "The server's certificate is for another name. Set `host` to the name in the certificate"
    ),
    "self.signed|local issuer|unable to verify": (
        "The server's certificate is not from an authority this machine trusts."
        " Install that authority's certificate in the system's store"
    ),
    "wrong.version.number|record layer failure|unknown.protocol": (
        "The server does not speak TLS from the start on this port."
        ' Set security = "starttls", or the port for TLS (993 for IMAP, 465 for SMTP)'
    ),
    "login.?disabled|privacyrequired|must issue a starttls": (
        'The server wants encryption before the password. Set security = "tls" or "starttls"'
    ),
    r"authenticate failed|authenticationfailed|invalid credentials|\b5\.7\.8\b": (
        "User name, password or token is wrong, or the app may not open this mailbox. With Microsoft 365 check the app's"
        " IMAP.AccessAsApp with admin consent, New-ServicePrincipal with the object id of the enterprise application, and"
        " Add-MailboxPermission; with Google use an app password"
    ),
    r"mailbox is full|over ?quota|\b5\.2\.2\b": "There is no room left on the server. Free some, or raise the limit",
    "not known|nodename nor|getaddrinfo|name resolution": (
        "This host name is not known. Check `host` and this machine's DNS"
    ),
    "connection refused": "Nothing answers on this port. Check `host`, `port` and the firewall",
    "no route|unreachable": "The network does not reach this server. Check the network and the firewall",
    "timed out|took longer": (
        "The server did not answer in time. Check `host`, `port` and the firewall; infogov tries again by itself"
    ),
    "expungeissued|no longer exist": "Somebody removed messages while they were being moved; the others follow by themselves",
    r"mailbox doesn'?t exist|no such (?:mailbox|folder)|unknown (?:mailbox|folder)|folder not found|\[nonexistent\]|\[trycreate\]": (
        "There is no folder of this name. Names are the server's own, in the mailbox's language; infogov doctor lists them"
    ),
    "is not writable|read-only": (
        "The server opens this folder for reading only, so nothing can be moved out of it. Give the account the right to write,"
        " or leave processed_folder out: then mail is only read"
    ),
    "serverbug|internal error": "The server failed inside; infogov tries again by itself",
    "bad response type|unexpected (?:tagged )?response|memoryerror|more than a mailbox can hold": (
        "What the server says can't be right; infogov connects again by itself. If it goes on, tell the server's operator"
    ),
    r"\beof\b|closed|reset by peer|broken pipe|\bbye\b|shutting down": (
        "The server ended the connection; infogov connects again by itself"
    ),
}
_COMPILED = tuple((re.compile(pattern, re.IGNORECASE), remedy) for pattern, remedy in _REMEDIES.items())


def cleaned(words: bytes | str) -> str:
    """Make a server's words fit to show: one line, printable, at most 300 characters."""
    head = words[: 4 * _SHOWN]
    text = head.decode("utf-8", "replace") if isinstance(head, bytes) else head
    text = " ".join(_UNPRINTABLE.sub(" ", _BYTES_REPR.sub(r"\2", text)).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def explain(error: BaseException | str) -> str:
    """Say in plain English what went wrong: the remedy where one is known, and the server's or library's words."""
    words = cleaned(str(error)) or type(error).__name__
    for pattern, remedy in _COMPILED:
        if pattern.search(words):
            return f"{remedy}. (Told: {words})"
    return words


def suggested_pause(words: str) -> float:
    """Find the pause in seconds a throttling server asks for ("Suggested Backoff Time: 299961 milliseconds"); else 0."""
    match = _BACKOFF.search(words[: 4 * _SHOWN])
    if match is None:
        return 0.0
    return int(match[1]) / (1000.0 if (match[2] or "ms").lower() in {"milliseconds", "ms"} else 1.0)
