"""Tells other processes on the same PostgreSQL that there is work, by LISTEN and NOTIFY; a hint only, for everybody looks by the clock, too."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from pipeline.domain.errors import BusyError
from pipeline.store.faults import plainly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Engine

_CHANNEL = "infogov"
_WAIT_SECONDS = 1.0


class Wake(StrEnum):
    """Who is to look: the parts of a worker."""

    INTAKE = "intake"
    DELIVER = "deliver"
    MAILBOX = "mailbox"


class Wakes:
    """The hints of one transaction; the server passes them on when it commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._wakes: set[Wake] = set()

    def add(self, wake: Wake) -> None:
        """Have *wake* look once this transaction has committed."""
        self._wakes.add(wake)

    def send(self) -> None:
        """Hand the hints to the server."""
        if self._wakes and self._connection.dialect.name == "postgresql":
            for wake in sorted(self._wakes):
                self._connection.execute(text("SELECT pg_notify(:channel, :wake)"), {"channel": _CHANNEL, "wake": wake})
        self._wakes.clear()


def listen(engine: Engine, stopping: Callable[[], bool]) -> Iterator[Wake | None]:
    """Hints as they come, until *stopping*; None first, once it listens: what came before that has to be looked for.

    Raises BusyError when the connection is lost; on SQLite, where one process does all, there is nothing to hear.
    """
    if engine.dialect.name != "postgresql":
        return
    fault = engine.dialect.loaded_dbapi.Error
    with plainly(), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"LISTEN {_CHANNEL}"))
        try:
            driver: Any = connection.connection.driver_connection
            yield None
            while not stopping():
                for notice in driver.notifies(timeout=_WAIT_SECONDS, stop_after=1):
                    if notice.payload in set(Wake):
                        yield Wake(notice.payload)
        except fault as error:
            raise BusyError(f"the connection to PostgreSQL was lost: {str(error).splitlines()[0]}") from error
        finally:
            # A connection that listens doesn't go back to the pool.
            connection.invalidate()
