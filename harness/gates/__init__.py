"""Gates: what is known of the cases of a run, beside a baseline, and the verdict that follows."""
