"""Over TLS: the checked address is connected to, and the certificate must still be the host's own."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from refresh_watch.channels.contract import ChannelRequest
from refresh_watch.channels.post_outcomes import DeliveryOutcome, Temporary
from refresh_watch.channels.responses import ChannelResponse
from refresh_watch.channels.transport.post import post


class _Answers(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        body = self.headers["host"].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


def _certificate(folder: Path, name: x509.GeneralName) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "fake")])
    now = dt.datetime.now(dt.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[int]:
    path = _certificate(tmp_path, request.param)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server = HTTPServer(("127.0.0.1", 0), _Answers)
    server.handle_error = lambda *_: None  # a client that goes away is what is tested
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def _post(url: str) -> ChannelResponse | DeliveryOutcome:
    return post(ChannelRequest(url=url, body=b"{}"), allowed_hosts=("localhost", "127.0.0.1"), timeout=5)


@pytest.mark.parametrize("port", [x509.DNSName("localhost")], indirect=True)
def test_a_certificate_of_the_host_name_is_accepted_though_an_address_is_connected_to(port: int) -> None:
    answer = _post(f"https://localhost:{port}/")
    assert isinstance(answer, ChannelResponse)
    assert answer.body == f"localhost:{port}".encode()


@pytest.mark.parametrize("port", [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))], indirect=True)
def test_a_certificate_of_the_address_alone_is_not_the_hosts(port: int) -> None:
    assert isinstance(_post(f"https://127.0.0.1:{port}/"), ChannelResponse)
    refused = _post(f"https://localhost:{port}/")
    assert refused == Temporary("SSLError to localhost")


@pytest.mark.parametrize("port", [x509.DNSName("localhost")], indirect=True)
def test_a_certificate_of_an_unknown_authority_is_refused(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    refused = _post(f"https://localhost:{port}/")
    assert isinstance(refused, Temporary)
    # OpenSSL's own words, which differ a little from version to version
    assert re.fullmatch(r"SSLError \([^()]*certificate[^()]*\) to localhost", refused.reason)
