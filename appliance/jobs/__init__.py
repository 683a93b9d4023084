"""Work that was accepted: the job table is the truth, Huey is the doorbell and the lanes."""
