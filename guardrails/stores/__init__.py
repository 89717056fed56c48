"""Where entries are kept: `memory` for one process, `disk` for all processes of a machine."""
