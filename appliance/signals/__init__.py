"""From evidence to curves: one file per signal, all pure."""
