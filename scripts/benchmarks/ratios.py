"""What the ratios should be, and which of them fell."""

# What a ratio should be: at least, or at most.
AT_LEAST = {
    "ceilingDecode": 0.97, "ceilingTree": 0.97, "layoutAuto": 0.95, "bestOfNAgainstJavaLlama": 3, "dvtsAgainstJavaLlama": 8,
    "beamAgainstJavaLlama": 8, "dvtsAgainstLlamaServer": 2.5, "beamAgainstLlamaServer": 2.5, "batchOccupancy": 0.9,
    "threadsIdle": 0.97,
    "attention16x128": 1.25, "attention64x128": 3.4, "attention64x512": 9, "attention64x128After1000": 3.3, "attention256x128": 6.5,
    "attentionBundled": 4.5, "attention1b64x512": 6, "attentionStreams16x128": 1.15, "attentionStreams64x128": 1.2,
    "attentionStreams64x512": 1.35, "attentionStreams64x128After1000": 1.65, "attentionStreams256x128": 1.2,
    "attentionStreamsBundled": 6, "attentionStreams1b64x512": 1.2, "wholeBeam": 2.5, "wholeDvts": 2.5, "wholeBestOfN": 2.5}
# JMH divides what anything allocates meanwhile by the steps, so that none is a little more than 0.
AT_MOST = {"prmTokensPerUnique": 1.0, "outsideDecode": 0.03, "cellsPerLiveToken": 1.05, "allocatedPerStep": 1,
    "threadsBusy": 1.3, "attentionOverFloor": 1.25, "prefillOverStock": 1, "startSecondsOverBare": 0.35,
    "startColdSecondsOverBare": 0.35}
MEANING = {
    "ceilingDecode": "engine against a bare C++ loop, decode at 16 to 256 branches: the worst",
    "ceilingTree": "the same, 64 branches with much of their own after a shared prefix",
    "ceilingPrefill": "the same, prefill of the tree's prefix",
    "outsideDecode": "share of the time outside native code, 64 branches",
    "cellsPerLiveToken": "cells in use / different live tokens, unified cache",
    "layoutAuto": "the cache layout of `auto` against the better of the two: the worst of a grid",
    "attention16x128": "llama.cpp's attention over a unified cache / tree attention, a step of 16 branches x 128 own tokens after 200",
    "attentionStreams16x128": "streams / tree attention, the same step",
    "attention64x128": "llama.cpp's attention over a unified cache / tree attention, a step of 64 x 128 after 200",
    "attentionStreams64x128": "streams / tree attention, the same step",
    "attention64x512": "llama.cpp's attention over a unified cache / tree attention, a step of 64 x 512 after 200",
    "attentionStreams64x512": "streams / tree attention, the same step",
    "attention64x128After1000": "llama.cpp's attention over a unified cache / tree attention, a step of 64 x 128 after 1000",
    "attentionStreams64x128After1000": "streams / tree attention, the same step",
    "attention256x128": "llama.cpp's attention over a unified cache / tree attention, a step of 256 x 128 after 200",
    "attentionStreams256x128": "streams / tree attention, the same step",
    "attentionBundled": "llama.cpp's attention over a unified cache / tree attention, a step of bundled policy, 64 x 60 after 100",
    "attentionStreamsBundled": "streams / tree attention, the same step",
    "attention1b64x512": "llama.cpp's attention over a unified cache / tree attention, a step of a model of 1B, 64 x 512 after 200",
    "attentionStreams1b64x512": "streams / tree attention, the same step",
    "attentionOverFloor": "tree attention, 64 x 512 / the same rows over an empty cache",
    "wholeBeam": "a problem of real size with beam 16/4, policy of 135M and PRM of 1B: llama.cpp's attention / tree attention",
    "wholeDvts": "the same, DVTS 64/4",
    "wholeBestOfN": "the same, Best-of-64 of 512 tokens",
    "prefillOverStock": "prefill with tree attention / llama.cpp's, time: the worst",
    "bestOfNAgainstJavaLlama": "Best-of-16, tokens a second against java-llama.cpp",
    "bestOfNAgainstLlamaServer": "Best-of-16, tokens a second against llama.cpp's server",
    "bestOfNAgainstNodeLlama": "Best-of-16, tokens a second against node-llama-cpp",
    "beamAgainstJavaLlama": "beam 16/4, problems a minute against java-llama.cpp",
    "beamAgainstLlamaServer": "beam 16/4, problems a minute against llama.cpp's server",
    "dvtsAgainstJavaLlama": "DVTS 64/4, problems a minute against java-llama.cpp",
    "dvtsAgainstLlamaServer": "DVTS 64/4, problems a minute against llama.cpp's server",
    "memoryAgainstJavaLlama": "DVTS 64/4, its peak resident memory / the engine's",
    "memoryAgainstLlamaServer": "DVTS 64/4, its peak resident memory / the engine's",
    "batchOccupancy": "branches that draw in a step / branches in flight, DVTS 64/4",
    "prmTokensPerUnique": "PRM tokens decoded / different ones",
    "allocatedPerStep": "bytes of Java's heap that a step of the decode loop allocates",
    "samplerChainOverFused": "llama.cpp's sampler chain / the fused sampler, time, 4k to 262k tokens: the worst",
    "threadsIdle": "best fixed number of threads / the chosen one, time, on an idle machine: the worst",
    "threadsBusy": "the chosen number of threads / the best fixed one, time, beside 1 or 2 busy loops: the worst",
    "startSecondsOverBare": "process start to the first token, seconds more than a bare C++ loop's over the same prompt, warm: the worst",
    "startColdSecondsOverBare": "the same with nothing of either in memory",
    "startWithArchive": "the same with the launcher's archive of classes / with the JDK's alone",
    "speculationSpeedup": "estimated gain of drafting with the smaller policy, 16 branches or more: the best"}
# How far a ratio may fall, or rise, before it counts as a regression: repetitions differ by less.
TOLERANCE = 0.05


def verdict(name, value):
    """The target in words, and whether it is met."""
    if name in AT_LEAST:
        return f"at least {AT_LEAST[name]:g}", value >= AT_LEAST[name]
    if name in AT_MOST:
        return f"at most {AT_MOST[name]:g}", value <= AT_MOST[name]
    return "", True


def fallen(ratios, baseline):
    """What is worse than it was. A ratio that is to be small has to miss its target as well."""
    worse = []
    for name, before in baseline.items():
        now = ratios.get(name)
        # Without a target no direction is the worse one.
        if now is None or not (name in AT_LEAST or name in AT_MOST):
            continue
        change = now / before - 1 if before else now - before
        if (change < -TOLERANCE and name in AT_LEAST) or (change > TOLERANCE and name in AT_MOST and now > AT_MOST[name]):
            worse.append(f"{name} was {before:.3f} and is {now:.3f}")
    return worse
