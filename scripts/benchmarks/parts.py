"""The engine's parts, under JMH, and the sampler against llama.cpp's chain."""

import json

from .workbench import ROOT, output

RESULTS = ROOT / "jmh" / "target" / "results.json"


def parts(bench, quick):
    # Some seconds for each operation of the PRM's.
    short = ["-f", 1, "-wi", 2, "-w", 1, "-i", 3, "-r", 1, "-e", "PrmScoring"] if quick else []
    output("jmh/run.sh", "-prof", "gc", *short)
    allocated = 0
    for one in json.loads(RESULTS.read_text()):
        name = ".".join(one["benchmark"].split(".")[-2:])
        metric = one["primaryMetric"]
        bytes_each = one["secondaryMetrics"]["gc.alloc.rate.norm"]["score"]
        bench.note("parts", benchmark=name, params=" ".join(f"{k}={v}" for k, v in one.get("params", {}).items()),
                   score=metric["score"], unit=metric["scoreUnit"], bytesEach=bytes_each)
        if name == "EngineStepBenchmark.step":
            allocated = max(allocated, bytes_each)
    slowest = []
    for line in output("jmh/run.sh", "--sampler", 16 if quick else 64).splitlines():
        found = json.loads(line)
        bench.note("sampler", **{key: found[key] for key in
                                 ("vocabulary", "rows", "distribution", "sampling", "fusedMillis", "overPlain",
                                  "chainMillis", "argMaxMillis", "chainOverFused")})
        slowest.append(found["chainOverFused"])
    return {"allocatedPerStep": allocated, "samplerChainOverFused": min(slowest)}
