"""Servers on this machine that behave as a test wants, byte by byte, and a certificate for those that speak TLS."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from Cryptodome.Hash import SHA256
from Cryptodome.PublicKey import RSA
from Cryptodome.Signature import pkcs1_15

Talk = Callable[[socket.socket], None]


@contextlib.contextmanager
def speaking(talk: Talk, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of a server that gives every connection to `talk` and closes it afterwards."""
    listening = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def one(connection: socket.socket) -> None:
        connection.settimeout(10)
        with contextlib.suppress(OSError), connection:
            if tls is None:
                talk(connection)
            else:
                with tls.wrap_socket(connection, server_side=True) as wrapped:
                    talk(wrapped)

    def listen() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                threads.append(threading.Thread(target=one, args=(connection,), daemon=True))
                threads[-1].start()

    main = threading.Thread(target=listen, daemon=True)
    main.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for thread in (main, *threads):
            thread.join(timeout=5)


def said(connection: socket.socket, end: bytes = b"\r\n\r\n") -> bytes:
    """What the other side says, up to `end` or until it says no more."""
    heard = b""
    while end not in heard and (block := connection.recv(65536)):
        heard += block
    return heard


def certificate(folder: Path, host: str) -> Path:
    """A self-signed certificate for a host, with its key, as a PEM file."""
    key = RSA.generate(2048)
    algorithm = _der(0x30, bytes.fromhex("06092a864886f70d01010b0500"))  # RSA with SHA-256
    name = _der(0x30, _der(0x31, _der(0x30, bytes.fromhex("0603550403") + _der(0x0C, host.encode()))))
    years = _der(0x30, _der(0x17, b"200101000000Z") + _der(0x17, b"491231235959Z"))
    other_names = _der(0x04, _der(0x30, _der(0x82, host.encode())))
    extensions = _der(0xA3, _der(0x30, _der(0x30, bytes.fromhex("0603551d11") + other_names)))
    version_and_number = bytes.fromhex("a003020102020101")
    public = key.public_key().export_key("DER")
    facts = _der(0x30, version_and_number + algorithm + name + years + name + public + extensions)
    signature = _der(0x03, b"\0" + pkcs1_15.new(key).sign(SHA256.new(facts)))
    place = folder / f"{host}.pem"
    whole = _der(0x30, facts + algorithm + signature)
    place.write_text(ssl.DER_cert_to_PEM_cert(whole) + key.export_key().decode() + "\n")
    return place


def _der(kind: int, content: bytes) -> bytes:
    """A piece of DER of any kind."""
    size = len(content)
    if size < 128:
        return bytes([kind, size]) + content
    return bytes([kind, 0x82]) + size.to_bytes(2) + content
