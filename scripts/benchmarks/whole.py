"""Whole problems of real size: SmolLM2-135M writes steps of 200 tokens behind a prompt of 500, and a model of 1B judges them."""

import json
import os
import resource
import subprocess
import time

from .attending import LARGE_FILE
from .workbench import POLICY, ROOT, require_result, say

# About 330 tokens with SmolLM2's vocabulary; its chat template and the usual instruction make 500 of them.
PROBLEM = " ".join(f"On day {day} the mill grinds {37 * day % 91 + 9} sacks of wheat and sells {23 * day % 31 + 2}." for day in range(1, 16)) + \
    " How many sacks are left after all of these days?"
# A delimiter that nobody writes: a step is as long as it may be.
STEPS = ["--delimiter", "@@@@", "--step-tokens", 200]
SEARCHES = {"wholeBeam": ["--method", "beam", "-n", 16, "--max-tokens", 600, *STEPS],
            "wholeDvts": ["--method", "dvts", "-n", 64, "--max-tokens", 400, *STEPS],
            "wholeBestOfN": ["--method", "best-of-n", "-n", 64, "--max-tokens", 512]}
QUICK = {"wholeBeam": ["--method", "beam", "-n", 16, "--max-tokens", 100, "--delimiter", "@@@@", "--step-tokens", 50]}


def solved(bench, attention, search, prm):
    """Seconds of a problem, and of the processors."""
    command = ["./espalier", "solve", PROBLEM, "--policy", POLICY, "--prm", f"likelihood:{prm}", "--attention", attention, "--threads",
               bench.threads, "--json", "--quiet", "--no-load-check", *search]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    found = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True, cwd=ROOT)
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    require_result(command, found.returncode)
    usage = json.loads(found.stdout)["usage"]
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, usage


def whole(bench, quick):
    prm = os.environ.get(LARGE_FILE)
    if not prm:
        say(f"  whole problems are left out: {LARGE_FILE} names no file")
        return {}
    ratios = {}
    for name, search in (QUICK if quick else SEARCHES).items():
        processor = {}
        for attention in ("tree", "stock"):
            seconds, processor[attention], usage = solved(bench, attention, search, prm)
            bench.note("whole", search=name, attention=attention, seconds=seconds, processorSeconds=processor[attention],
                       promptTokens=usage["promptTokens"], policyTokens=usage["policyTokensDecoded"],
                       prmTokens=usage["prmTokensUnique"])
        ratios[name] = processor["stock"] / processor["tree"]
    return ratios
