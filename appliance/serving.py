"""The whole appliance in one process: the lock, the database, the workers, the clock, and the web on two sockets."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import secrets
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from appliance import __version__, app, logs, sockets
from appliance.actions import channels, schedules
from appliance.actions import users as accounts
from appliance.actions.box import About, Box
from appliance.actions.room import Room, mark
from appliance.domain.errors import ClipperError, ConfigError
from appliance.domain.job import Lane
from appliance.jobs.service import Service
from appliance.jobs.works import Works
from appliance.store import database, lock, notes, users
from appliance.store.change import change
from config.load import Loaded, load_or_safe
from config.reload import changes

GRACE_SECONDS = 3  # what open connections get when the service stops


@dataclass(slots=True)
class Appliance:
    """The service as it stands. `loaded` is replaced whole when the settings are read again."""

    file: Path | None
    overrides: Sequence[str]
    loaded: Loaded
    boot: str = field(default_factory=lambda: secrets.token_hex(6))
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    service: Service | None = None
    room: Room = field(init=False)
    _reloading: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """One look at the disks serves everybody."""
        chosen = self.loaded.settings
        self.room = Room(lambda: self.loaded.settings, app.data_dir(chosen), app.db_dir(chosen))

    @property
    def works(self) -> Works:
        """What the workers work with."""
        data_dir = app.data_dir(self.loaded.settings)
        now = _now
        return Works(lambda: self.loaded.settings, now, random.random, data_dir, self.boot, self.room)

    def start(self) -> None:
        """Begin to work, unless the settings are wrong: then only the pages are up."""
        box = self.works
        with change(box.now()) as made:
            users.ensure_box(made)
            notes.write("boot", self.boot)
            known = bool(notes.read("storage"))
            mark(box.data_dir, known=known, require_mount=self.loaded.settings.disk.require_mount)
            notes.write("storage", str(box.data_dir))
        if self.loaded.problem:
            logs.get("service").error("safe_mode", problem=self.loaded.problem)
            return
        self._adopt(box)
        self.service = Service(box, app.db_dir(self.loaded.settings))
        self.service.start()
        for warning in self.loaded.warnings:
            logs.get("service").warning("settings", message=warning)
        logs.get("service").info("started", boot=self.boot, version=__version__, data_dir=str(box.data_dir))

    def will_stop(self) -> None:
        """The end is near: begin nothing more."""
        if self.service is not None:
            self.service.will_stop()

    def stop(self) -> None:
        """End all work in order."""
        if self.service is not None:
            self.service.stop()
        logs.get("service").info("stopped", boot=self.boot)

    def reload(self) -> tuple[str, ...]:
        """Read clipper.toml again. What changed, in words; ConfigError, and all stays as it was, when it is wrong."""
        with self._reloading:
            try:
                fresh = app.settings(self.file, self.overrides)
            except ConfigError as error:
                logs.get("service").error("reload_refused", message=error.message, hint=error.hint)
                raise
            found = changes(self.loaded.settings, fresh.settings)
            said = tuple(one.words for one in found)
            was_safe = bool(self.loaded.problem)
            self.loaded = fresh
            if was_safe:
                self.start()
            else:
                said += self._adopt(self.works)
                if self.service is not None:
                    self.service.look_again()
            logs.get("service").info("reloaded", changes=list(said))
            return said or ("nothing changed",)

    def about(self) -> About:
        """The service as the faces see it."""
        counts = self.loaded.settings.lanes
        return About(
            version=__version__,
            started=self.started,
            boot=self.boot,
            workers={Lane.GPU: counts.gpu, Lane.CPU: counts.cpu, Lane.NET: counts.net},
            loaded=lambda: self.loaded,
            problem=lambda: self.loaded.problem,
            reload=self.reload,
        )

    def _adopt(self, box: Box) -> tuple[str, ...]:
        """Bring what clipper.toml says of channels and rules into force. What is wrong with one stops no other."""
        try:
            return (*channels.adopt_tables(box), *schedules.adopt_rules(box))
        except ClipperError as error:
            logs.get("service").error("tables_refused", message=error.message, hint=error.hint)
            return (error.message,)


@contextlib.contextmanager
def opened(file: Path | None, overrides: Sequence[str], *, to_stderr: bool) -> Iterator[Appliance]:
    """The appliance with its lock, log and database, not yet at work."""
    loaded = load_or_safe(file, overrides)
    chosen = loaded.settings
    folder = app.db_dir(chosen)
    with lock.held(folder):
        log_dir = Path(chosen.log.dir).expanduser() if chosen.log.dir else app.data_dir(chosen) / "logs"
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)  # it tells in four lines what ours tell in two
        logs.start(log_dir, level=chosen.log.level, keep=chosen.log.keep, to_stderr=to_stderr)
        with database.opened(folder):
            yield Appliance(file, overrides, loaded)


def serve(file: Path | None, overrides: Sequence[str], ready: Callable[[str], None], *, to_stderr: bool = True) -> None:
    """Run until a signal says stop. `ready` is told, in words, where the service is reached."""
    with opened(file, overrides, to_stderr=to_stderr) as appliance:
        try:
            asyncio.run(_served(appliance, ready))
        finally:
            appliance.stop()


async def _served(appliance: Appliance, ready: Callable[[str], None]) -> None:
    """Work, and answer on the network and on the local socket, until told to stop."""
    from web.app import create_app
    from web.security import over_socket

    chosen = appliance.loaded.settings
    path = app.socket_path(chosen)
    closing: list[Callable[[], None]] = []
    loop = asyncio.get_running_loop()
    # The loop hears signals from the first moment on, and acts on them as soon as everything stands.
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop, closing)
    loop.add_signal_handler(signal.SIGHUP, _reload_aside, appliance)
    with sockets.network(chosen.web.host, chosen.web.port) as outer, sockets.local(path) as inner:
        appliance.start()
        application = create_app(appliance.works, appliance.about())
        servers = (_server(application), _server(over_socket(application)))
        closing += [appliance.will_stop, application.close, *(server.stop for server in servers)]
        port = outer.getsockname()[1]
        ready(f"http://{chosen.web.host}:{port}")
        if (first := accounts.setup_token(appliance.works)) is not None:
            ready(f"nobody has an account yet: this token makes the first one, once, within the hour: {first.token}")
        await asyncio.gather(servers[0].serve([outer]), servers[1].serve([inner]))


def _server(application: Any) -> Any:
    """A uvicorn server that leaves signals alone and does not wake up ten times a second to look whether it should stop."""
    import uvicorn

    class Quiet(uvicorn.Server):
        def __init__(self, config: uvicorn.Config) -> None:
            super().__init__(config)
            self.told = asyncio.Event()

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

        def stop(self) -> None:
            self.force_exit = self.should_exit
            self.should_exit = True
            self.told.set()

        async def main_loop(self) -> None:
            while not self.should_exit:
                await self.on_tick(0)  # refreshes the Date header
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.told.wait(), 1.0)

    config = uvicorn.Config(
        application,
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return Quiet(config)


def _stop(closing: Sequence[Callable[[], None]]) -> None:
    """Take no more work, end all streams, let the servers end what else they are answering; asked again, at once."""
    for close in closing:
        close()


def _reload_aside(appliance: Appliance) -> None:
    """Reading settings may wait for a disk: not in the loop that answers people."""
    threading.Thread(target=_reload_told, args=(appliance,), daemon=True).start()


def _reload_told(appliance: Appliance) -> None:
    with contextlib.suppress(ClipperError):  # it is in the log, and the old settings stay
        appliance.reload()


def _now() -> datetime:
    return datetime.now(UTC)
