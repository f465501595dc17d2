"""Claims about faults of the IMAP server and of the way to it."""

from __future__ import annotations

from faults.row import Row

# Every command that a poll with a processed folder gives.
AT_LOGIN = ("CAPABILITY", "AUTHENTICATE")
COMMANDS = (*AT_LOGIN, "SELECT", "UID SEARCH", "UID FETCH", "LIST", "CREATE", "UID MOVE")
_MENDED = "by itself, first poll after it is mended"
_SAME_POLL = "in the same poll"

IMAP_ROWS = (
    Row(
        name="imap-drop",
        fault="IMAP server drops the connection instead of doing the command",
        cases=COMMANDS,
        health="The server ended the connection; infogov connects again by itself",
    ),
    Row(
        name="imap-lost-answer",
        fault="IMAP server does the command, and the connection drops before its answer",
        cases=("SELECT", "UID FETCH", "CREATE", "UID MOVE"),
        health="The server ended the connection; infogov connects again by itself",
    ),
    Row(
        name="imap-half",
        fault="connection drops in the middle of a message",
        health="The server ended the connection; infogov connects again by itself",
    ),
    Row(
        name="imap-stall",
        fault="IMAP server goes silent",
        cases=("AUTHENTICATE", "UID FETCH", "UID MOVE"),
        recovery="time-out, then by itself, next poll",
        health="The server did not answer in time",
    ),
    Row(
        name="imap-trickle",
        fault="IMAP server trickles, so that no read ever times out",
        cases=("UID FETCH",),
        recovery="cut after five time-outs, then by itself, next poll",
        health="it took longer than",
    ),
    Row(
        name="imap-bye",
        fault="IMAP server says BYE",
        cases=("SELECT", "UID SEARCH", "UID FETCH"),
        health="The server ended the connection; infogov connects again by itself",
    ),
    Row(
        name="imap-no",
        fault="IMAP server says NO",
        cases=("SELECT", "UID SEARCH", "UID MOVE"),
        health="The server failed inside; infogov tries again by itself",
    ),
    Row(
        name="imap-token",
        fault="access token expires in mid-session",
        cases=("UID SEARCH",),
        health="The session ended because its token ran out; infogov connects again with a new one",
    ),
    Row(
        name="imap-login",
        fault="IMAP login refused",
        recovery=_MENDED,
        health="the server refused the user name or password",
    ),
    Row(
        name="imap-not-ours",
        fault="IMAP server knows the account but not this mailbox",
        recovery=_MENDED,
        health="The server knows the account but does not open this mailbox",
    ),
    Row(
        name="imap-throttled",
        fault="IMAP server throttles and names a pause",
        recovery="the pause is kept without dialling; then by itself, next poll",
        health="The server asks for a pause; infogov waits and tries again by itself",
    ),
    Row(
        name="imap-expired",
        fault="IMAP certificate expired; no password is sent",
        recovery=_MENDED,
        health="The server's certificate has expired",
    ),
    Row(
        name="imap-other-host",
        fault="IMAP certificate is for another host; no password is sent",
        recovery=_MENDED,
        health="The server's certificate is for another name",
    ),
    Row(
        name="imap-unknown-authority",
        fault="IMAP certificate from an authority that is not trusted; no password is sent",
        recovery=_MENDED,
        health="The server's certificate is not from an authority this machine trusts",
    ),
    Row(
        name="imap-away",
        fault="nobody listens on the IMAP port",
        recovery=_MENDED,
        health="Nothing answers on this port",
    ),
    Row(
        name="imap-renumbered",
        fault="mailbox rebuilt: other UIDVALIDITY, other UIDs",
        tries=0,
        recovery=f"{_SAME_POLL}: read afresh, known by content, told apart from what is new",
        health="folder_renumbered",
    ),
    Row(
        name="imap-wrong-uidvalidity",
        fault="another UIDVALIDITY for one session, then the old one",
        tries=0,
        recovery=f"{_SAME_POLL}, twice: read afresh, known by content",
        health="folder_renumbered",
    ),
    Row(
        name="imap-no-uidvalidity",
        fault="IMAP server opens a folder without UIDVALIDITY",
        recovery=_MENDED,
        health="without saying UIDVALIDITY",
    ),
    Row(
        name="imap-literal",
        fault="IMAP server announces a terabyte",
        health="What the server says can't be right",
    ),
    Row(
        name="imap-nonsense",
        fault="IMAP server's answer can't be parsed",
        health="What the server says can't be right",
    ),
    Row(
        name="imap-left-out",
        fault="SEARCH leaves a message out, and the cursor passes it",
        tries=1,
        recovery="nightly reconciliation",
        health="messages_were_missing",
    ),
    Row(
        name="imap-no-fetch",
        fault="IMAP server says NO once, asked for sizes",
        tries=0,
        recovery=f"{_SAME_POLL}: asked again in halves",
        health="",
    ),
    Row(
        name="imap-one-message",
        fault="IMAP server never hands over one message, and its neighbours only without it",
        cases=("NO to its size", "NO to its body", "drops the connection", "NO to its body and headers"),
        recovery="after four polls that end there (seven for the headers, too) the others are taken, and it is a row that an officer sees"
        " and can have fetched again",
        health="the mail server",
    ),
    Row(
        name="imap-silent",
        fault="IMAP server says nothing of a message that it lists",
        cases=("no size", "an empty body"),
        tries=0,
        recovery=f"{_SAME_POLL}: fetched all the same, or a row that an officer sees and can have fetched again",
        health="",
    ),
    Row(
        name="imap-no-uidnext",
        fault="IMAP server gives no UIDNEXT, or one too low or too high, on first contact",
        cases=("none", "too low", "too high"),
        tries=0,
        recovery="none needed: where the folder ends is told by its messages",
        health="",
    ),
    Row(
        name="imap-expunge",
        fault="a person deletes a message while we look (the mail was theirs to delete)",
        cases=("before its size is read", "before its body is read"),
        tries=0,
        recovery=f"{_SAME_POLL}: the others are taken",
        health="",
    ),
    Row(
        name="imap-expunge-moving",
        fault="a person deletes a message that is taken, just before it is moved",
        health="Somebody removed messages while they were being moved",
    ),
)
