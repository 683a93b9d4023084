"""What happened, as JSON lines with secrets taken out: one rotating file, one file for each job, and a terminal."""

from appliance.logs.jobs import tail
from appliance.logs.redaction import hide, redacted
from appliance.logs.start import Logger, bound, get, start, stop

__all__ = ["Logger", "bound", "get", "hide", "redacted", "start", "stop", "tail"]
