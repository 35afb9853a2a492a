"""Draws the table client by feature between its marks in a page; with --check, fails where the page promises more.

Clients that were not asked keep their rows.
"""

import json
import sys

FEATURES = [
    "chat", "history", "stream", "async", "responses", "structured", "tools", "logprobs", "models", "errors"]
BEGIN, END = "<!-- clients -->", "<!-- /clients -->"

check = sys.argv[1] == "--check"
page, *files = sys.argv[2 if check else 1:]
found = {}
for file in files:
    with open(file) as results:
        found.update(json.load(results))
with open(page) as text:
    before, rest = text.read().split(BEGIN)
    drawn, after = rest.split(END)


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


lines = [line for line in drawn.splitlines() if line.startswith("| ")]
names = cells(lines[0])[1:]
rows = {client: dict(zip(names, marks)) for client, *marks in map(cells, lines[1:])}
broken = []
for client, results in found.items():
    promised = rows.get(client, {})
    broken += [f"{client}, {name}" for name in names if promised.get(name) == "yes" and results.get(name) is not True]
    rows[client] = {
        name: "–" if name not in results else "yes" if results[name] is True else "no" for name in FEATURES}
    for name, outcome in results.items():
        if outcome is not True:
            print(f"{client}, {name}: {outcome}", file=sys.stderr)
if check:
    sys.exit("the page promises what is not: " + "; ".join(broken) if broken else 0)

table = ["| client | " + " | ".join(FEATURES) + " |", "|---" * (len(FEATURES) + 1) + "|"]
table += ["| " + " | ".join([client, *(marks.get(name, "–") for name in FEATURES)]) + " |" for client, marks in rows.items()]
with open(page, "w") as text:
    text.write(before + BEGIN + "\n\n" + "\n".join(table) + "\n\n" + END + after)
