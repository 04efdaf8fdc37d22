"""`python3 -m benchmarks.setup_engines [engine ...]`: makes the environment `.venv-bench-<engine>` of each engine.

steepest is built from the checkout as a wheel, as its users get it. The other libraries' wheels come from where pip is
configured to look. An engine that cannot be installed is named at the end, and the others are installed all the same.
Standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

from benchmarks.engines import ENGINES
from benchmarks.environments import ROOT, WHEELS, folder, interpreter


def install(engine: str, environments: Path) -> None:
    """A new environment in place of an old one; subprocess.CalledProcessError if pip fails."""
    place, python = folder(engine, environments), interpreter(engine, environments)
    shutil.rmtree(place, ignore_errors=True)
    venv.create(place, with_pip=True, symlinks=os.name != "nt")
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    requirements = ENGINES[engine].requirements or (str(ROOT),)
    try:
        with tempfile.TemporaryDirectory() as wheels:
            subprocess.run([*pip, "wheel", "--quiet", "--wheel-dir", wheels, *requirements], check=True)
            files = sorted(Path(wheels).glob("*.whl"))
            subprocess.run([*pip, "install", "--quiet", "--no-index", "--no-deps", *map(str, files)], check=True)
            sizes = {file.name.split("-")[0].lower().replace("_", "-"): file.stat().st_size for file in files}
    except subprocess.CalledProcessError:
        shutil.rmtree(place)
        raise
    (place / WHEELS).write_text(json.dumps(sizes, indent=1), encoding="utf-8")


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks.setup_engines", description=__doc__.splitlines()[0])
    parser.add_argument("engines", nargs="*", metavar="engine", help=f"of {', '.join(ENGINES)} (default: all)")
    parser.add_argument("--environments", type=Path, default=ROOT, help="folder to make them in (default: checkout)")
    chosen = parser.parse_args(words)
    unknown = [engine for engine in chosen.engines if engine not in ENGINES]
    if unknown:
        parser.error(f"Unknown engine: {unknown[0]!r}. Expected one of: {', '.join(ENGINES)}.")
    failed = []
    for engine in chosen.engines or ENGINES:
        print(f"{engine}: {', '.join(ENGINES[engine].requirements) or 'the checkout'}", flush=True)
        try:
            install(engine, chosen.environments)
        except subprocess.CalledProcessError:
            failed.append(engine)
    for engine in failed:
        print(f"{engine}: could not be installed, the benchmark will skip it", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
