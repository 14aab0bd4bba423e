"""`python -m benchmarks [JOB...]`: the start and the end of the command.

Exit status: 0 done, 1 the work failed, 2 bad usage or bad input, 130 interrupted.
"""

import sys
from collections.abc import Sequence

from neural_network.cli.environment import own_environment
from neural_network.cli.main import explain
from neural_network.support.signals import sigterm_as_ctrl_c

from .command import app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark with `arguments` (those of the process by default) and exit with its status."""
    message = ""
    try:
        with own_environment(), sigterm_as_ctrl_c():
            status = app(arguments, standalone_mode=False, prog_name="python -m benchmarks") or 0
    except KeyboardInterrupt:
        status = 130
    except Exception as error:
        status, message = explain(error)
    if status == 130:
        message = "interrupted"
    if message:
        sys.stderr.write(f"benchmarks: {' '.join(message.split())}\n")
    sys.exit(status)


if __name__ == "__main__":
    main()
