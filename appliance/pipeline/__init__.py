"""The stages, from a source to finished clips."""
