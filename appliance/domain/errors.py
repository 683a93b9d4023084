"""Everything that can go wrong, as one tree.

ClipperError
├── Transient      worth trying again after a while
│   └── NotYet         nothing is wrong, it only is too early
├── Permanent      trying again changes nothing
│   └── Unwanted       nothing is wrong, it only is not what was asked for
├── NeedsPerson    waits until somebody does what the hint says
│   └── NoRoom         ... or until there is room on the disk again
└── BadInput       the given file, link, text or number cannot be used
    ├── ConfigError    ... and it stands in clipper.toml
    └── Missing        ... for there is no such thing
        └── Gone           ... any more

`message` says what and where; `hint` is the next step in words.
"""

from __future__ import annotations


class ClipperError(Exception):
    """The root: a sentence for people, and what they can do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[type[ClipperError], tuple[object, ...]]:
        """Travel between processes whole."""
        return type(self), (self.message, self.hint)


class Transient(ClipperError):
    """A passing fault: the network, a busy server. `retry_after` is in seconds where the other side named it."""

    def __init__(self, message: str, hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, hint)
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[type[ClipperError], tuple[object, ...]]:
        """The pause travels too."""
        return type(self), (self.message, self.hint, self.retry_after)


class NotYet(Transient):
    """Nothing is wrong: the stream still runs, or the site is in use. Waiting for it is no failed try."""


class Permanent(ClipperError):
    """A fault that stays: the video is gone, the codec is not supported."""


class Unwanted(Permanent):
    """Nothing is wrong: the video is shorter or longer than what was asked for."""


class NeedsPerson(ClipperError):
    """Somebody has to act: log in, free the disk, fetch a model."""


class NoRoom(NeedsPerson):
    """The disk is full. It may get empty again by itself, so work waits and no try is counted."""


class BadInput(ClipperError):
    """What was given cannot be used."""


class ConfigError(BadInput):
    """clipper.toml, an override or a preset says something it may not."""


class Missing(BadInput):
    """There is nothing of that number or name, or it is somebody else's."""


class Gone(Missing):
    """It was there, and was deleted."""
