"""Starting and ending child processes: the only place that does.

Every child leads a process group of its own, so that it and whatever it started end together, and it dies with its
parent (on Linux the kernel sees to that, even after kill -9).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from appliance.domain.errors import NeedsPerson, Transient

GRACE_SECONDS = 1.5
_PR_SET_PDEATHSIG = 1
_LAST_BYTES = 64_000

# Every command line that was started, in order: what the benches count encodes from.
Watcher = Callable[[Sequence[str]], None]
_watchers: list[Watcher] = []


@dataclass(frozen=True, slots=True)
class Ended:
    """A child that is over: its exit code (negative: the signal that ended it) and the end of what it said."""

    code: int
    out: bytes
    err: str


@contextlib.contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """While inside, `watcher` is told every command line that is started."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


def run(
    argv: Sequence[str],
    *,
    stdin: bytes | None = None,
    on_line: Callable[[str], None] | None = None,
    timeout: float | None = None,
    cwd: str | None = None,
    env: Mapping[str, str] | None = None,
) -> Ended:
    """Run to the end. With `on_line` every line of stdout goes there while it runs and `Ended.out` is empty.

    On an exception (Ctrl-C too) the child and all its children are ended first. A child that outlives `timeout` seconds
    is ended and a Transient raised.
    """
    with opened(argv, stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL, cwd=cwd, env=env) as child:
        timer = _deadline(child, timeout)
        out = bytearray()
        if stdin is not None:
            feeder = threading.Thread(target=_feed, args=(child.process.stdin, stdin), daemon=True)
            feeder.start()
        for raw in child.out:
            if on_line is None:
                out += raw
            else:
                on_line(raw.decode("utf-8", "replace").rstrip("\r\n"))
        code = child.wait()
        if timer is not None:
            timer.cancel()
            if child.timed_out:
                raise Transient(f"{argv[0]} did not end within {timeout:.0f} s and was stopped")
        return Ended(code, bytes(out), child.said())


@dataclass(slots=True)
class Child:
    """A running child. `out` is its stdout; what it says on stderr is kept (the last 64 kB)."""

    process: subprocess.Popen[bytes]
    _err: bytearray
    _reader: threading.Thread
    timed_out: bool = False

    @property
    def out(self) -> IO[bytes]:
        """Its stdout, as bytes."""
        assert self.process.stdout is not None
        return self.process.stdout

    def wait(self) -> int:
        """Wait for its end; the exit code, negative for a signal."""
        code = self.process.wait()
        self._reader.join(timeout=GRACE_SECONDS)
        return code

    def said(self) -> str:
        """The end of what it said on stderr."""
        return bytes(self._err).decode("utf-8", "replace").strip()

    def end(self) -> None:
        """End it and its children: politely, then for good."""
        end_group(self.process)


@contextlib.contextmanager
def opened(
    argv: Sequence[str],
    *,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
    cwd: str | None = None,
    env: Mapping[str, str] | None = None,
    on_err: Callable[[bytes], None] | None = None,
) -> Iterator[Child]:
    """A child whose stdout is read piece by piece; on the way out it is ended if it still runs.

    With `on_err` what it says on stderr goes there as it comes, besides being kept.
    """
    for watcher in tuple(_watchers):
        watcher(argv)
    try:
        process = subprocess.Popen(  # noqa: S603 - argv is built by us, never by a shell
            list(argv),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=None if env is None else dict(env),
            process_group=0,
            preexec_fn=_dying_with_parent(),  # noqa: PLW1509 - two system calls, safe after fork
        )
    except FileNotFoundError as error:
        raise NeedsPerson(f"{argv[0]} is not installed or not where it should be", "Run `clipper doctor`.") from error
    except PermissionError as error:
        raise NeedsPerson(f"{argv[0]} may not be run: {error.strerror}", "Check its permissions.") from error
    assert process.stderr is not None
    err = bytearray()
    reader = threading.Thread(target=_keep, args=(process.stderr, err, on_err), daemon=True)
    reader.start()
    child = Child(process, err, reader)
    try:
        yield child
    finally:
        if process.poll() is None:
            end_group(process)
        process.wait()
        reader.join(timeout=GRACE_SECONDS)
        for pipe in (process.stdout, process.stderr, process.stdin):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


@contextlib.contextmanager
def talking(
    argv: Sequence[str],
    said: bytes,
    *,
    env: Mapping[str, str] | None = None,
    on_err: Callable[[bytes], None] | None = None,
) -> Iterator[Child]:
    """A child that is told `said` on its stdin and answers on its stdout while it works."""
    with opened(argv, stdin=subprocess.PIPE, env=env, on_err=on_err) as child:
        feeder = threading.Thread(target=_feed, args=(child.process.stdin, said), daemon=True)
        feeder.start()
        yield child


def this_program(*args: str) -> list[str]:
    """The command line that runs this same program, frozen or from its environment."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *args]
    return [sys.executable, "-m", "appliance", *args]


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with `more` in it, for a child."""
    return {**os.environ, **more}


def end_marked(name: str, begins: str, spare: str | None = None) -> int:
    """Kill every process whose environment has `name` with a value that begins so; how many there were.

    Programs start programs, and not all of those die with their parent. Values that begin with `spare` are left alone.
    """
    import psutil

    ended = 0
    for one in psutil.process_iter():
        try:
            said = one.environ().get(name, "") if one.pid != os.getpid() else ""
            if said.startswith(begins) and not (spare is not None and said.startswith(spare)):
                one.kill()
                ended += 1
        except (psutil.Error, OSError):
            continue  # it ended meanwhile, or it is somebody else's
    return ended


def memory_bytes(pid: int) -> int:
    """What the process and all its descendants hold in memory; 0 when it is gone."""
    import psutil

    try:
        top = psutil.Process(pid)
        return sum(one.memory_info().rss for one in [top, *top.children(recursive=True)])
    except psutil.Error:
        return 0


def end_group(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM to the child's group, and SIGKILL after a moment."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _deadline(child: Child, seconds: float | None) -> threading.Timer | None:
    if seconds is None:
        return None

    def late() -> None:
        child.timed_out = True
        child.end()

    timer = threading.Timer(seconds, late)
    timer.daemon = True
    timer.start()
    return timer


def _feed(pipe: IO[bytes] | None, content: bytes) -> None:
    assert pipe is not None
    with contextlib.suppress(BrokenPipeError):
        pipe.write(content)
    with contextlib.suppress(BrokenPipeError):
        pipe.close()


def _keep(pipe: IO[bytes], kept: bytearray, on_err: Callable[[bytes], None] | None) -> None:
    with contextlib.suppress(ValueError, OSError):
        while block := os.read(pipe.fileno(), 65536):
            kept += block
            del kept[:-_LAST_BYTES]
            if on_err is not None:
                on_err(block)


def _dying_with_parent() -> Callable[[], None] | None:
    """What a child does before anything else: ask the kernel to be killed when its parent dies."""
    if sys.platform != "linux":
        return None
    parent = os.getpid()

    def ask() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the kernel was asked
            os._exit(1)

    return ask


_libc = ctypes.CDLL(None) if sys.platform == "linux" else ctypes.pythonapi
