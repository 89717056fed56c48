"""Runs: the trials of a suite, what is recorded of each, and the folder that holds them."""
