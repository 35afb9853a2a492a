// Prints how the server's page draws the trees of trees.json: node draw-trees.mjs PAGE TREES

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [page, trees] = process.argv.slice(2);
// What layout.js asks of a browser: to measure text, which has no part in what is compared.
globalThis.document = { createElement: () => ({ getContext: () => ({ measureText: () => ({ width: 50 }) }) }), documentElement: null };
globalThis.getComputedStyle = () => ({ getPropertyValue: () => "" });
const load = (name) => import(`${pathToFileURL(page)}/${name}`);
const { stepLabel } = await load("step-label.js");
const { Outline } = await load("outline.js");
const { SearchTree } = await load("search-tree.js");
const { place } = await load("layout.js");

const KINDS = { kept: "step", completed: "completion", abandoned: "unfinished" };
const WHOLE = { showPruned: true, collapsed: new Set(), unfolded: new Set() };

function outline({ problem, nodes, selected }) {
  const tree = new SearchTree(problem);
  for (const { parent, fate, text, times } of nodes) {
    for (let i = 0; i < (times ?? 1); i++) {
      const node = tree.nodes.size;
      tree.apply({ event: "proposed", node, parent, child: fate === "lookahead" ? -1 : i, text: times ? `${text} ${i}` : text, tokens: 1 });
      if (fate !== "lookahead") tree.apply({ event: fate, node });
    }
  }
  return levels(new Outline(tree, selected, WHOLE).root).map(({ depth, kind, count, onPath, label }) => {
    const line = `${depth} ${KINDS[kind] ?? kind} of ${count}${onPath ? ", on the path" : ""}`;
    return kind === "folded" ? line : `${line}: ${label}`;
  });
}

function levels(root) {
  const branches = [root];
  for (let i = 0; i < branches.length; i++) branches.push(...branches[i].children);
  return branches;
}

function layout({ parents }) {
  const branches = parents.map((parent, key) => ({ key, parent: null, depth: 0, label: "", count: 1, score: null, hidden: 0, ended: false, children: [] }));
  parents.forEach((parent, key) => {
    if (parent < 0) return;
    branches[key].parent = branches[parent];
    branches[parent].children.push(branches[key]);
  });
  const { places } = place(branches[0]);
  return branches.map(({ key }) => places.get(key).y);
}

const { labels, outlines, layouts } = JSON.parse(readFileSync(trees, "utf8"));
console.log(JSON.stringify({ labels: labels.map(([step]) => stepLabel(step)), outlines: outlines.map(outline), layouts: layouts.map(layout) }));
