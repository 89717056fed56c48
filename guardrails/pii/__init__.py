"""Personal data: what each kind of it looks like, and how a candidate is verified."""
