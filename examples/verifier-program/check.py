#!/usr/bin/env python3
"""A verifier for espalier: refutes a step whose arithmetic is wrong.

    espalier solve --verifier "python3 examples/verifier-program/check.py" --method beam "..."

It reads a line of JSON for each candidate and writes one with its score, as docs/verifiers.md says.
"""

import json
import re
import sys

SUM = re.compile(r"(-?\d+) ([-+*]) (-?\d+) = (-?\d+)")


def holds(left, operator, right, result):
    value = {"+": left + right, "-": left - right, "*": left * right}[operator]
    return value == result


def score(question):
    """0 if a sum in the candidate is wrong, else 1: nothing speaks against it."""
    for left, operator, right, result in SUM.findall(question["candidate"]):
        if not holds(int(left), operator, int(right), int(result)):
            return 0
    return 1


for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps({"id": question["id"], "score": score(question)}), flush=True)
