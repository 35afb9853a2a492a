"""Whole problems with the bundled policy and PRM, over the engine and over its peers: time, accuracy and memory."""

import json
from statistics import median

from .workbench import output, say

PEERS = {"javallama": "JavaLlama", "llama-server": "LlamaServer", "node-llama-cpp": "NodeLlama"}
METHODS = {"bestOfN": ("best-of-n", 16), "beam": ("beam", 16), "dvts": ("dvts", 64)}
# Of a tree search node-llama-cpp's users would have to write everything themselves.
BEST_OF_N_ONLY = {"node-llama-cpp"}


def searched(bench, peer, method, n, problems, time_out=600):
    found = json.loads(output(
        "jmh/run.sh", "--search", "--peer", peer, "--method", method, "-n", n, "--problems", problems, "--threads",
        bench.threads, "--time-out", time_out, "--json").splitlines()[-1])
    bench.note("search", method=method, n=n, peer=peer, problems=found["problems"], accuracy=found["accuracy"],
               seconds=found["seconds"], problemsPerMinute=found["problemsPerMinute"], tokens=found["policyTokens"],
               decoded=found["policyTokensDecoded"], residentMiB=(found["peakResidentBytes"] or 0) / 2**20,
               cells=found["cells"], settings=found["settings"], timedOut=found["timedOut"])
    return found


def search(bench, quick, runs, problems):
    """A peer that ran out of time has its ratio from that time, as if it had then solved all: the true one is higher."""
    problems = problems or (6 if quick else 20)
    time_out = 60 if quick else 240
    ratios, resident = {}, {}
    for name, (method, n) in METHODS.items():
        count = max(1, problems // 2) if n > 16 else problems
        peers = [peer for peer in PEERS if peer not in BEST_OF_N_ONLY or name == "bestOfN"]
        times = {peer: [] for peer in peers}
        stopped = set()
        for _ in range(runs or (1 if quick else 5)):
            engine = searched(bench, "engine", method, n, count)
            for peer in peers:
                if peer in stopped:
                    continue
                other = searched(bench, peer, method, n, count, time_out)
                if other["timedOut"]:
                    say(f"  {peer} was stopped after {time_out} s: the ratio is at least what is said")
                    stopped.add(peer)
                # Texts differ a little between peers; Best-of-16 is therefore measured in tokens.
                tokens = other["policyTokens"] / engine["policyTokens"] if name == "bestOfN" and not other["timedOut"] else 1
                times[peer].append(other["seconds"] / engine["seconds"] / tokens)
                resident[peer] = (other["peakResidentBytes"] or 0) / (engine["peakResidentBytes"] or 1)
        for peer in peers:
            ratios[f"{name}Against{PEERS[peer]}"] = median(times[peer])
            if name == "dvts":
                ratios[f"memoryAgainst{PEERS[peer]}"] = resident[peer]
    return ratios | occupancy(bench, problems)


def occupancy(bench, problems):
    found = searched(bench, "engine", "dvts", 64, problems)
    return {"batchOccupancy": found["batchOccupancy"],
            "prmTokensPerUnique": found["prmTokens"] / found["prmTokensUnique"]}
