"""Draws the table client by feature between its marks in a page; with --check, fails where the page promises more."""

import json
import sys

FEATURES = ["chat", "history", "stream", "async", "responses", "structured", "tools", "models", "errors"]
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

rows = ["| client | " + " | ".join(FEATURES) + " |", "|---" * (len(FEATURES) + 1) + "|"]
for client, results in found.items():
    cells = ["–" if name not in results else "yes" if results[name] is True else "no" for name in FEATURES]
    rows.append("| " + " | ".join([client, *cells]) + " |")
    for name, outcome in results.items():
        if outcome is not True:
            print(f"{client}, {name}: {outcome}", file=sys.stderr)
if not check:
    with open(page, "w") as text:
        text.write(before + BEGIN + "\n\n" + "\n".join(rows) + "\n\n" + END + after)
    sys.exit()

promised = {}
lines = [line for line in drawn.splitlines() if line.startswith("| ")]
for line in lines[1:]:
    client, *cells = [cell.strip() for cell in line.strip("|").split("|")]
    promised[client] = {name for name, cell in zip(FEATURES, cells) if cell == "yes"}
broken = [
    f"{client}, {name}"
    for client, names in promised.items()
    for name in sorted(names)
    if client in found and found[client].get(name) is not True
]
if broken:
    sys.exit("the page promises what is not: " + "; ".join(broken))
