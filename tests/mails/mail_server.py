"""A real mail server on loopback, which takes what it is told to take."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Inbox:
    """What the server has taken, as (recipient, bytes) in order, and how it answers about recipients and texts."""

    received: list[tuple[str, bytes]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    """What it says of a recipient, by address."""
    silent: set[str] = field(default_factory=set)
    """Recipients of whom it says nothing until the end."""
    says_of_text: str = "250 OK"
    port: int = 0
    done: Event = field(default_factory=Event)

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        while address in self.silent and not self.done.is_set():
            await asyncio.sleep(0.02)
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        if self.says_of_text.startswith("250"):
            self.received += [(address, envelope.content) for address in envelope.rcpt_tos]
        return self.says_of_text

    @property
    def messages(self) -> list[EmailMessage]:
        """The messages as they are read."""
        return [message_from_bytes(content, policy=policy.default) for _address, content in self.received]

    @property
    def recipients(self) -> list[str]:
        """To whom they went, in order."""
        return [address for address, _content in self.received]


@contextmanager
def mail_server(context: ssl.SSLContext | None = None, **options: Any) -> Iterator[Inbox]:
    """A server on a free port of this machine; with a ``context`` it offers STARTTLS."""
    inbox = Inbox()

    class OnFreePort(Controller):
        def factory(self) -> SMTP:
            return SMTP(self.handler, tls_context=context, **options)

        def _trigger_server(self) -> None:
            # It asks its own port whether it is up, which is known only now.
            assert isinstance(self.server, asyncio.Server)
            self.port = self.server.sockets[0].getsockname()[1]
            super()._trigger_server()  # type: ignore[no-untyped-call]  # the library has no type for it

    controller = OnFreePort(inbox, hostname="127.0.0.1", port=0, ready_timeout=30)
    controller.start()
    try:
        inbox.port = controller.port
        yield inbox
    finally:
        inbox.done.set()
        controller.stop()
