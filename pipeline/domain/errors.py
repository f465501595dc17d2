"""Every error that infogov raises on purpose; a class's docstring is its default message."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class InfogovError(Exception):
    """Something went wrong."""

    exit_code = 1

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class UsageError(InfogovError):
    """The command, the configuration or a file an officer wrote is not right; the text says where and how to mend it."""

    exit_code = 2


class ConfigurationError(UsageError):
    """The configuration has mistakes; *problems* lists each one with its file, key and remedy."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class RecordError(UsageError):
    """A letter or draft file has mistakes; *problems* lists each one with its file, key and remedy."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class NotFoundError(InfogovError):
    """There is no such request, message, letter or officer."""


class NotAllowedError(InfogovError):
    """This action is not allowed now, or not for this officer; the text says why and what to do instead."""


class RestrictedError(NotAllowedError):
    """Only another team sees this; *unknown* says the same as if there were no such thing, for a page that must not tell that there is."""

    def __init__(self, message: str = "", *, unknown: str = "There is no such request") -> None:
        self.unknown = unknown
        super().__init__(message)


class ConflictError(NotAllowedError):
    """Somebody has kept a newer version meanwhile; *by* whom (None for an operator), *at* which instant, and which *version* it is."""

    def __init__(
        self, message: str = "", *, by: str | None = None, at: datetime | None = None, version: int = 0
    ) -> None:
        self.by = by
        self.at = at
        self.version = version
        super().__init__(message)


class StaleError(InfogovError):
    """Somebody else changed this first; look again and repeat."""


class UnreadableError(InfogovError):
    """A message could not be read by any parser."""


class MailboxError(InfogovError):
    """The mailbox could not be read this time; nothing was lost, the next poll tries again."""


class LoginError(MailboxError):
    """The mail server refused the user name, password or token."""


class TransportError(InfogovError):
    """The SMTP server could not take the letter before DATA was sent: trying again is safe.

    *permanent* is true for a 5xx answer; *code* is the SMTP code where the server gave one (RFC 5321 section 4.2).
    """

    def __init__(self, message: str, *, permanent: bool = False, code: int | None = None) -> None:
        self.permanent = permanent
        self.code = code
        super().__init__(message)


class UnreachableError(TransportError):
    """No server answered, or it was lost before it did: no other letter would fare better now."""


class ScannerError(InfogovError):
    """The virus scanner could not be asked; files stay unscanned until it can."""


class UncertainError(InfogovError):
    """Contact was lost after DATA began: the letter may or may not have been delivered (RFC 5321 section 4.5.3.2.6)."""


class IntegrityError(InfogovError):
    """What is stored is not what was recorded: a digest does not match."""


class SchemaError(InfogovError):
    """The database has another version than this program; the text says which command mends it."""


class StoreError(InfogovError):
    """The database could not do this; nothing was changed, and it is safe to try again once the cause is mended.

    *remedy* is what the text says a person can do, alone: it names no server and no user.
    """

    def __init__(self, message: str = "", *, remedy: str = "") -> None:
        self.remedy = remedy
        super().__init__(message)


class UnfitError(StoreError):
    """What was to be written fits nowhere in the database, or contradicts what is there: the fault is its own, not the database's."""


class BusyError(StoreError):
    """The database was out of reach or another change was in the way; nothing was changed, and the same again is likely to work."""
