"""The counter: requests that come other than by mail, and open cases from the system before Infogov."""

from pipeline.stages.counter.entry import Channel, Entry, Stage
from pipeline.stages.counter.importing import Imported, Problem
from pipeline.stages.counter.run import Counter, Logged

__all__ = ["Channel", "Counter", "Entry", "Imported", "Logged", "Problem", "Stage"]
