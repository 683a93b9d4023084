"""Ranges of a clip over HTTP, beside nginx: the same file, the same client, the same machine, in turn."""

from __future__ import annotations

import contextlib
import multiprocessing
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

from appliance.domain.user import Role
from tests.bench.figures import Bench
from tests.boxes import ADMIN
from tests.web.content import analysed, rendered
from tests.web.serving import site

_FILE_BYTES = 64 << 20
_RANGE_BYTES = 8 << 20
_ROUNDS = 9
_CONFIG = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log off; sendfile on; tcp_nopush on; types {{ video/mp4 mp4; }}
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;
  scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""


def measure() -> Bench:
    """Throughput of 8 MB ranges of a 64 MB file, as a ratio to nginx's in the same run: the median of nine turns."""
    bench = Bench("ranged")
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/sbin")
    if nginx is None:
        bench.skipped = "there is no nginx here to compare with"
        return bench
    with tempfile.TemporaryDirectory() as name, _ours(Path(name)) as (port, key, file), _nginx(nginx, file) as theirs:
        ours, others = [], []
        for turn in range(_ROUNDS + 1):
            mine = _megabytes_a_second(port, f"/api/v1/clips/1/files/{file.name}", key)
            other = _megabytes_a_second(theirs, f"/{file.name}", key)
            if turn:  # the first one warms both up
                ours.append(mine)
                others.append(other)
    bench.add("of_nginx", median(mine / other for mine, other in zip(ours, others, strict=True)), at_least=0.5)
    bench.notes["megabytes_a_second"] = {"clipper": round(median(ours)), "nginx": round(median(others))}
    return bench


def _megabytes_a_second(port: int, path: str, key: str) -> float:
    """Every range of the file once, over one connection, read into one buffer."""
    buffer = memoryview(bytearray(1 << 20))
    with socket.create_connection(("127.0.0.1", port)) as line:
        begun = time.perf_counter()
        for start in range(0, _FILE_BYTES, _RANGE_BYTES):
            line.sendall(
                f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nX-Api-Key: {key}\r\n"
                f"Range: bytes={start}-{start + _RANGE_BYTES - 1}\r\n\r\n".encode()
            )
            head = b""
            while b"\r\n\r\n" not in head:
                head += line.recv(65536)
            assert head.startswith(b"HTTP/1.1 206"), head[:200]
            left = _RANGE_BYTES - len(head.partition(b"\r\n\r\n")[2])
            while left:
                left -= line.recv_into(buffer[: min(left, len(buffer))])
        return _FILE_BYTES / 1e6 / (time.perf_counter() - begun)


@contextlib.contextmanager
def _ours(folder: Path) -> Iterator[tuple[int, str, Path]]:
    here, there = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(target=_serve, args=(folder, there))
    child.start()
    try:
        if not here.poll(60):
            raise TimeoutError("the server did not start")
        yield here.recv()
    finally:
        here.send("stop")
        child.join(20)


def _serve(folder: Path, line: Connection) -> None:
    with site(folder) as served:
        clip = rendered(served.box, analysed(served.box, ADMIN.user), movie=b"0123456789abcdef" * (_FILE_BYTES // 16))
        line.send((served.port, served.key(Role.ADMIN), folder / clip.folder / "clip.mp4"))
        line.recv()


@contextlib.contextmanager
def _nginx(program: str, file: Path) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        root.chmod(0o755)
        for parent in file.parents:
            with contextlib.suppress(PermissionError):
                parent.chmod(parent.stat().st_mode | 0o011)
        config = root / "nginx.conf"
        config.write_text(_CONFIG.format(folder=root, port=port, root=file.parent))
        with subprocess.Popen([program, "-p", name, "-c", str(config)], stderr=subprocess.DEVNULL) as running:
            try:
                _wait(port)
                yield port
            finally:
                running.terminate()


def _wait(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise TimeoutError("nginx did not start")
