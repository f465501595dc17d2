"""Ends the wait for a PostgreSQL server that keeps its connections and answers nothing: a frozen machine, a stalled proxy, a hung disk."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator


def bound(connection: Any, seconds: float) -> None:  # noqa: ANN401 - the driver is an extra that need not be there
    """Let no answer on *connection* (psycopg's) take longer than *seconds*: then it is closed, and the driver's OperationalError raised.

    TCP's own time-outs see only a machine that is gone; libpq has none for one that is there.
    """
    wait = connection.wait

    def bounded(steps: Generator[Any, Any, Any], *how: Any, **further: Any) -> Any:  # noqa: ANN401 - psycopg's own protocol
        return wait(_hurried(connection, steps, seconds), *how, **further)

    connection.wait = bounded


def _hurried(connection: Any, steps: Generator[Any, Any, Any], seconds: float) -> Generator[Any, Any, Any]:  # noqa: ANN401 - as above
    """Pass psycopg's *steps* on; between two of them it comes here some ten times a second, whether the server has spoken or not."""
    end = time.monotonic() + seconds
    try:
        wanted = next(steps)
        while True:
            try:
                ready = yield wanted
            except GeneratorExit:
                steps.close()
                raise
            except BaseException as error:  # noqa: BLE001 - an interrupt is the driver's to handle
                wanted = steps.throw(error)
                continue
            if not ready and time.monotonic() >= end:
                steps.close()
                connection.pgconn.finish()
                raise connection.OperationalError(f"the server did not answer in {seconds:.0f} seconds")
            wanted = steps.send(ready)
    except StopIteration as done:
        return done.value
