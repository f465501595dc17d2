"""A council's worth of cases, many of them, put straight into a database's tables: for measuring lists, never for testing what they say."""

from __future__ import annotations

import itertools
import random
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy.engine import make_url

from pipeline.domain.search_words import marks
from pipeline.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

TODAY = date(2026, 3, 2)
OFFICERS = tuple(f"officer{number}@council.example" for number in range(25))
AREAS = tuple(f"Service {number}" for number in range(20))
TEAMS = ("Adults", "Children")
_YEARS = 10
_OPEN_SHARE = 0.015
_OPEN = ("new", "new", "drafting", "drafting", "for_approval", "approved")
_DONE = ("sent", *["closed"] * 8, "withdrawn")
_OUTCOMES = ("granted", "part_granted", "part_granted", "refused", "not_held")
# Words as people use them: a few in nearly every case, most in very few.
COMMON, MIDDLING, RARE = "council", "contract", "word19999"
_WORDS = (
    "the",
    "of",
    "and",
    "please",
    COMMON,
    "information",
    "how",
    "many",
    "provide",
    *(f"word{n}" for n in range(20_000)),
)
_WEIGHTS = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(_WORDS))))
_BATCH = 5_000

_COLUMNS = {
    "message": "id mailbox folder uidvalidity uid size sha256 content_sha256 internal_date taken_at body body_wanted backfill "
    "state attempts verdict intent reasons flagged received_at received_on due_on author_name author_email subject placed",
    "request": "id reference regime regime_reasons workflow clock outcome flagged flag_reasons received_at received_on "
    "received_source due_on requester_name requester_email requester_key topic subject message_id acknowledge "
    "acknowledge_reasons owner created_at closed_at answered_on team",
    "question": "request_id position key label text service_area",
    "request_search": "request_id words",
    "outbox": "id request_id kind once_key status message_id envelope_from recipients recipients_sha256 to_key content "
    "sha256 queued_at not_before attempts sent_at",
    "letter": "id request_id kind status version record created_at submitted_by submitted_at",
    "letter_version": "letter_id version record officer at",
    "letter_provision": "letter_id request_id provision",
    "clock_event": "id request_id kind day grounds reason officer at",
}
_SIXTY_FOUR = "0" * 64


def seed(url: str, count: int) -> None:
    """Fill the empty database at *url* with *count* cases and what hangs on them; the same ones every time."""
    Store.open(url).close()
    if url.startswith("sqlite"):
        _into_sqlite(str(make_url(url).database), count)
    else:
        _into_postgresql(url, count)


def _into_sqlite(file: str, count: int) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in ("synchronous=OFF", "cache_size=-800000", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN IMMEDIATE")
        for rows in _batches(count):
            for table, values in rows.items():
                columns = _COLUMNS[table].split()
                marks_ = ", ".join("?" * len(columns))
                connection.executemany(
                    f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks_})",  # noqa: S608 - names from the table above
                    (tuple(map(_for_sqlite, row)) for row in values),
                )
            connection.executemany("INSERT INTO request_fts (rowid, words) VALUES (?, ?)", rows["request_search"])
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _into_postgresql(url: str, count: int) -> None:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg.connect(address, autocommit=True)) as connection:
        connection.execute("DROP INDEX ix_request_search_words")
        for rows in _batches(count):
            for table, values in rows.items():
                with connection.cursor().copy(
                    f"COPY {table} ({', '.join(_COLUMNS[table].split())}) FROM STDIN"
                ) as copy:
                    for row in values:
                        copy.write_row(row)
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute("CREATE INDEX ix_request_search_words ON request_search USING gin (words)")
        connection.execute("VACUUM ANALYZE")


def _for_sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat() if isinstance(value, date) else value


