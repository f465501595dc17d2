"""What reading a mail has to know of the council: plain values, so that a process that only reads can have them without the settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain.webform import FormLabels

if TYPE_CHECKING:
    from pipeline.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One of our own web forms: the address it writes from (casefolded), its labels, and whether Reply-To names the requester."""

    sender: str
    labels: FormLabels
    use_reply_to: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Council:
    """The council's addresses, domains, servers and forms; *authserv_ids* has the name each mailbox's gateway signs its findings with."""

    own_addresses: frozenset[str]
    internal_domains: frozenset[str]
    trusted_hosts: tuple[str, ...]
    forms: tuple[Form, ...]
    authserv_ids: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, settings: Settings) -> Council:
        """Take from *settings* what reading needs; addresses and domains are casefolded."""
        forms = (
            Form(
                sender=form.sender.casefold(),
                labels=FormLabels(name=form.name_label, email=form.email_label, question=form.question_label),
                use_reply_to=form.use_reply_to,
            )
            for form in settings.web_forms.values()
        )
        return cls(
            own_addresses=settings.own_addresses,
            internal_domains=frozenset(domain.casefold() for domain in settings.authority.internal_domains),
            trusted_hosts=tuple(settings.authority.trusted_hosts),
            forms=tuple(forms),
            authserv_ids=tuple((name, box.authserv_id.casefold()) for name, box in settings.mailbox.items()),
        )

    @property
    def form_senders(self) -> frozenset[str]:
        """The addresses our own web forms write from."""
        return frozenset(form.sender for form in self.forms)

    def gateways(self, mailbox: str) -> frozenset[str]:
        """The name the gateway of *mailbox* signs with, or that of any where no such mailbox is configured."""
        named = dict(self.authserv_ids)
        chosen = [named[mailbox]] if mailbox in named else named.values()
        return frozenset(name for name in chosen if name)
