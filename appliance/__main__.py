"""`clipper`, `python -m appliance`, and the hidden verbs under which this program is its own child."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line. The version is told before anything heavier is imported."""
    argv = sys.argv[1:]
    if argv == ["--version"]:
        from appliance import __version__

        sys.stdout.write(f"clipper {__version__}\n")
        return
    if argv[:1] == ["_yt-dlp"]:
        from yt_dlp import main as yt_dlp

        yt_dlp(argv[1:])
        return
    if argv == ["_work"]:
        from appliance.app import bench
        from appliance.jobs.child import main as work

        work(bench())
        return
    from appliance.cli import run

    sys.exit(run(argv))


if __name__ == "__main__":
    main()
