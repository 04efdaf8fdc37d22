"""`python -m benchmarks.run`: measures the installed engines on the cases, and writes the tables.

Each engine runs in a process of its own, in the environment that `benchmarks.setup_engines` made for it. Tables go to
standard output, and with `--output` between the markers of a Markdown file.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.engines import ENGINES
from benchmarks.environments import ROOT, interpreter
from benchmarks.measure import measure, say, small_numbers
from benchmarks.process import EngineError, Process
from benchmarks.workloads import MEMORY, SMALL, WORKLOADS, named

MAKE_BENCH = ["--output", "README.md"]
"""The words after the command in `make bench`."""


def machine() -> str:
    """The processor, the cores that this process may use, the widest vectors, the system."""
    facts = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    fields = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in facts.splitlines())}
    model = fields.get("model name") or platform.processor() or platform.machine()
    flags = fields.get("flags", "").split()
    vectors = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else platform.machine()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{model} ({cores} cores, {vectors}), {platform.system()}"


def installed(engines: Sequence[str], environments: Path) -> tuple[dict[str, Path], dict[str, str]]:
    """The interpreters of the engines that are there, and why the others are not."""
    there = {engine: interpreter(engine, environments) for engine in engines}
    missing = [engine for engine, python in there.items() if not python.exists()]
    for engine in missing:
        say(f"skipped: {engine} is not installed (python3 -m benchmarks.setup_engines {engine})")
    return (
        {engine: python for engine, python in there.items() if engine not in missing},
        {engine: "not installed" for engine in missing},
    )


def arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__.splitlines()[0])
    parser.add_argument("--engines", default=",".join(ENGINES), help="names with commas between (default: all)")
    parser.add_argument(
        "--workloads",
        default=",".join(workload.name for workload in WORKLOADS),
        help="names with commas between (default: all); 'small' alone for import, first fit, one row and memory only",
    )
    parser.add_argument("--repeats", type=int, default=5, help="timings of each engine and case (default: 5)")
    parser.add_argument("--quick", action="store_true", help="small data, one timing: does everything work?")
    parser.add_argument("--output", type=Path, help="Markdown file with the markers that the tables go between")
    parser.add_argument("--json", type=Path, help="file for every single measurement")
    parser.add_argument("--environments", type=Path, default=ROOT, help="folder of .venv-bench-* (default: checkout)")
    chosen = parser.parse_args(words)
    chosen.engines = chosen.engines.split(",")
    unknown = [engine for engine in chosen.engines if engine not in ENGINES]
    if unknown:
        parser.error(f"Unknown engine: {unknown[0]!r}. Expected one of: {', '.join(ENGINES)}.")
    if chosen.repeats < 1:
        parser.error(f"--repeats must be at least 1. Received: {chosen.repeats}")
    try:
        chosen.workloads = [] if chosen.workloads == "small" else named(chosen.workloads.split(","))
        if chosen.output:  # Found out now, not after an hour.
            report.check_markers(chosen.output.read_text(encoding="utf-8"), chosen.output)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    return chosen


def main(words: list[str]) -> int:
    chosen = arguments(words)
    interpreters, skipped = installed(chosen.engines, chosen.environments)
    facts: dict[str, Any] = {}
    for engine, python in list(interpreters.items()):
        try:
            with Process(engine, python) as process:
                facts[engine] = process.ask("hello")
        except EngineError as error:
            say(f"skipped: {engine} does not start: {error}")
            skipped[engine] = "does not start"
            del interpreters[engine]
    if not interpreters:
        say("No engine is installed: python3 -m benchmarks.setup_engines")
        return 1
    repeats = 1 if chosen.quick else chosen.repeats
    cases = []
    for workload in chosen.workloads:
        case = workload.quick() if chosen.quick else workload
        engines = measure(case, interpreters, repeats, at_least=0.0 if chosen.quick else 0.2)
        cases.append({"name": case.name, "title": case.title, "engines": engines})
    small_case, memory_case = (SMALL.quick(), MEMORY.quick()) if chosen.quick else (SMALL, MEMORY)
    small = small_numbers(interpreters, 1 if chosen.quick else 3, small_case, memory_case)
    results = {
        "date": datetime.date.today().isoformat(),
        "command": "make bench" if words == MAKE_BENCH else shlex.join(["python", "-m", "benchmarks.run", *words]),
        "machine": machine(),
        "repeats": repeats,
        "engines": facts,
        "skipped": skipped,
        "workloads": cases,
        "small": small,
        "small_title": small_case.title,
        "memory_title": memory_case.title,
    }
    text = report.markdown(results)
    print(text)
    if chosen.json:
        chosen.json.write_text(json.dumps(results, indent=1), encoding="utf-8")
    if chosen.output:
        report.place(text, chosen.output)
    failed = [f"{case['name']}: {engine}" for case in cases for engine, r in case["engines"].items() if "error" in r]
    failed += [f"small numbers: {engine}" for engine, result in small.items() if "error" in result]
    for line in failed:
        say(f"failed: {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
