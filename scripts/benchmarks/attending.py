"""Tree attention against llama.cpp's own: decode steps over trees, and prefill."""

import json
import os

from .workbench import POLICY, SMALL, output, say

# A model of Llama-3.2-1B's shape with random weights (scripts/random-model writes one): $ESPALIER_BENCH_1B.
LARGE_FILE = "ESPALIER_BENCH_1B"
PREFILLS, PREFILLS_QUICK = (512, 4096), (512,)


def measured(bench, *arguments):
    return json.loads(output(bench.build / "espalier-attention", *arguments, env=bench.environment))


def steps(bench, model, branches, prefix, own, count, ways):
    """Milliseconds of the processor for a step, by the way of attention, noted."""
    found = measured(bench, model, branches, prefix, own, bench.threads, count, *ways)
    times = {way: found[way]["milliseconds"] for way in ways}
    if "tree" in times and found["tree"]["operations"] == 0:
        raise SystemExit("llama.cpp offered none of its attention: tree attention did not run")
    bench.note("attention", model=os.path.basename(model), branches=branches, prefix=prefix, own=own, threads=found["threads"],
               **{f"{way}Milliseconds": time for way, time in times.items()},
               stockOverTree=times["stock"] / times["tree"],
               streamsOverTree=times["streams"] / times["tree"] if "streams" in times else 0.0)
    return times


def attention(bench, quick, runs):
    count = runs or (1 if quick else 3)
    model, ratios, all_ways = bench.file(POLICY), {}, ["stock", "tree", "streams", "floor"]
    grid = [(16, 200, 128), (64, 200, 128), (64, 200, 512), (64, 1000, 128), (256, 200, 128)]
    if quick:
        grid = [(16, 200, 128), (64, 200, 128)]
    for branches, prefix, own in grid:
        times = steps(bench, model, branches, prefix, own, count, all_ways)
        name = f"{branches}x{own}" + ("" if prefix == 200 else f"After{prefix}")
        ratios[f"attention{name}"] = times["stock"] / times["tree"]
        ratios[f"attentionStreams{name}"] = times["streams"] / times["tree"]
        if (branches, own) == (64, 512):
            ratios["attentionOverFloor"] = times["tree"] / times["floor"]
    times = steps(bench, bench.file(SMALL), 64, 100, 60, 5 * count, all_ways)
    ratios["attentionBundled"] = times["stock"] / times["tree"]
    ratios["attentionStreamsBundled"] = times["streams"] / times["tree"]
    large = os.environ.get(LARGE_FILE)
    if large and not quick:
        times = steps(bench, large, 64, 200, 512, count, ["stock", "tree", "streams"])
        ratios["attention1b64x512"] = times["stock"] / times["tree"]
        ratios["attentionStreams1b64x512"] = times["streams"] / times["tree"]
    elif not quick:
        say(f"  attention1b64x512 is left out: {LARGE_FILE} names no file")
    shares = []
    for tokens in PREFILLS_QUICK if quick else PREFILLS:
        found = measured(bench, model, "prefill", tokens, bench.threads, count, "stock", "tree")
        shares.append(found["tree"]["milliseconds"] / found["stock"]["milliseconds"])
        bench.note("prefill", model=os.path.basename(model), tokens=tokens, stockMilliseconds=found["stock"]["milliseconds"],
                   treeMilliseconds=found["tree"]["milliseconds"], ratio=shares[-1])
    ratios["prefillOverStock"] = max(shares)
    return ratios
