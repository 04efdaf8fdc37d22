"""`python -m benchmarks.profile [case ...]`: which share of an epoch's time each phase of a step takes.

The core says what it is at by storing one byte; a thread looks at it 5,000 times a second and counts.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence

from benchmarks.workloads import WORKLOADS, Workload, make_data, make_weights, named

PHASES = ("gather", "forward", "loss", "backward", "update", "metrics", "waiting", "outside")
"""As the core names them, in the order of the table."""
INTERVAL = 1 / 5_000


def sample(workload: Workload, seconds: float) -> Mapping[str, int]:
    """How often each phase was seen while the case trained for some seconds, after an epoch to warm up."""
    from benchmarks.engines.steepest import Steepest
    from steepest import _core

    engine = Steepest(workload, *make_data(workload), make_weights(workload))
    engine.build({})
    engine.train(1, shuffle=True)
    sampler = _core.PhaseSampler(INTERVAL)
    end = time.perf_counter() + seconds
    while True:
        engine.train(workload.epochs, shuffle=True)
        if time.perf_counter() >= end:
            return sampler.stop()


def line(name: str, samples: Mapping[str, int]) -> str:
    """A row of the table: shares in percent."""
    total = sum(samples.values())
    return f"{name:18}" + "".join(f"{samples[phase] / total:>9.1%}" for phase in PHASES)


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("cases", nargs="*", help=f"of {', '.join(w.name for w in WORKLOADS)} (default: all)")
    parser.add_argument("--seconds", type=float, default=2.0, help="of training a case, at least (default: 2)")
    parser.add_argument("--threads", type=int, default=0, help="threads of a step (default: chosen by the work)")
    parser.add_argument("--quick", action="store_true", help="small data: does everything work?")
    chosen = parser.parse_args(words)
    try:
        cases = named(chosen.cases) if chosen.cases else list(WORKLOADS)
    except ValueError as error:
        parser.error(str(error))
    from steepest import config

    config.set_num_threads(chosen.threads)
    print(f"{'case':18}" + "".join(f"{'Python' if phase == 'outside' else phase:>9}" for phase in PHASES))
    for case in cases:
        print(line(case.name, sample(case.quick() if chosen.quick else case, chosen.seconds)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
