"""What the commands say: results on stdout, progress and complaints on stderr."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.text import Text

from appliance.domain.progress import OnProgress

_STEADY = 5.0  # without a terminal a line is written at most this often, in seconds


def out() -> Console:
    """Where results go."""
    return Console(highlight=False, soft_wrap=False)


def err() -> Console:
    """Where everything else goes."""
    return Console(stderr=True, highlight=False)


def complain(message: str, hint: str = "") -> None:
    """An error in words, and the next step."""
    console = err()
    console.print(f"[bold red]error:[/] {escape(message)}", soft_wrap=True)
    if hint:
        console.print(f"  [dim]{escape(hint)}[/]", soft_wrap=True)


def remark(sentence: str) -> None:
    """Something worth knowing that is no error."""
    err().print(f"[yellow]note:[/] {escape(sentence)}", soft_wrap=True)


def clock(seconds: float) -> str:
    """Seconds as h:mm:ss, or m:ss below an hour."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


@contextlib.contextmanager
def bars() -> Iterator[Callable[[str], OnProgress]]:
    """Gives every stage a bar with its share, the time left and the present step; plain lines without a terminal."""
    console = err()
    if not console.is_terminal:
        yield _lines
        return
    with Progress(
        TextColumn("{task.description:<14}"),
        BarColumn(bar_width=28),
        TextColumn("{task.percentage:>3.0f} %"),
        _TimeLeft(),
        TextColumn("[dim]{task.fields[step]}"),
        console=console,
        transient=False,
    ) as progress:
        yield lambda name: _bar(progress, name)


def _bar(progress: Progress, name: str) -> OnProgress:
    task: TaskID = progress.add_task(escape(name), total=1.0, step="")

    def tell(share: float, step: str) -> None:
        progress.update(task, completed=share, step=escape(step))

    return tell


class _TimeLeft(ProgressColumn):
    """The time left, by the pace so far; the time taken when it is over."""

    def render(self, task: Task) -> Text:
        if task.finished:
            return Text(f"{clock(task.finished_time or 0):>8}", style="dim")
        left = task.time_remaining
        return Text(f"{'' if left is None else '-' + clock(left):>8}", style="dim")


def _lines(name: str) -> OnProgress:
    """Progress as plain lines, now and then, for logs and pipes."""
    last = time.monotonic() - _STEADY
    done = False

    def tell(share: float, step: str) -> None:
        nonlocal last, done
        now = time.monotonic()
        if done or (share < 1 and now - last < _STEADY):
            return
        done, last = share >= 1, now
        sys.stderr.write(f"{name}: {share * 100:.0f} % {step}\n")
        sys.stderr.flush()

    return tell
