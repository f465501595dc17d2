"""Claims about faults of the machine that the service runs on: its processes, its disk, its database, its power, its clock."""

from __future__ import annotations

from faults.row import Row

_ROOM = "by itself, first run after it is mended"
_WORD = "waits for an officer's word: `outbox resolve`"
_TWICE = "an acknowledgement, under its Message-ID and to the byte"

AFTER_A_KILL = "by itself, next run; an acknowledgement that was marked as going, the run after"

MACHINE_ROWS = (
    Row(
        name="kill",
        fault="kill -9 after any effect but a letter's hand-over",
        cases=("receive", "intake", "deliver", "casework"),
        recovery=AFTER_A_KILL,
        health="",
    ),
    Row(
        name="kill-acknowledgement",
        fault="kill -9 between an acknowledgement's hand-over and its record",
        repeated=1,
        repeats=_TWICE,
        tries=2,
        recovery="by itself: the next run settles it, the one after sends",
        health="the service stopped while the letter was being handed over",
    ),
    Row(
        name="kill-response",
        fault="kill -9 between a response's mark, its hand-over and its record",
        cases=("before it is handed over", "after it is handed over"),
        tries=0,
        recovery=_WORD,
        health="may not have been delivered",
    ),
    Row(
        name="kill-reader",
        fault="kill -9 of the process that reads mail for the worker, twice",
        tries=0,
        recovery="at once: a new one reads what it had in hand, each mail by itself",
        health="reader_died",
    ),
    Row(
        name="disk-full",
        fault="disk full",
        recovery=_ROOM,
        health="database or disk is full (make room on the disk)",
    ),
    Row(
        name="disk-error",
        fault="every write to the disk fails",
        cases=("taking", "filing", "sending"),
        recovery=_ROOM,
        health="disk I/O error (look at the disk and at the system's log)",
    ),
    Row(
        name="disk-error-acknowledgement",
        fault="writing fails between an acknowledgement's hand-over and its record",
        repeated=1,
        repeats=_TWICE,
        tries=2,
        recovery="by itself once it is mended: one run settles it, the next sends",
        health="disk I/O error (look at the disk and at the system's log)",
    ),
    Row(
        name="disk-error-response",
        fault="writing fails between a response's hand-over and its record",
        tries=0,
        recovery=_WORD,
        health="may not have been delivered",
    ),
    Row(
        name="read-only",
        fault="database opened read-only",
        recovery=_ROOM,
        health="attempt to write a readonly database",
    ),
    Row(
        name="locked",
        fault="another program keeps the database locked for longer than we wait (30 seconds)",
        cases=("taking", "filing", "sending"),
        recovery=_ROOM,
        health="database is locked (another program keeps the database busy; find and stop it)",
    ),
    Row(
        name="locked-after-handover",
        fault="database locked for a while just when a letter's hand-over is to be recorded",
        cases=("acknowledgement", "response"),
        tries=0,
        recovery="at once: the record is insisted on for a minute",
        health="",
    ),
    Row(
        name="damaged",
        fault="pages of the database file overwritten",
        recovery="restore the last backup; mail since then is still in the mailbox and is read again",
        health="the file is damaged; stop infogov and restore the last backup",
    ),
    Row(
        name="power",
        fault="power lost at any write or fsync of SQLite",
        cases=("what was synced is left", "some more is left", "a write is torn"),
        recovery="by itself, next start",
        health="",
    ),
    Row(
        name="clock-back",
        fault="clock jumps back",
        cases=("an hour", "a year"),
        recovery="letters wait until the clock is right again; mail is taken and filed meanwhile",
        health="",
    ),
    Row(
        name="clock-ahead",
        fault="clock jumps ahead",
        cases=("an hour", "a day"),
        tries=0,
        recovery="at once: dates of receipt come from the mail server, not from this clock",
        health="",
    ),
    Row(
        name="clock-far-ahead",
        fault="clock jumps a year ahead",
        tries=0,
        recovery="mail that later polls take looks as old as if it had been moved in: filed, and its acknowledgement left to an officer",
        health="",
    ),
    Row(
        name="clock-dst",
        fault="the nights when summer time begins and ends",
        cases=("2026-03-29", "2026-10-25"),
        tries=0,
        recovery="at once: instants are kept in UTC, days are London's",
        health="",
    ),
)
