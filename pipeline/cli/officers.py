"""Verbs for the list of officers: add, disable, change, reset, list."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.opening import opened
from pipeline.cli.output import ConfigOption, JsonOption, say, say_json, table
from pipeline.domain.errors import NotFoundError, UsageError
from pipeline.domain.roles import Role
from pipeline.letters.posting import can_write_to
from pipeline.resources import when_called

if TYPE_CHECKING:
    from pipeline.store import Work
    from pipeline.store.people import Account
    from pipeline.web.app import accounts_of
else:
    accounts_of = when_called("pipeline.web.app", "accounts_of")

officer = typer.Typer(help="The people who work here.", no_args_is_help=True)

EmailArgument = Annotated[str, typer.Argument(help="The officer's e-mail address.")]
RoleOption = Annotated[Role, typer.Option("--role", help="What they may do.")]
TeamOption = Annotated[str, typer.Option("--team", help="The team whose restricted cases they see.")]
PasswordOption = Annotated[
    bool,
    typer.Option("--password-from-stdin", help="Read the password from standard input instead of making one up."),
]


@officer.command("add")
def add_officer(
    email: EmailArgument,
    config: ConfigOption = None,
    name: Annotated[str, typer.Option("--name", help="The officer's name.")] = "",
    role: RoleOption = Role.APPROVER,
    team: TeamOption = "",
    *,
    given: PasswordOption = False,
) -> None:
    """Add an officer, or enable a disabled one again; prints the password for their first sign-in."""
    if not can_write_to(email):
        raise UsageError(f"{email} is not an e-mail address; write it like name@council.gov.uk")
    with opened(config) as app:
        accounts = accounts_of(app, via="cli")
        with app.store.read() as work:
            known = work.officers.account(email)
        if known is not None and not known.disabled:
            raise UsageError(f"{known.email} is an officer already (role {known.role})")
        password = accounts.add("cli", email, name, role, team or None)
        if given:
            accounts.give_password(email.casefold(), password=_read_password())
    say(f"{email.casefold()} is an officer (role {role}).")
    if not given:
        _tell_password(password)


@officer.command("reset")
def reset_password(email: EmailArgument, config: ConfigOption = None, *, given: PasswordOption = False) -> None:
    """Give an officer a new password for one sign-in; all their sessions end."""
    with opened(config) as app:
        with app.store.read() as work:
            _known(work, email)
        password = accounts_of(app, via="cli").give_password(
            email.casefold(), password=_read_password() if given else None
        )
    say(f"{email.casefold()} has a new password, and is signed out everywhere.")
    if not given:
        _tell_password(password)


@officer.command("change")
def change_officer(
    email: EmailArgument,
    config: ConfigOption = None,
    role: Annotated[Role | None, typer.Option("--role", help="What they may do from now on.")] = None,
    team: Annotated[str | None, typer.Option("--team", help="Their team; empty for none.")] = None,
) -> None:
    """Give an officer another role or team."""
    with opened(config) as app:
        with app.store.read() as work:
            known = _known(work, email)
        accounts_of(app, via="cli").place(
            "cli", known.email, role or known.role, known.team if team is None else team or None
        )
    say(f"{known.email} is changed.")


@officer.command("disable")
def disable_officer(
    email: EmailArgument,
    config: ConfigOption = None,
    heir: Annotated[str, typer.Option("--to", help="Who takes over their open requests.")] = "",
) -> None:
    """Keep an officer from acting, from this moment; what they did stays under their name."""
    with opened(config) as app:
        with app.store.read() as work:
            known = _known(work, email)
        moved = accounts_of(app, via="cli").disable("cli", known.email, heir or None)
    say(f"{known.email} is disabled." + (f" {moved} open requests went to {heir}." if moved else ""))


@officer.command("unlink")
def unlink_officer(email: EmailArgument, config: ConfigOption = None) -> None:
    """Forget which council account is this officer's, so that another one can be linked; their sessions end."""
    with opened(config) as app:
        with app.store.read() as work:
            known = _known(work, email)
        accounts_of(app, via="cli").unlink("cli", known.email)
    say(f"{known.email} is linked to no council account now; the next one to sign in with this address is.")


@officer.command("list")
def list_officers(config: ConfigOption = None, *, as_lines: JsonOption = False) -> None:
    """List the officers."""
    with opened(config) as app, app.store.read() as work:
        officers = work.officers.all()
    if as_lines:
        for one in officers:
            say_json(
                {"email": one.email, "name": one.name, "role": one.role, "team": one.team, "disabled": one.disabled}
            )
        return
    rows = [(o.email, o.name, o.role, o.team or "", "disabled" if o.disabled else "") for o in officers]
    table(
        ("e-mail", "name", "role", "team", ""), rows, empty="No officers yet; add one with: infogov officer add EMAIL"
    )


def _known(work: Work, email: str) -> Account:
    found = work.officers.account(email)
    if found is None:
        raise NotFoundError(f"there is no officer {email}; see: infogov officer list")
    return found


def _read_password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise UsageError("standard input held no password; write it on one line")
    return password


def _tell_password(password: str) -> None:
    say(f"Password for the first sign-in, which has to be changed then: {password}")


def add_to(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.add_typer(officer, name="officer")
