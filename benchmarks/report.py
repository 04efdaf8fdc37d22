"""From results to the Markdown of the README."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.engines import ENGINES

BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"
NONE = "–"

Results = Mapping[str, Any]


def duration(seconds: float) -> str:
    """Three significant digits with a unit: "12.3 ms"."""
    unit, size = next(((u, s) for u, s in (("s", 1.0), ("ms", 1e-3)) if seconds >= 0.9995 * s), ("µs", 1e-6))
    value = seconds / size
    digits = 0 if value >= 99.95 else 1 if value >= 9.995 else 2
    return f"{value:.{digits}f} {unit}"


def settings_text(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in settings.items()) or "as it comes"


def ratio(value: float) -> str:
    """Two significant digits or the whole number: "3.4x"."""
    digits = 0 if value >= 9.95 else 1 if value >= 0.995 else 2
    return f"{value:.{digits}f}x" if value >= 0.0995 else f"{value:.2g}x"


def megabytes(count: float) -> str:
    value = count / 1e6
    digits = 0 if value >= 9.95 else 1 if value >= 0.995 else 2
    return f"{value:.{digits}f} MB"


def table(head: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> list[str]:
    """A Markdown table whose first `left` columns stand left, the others right."""
    lines = [head, ["---"] * left + ["---:"] * (len(head) - left), *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]


def base_of(engines: Sequence[str]) -> str:
    """The engine that the others are compared with."""
    return "steepest" if "steepest" in engines else engines[0]


def training_table(results: Results) -> list[str]:
    """A row a case: the base's median for an epoch, and how many times as long the others take."""
    engines = list(results["engines"])
    base = base_of(engines)
    others = [engine for engine in engines if engine != base]
    rows = []
    for case in results["workloads"]:
        cells = [f"`{case['name']}`", case["title"], cell(case["engines"][base])]
        for engine in others:
            own, first = (case["engines"][name].get("seconds") for name in (engine, base))
            known = own and first
            cells.append(
                ratio(statistics.median(own) / statistics.median(first)) if known else cell(case["engines"][engine])
            )
        rows.append(cells)
    return table(["case", "one epoch of", *(ENGINES[engine].label for engine in [base, *others])], rows, left=2)


def cell(result: Results) -> str:
    """The median, or why there is none."""
    if result.get("seconds"):
        return duration(statistics.median(result["seconds"]))
    return "failed" if "error" in result else NONE


def spread_table(results: Results) -> list[str]:
    """A row a case and engine: median, least and most, the fastest settings and once the others, the learning check."""
    rows = []
    for case in results["workloads"]:
        for engine, result in case["engines"].items():
            if not result.get("seconds"):
                continue
            seconds = result["seconds"]
            rows.append(
                [
                    f"`{case['name']}`",
                    ENGINES[engine].label,
                    duration(statistics.median(seconds)),
                    f"{duration(min(seconds))} – {duration(max(seconds))}",
                    settings_text(result["settings"]),
                    "; ".join(f"{settings_text(other)}: {duration(time)}" for other, time in result["others"]) or NONE,
                    f"{result['difference']:.0e}",
                ]
            )
    return table(["case", "engine", "median", "least – most", "settings", "others", "loss off"], rows, left=2)


def small_table(results: Results) -> list[str]:
    """A row an engine: import, first fit, one row, memory, wheels."""
    rows = []
    for engine, result in results["small"].items():
        predict = {way: statistics.median(seconds) for way, seconds in result["predict"].items()}
        memory, wheels = result.get("memory", {}), result["wheels"]
        own = wheels.get(ENGINES[engine].distribution)
        rows.append(
            [
                ENGINES[engine].label,
                duration(statistics.median(result["import"])) if result["import"] and engine != "numpy" else NONE,
                duration(statistics.median(result["first_fit"])) if result["first_fit"] else NONE,
                *(duration(predict[way]) if way in predict else NONE for way in ("model(x)", "predict(x)")),
                megabytes(memory["peak"] - memory["data"]) if memory.get("peak") else NONE,
                megabytes(own) if own else NONE,
                megabytes(sum(wheels.values())) if wheels else NONE,
            ]
        )
    head = ["", "import", "first fit", "`model(x)`, 1 row", "`predict(x)`, 1 row", "peak memory", "wheel", "all wheels"]
    return table(head, rows)


def markdown(results: Results) -> str:
    """Everything between the markers."""
    engines = results["engines"]
    versions = "; ".join(
        f"{ENGINES[engine].label}: " + ", ".join(f"{name} {version}" for name, version in facts["versions"].items())
        for engine, facts in engines.items()
    )
    python = sorted({facts["python"] for facts in engines.values()})
    lines = [
        f"Measured {results['date']} by `{results['command']}` on {results['machine']}, Python {', '.join(python)}.",
        f"{versions}.",
    ]
    for engine, reason in results["skipped"].items():
        lines.append(f"Not measured: {ENGINES[engine].label} ({reason}).")
    if results["workloads"]:
        base = ENGINES[base_of(list(engines))].label
        lines += [
            "",
            f"Time for an epoch, the median of {results['repeats']} (compilation and warm-up are not in it); for the "
            f"others, how many times as long as {base} they take. Every engine was first checked to learn, by the same "
            "losses from the same weights.",
            "",
            *training_table(results),
            *reasons(results),
            "",
            "<details><summary>Medians, spread and settings</summary>",
            "",
            "The fastest of an engine's settings was chosen by one timing of each. Loss off: how far, relatively, an "
            "epoch's loss in the learning check was from float64's.",
            "",
            *spread_table(results),
            "",
            "</details>",
        ]
    if results["small"]:
        lines += [
            "",
            f"Import on top of NumPy's; building the model and fitting its first epoch ({results['small_title']}); "
            f"predicting one row with it; the peak memory of the process less the data ({results['memory_title']}); "
            "the library's wheel, and all wheels that it needs.",
            "",
            *small_table(results),
        ]
    return "\n".join(lines) + "\n"


def reasons(results: Results) -> list[str]:
    """A line for each cell of the first table that holds no time."""
    why: dict[str, list[str]] = {}
    for case in results["workloads"]:
        for engine, result in case["engines"].items():
            text = result.get("error") or result.get("unsupported")
            if text:
                kind = "failed" if "error" in result else NONE
                why.setdefault(f"{kind}: {ENGINES[engine].label} {text}", []).append(f"`{case['name']}`")
    return ["", "; ".join(f"{text} ({', '.join(names)})" for text, names in why.items()) + "."] if why else []


def place(text: str, file: Path) -> None:
    """Puts `text` between the markers of `file`; ValueError if they are not there, once and in order."""
    old = file.read_text(encoding="utf-8")
    check_markers(old, file)
    before, after = old.split(BEGIN)[0], old.split(END)[1]
    file.write_text(f"{before}{BEGIN}\n{text}{END}{after}", encoding="utf-8")


def check_markers(text: str, file: Path) -> None:
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"{file}: expected the lines {BEGIN} and {END}, once each and in this order.")
