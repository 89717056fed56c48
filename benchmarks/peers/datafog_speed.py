"""datafog's regular expressions."""

import datafog
from timing import measured

measured({"regex engine": lambda text: datafog.scan(text, engine="regex")})
