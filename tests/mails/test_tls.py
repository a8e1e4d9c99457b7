"""Nothing is said to a mail server on another machine without TLS, and its certificate is checked."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from calendar_model.mails import messages, smtp
from calendar_model.mails.smtp import MailFailure, MailServer, NotSent, Tls
from tests.mails.mail_server import Inbox, mail_server


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that nobody has signed, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    # TLS reads the machine's own clock.
    began = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=365 * 60))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return file


@pytest.fixture
def encrypting(certificate: Path) -> Iterator[Inbox]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with mail_server(context, require_starttls=True) as inbox:
        yield inbox


def hand_over(port: int, tls: Tls) -> None:
    letter = messages.confirmation_letter("token")
    message = messages.message_of(letter, "calendar@example.org", "amina@example.org", identity="1")
    server = MailServer("localhost", port, tls, user="desk" if tls is Tls.STARTTLS else "", password="secret")
    smtp.hand_over(server, message, "amina@example.org")


def failure(port: int, tls: Tls) -> MailFailure:
    with pytest.raises(NotSent) as caught:
        hand_over(port, tls)
    return caught.value.failure


def test_a_certificate_that_nobody_vouches_for_is_refused(encrypting: Inbox) -> None:
    assert failure(encrypting.port, Tls.STARTTLS) is MailFailure.SERVER
    assert encrypting.received == []


def test_a_server_that_does_not_offer_tls_is_refused() -> None:
    with mail_server() as inbox:
        assert failure(inbox.port, Tls.STARTTLS) is MailFailure.SERVER
        assert inbox.received == []


def test_a_server_with_a_good_certificate_is_spoken_to(
    encrypting: Inbox, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setattr(smtplib.SMTP, "login", lambda *_: None)
    hand_over(encrypting.port, Tls.STARTTLS)
    assert encrypting.recipients == ["amina@example.org"]


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 587, Tls.STARTTLS, "", "")),
        ("smtps://desk:p%40ss@mail.example.org", ("mail.example.org", 465, Tls.AT_ONCE, "desk", "p@ss")),
        ("smtp://127.0.0.1:2525", ("127.0.0.1", 2525, Tls.NONE, "", "")),
        ("smtp://localhost", ("localhost", 587, Tls.NONE, "", "")),
        ("smtps://localhost:1465", ("localhost", 1465, Tls.AT_ONCE, "", "")),
    ],
)
def test_a_server_is_named_by_an_address(
    address: str, found: tuple[str, int, Tls, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(smtp.VARIABLE, address)
    server = smtp.configured()
    assert server is not None
    assert (server.host, server.port, server.tls, server.user, server.password) == found
    assert "p@ss" not in repr(server)


@pytest.mark.parametrize(
    "address", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://a/b", "smtp://a:x"]
)
def test_any_other_text_is_no_server(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(smtp.VARIABLE, address)
    with pytest.raises(ValueError):  # noqa: PT011  it is caught at start, by its class
        smtp.configured()
