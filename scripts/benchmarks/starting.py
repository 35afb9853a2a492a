"""From the start of a process to its first token, and what of it is Java's."""

import os
import subprocess
import time
from statistics import median

from .workbench import POLICY, ROOT, SMALL, say

JVM = ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]


def solve(model):
    """A one-token answer: it ends with its first token."""
    return ["./espalier", "solve", "What is 2+2?", "--policy", model, "--method", "greedy", "--max-tokens", "1"]


def seconds(command, environment):
    began = time.perf_counter()
    found = subprocess.run(
        list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT, env=environment)
    # A run without an answer, which one token is not, has an exit code of its own.
    if found.returncode not in (0, 3):
        raise RuntimeError(f"{' '.join(map(str, command))} ended with exit code {found.returncode}")
    return time.perf_counter() - began


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
    bare = [bench.build / "espalier-ceiling", None, "unified", 1, 8, 1, bench.threads]
    cases = {("JVM alone", ""): (JVM + ["-version"], os.environ),
             ("espalier --version", ""): (["./espalier", "--version"], os.environ),
             ("espalier --version, the JDK's archive alone", ""): (["./espalier", "--version"], jdk)}
    for model in (SMALL, POLICY):
        bare[1] = bench.file(model)
        cases["bare loop, one token", model] = (list(bare), bench.environment)
        cases["espalier solve, one token", model] = (solve(model), os.environ)
        cases["espalier solve, one token, the JDK's archive alone", model] = (solve(model), jdk)
    warm = {case: [] for case in cases}
    cold = {case: [] for case in cases}
    can_drop = drop_caches()
    if not can_drop:
        say("  the system's file cache cannot be dropped without root: no cold starts")
    for _ in range(runs):
        for case, (command, environment) in cases.items():
            if can_drop:
                drop_caches()
                cold[case].append(seconds(command, environment))
            else:
                seconds(command, environment)
            warm[case].append(seconds(command, environment))
    for (what, model), found in warm.items():
        bench.note("start", what=what, model=model, warmSeconds=median(found),
                   coldSeconds=median(cold[what, model]) if can_drop else "not measured")
    plain = median(warm["espalier solve, one token", SMALL])
    return {"startOverBare": plain / median(warm["bare loop, one token", SMALL]),
            "startWithArchive": plain / median(warm["espalier solve, one token, the JDK's archive alone", SMALL])}
