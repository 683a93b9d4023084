"""Starting and ending the log, and the small thing through which everybody writes to it."""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from appliance.logs.jobs import JobFiles
from appliance.logs.redaction import redacted

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from structlog.stdlib import ProcessorFormatter
    from structlog.typing import Processor

FILE_BYTES = 10_000_000
_ROOT = "clipper"
_ROUTED = ("uvicorn", "uvicorn.error", "uvicorn.access", "huey", "peewee", "yt_dlp")
_TALKATIVE = ("httpx", "httpx2", "httpcore", "faster_whisper", "openai", "urllib3", "asyncio", "peewee", "PIL")
_handlers: list[logging.Handler] = []


class Logger:
    """A named log. `event` is a word with underscores, everything else is named: log.info("job_started", job=12).
    A call never raises, and before `start` it does nothing.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    @cached_property
    def _out(self) -> Any:
        import structlog

        return structlog.wrap_logger(
            logging.getLogger(f"{_ROOT}.{self._name}"),
            processors=[
                structlog.contextvars.merge_contextvars,
                *_common(),
                structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
            ],
            wrapper_class=structlog.stdlib.BoundLogger,
        )

    def debug(self, event: str, **said: Any) -> None:
        """What only matters when something is searched for."""
        self._write(logging.DEBUG, event, said)

    def info(self, event: str, **said: Any) -> None:
        """What happened."""
        self._write(logging.INFO, event, said)

    def warning(self, event: str, **said: Any) -> None:
        """What went otherwise than meant, and was dealt with."""
        self._write(logging.WARNING, event, said)

    def error(self, event: str, **said: Any) -> None:
        """What somebody should look at."""
        self._write(logging.ERROR, event, said)

    def exception(self, event: str, **said: Any) -> None:
        """The error that is being handled, with where it came from."""
        self._write(logging.ERROR, event, {"exc_info": True, **said})

    def _write(self, level: int, event: str, said: dict[str, Any]) -> None:
        if _handlers and logging.getLogger(_ROOT).isEnabledFor(level):
            with contextlib.suppress(Exception):
                self._out.log(level, event, **said)


def get(name: str) -> Logger:
    """The log of one part of the program. Cheap: nothing is loaded before the first line."""
    return Logger(name)


@contextlib.contextmanager
def bound(**said: Any) -> Iterator[None]:
    """Within this, every line of this thread or task also says these: job, video, clip, boot."""
    from structlog.contextvars import bound_contextvars

    with bound_contextvars(**said):
        yield


def start(folder: Path, level: str = "info", keep: int = 5, *, to_stderr: bool = False) -> None:
    """Write to `clipper.log` in the folder, ten megabytes a file and `keep` old ones, and each job's lines to its own file
    as well. On a terminal, stderr gets readable lines, else JSON. A folder that cannot be made is no error.
    """
    stop()
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    files: tuple[logging.Handler, ...] = (_Rotating(folder / "clipper.log", keep), JobFiles(folder))
    for handler in files:
        handler.setFormatter(_formatter(human=False))
        _handlers.append(handler)
    if to_stderr:
        screen = _Screen(sys.stderr)
        screen.setFormatter(_formatter(human=sys.stderr.isatty()))
        _handlers.append(screen)
    root = logging.getLogger()
    least = logging.getLevelNamesMapping()[level.upper()]
    logging.getLogger(_ROOT).setLevel(least)
    root.setLevel(max(least, logging.INFO))
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _ROUTED:
        routed = logging.getLogger(name)
        routed.handlers.clear()
        routed.propagate = True
    for one in _handlers:
        root.addHandler(one)


def stop() -> None:
    """Write no more, and close the files."""
    for handler in _handlers:
        logging.getLogger().removeHandler(handler)
        with contextlib.suppress(OSError, ValueError):
            handler.close()
    _handlers.clear()


class _Rotating(logging.handlers.RotatingFileHandler):
    """A file that a full disk does not make fail."""

    def __init__(self, file: Path, keep: int) -> None:
        super().__init__(file, maxBytes=FILE_BYTES, backupCount=keep, encoding="utf-8", delay=True, errors="replace")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Nothing: there is nowhere left to tell it."""


class _Screen(logging.StreamHandler[Any]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Nothing: a closed terminal is no reason to stop."""


def _common() -> list[Processor]:
    import structlog

    return [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]


def _formatter(*, human: bool) -> ProcessorFormatter:
    import structlog

    last: Processor = (
        structlog.dev.ConsoleRenderer(colors=True, timestamp_key="at")
        if human
        else structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.contextvars.merge_contextvars, *_common()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _redact,
            last,
        ],
    )


def _redact(_logger: Any, _method: str, said: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    clean: MutableMapping[str, Any] = redacted(said)
    return clean
