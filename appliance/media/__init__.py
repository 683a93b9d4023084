"""Pixels and sound: ffmpeg, PyAV, fonts, models that look and listen."""
