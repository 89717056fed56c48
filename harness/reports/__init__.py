"""What a run has to say: on a terminal, as JSON, as JUnit XML."""
