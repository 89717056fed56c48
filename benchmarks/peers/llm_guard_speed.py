"""llm-guard's regex scanner with the patterns that its anonymiser comes with; no model and no torch is loaded."""

import importlib.util
import logging
import sys
import types
from pathlib import Path

import structlog
from timing import measured

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
# The packages' own __init__ import every scanner, torch and all; this one needs none of it.
root = Path(importlib.util.find_spec("llm_guard").submodule_search_locations[0])
for name in ("llm_guard", "llm_guard.input_scanners"):
    package = types.ModuleType(name)
    package.__path__ = [str(root.joinpath(*name.split(".")[1:]))]
    sys.modules[name] = package
sys.modules["torch"] = types.ModuleType("torch")
sys.modules["torch"].Tensor = object
spec = importlib.util.spec_from_file_location(
    "patterns", root / "input_scanners" / "anonymize_helpers" / "regex_patterns.py"
)
patterns = importlib.util.module_from_spec(spec)
spec.loader.exec_module(patterns)
expressions = [e for group in patterns.DEFAULT_REGEX_PATTERNS for e in group.get("expressions", [])]

from llm_guard.input_scanners.regex import Regex  # noqa: E402

scanner = Regex(expressions)
measured({f"regex scanner, its {len(expressions)} patterns": scanner.scan})
