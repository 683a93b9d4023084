"""Where long videos come from: one file per platform, and the files that come with a video."""
