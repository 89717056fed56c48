"""Suites: what a team writes down about its application, and how it is read from files."""
