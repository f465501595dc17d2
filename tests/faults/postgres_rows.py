"""Claims about faults of PostgreSQL: its server, its connections, its room, its locks, its rights and its settings."""

from __future__ import annotations

from faults.machine_rows import AFTER_A_KILL
from faults.row import Row

_ROOM = "by itself, first run after it is mended"
_NEXT = "by itself, next run"
_WORD = "waits for an officer's word: `outbox resolve`"
_TWICE = "an acknowledgement, under its Message-ID and to the byte"
_AGAIN = "the connection is made again by itself; if it stays away, look at the PostgreSQL server and its log"
_UNSURE = "it may have been done all the same: look before you do it again"
_INSISTED = "at once: it is insisted on for a minute"
_STEPS = ("a poll's commit", "filing", "approval")
_RECORDS = ("mark before DATA", "acknowledgement", "response")

POSTGRES_ROWS = (
    Row(
        name="pg-stopped",
        fault="PostgreSQL stopped (immediate) at a commit",
        cases=_STEPS,
        recovery=_NEXT,
        health=_AGAIN,
    ),
    Row(
        name="pg-killed",
        fault="PostgreSQL (its postmaster) killed with -9 at a commit",
        cases=_STEPS,
        recovery=_NEXT,
        health=_AGAIN,
    ),
    Row(
        name="pg-back-soon",
        fault="PostgreSQL stopped (immediate) at a letter's mark or record, and started again",
        cases=_RECORDS,
        tries=0,
        recovery=_INSISTED,
        health="",
    ),
    Row(
        name="pg-away-acknowledgement",
        fault="PostgreSQL away for longer than a minute after an acknowledgement's final dot",
        repeated=1,
        repeats=_TWICE,
        tries=2,
        recovery="by itself once it is back: one run settles it, the next sends",
        health=_AGAIN,
    ),
    Row(
        name="pg-away-response",
        fault="PostgreSQL away for longer than a minute after a response's final dot",
        tries=0,
        recovery=_WORD,
        health="may not have been delivered",
    ),
    Row(
        name="pg-promises",
        fault="PostgreSQL (its postmaster) killed with -9 while four write, three times",
        tries=0,
        recovery="at once: whatever was said to be committed is there",
        health=_AGAIN,
    ),
    Row(
        name="pg-cut-before",
        fault="connection to PostgreSQL cut before COMMIT is there",
        cases=_STEPS,
        recovery=_NEXT,
        health=_AGAIN,
    ),
    Row(
        name="pg-cut-after",
        fault="connection to PostgreSQL cut after COMMIT is done, before its answer",
        cases=_STEPS,
        recovery=_NEXT,
        health=_UNSURE,
    ),
    Row(
        name="pg-cut-letter",
        fault="connection to PostgreSQL cut at a letter's mark or record",
        cases=tuple(f"{record}, {when} COMMIT" for record in _RECORDS for when in ("before", "after")),
        tries=0,
        recovery=_INSISTED,
        health="",
    ),
    Row(
        name="pg-stall",
        fault="PostgreSQL does not answer and keeps the connection",
        cases=_STEPS,
        recovery="cut after five and a half minutes, then by itself, next run",
        health="look at the PostgreSQL server: it takes connections and does not get on with them",
    ),
    Row(
        name="pg-trickle",
        fault="PostgreSQL's answers come a byte at a time",
        cases=_STEPS,
        tries=0,
        recovery="at once, slowly",
        health="",
    ),
    Row(
        name="pg-locks-lost",
        fault="session that holds the advisory locks ended (pg_terminate_backend) while its worker is at it, and another joins in",
        cases=("two pollers", "two that file", "two senders"),
        tries=0,
        recovery="at once: unique keys and claims hold without the locks",
        health="",
    ),
    Row(
        name="pg-lock-lost-response",
        fault="session that holds the advisory locks ended within a response's hand-over, and another sender joins in",
        tries=0,
        recovery="at once: the record that it was accepted stands; the case's flag stays for an officer to take off",
        health="may not have been delivered",
    ),
    Row(
        name="pg-connections",
        fault="too many connections (role's limit)",
        recovery=_ROOM,
        health="let the user of [database] url have more connections, or run fewer workers",
    ),
    Row(
        name="pg-full",
        fault="PostgreSQL's disk full (No space left on device)",
        cases=("taking", "filing", "sending"),
        recovery=_ROOM,
        health="make room on the database server's disk",
    ),
    Row(
        name="pg-full-wal",
        fault="no room for PostgreSQL's WAL: the server ends itself, and can't start",
        recovery=_ROOM,
        health="look at the PostgreSQL server and its log",
    ),
    Row(
        name="pg-read-only",
        fault="PostgreSQL takes no changes",
        cases=("default_transaction_read_only", "hot standby, promoted later"),
        recovery=_ROOM,
        health="this is a read-only copy of the database, or it was set read-only; name the primary server in [database] url",
    ),
    Row(
        name="pg-locked",
        fault="a table locked for longer than we wait (lock_timeout, 30 seconds)",
        cases=("taking", "filing", "sending"),
        recovery=_ROOM,
        health="another change takes too long; do it again, and look for a program that hangs",
    ),
    Row(
        name="pg-slow",
        fault="a statement takes longer than we wait (statement_timeout, five minutes)",
        cases=("taking", "filing", "sending"),
        recovery=_ROOM,
        health="the database is too busy; do it again later",
    ),
    Row(
        name="pg-deadlock",
        fault="deadlock with another program while a batch is filed",
        tries=1,
        recovery="at once: the batch is filed one by one",
        health="deadlock detected (two changes met and this one was undone; do it again)",
    ),
    Row(
        name="pg-serialization",
        fault="default_transaction_isolation raised, and another change in the way",
        cases=("repeatable read", "serializable"),
        tries=0,
        recovery="at once: what we write is READ COMMITTED, and made for it",
        health="",
    ),
    Row(
        name="pg-clock",
        fault="PostgreSQL's clock is a day off",
        tries=0,
        recovery="at once: no statement asks for the server's time",
        health="",
    ),
    Row(
        name="pg-encoding",
        fault="database made with another encoding than UTF8; not used",
        cases=("LATIN1", "SQL_ASCII"),
        recovery="by itself, first run with the right database",
        health="make one with UTF8: createdb --encoding UTF8 --template template0",
    ),
    Row(
        name="pg-newer",
        fault="database upgraded by a newer release; not used",
        recovery="by itself, first run with that release, or with the backup taken before",
        health="Install that release, or restore the backup taken before its upgrade",
    ),
    Row(
        name="pg-rights",
        fault="role without rights on a table",
        cases=("taking", "filing", "sending"),
        recovery=_ROOM,
        health="the user of [database] url must own the database and its tables",
    ),
    Row(
        name="pg-password",
        fault="password changed while the product runs",
        recovery=_ROOM,
        health="mend the user or password in [database] url, or the server's pg_hba.conf",
    ),
    Row(
        name="pg-worker",
        fault="PostgreSQL restarted under a running worker",
        cases=("stopped for some seconds", "its postmaster killed with -9"),
        tries=0,
        recovery="by itself, within seconds of its return",
        health="the database can't be asked: check that the PostgreSQL server runs",
    ),
    Row(
        name="pg-kill",
        fault="kill -9 of the product on PostgreSQL, after any effect but a letter's hand-over",
        cases=("receive", "intake", "deliver", "casework"),
        recovery=AFTER_A_KILL,
        health="",
    ),
    Row(
        name="pg-kill-letter",
        fault="kill -9 of the product on PostgreSQL, between an acknowledgement's hand-over and its record",
        repeated=1,
        repeats=_TWICE,
        tries=2,
        recovery="by itself: the next run settles it, the one after sends",
        health="the service stopped while the letter was being handed over",
    ),
    Row(
        name="pg-kill-response",
        fault="kill -9 of the product on PostgreSQL, between a response's hand-over and its record",
        tries=0,
        recovery=_WORD,
        health="may not have been delivered",
    ),
)
