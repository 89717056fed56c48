"""Instructions in a text that its reader should not follow: a linear model's score, and phrases that explain it."""
