"""What clipper.toml may say, and the presets that ship with the program; imports nothing of ours."""
