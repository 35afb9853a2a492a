"""
How well a verifier judges the steps of sampled solutions: ``quality.py ROLLOUTS [--tune ROLLOUTS]``.

Reads what ``espalier rollouts … --prm …`` has written.
"""

import argparse
import json
from pathlib import Path


def solutions(path: Path) -> list[tuple[list[float], int]]:
    """Step scores and the index of the first wrong step (-1: none) of each finished solution."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [(row["scores"], row["firstError"]) for row in rows if row["finished"]]


def measure(data: list[tuple[list[float], int]], threshold: float) -> dict[str, float]:
    """Steps up to and including the first error are judged: what follows an error has no label of its own."""
    right = wrong = right_found = wrong_found = 0
    clean = clean_found = faulty = faulty_found = 0
    for scores, first_error in data:
        judged = scores if first_error < 0 else scores[: first_error + 1]
        for index, score in enumerate(judged):
            if index == first_error:
                wrong += 1
                wrong_found += score < threshold
            else:
                right += 1
                right_found += score >= threshold
        blamed = next((i for i, score in enumerate(scores) if score < threshold), -1)
        if first_error < 0:
            clean += 1
            clean_found += blamed < 0
        else:
            faulty += 1
            faulty_found += blamed == first_error
    located, passed = faulty_found / max(1, faulty), clean_found / max(1, clean)
    ranked = sorted((score, index == error) for scores, error in data for index, score in
                    enumerate(scores if error < 0 else scores[: error + 1]))
    below = area = 0
    for _, is_error in ranked:
        if is_error:
            below += 1
        else:
            area += below
    return {
        "threshold": threshold,
        "steps": right + wrong,
        "rightPassed": right_found / max(1, right),
        "errorsFound": wrong_found / max(1, wrong),
        "balancedAccuracy": (right_found / max(1, right) + wrong_found / max(1, wrong)) / 2,
        "auroc": area / max(1, right * wrong),
        "firstErrorLocated": located,
        "cleanPassed": passed,
        "processBenchF1": 2 * located * passed / max(1e-9, located + passed),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rollouts", type=Path)
    parser.add_argument("--tune", type=Path, help="other rollouts on which to choose the threshold (else 0.5)")
    arguments = parser.parse_args()
    threshold = 0.5
    if arguments.tune:
        other = solutions(arguments.tune)
        grid = [i / 100 for i in range(1, 100)]
        threshold = max(grid, key=lambda t: measure(other, t)["processBenchF1"])
    print(json.dumps(measure(solutions(arguments.rollouts), threshold), indent=1))


if __name__ == "__main__":
    main()
