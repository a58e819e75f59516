"""``python -m bench.profiled OUTPUT MODULE ARGUMENTS…``: runs a module, and profiles it when told to.

SIGUSR1 begins a new profile, SIGUSR2 ends it and leaves it in OUTPUT. What counts is processor time, not waiting.
"""

import cProfile
import os
import runpy
import signal
import sys
from pathlib import Path
from time import process_time


class Recorder:
    """One profile at a time."""

    def __init__(self, output: Path) -> None:
        self._output = output
        self._profile = cProfile.Profile(process_time)

    def begin(self, *_: object) -> None:
        """Forget what there was, and listen."""
        self._profile = cProfile.Profile(process_time)
        self._profile.enable()

    def end(self, *_: object) -> None:
        """Leave what there is; the file appears whole."""
        self._profile.disable()
        draft = self._output.with_suffix(".draft")
        self._profile.dump_stats(draft)
        os.replace(draft, self._output)


def main() -> None:
    """Run the module in this process."""
    output, module, *arguments = sys.argv[1:]
    recorder = Recorder(Path(output))
    signal.signal(signal.SIGUSR1, recorder.begin)
    signal.signal(signal.SIGUSR2, recorder.end)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
