"""The settings of signing in with a council account: the identity provider, and which of its words mean which role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, SecretStr

from pipeline.settings_fields import Filled, OptionalWebAddress, Secret, Text, is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_ROLES = ("role_admin", "role_approver", "role_officer", "role_read_only")
# Microsoft's issuers that stand for every council and company at once.
_ANYBODY = frozenset({"common", "organizations", "consumers"})


class OidcSettings(BaseModel):
    """The identity provider (OpenID Connect); off while *issuer* is empty. The *role_…* keys are values of the claim *roles_claim*."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    issuer: OptionalWebAddress = ""
    client_id: Text = ""
    client_secret: Secret = SecretStr("")
    roles_claim: Filled = "roles"
    role_admin: Text = "infogov.admin"
    role_approver: Text = "infogov.approver"
    role_officer: Text = "infogov.officer"
    role_read_only: Text = "infogov.read_only"
    create_officers: bool = False
    password_sign_in: bool = True

    @property
    def on(self) -> bool:
        """Whether officers can sign in with a council account."""
        return bool(self.issuer)

    @property
    def passwords(self) -> bool:
        """Whether officers can sign in with a password of ours."""
        return self.password_sign_in or not self.on


def check_oidc(section: Mapping[str, Any], installed: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Yield (key, what is wrong) between the keys of [oidc]; *installed* says whether an optional package is there."""
    issuer = section.get("issuer")
    if issuer == "":
        if section.get("client_id"):
            yield "issuer", "is missing, though client_id is set; name the identity provider"
        if section.get("password_sign_in") is False:
            yield "password_sign_in", "is false and there is no issuer, so that nobody could sign in; set one of them"
    elif issuer:
        if problem := issuer_problem(issuer):
            yield "issuer", problem
        if section.get("client_id") == "":
            yield "client_id", "is missing: the identity provider knows us by it"
        if "client_secret" in section and not section["client_secret"].get_secret_value():
            yield "client_secret", "is missing; give it in the environment or in the secrets directory"
        if not all(map(installed, ("authlib", "joserfc", "requests"))):
            yield "issuer", 'needs the extra oidc; install it with: pip install "infogov[oidc]"'
    yield from _check_roles(section)


def _check_roles(section: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    seen: dict[str, str] = {}
    for key in _ROLES:
        value = section.get(key)
        if value and value in seen:
            yield key, f'"{value}" means {seen[value]} as well; each role needs a value of its own'
        elif value:
            seen[value] = key
    if all(section.get(key) == "" for key in _ROLES):
        yield (
            "role_officer",
            "is empty like all the others, so that nobody would have a role; give at least one a value",
        )


def issuer_problem(issuer: str) -> str:
    """What is wrong with *issuer* (OpenID Connect Discovery 1.0 section 3), nothing when it will do."""
    try:
        parts = urlsplit(issuer)
    except ValueError:
        return "is not a web address; write it like https://login.microsoftonline.com/TENANT/v2.0"
    if not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        return "must be an address without a question mark, # or user name, such as https://login.microsoftonline.com/TENANT/v2.0"
    if not secure_enough(issuer):
        return "must start with https:// (plain http:// only to this machine itself)"
    if set(parts.path.casefold().split("/")) & _ANYBODY:
        return "would let in people of any organisation; put the directory (tenant) ID of the council in its place"
    return ""


def secure_enough(address: str) -> bool:
    """Whether *address* is read over TLS, or never leaves this machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    host = parts.hostname or ""
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))