def _batches(count: int) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    chance = random.Random(20260302)
    first = TODAY - timedelta(days=365 * _YEARS)
    numbers = _numbers(count)
    for start in range(1, count + 1, _BATCH):
        rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _COLUMNS}
        for number in range(start, min(start + _BATCH, count + 1)):
            received = first + timedelta(days=365 * _YEARS * number // count)
            _case(rows, chance, number, next(numbers), received)
        yield rows


def _numbers(count: int) -> Iterator[int]:
    """Numbers in no order, each once."""
    step = 982_451_653
    return (100_000_000 + number * step % 899_999_963 for number in range(count))


def _case(
    rows: dict[str, list[tuple[Any, ...]]], chance: random.Random, number: int, digits: int, received: date
) -> None:
    age = (TODAY - received).days
    is_open = chance.random() < (_OPEN_SHARE * 365 * _YEARS / 40 if age < 40 else 0.001)
    workflow = chance.choice(_OPEN if is_open else _DONE)
    law = chance.choices(("foi", "eir", "sar"), (80, 15, 5))[0]
    at = datetime(received.year, received.month, received.day, 9, 30, tzinfo=UTC)
    due = received + timedelta(days=28)
    answered = (
        None
        if is_open or workflow == "withdrawn"
        else received + timedelta(days=chance.choice((5, 14, 20, 27, 28, 31)))
    )
    reference = f"FOI{digits}"
    person = f"Person {number % 60_000}"
    address = f"person{number % 60_000}@example.org"
    topic = " ".join(chance.choices(_WORDS, cum_weights=_WEIGHTS, k=4))
    said = chance.choices(_WORDS, cum_weights=_WEIGHTS, k=40)
    if number % 50 == 0:
        said.append(MIDDLING)
    owner = None if is_open and chance.random() < 0.2 else chance.choice(OFFICERS)
    rows["message"].append((
        number, "foi", "INBOX", 1, number, 4000, _SIXTY_FOUR, f"{number:064}", at, at, "whole", False, False, "filed", 1,
        *(("other", "complaint") if number % 3000 == 0 else ("internal", "internal") if number % 2 else ("request", "request")),
        "[]", False, at, received, due, person, address, topic, number % 3000 != 0,
    ))  # fmt: skip
    rows["request"].append((
        number, reference, law, "[]", workflow, "running" if is_open and number % 9 else "stopped",
        None if answered is None else chance.choice(_OUTCOMES), is_open and number % 20 == 0, "[]", at, received, "INTERNALDATE",
        due, person, address, address, topic, topic, number, "automatic", "[]", owner, at,
        at if workflow == "closed" else None, answered, chance.choice(TEAMS) if number % 40 == 0 else None,
    ))  # fmt: skip
    for position in (1, 2):
        text = " ".join(said[:20] if position == 1 else said[20:])
        area = chance.choice(AREAS) if number % 5 else None
        rows["question"].append(
            (number, position, position, str(position), text, area if number != 77 else "Once only")
        )
    words = {
        *said,
        *topic.split(),
        reference.lower(),
        str(digits),
        "person",
        address.partition("@")[0],
        "example",
        "org",
    }
    rows["request_search"].append((number, " ".join(sorted({*words, *marks(is_open=is_open, received_on=received)}))))
    _letters(rows, number, workflow, at, owner)


def _letters(
    rows: dict[str, list[tuple[Any, ...]]], number: int, workflow: str, at: datetime, owner: str | None
) -> None:
    status = "sent"
    if number % 2000 == 0:
        status = ("failed", "bounced", "uncertain", "cancelled", "retry", "waiting")[number // 2000 % 6]
    rows["outbox"].append((
        number, number, "acknowledgement", f"acknowledgement:{number}", status, f"<{number}@council.example>",
        "foi@council.example", '["someone@example.org"]', _SIXTY_FOUR, "someone@example.org", b"Subject: x\r\n\r\nx\r\n",
        _SIXTY_FOUR, at, at, 1, at if status == "sent" else None,
    ))  # fmt: skip
    if workflow in ("for_approval", "sent", "closed"):
        state = "for_approval" if workflow == "for_approval" else "sent"
        rows["letter"].append((number, number, "response", state, 1, "", at, owner, at))
        rows["letter_version"].append((number, 1, "", owner, at))
        if number % 3 == 0:
            rows["letter_provision"].append((number, number, ("s.40(2)", "s.21", "s.12", "s.43(2)")[number % 4]))
    if number % 30 == 0:
        kind = ("pit_extension", "clarification_asked", "review_requested")[number // 30 % 3]
        rows["clock_event"].append((number, number, kind, at.date(), "[]", "", owner or "", at))
