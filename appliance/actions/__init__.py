"""Everything a person or the clock may do, one verb a function. Each verb is one transaction with its jobs and events."""
