"""What some checks share: the forms of a word."""
