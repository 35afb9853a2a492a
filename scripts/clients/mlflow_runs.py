"""Reads runs with MLflow's own client, and compares them with the records: mlflow_runs.py URI RUN…

Accuracies are calculated anew from records.jsonl. Of several seeds each problem counts with its mean.
"""

import json
import math
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from mlflow.tracking import MlflowClient


def pass_at(k, completions):
    n, right = len(completions), sum(one["correct"] for one in completions)
    return 1 - math.comb(n - right, k) / math.comb(n, k) if k < n else float(right > 0)


def records(folder):
    text = (folder / "records.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n")[:-1]]


def expected(rows):
    """Accuracy by method, selection and n, and tokens a problem by method and n of the search."""
    right = defaultdict(lambda: defaultdict(list))
    tokens = defaultdict(lambda: defaultdict(list))
    for row in rows:
        method, own, problem = row["method"], row["n"], row["id"]
        tokens[method, own][problem].append(row["usage"]["policyTokens"])
        sizes = {one["n"] for one in row["answers"] if method in ("majority", "best-of-n") or one["n"] == own}
        for one in row["answers"]:
            if one["n"] in sizes:
                right[method, one["selection"], one["n"]][problem].append(float(one["correct"]))
        if method != "greedy":
            for n in sizes:
                right[method, "pass", n][problem].append(pass_at(n, row["completions"]))

    def mean(of):
        return sum(sum(values) / len(values) for values in of.values()) / len(of)

    return {key: mean(of) for key, of in right.items()}, {key: mean(of) for key, of in tokens.items()}


def main():
    uri, folders = sys.argv[1], [Path(name) for name in sys.argv[2:]]
    client = MlflowClient(uri)
    compared = 0
    found = {}
    experiments = {experiment.name: experiment for experiment in client.search_experiments()}
    for folder in folders:
        configuration = json.loads((folder / "run.json").read_text())["configuration"]
        experiment = experiments[configuration["dataset"]]
        rows = records(folder)
        accuracy, tokens = expected(rows)
        runs = [run for run in client.search_runs([experiment.experiment_id])
                if run.data.tags["espalier.records"] == str(folder.resolve() / "records.jsonl")]
        seen = {}
        for run in runs:
            method, selection = run.data.params["method"], run.data.params["selection"]
            assert run.info.status == "FINISHED", run.info.status
            assert run.info.start_time <= run.info.end_time, run.info
            assert run.info.run_name.startswith(folder.name + ": "), run.info.run_name
            assert run.data.params["policySha256"] == configuration["policySha256"], run.data.params
            history = {one.step: one.value for one in client.get_metric_history(run.info.run_id, "accuracy")}
            seen.update({(method, selection, n): value for n, value in history.items()})
            for one in client.get_metric_history(run.info.run_id, "policy_tokens_per_problem"):
                if (method, one.step) in tokens:
                    assert math.isclose(one.value, tokens[method, one.step]), (method, one, tokens[method, one.step])
                    compared += 1
            with tempfile.TemporaryDirectory() as scratch:
                written = json.loads(Path(client.download_artifacts(run.info.run_id, "rows.json", scratch)).read_text())
                assert {row["n"] for row in written["rows"]} == set(history), (written, history)
        wrong = {key: (seen.get(key), accuracy.get(key)) for key in seen.keys() | accuracy.keys()
                 if key not in seen or key not in accuracy or not math.isclose(seen[key], accuracy[key], abs_tol=1e-9)}
        assert not wrong, wrong
        compared += len(seen)
        found[folder] = len(runs)
    print(f"{uri.split(':')[0]}: {sum(found.values())} runs of {len(folders)} folders, {compared} values as in the records")


if __name__ == "__main__":
    main()
