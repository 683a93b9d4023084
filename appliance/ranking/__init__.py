"""From curves to moments: pure."""
