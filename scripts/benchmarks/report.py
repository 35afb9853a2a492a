"""The report: Markdown."""

import platform
import subprocess
from datetime import date

from .ratios import MEANING, verdict
from .workbench import ROOT

TITLES = {
    "decode": "Decode against a bare C++ loop", "tree": "The tree workload against a bare C++ loop",
    "layout": "Cache layouts, SmolLM2-135M, prefix 100: tokens a second",
    "search": "Whole problems, `arith` from its first one on, arith-small and arith-prm",
    "parts": "The engine's parts, under JMH", "sampler": "All rows of a step drawn on one thread: milliseconds",
    "whole": "Whole problems of real size",
    "busy": "Decode beside busy loops: the chosen number of threads",
    "start": "From the start of a process to its first token",
    "speculation": "Speculative decoding, arith-small drafting for arith-large: an estimate"}


def machine():
    with open("/proc/cpuinfo") as lines:
        processors = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    with open("/proc/meminfo") as lines:
        memory = int(next(lines).split()[1]) / 2**20
    return f"{len(processors)} x {processors[0]}, {memory:.0f} GiB, Linux {platform.release()}"


def cell(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    return f"{value:.4g}" if isinstance(value, float) and abs(value) < 1e4 else f"{value:.0f}" if isinstance(value, float) else str(value)


def table(columns, rows, numbers):
    align = ["--:" if column in numbers else "---" for column in columns]
    return "\n".join("| " + " | ".join(row) + " |" for row in [columns, align] + rows)


def report(ratios, bench, command, seconds):
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout.strip()
    lines = [
        "# Benchmarks", "",
        f"`{command}` wrote this on {date.today()} in {seconds / 60:.0f} minutes, at commit {commit or 'unknown'}: {machine()}; "
        f"{bench.java}; {bench.threads} threads. What is compared took turns; of several runs the median counts. Trust the "
        "ratios, not the seconds. `jmh/README.md` says what is measured, and how the peers are set up.", ""]
    rows = []
    for name, value in ratios.items():
        target, met = verdict(name, value)
        rows.append([f"`{name}`", MEANING[name], f"{value:.3f}", target, "" if not target else "yes" if met else "**no**"])
    lines += [table(["ratio", "of what", "value", "target", "met"], rows, {"value"}), ""]
    for part in dict.fromkeys(figure["part"] for figure in bench.figures):
        figures = [figure for figure in bench.figures if figure["part"] == part]
        columns = [column for column in figures[0] if column != "part"]
        numbers = {column for column in columns if isinstance(figures[0][column], (int, float))}
        lines += [f"## {TITLES[part]}", "",
                  table(columns, [[cell(figure.get(column)) for column in columns] for figure in figures], numbers), ""]
    return "\n".join(lines)
