"""Officers' accounts: who may sign in, with what role, and for how long."""

from pipeline.stages.accounts.run import Accounts, RefusedError, Viewer
from pipeline.stages.accounts.vouching import Vouched

__all__ = ["Accounts", "RefusedError", "Viewer", "Vouched"]
