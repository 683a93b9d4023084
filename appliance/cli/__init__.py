"""The command line: one file per noun. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from types import FrameType

OK, FAILED, BAD_INPUT, NOTHING = 0, 1, 2, 3
_INTERRUPTED = 130


def run(argv: Sequence[str]) -> int:
    """Run a command; the exit code: 0 done, 1 failed, 2 bad input or settings, 3 worked but found nothing."""
    import typer

    from appliance.cli.app import app
    from appliance.cli.screen import complain
    from appliance.domain.errors import BadInput, ClipperError

    signal.signal(signal.SIGTERM, _stopped)
    signal.signal(signal.SIGHUP, _stopped)
    try:
        code = app(list(argv), standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        code = _INTERRUPTED
    except typer.TyperException as error:
        _misused(str(getattr(error, "format_message", error.__str__)()))
        return BAD_INPUT
    except ClipperError as error:
        complain(error.message, error.hint)
        return BAD_INPUT if isinstance(error, BadInput) else FAILED
    except BrokenPipeError:
        sys.stderr.close()
        return FAILED
    if code == _INTERRUPTED:  # typer answers Ctrl-C itself with this code
        complain("stopped", "Run it again: finished steps are reused.")
    return int(code or OK)


def _misused(message: str) -> None:
    """A wrong command line; one that is only unfinished gets the help instead of a complaint."""
    from appliance.cli.screen import complain

    if message.lstrip().startswith("Usage:"):
        sys.stdout.write(message + "\n")
    else:
        complain(message, "`clipper --help` lists the commands, `clipper COMMAND --help` their options.")


def _stopped(_signal: int, _frame: FrameType | None) -> None:
    """SIGTERM and a closed terminal end things as Ctrl-C does: children ended, nothing half written."""
    raise KeyboardInterrupt
