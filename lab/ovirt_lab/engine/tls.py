# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate authority of our own, so that clients can verify the Engine they talk to."""

from __future__ import annotations

import datetime
import ipaddress
import os
import ssl
from pathlib import Path
from typing import Any

CA, KEY = "ca.pem", "engine-key.pem"
# What is wrong with a certificate, if anything: days from which and until when it is valid, and for which name.
_DAYS = {"": (-1, 825), "expired": (-30, -1), "future": (1, 825), "elsewhere": (-1, 825)}
CERTIFICATES = tuple(filter(None, _DAYS))
_ELSEWHERE = "elsewhere.example"


def ensure(directory: Path, host: str, certificate: str = "") -> Path:
    """The CA certificate of a directory, made with a server key and certificate if there is none for this host.

    The CA signs a good certificate, or one that is "expired", of the "future", or of a host "elsewhere".
    """
    if certificate not in _DAYS:
        raise ValueError(f"certificate is one of {', '.join(CERTIFICATES)}, or none of these, not {certificate!r}")
    names, wanted = directory / "engine-names", f"{host} {certificate}".strip()
    if not all((directory / name).exists() for name in (CA, KEY)) or _read(names) != wanted:
        _make(directory, host, certificate)
        names.write_text(wanted, encoding="utf-8")
    return directory / CA


def context(directory: Path) -> ssl.SSLContext:
    """The server's side of TLS. Only HTTP/1.1 is offered: with h2 the SDK breaks (facts engine-wire.md 4)."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.minimum_version = ssl.TLSVersion.TLSv1_2
    tls.load_cert_chain(directory / KEY)
    tls.set_alpn_protocols(["http/1.1"])
    return tls


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _make(directory: Path, host: str, certificate: str) -> None:
    """Write ca.pem, and key with certificate in one file. cryptography is imported here: it costs start-up time."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("oVirt lab CA", authority_key.public_key(), None, authority_key, None, True)
    names = [x509.DNSName("localhost"), *(x509.IPAddress(ipaddress.ip_address(a)) for a in ("127.0.0.1", "::1"))]
    if host not in ("localhost", "127.0.0.1", "::1"):
        names.append(_name(host))
    if certificate == "elsewhere":
        names = [x509.DNSName(_ELSEWHERE)]
    days = _DAYS[certificate]
    leaf = _certificate("oVirt lab Engine", key.public_key(), authority, authority_key, names, False, days)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (directory / CA).write_bytes(authority.public_bytes(pem))
    private_file = os.open(directory / KEY, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(private_file, "wb") as file:
        file.write(private + leaf.public_bytes(pem))


def _name(host: str) -> Any:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _certificate(
    title: str, key: Any, issuer: Any, signer: Any, names: list[Any] | None, authority: bool,
    days: tuple[int, int] = (-60, 825),
) -> Any:  # fmt: skip
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import NameOID

    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer is not None else subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + datetime.timedelta(days=days[0]))
        .not_valid_after(now + datetime.timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        # Python 3.13 verifies strictly: the authority key id has to be there
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .add_extension(_usage(authority), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(signer, hashes.SHA256())


def _usage(authority: bool) -> Any:
    from cryptography import x509

    flags = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only",
         "decipher_only"), False,
    )  # fmt: skip
    return x509.KeyUsage(digital_signature=True, key_cert_sign=authority, crl_sign=authority, **flags)
