"""Recorded searches, how their completions vote, and the statistics of many."""

import json
import random
from collections import defaultdict


class Search:
    """One problem with one seed."""

    def __init__(self, record):
        self.id, self.seed, self.n = record["id"], record["seed"], record["n"]
        completions = record["completions"]
        self.greedy = [c for c in completions if c["slot"] >= self.n]
        self.others = sorted((c for c in completions if c["slot"] < self.n), key=lambda c: c["slot"])
        self.greedy_tokens = sum(c["tokens"] for c in self.greedy)
        self.tokens = record["usage"]["policyTokens"]
        self.each = (self.tokens - self.greedy_tokens) / self.n
        self.right = defaultdict(bool)
        for c in completions:
            self.right[c["answer"]] |= c["correct"]
        self.answers = {a["selection"]: a["correct"] for a in record["answers"] if a["n"] == self.n}

    @property
    def key(self):
        return self.id, self.seed


def load(folder, method, n=None):
    """By problem and seed."""
    with open(folder / "records.jsonl", encoding="utf-8") as lines:
        records = (json.loads(line) for line in lines)
        searches = [Search(r) for r in records if r["method"] == method and n in (None, r["n"])]
    return {search.key: search for search in searches}


def weight(completion, weighted):
    return (completion["score"] or 0.0) if weighted else 1.0


def tally(completions, weighted=True):
    """The sum of each answer's votes."""
    sums = defaultdict(float)
    for c in completions:
        if c["finished"] and c["answer"] is not None:
            sums[c["answer"]] += weight(c, weighted)
    return sums


def winner(completions, weighted=True):
    """The answer with the largest sum, of equal ones the first; None without votes."""
    sums = tally(completions, weighted)
    return max(sums, key=sums.get) if sums else None


class Outcome:
    """Which problems something solves, as a share of the seeds, and what it spends on them on average."""

    def __init__(self, found):
        """found: (problem, whether it is right, tokens) of each search"""
        by_problem, self.tokens = defaultdict(list), 0.0
        for problem, right, tokens in found:
            by_problem[problem].append(float(right))
            self.tokens += tokens / len(found)
        self.shares = {problem: sum(each) / len(each) for problem, each in by_problem.items()}

    @property
    def accuracy(self):
        return 100 * sum(self.shares.values()) / len(self.shares)

    def between(self, other, share):
        """What lies so far on the way to another outcome."""
        mixed = Outcome([(problem, 0, 0) for problem in self.shares])
        mixed.shares = {p: (1 - share) * self.shares[p] + share * other.shares[p] for p in self.shares}
        mixed.tokens = (1 - share) * self.tokens + share * other.tokens
        return mixed

    def interval(self):
        return bootstrap(list(self.shares.values()))

    def less(self, other):
        """The difference of the accuracies, paired by problem, with its interval."""
        differences = [share - other.shares[problem] for problem, share in self.shares.items()]
        return (self.accuracy - other.accuracy, *bootstrap(differences))


def bootstrap(values, draws=4000):
    """The 95 % interval of the mean, in percent, over problems."""
    rng = random.Random(1)
    means = sorted(sum(rng.choices(values, k=len(values))) / len(values) for _ in range(draws))
    return 100 * means[int(0.025 * draws)], 100 * means[int(0.975 * draws) - 1]
