"""The command ``infogov``: its verbs put together, and every error turned into sentences and an exit status."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline import __version__
from pipeline.cli.logs import set_up_logging
from pipeline.cli.output import complain
from pipeline.cli.verbs import Verbs
from pipeline.domain.errors import ConfigurationError, InfogovError, RecordError
from pipeline.journal import log

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})

app = typer.Typer(
    name="infogov",
    cls=Verbs,
    help="Mail to a council's information-governance team: numbered, acknowledged, and answered once, exactly as approved.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:  # noqa: FBT001 - typer's callback protocol
    if value:
        sys.stdout.write(f"infogov {__version__}\n")
        raise typer.Exit


@app.callback()
def start(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Say the version and end.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Set the streams to UTF-8 whatever the locale, so that names and questions come out as they are."""
    del version


def main() -> None:
    """Run the command; exits 0 when all went well, 1 when something failed, 2 when the call or the configuration is not right."""
    # A stream closed by the caller (>&-) is None; what would be said there goes nowhere.
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open until the process ends
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - the same
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    # Verbs that open nothing would else leave it to the libraries to log where and what they like.
    set_up_logging("warning", "auto")
    try:
        try:
            app()
        finally:
            # What is still in the buffer fails here, where it can be told from a fault, and not in the interpreter's last breath.
            sys.stdout.flush()
    except (ConfigurationError, RecordError) as error:
        complain(*error.problems)
        sys.exit(error.exit_code)
    except InfogovError as error:
        complain(*str(error).splitlines())
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output has gone (| head): nothing to tell it, and nothing to tell about it.
        _give_up_output()
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the last boundary: no traceback reaches a user
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            # What we print, or a file that we were to write: a fault of where it goes, not of ours.
            _give_up_output()
            complain(
                f"the output could not be written: {error.strerror}; make room where it goes, or send it elsewhere"
            )
            sys.exit(1)
        log.debug("unexpected", exc_info=error)
        complain(
            f"unexpected fault: {type(error).__name__}: {error}",
            "nothing was lost; please report this with the command you gave",
        )
        sys.exit(1)


def _give_up_output() -> None:
    """Let what is left in the buffer go nowhere, so that the interpreter's last breath doesn't fail on it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
