"""Checkup: looks at everything the service needs and says what it found and what to do; it changes nothing anywhere."""

from pipeline.stages.checkup.checks import Check, State
from pipeline.stages.checkup.run import Checkup, House
from pipeline.stages.checkup.servers import Servers

__all__ = ["Check", "Checkup", "House", "Servers", "State"]
