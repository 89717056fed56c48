"""Classifiers from a folder or a hub: text in windows in, probabilities of labels out. An extra."""
