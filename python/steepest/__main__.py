"""`python -m steepest`: the commands that come with the package."""

from __future__ import annotations

import sys
from collections.abc import Sequence

USAGE = """\
usage: python -m steepest [command] [options]

commands:
  demo      watch a network learn handwritten digits, compare gradient descents and optimizers (the default)
  compare   train with steepest and with its NumPy reference side by side: losses, largest difference, speed
  config    what was built, what this machine can run, what is in use

`python -m steepest <command> --help` lists the options of a command; without a command they are the demo's."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command that `argv` (None: the command line) begins with; returns the exit code of the process."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] in (["--help"], ["-h"]):
        print(USAGE)
        return 0
    command = arguments.pop(0) if arguments and not arguments[0].startswith("-") else "demo"
    if command == "demo":
        from steepest import demo

        return demo.main(arguments)
    if command == "compare":
        from steepest.reference import compare

        return compare.main(arguments)
    if command == "config":
        from steepest import show_config

        show_config()
        return 0
    from steepest._names.registry import suggest

    print(f"Unknown command: {command!r}.{suggest(command, ['demo', 'compare', 'config'])}\n\n{USAGE}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)  # as a shell reports it
