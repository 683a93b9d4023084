"""Files from Discord: links that are signed and work for about a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from appliance.domain.errors import BadInput
from appliance.domain.located import Fetched, Located, Platform
from appliance.domain.progress import OnProgress
from appliance.sources.base import FetchOptions
from appliance.sources.politeness import Manners
from appliance.sources.web import download

_HOSTS = ("cdn.discordapp.com", "media.discordapp.net")
_MANNERS = Manners(site="discord")
_AGAIN = "Open the message in Discord, copy the file's link anew and add it at once."


@dataclass(frozen=True, slots=True)
class Discord:
    """Attachments of messages."""

    name: str = "discord"

    def takes(self, located: Located) -> bool:
        """Every link to Discord."""
        return located.platform is Platform.DISCORD

    def check(self, located: Located, now: datetime) -> None:
        """BadInput for a link that is no file's, or that has run out."""
        host = (urlsplit(located.address).hostname or "").lower()
        if host not in _HOSTS:
            raise BadInput(
                f"{host}: only files of Discord messages are taken, from {' or '.join(_HOSTS)}",
                "Copy the link of the file, not of the message.",
            )
        ends = expiry(located.address)
        if ends is not None and ends <= now:
            raise BadInput(f"{located.address}: the link ran out on {ends:%Y-%m-%d at %H:%M} UTC", _AGAIN)

    def fetch(self, located: Located, folder: Path, options: FetchOptions, tell: OnProgress) -> Fetched:
        """The file."""
        self.check(located, datetime.now(UTC))
        return download(options.bases.placed(located), folder, options, tell, manners=_MANNERS)


def expiry(link: str) -> datetime | None:
    """When the signed link stops working; None when it does not say."""
    said = parse_qs(urlsplit(link).query).get("ex", [""])[0]
    try:
        return datetime.fromtimestamp(int(said, 16), UTC)
    except (ValueError, OverflowError, OSError):
        return None


DISCORD = Discord()
