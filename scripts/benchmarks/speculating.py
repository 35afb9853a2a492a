"""Whether drafting with the smaller bundled policy would pay for the larger one."""

import json

from .workbench import LARGE, ROOT, SMALL, output

PROBLEMS = ROOT / "src" / "main" / "resources" / "org" / "espalier" / "data" / "arith.jsonl"


def speculation(bench, quick):
    with open(PROBLEMS) as lines:
        questions = [json.loads(line)["problem"] for _, line in zip(range(4 if quick else 20), lines)]
    found = [json.loads(line) for line in output(
        bench.build / "espalier-speculation", bench.file(LARGE), bench.file(SMALL), bench.threads,
        input="".join(question.replace("\n", " ") + "\n" for question in questions), env=bench.environment).splitlines()]
    for one in found:
        bench.note("speculation", **one)
    return {"speculationSpeedup": max(one["speedup"] for one in found if one["branches"] >= 16)}
