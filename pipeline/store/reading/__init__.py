"""What the officers' lists ask the database: each list one statement, whatever the number of its rows."""

from pipeline.store.reading.figures import FigureRows
from pipeline.store.reading.queue import Queue
from pipeline.store.reading.reviews import Reviews
from pipeline.store.reading.worklists import Worklists

__all__ = ["FigureRows", "Queue", "Reviews", "Worklists"]
