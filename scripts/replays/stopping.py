"""The rules by which `auto` and `--stop-at` end a search, with each part to be left out.

Written a second time, apart from the Java code, which they are checked against: a search that was recorded to its end and
replayed stops where the same search stopped by itself.
"""

import math
from collections import defaultdict

from .searches import weight, winner

LEAST_WINDOW = 4


def log_beta(a, b):
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def stays_ahead(leader, second, votes):
    """The chance that so many votes more do not overtake the leader: the upper tail of a Beta-binomial distribution."""
    prior, total = log_beta(leader + 1, second + 1), 0.0
    for gained in range(votes + 1):
        lost = votes - gained
        if leader + gained >= second + lost:
            ways = -math.log(votes + 1) - log_beta(gained + 1, lost + 1)
            total += math.exp(ways + log_beta(leader + 1 + gained, second + 1 + lost) - prior)
    return min(1.0, total)


def leads(leader, second, steps=400):
    """Adaptive-Consistency's own test, which knows no end: the chance that the leader's share is above a half."""
    a, b = leader + 1, second + 1
    width = 0.5 / steps
    points = (0.5 + (i + 0.5) * width for i in range(steps))
    return min(1.0, width * sum(math.exp((a - 1) * math.log(x) + (b - 1) * math.log(1 - x) - log_beta(a, b)) for x in points))


def strongest(units, weighted):
    """The two largest sums: an answer has one vote from each unit, with its best completion's weight."""
    sums = defaultdict(float)
    for unit in units:
        best = defaultdict(float)
        for c in unit:
            if c["finished"] and c["answer"] is not None:
                best[c["answer"]] = max(best[c["answer"]], weight(c, weighted))
        for answer, value in best.items():
            sums[answer] += value
    order = sorted(sums.values(), reverse=True) + [0.0, 0.0]
    return order[0], order[1]


class Rules:
    """How a search is stopped; without arguments as `auto` is."""

    def __init__(self, stop_at, unit=4, weighted=True, greedy=True, weighted_test=True, horizon=True, full_weight=True,
                 growing=True):
        """unit: completions of a subtree; weighted: the vote's votes; weighted_test: the test's"""
        self.stop_at, self.unit, self.weighted, self.greedy = stop_at, unit, weighted, greedy
        self.weighted_test, self.horizon, self.full_weight, self.growing = weighted_test, horizon, full_weight, growing

    def sureness(self, units, missing):
        leader, second = strongest(units, self.weighted_test)
        if leader == 0:
            return 0.0
        if not self.horizon:
            return leads(leader, second) if missing else 1.0
        share = 1 if self.full_weight and self.weighted_test else (leader + second) / len(units)
        return stays_ahead(leader, second, math.ceil(missing * share))

    def window(self, done):
        grown = max(LEAST_WINDOW, done // 2) if self.growing else LEAST_WINDOW
        return max(self.unit, grown // self.unit * self.unit)

    def replay(self, search, n):
        """The answer, the tokens, and whether it was settled before all n were there."""
        seen = list(search.greedy) if self.greedy else []
        units, tokens, done = [[c] for c in seen], search.greedy_tokens if self.greedy else 0, 0
        while True:
            settled = bool(seen) and self.sureness(units, (n - done) // self.unit) >= self.stop_at
            if settled or done >= n:
                return winner(seen, self.weighted), tokens, settled and done < n
            end = min(n, done + self.window(done))
            for first in range(done, end, self.unit):
                units.append([c for c in search.others if first <= c["slot"] < first + self.unit])
                seen += units[-1]
            tokens += (end - done) * search.each
            done = end
