"""Credentials in a text: the shapes that providers give their keys, and values assigned to telling names."""
