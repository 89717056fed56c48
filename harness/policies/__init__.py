"""Policies: what a policy does to recorded traffic, planted violations and broken providers; its thresholds."""
