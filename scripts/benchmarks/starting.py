"""From the start of a process to its first token, and what of it is Java's."""

import json
import os
import subprocess
import time
from statistics import median

from .workbench import POLICY, ROOT, SMALL, require_result, say

BARE, OURS = "bare loop", "espalier solve"
JVM = ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]


# Files of models of real size, separated by colons (scripts/random-model writes some): $ESPALIER_BENCH_FILES.
LARGE_FILES = "ESPALIER_BENCH_FILES"


def solve(model, *more):
    """A one-token answer: it begins with its first token, and ends with it."""
    return ["./espalier", "solve", "What is 2+2?", "--policy", model, "--method", "greedy", "--max-tokens", "1", *more]


def prompt_tokens(model):
    found = subprocess.run(solve(model, "--json"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
    return json.loads(found.stdout)["usage"]["promptTokens"]


def first_output(command, environment):
    """Seconds to the first character of standard output, and all of it: when a process leaves its memory is not counted."""
    began = time.perf_counter()
    with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT,
                          env=environment) as process:
        first = process.stdout.read(1)
        seconds = time.perf_counter() - began
        rest = process.stdout.read()
    require_result(command, process.returncode)
    return seconds, first + rest


def drop_caches():
    """Whether files now have to be read from the disk; those that running programs have mapped stay in memory."""
    os.sync()
    try:
        with open("/proc/sys/vm/drop_caches", "w") as caches:
            caches.write("3")
        return True
    except OSError:
        return False


def start(bench, quick, runs):
    runs = runs or (3 if quick else 5)
    # The launcher has an archive of the classes that a solve loads; the last such option counts.
    jdk = os.environ | {"ESPALIER_JAVA_OPTS": f"-XX:SharedArchiveFile={bench.java_home}/lib/server/classes.jsa"}
    cases = {("JVM alone", ""): (JVM + ["--version"], os.environ),
             ("espalier --version", ""): (["./espalier", "--version"], os.environ)}
    models = {SMALL: bench.file(SMALL), POLICY: bench.file(POLICY)}
    models |= {os.path.basename(file): file for file in os.environ.get(LARGE_FILES, "").split(":") if file}
    for name, file in models.items():
        model = name if name in (SMALL, POLICY) else file
        tokens = prompt_tokens(model)
        cases[BARE, name] = ([bench.build / "espalier-ceiling", file, "unified", 1, tokens, 1, bench.threads], bench.environment)
        cases[OURS, name] = (solve(model), os.environ)
        if name == SMALL:
            cases[f"{OURS}, the JDK's archive alone", name] = (solve(model), jdk)
    warm = {case: [] for case in cases}
    cold = {case: [] for case in cases}
    can_drop = drop_caches()
    if not can_drop:
        say("  the system's file cache cannot be dropped without root: no cold starts")
    for _ in range(runs):
        for case, (command, environment) in cases.items():
            for found in (cold, warm) if can_drop else (None, warm):
                if found is cold:
                    drop_caches()
                seconds, text = first_output(command, environment)
                if case[0] == BARE:
                    # It draws one more token than the first.
                    seconds -= json.loads(text)["decodeSeconds"]
                if found is not None:
                    found[case].append(seconds)
    over = {}
    for (what, model), found in warm.items():
        bench.note("start", what=what, model=model, warmSeconds=median(found),
                   coldSeconds=median(cold[what, model]) if can_drop else "not measured")
    for name in models:
        over[name] = [median(times[OURS, name]) - median(times[BARE, name]) for times in (warm, cold) if times[OURS, name]]
        bench.note("start", what="over the bare loop", model=name, warmSeconds=over[name][0], coldSeconds=over[name][-1])
    ratios = {"startSecondsOverBare": max(found[0] for found in over.values()),
              "startWithArchive": median(warm[OURS, SMALL]) / median(warm[f"{OURS}, the JDK's archive alone", SMALL])}
    if can_drop:
        ratios["startColdSecondsOverBare"] = max(found[1] for found in over.values())
    return ratios
