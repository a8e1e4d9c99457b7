"""The mail server of the environment, and handing one message over to it.

``HRD_CALENDAR_SMTP`` is an address: ``smtp://user:password@host:587`` goes on with TLS (STARTTLS, RFC 3207) before
anything is said, and ``smtps://host:465`` begins with it (RFC 8314). Only a server on this machine is spoken to
without. Certificates are checked.
"""

from __future__ import annotations

import os
import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from ipaddress import ip_address
from threading import Timer
from urllib.parse import unquote, urlsplit

VARIABLE = "HRD_CALENDAR_SMTP"
FROM_VARIABLE = "HRD_CALENDAR_MAIL_FROM"

_PORTS = {"smtp": 587, "smtps": 465}
_ENHANCED = re.compile(rb"5\.(\d{1,3})\.\d{1,3}(?!\d)")
_PATIENCE = 20.0
"""Seconds that each answer of the server may take."""
_IN_ALL = 60.0
"""Seconds after which a message is given up, however slowly the server goes on."""


class Tls(StrEnum):
    """How a connection is encrypted: from its beginning, by STARTTLS, or, on this machine, not at all."""

    AT_ONCE = "at-once"
    STARTTLS = "starttls"
    NONE = "none"


class MailFailure(StrEnum):
    """Why a message was not handed over.

    ``server``: the server does not answer, or not safely, so that no other message will do better. ``put-off``: it does
    not take this one now. ``address-refused``: it never will. ``unsure``: the connection broke after the text had gone,
    so that it may have arrived.
    """

    SERVER = "server"
    PUT_OFF = "put-off"
    REFUSED = "address-refused"
    UNSURE = "unsure"


class NotSent(Exception):  # noqa: N818  it is expected, and told
    """A message was not handed over. It says nothing of the address, nor of what the server said."""

    def __init__(self, failure: MailFailure) -> None:
        super().__init__(failure.value)
        self.failure = failure


@dataclass(frozen=True)
class MailServer:
    """A mail server, and how it is spoken to."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    password: str = ""
    patience: float = _PATIENCE
    in_all: float = _IN_ALL

    def __repr__(self) -> str:
        return "MailServer()"


def configured() -> MailServer | None:
    """The server of the environment; None if it names none. Raises ValueError if the address is none."""
    text = os.environ.get(VARIABLE, "").strip()
    if not text:
        return None
    parts = urlsplit(text)
    if parts.scheme not in _PORTS or not parts.hostname or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(VARIABLE)
    port = parts.port or _PORTS[parts.scheme]
    tls = Tls.AT_ONCE if parts.scheme == "smtps" else Tls.STARTTLS
    if tls is Tls.STARTTLS and _is_this_machine(parts.hostname):
        tls = Tls.NONE
    return MailServer(parts.hostname, port, tls, unquote(parts.username or ""), unquote(parts.password or ""))


def sender() -> str:
    """The address from which mails are sent; empty if the environment names none."""
    return os.environ.get(FROM_VARIABLE, "").strip()


def is_set_up() -> bool:
    """Whether mails can be sent. What is wrong with a server that is named is found at start."""
    return bool(os.environ.get(VARIABLE, "").strip())


def hand_over(
    server: MailServer, message: EmailMessage, recipient: str, before_text: Callable[[], bool] = lambda: True
) -> None:
    """Hand a message over to the server, for one recipient.

    ``before_text`` is called once the server takes the recipient, just before the text goes out, and may still say that
    it shall not (False): then nothing is sent, as if it had been put off. Raises :class:`NotSent`.
    """
    try:
        client = _connect(server)
    except (OSError, smtplib.SMTPException):
        raise NotSent(MailFailure.SERVER) from None
    # Whatever the server does, the connection ends after this time, and with it the call that waits.
    watch = Timer(server.in_all, _cut, args=(client,))
    watch.daemon = True
    watch.start()
    try:
        _secure(client, server)
        _hand_over(client, message, recipient, before_text)
    finally:
        watch.cancel()
        client.close()


def _connect(server: MailServer) -> smtplib.SMTP:
    # The name of this machine is not looked up: that can take long, and tells more than it should.
    if server.tls is Tls.AT_ONCE:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, "localhost", timeout=server.patience, context=context)
    return smtplib.SMTP(server.host, server.port, "localhost", timeout=server.patience)


def _secure(client: smtplib.SMTP, server: MailServer) -> None:
    try:
        if server.tls is Tls.STARTTLS:
            client.starttls(context=ssl.create_default_context())
        client.ehlo_or_helo_if_needed()
        if server.user:
            client.login(server.user, server.password)
    except (OSError, ValueError, smtplib.SMTPException):
        raise NotSent(MailFailure.SERVER) from None


def _hand_over(client: smtplib.SMTP, message: EmailMessage, recipient: str, before_text: Callable[[], bool]) -> None:
    from_address = message["From"].addresses[0].addr_spec
    try:
        code, _said = client.mail(from_address)
        if code != 250:
            raise NotSent(MailFailure.SERVER)
        code, reply = client.rcpt(recipient)
    except (OSError, smtplib.SMTPException):
        raise NotSent(MailFailure.PUT_OFF) from None
    if code not in (250, 251):
        raise NotSent(_refusal(code, reply))
    if not before_text():
        raise NotSent(MailFailure.PUT_OFF)
    try:
        code, _said = client.data(message.as_bytes(policy=message.policy.clone(linesep="\r\n")))
    except smtplib.SMTPDataError:
        # The server did not ask for the text.
        raise NotSent(MailFailure.PUT_OFF) from None
    except (OSError, smtplib.SMTPException):
        raise NotSent(MailFailure.UNSURE) from None
    if code != 250:
        # What the text is refused for says nothing about the address.
        raise NotSent(MailFailure.PUT_OFF)
    with suppress(OSError, smtplib.SMTPException):
        client.quit()


def _refusal(code: int, reply: bytes) -> MailFailure:
    """What a refusal of a recipient means: 5yz is for good (RFC 5321, 4.2.1), anything else for now.

    With an enhanced code (RFC 3463), only 5.1 and 5.2 are about the address. The others are about this server and what
    it lets its clients do, as where it relays nothing for them: that must not stop the mail of everybody.
    """
    enhanced = _ENHANCED.match(reply)
    is_of_address = enhanced is None or enhanced[1] in (b"1", b"2")
    return MailFailure.REFUSED if 500 <= code <= 599 and is_of_address else MailFailure.PUT_OFF


def _cut(client: smtplib.SMTP) -> None:
    if client.sock is not None:
        with suppress(OSError):
            client.sock.shutdown(socket.SHUT_RDWR)


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
