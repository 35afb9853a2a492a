"""Decoding beside other programs: the number of threads that is chosen against the best fixed one."""

import contextlib
import json
import os
import subprocess
import sys
from statistics import median

from .workbench import POLICY, SMALL, output


@contextlib.contextmanager
def busy_loops(count):
    """Keeps so many processors busy."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def seconds(model, branches, own, threads):
    command = ["./espalier", "bench", "--json", "--runs", 3, "--policy", model, "--branches", branches, "--prefix", 64, "--tokens", own]
    runs = output(*command, *(["--threads", threads] if threads else [])).splitlines()
    found = [json.loads(run) for run in runs]
    return sum(branches * own / run["tokensPerSecond"] for run in found), found[-1]["threads"]


def busy(bench, quick, runs):
    runs = runs or (3 if quick else 5)
    fixed = sorted({1, max(1, bench.threads // 2), bench.threads})
    # Each about a second in all on an idle machine: to look at what is quicker takes some hundredths of one.
    cases = [(SMALL, 1, 500), (SMALL, 16, 250)] + ([] if quick else [(POLICY, 8, 32)])
    worst_idle, worst_busy = None, None
    for model, branches, own in cases:
        for loops in range(min(2, os.cpu_count()) + 1):
            taken = {threads: [] for threads in [None] + fixed}
            with busy_loops(loops):
                for _ in range(runs):
                    for threads, found in taken.items():
                        found.append(seconds(model, branches, own, threads))
            times = {threads: median(time for time, _ in found) for threads, found in taken.items()}
            ratio = times[None] / min(times[threads] for threads in fixed)
            bench.note("busy", model=model, branches=branches, busyLoops=loops, chosenSeconds=times[None],
                       chosenThreads=median(used for _, used in taken[None]), bestFixedSeconds=min(times[threads] for threads in fixed),
                       allThreadsSeconds=times[fixed[-1]], oneThreadSeconds=times[1], ratio=ratio)
            if loops:
                worst_busy = max(worst_busy or 0, ratio)
            else:
                worst_idle = min(worst_idle or 9, 1 / ratio)
    return {"threadsIdle": worst_idle, "threadsBusy": worst_busy}
