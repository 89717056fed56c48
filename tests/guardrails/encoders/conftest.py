"""The tests of `test_torch.py` need PyTorch, a gigabyte that no other test needs: `make test-torch` installs and runs
them."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("torch") and find_spec("transformers") else ["test_torch.py"]
