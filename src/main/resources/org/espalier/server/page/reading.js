import { element } from "./element.js";
import { typeset } from "./typeset.js";

/** The last steps of a longer path are shown. */
const MOST_STEPS = 300;

/** The panel that shows a path: its steps as text, and what is known of the last one. */
export function showReading(panel, branch) {
  panel.replaceChildren();
  if (branch === null) {
    panel.append(element("p", "reading-empty", "Choose a step to read its path."));
    return;
  }
  panel.append(facts(branch), steps(branch));
}

function steps(branch) {
  const list = element("ol", "steps");
  const path = [];
  for (let at = branch; at.parent !== null; at = at.parent) path.unshift(at);
  if (path.length > MOST_STEPS) list.append(element("li", "step", "…"));
  for (const at of path.slice(-MOST_STEPS)) {
    if (at.kind === "folded") continue;
    const item = element("li", "step");
    if (at === branch) item.classList.add("chosen");
    const text = element("p", "step-text");
    typeset(text, at.text.trim().replace(/^#+\s*/, ""));
    item.append(text);
    if (at.score !== null) item.prepend(chip(at.score));
    list.append(item);
  }
  return list;
}

function facts(branch) {
  const list = element("dl", "facts");
  const add = (name, value, title) => {
    const pair = element("div", "fact");
    const dt = element("dt", "", name);
    if (title) dt.title = title;
    pair.append(dt, element("dd", "", value));
    list.append(pair);
  };
  if (branch.parent === null) return list;
  const nodes = branch.nodes;
  add("State", fates(branch));
  if (nodes.length === 0) return list;
  const first = nodes[0];
  if (branch.score !== null) add("Score", branch.score.toFixed(3), "The PRM's, of this step");
  add("Log-probability", first.logProb === undefined ? "–" : nats(first.logProb), "Sum over its tokens");
  add("Tokens", pathTokens(branch) === first.tokens ? `${first.tokens}` : `${first.tokens} of ${pathTokens(branch)} on the path`);
  if (first.meanEntropy !== null && first.meanEntropy !== undefined) {
    add("Entropy", nats(first.meanEntropy), "Mean of the distributions that its tokens were drawn from");
  }
  const ending = branch.endings[0];
  if (ending) add("Answer", ending.answer ?? "none");
  return list;
}

function nats(value) {
  const digits = Math.abs(value) < 0.1 ? 4 : 2;
  return `${(Object.is(value, -0) ? 0 : value).toFixed(digits).replace(/^-(0\.0+)$/, "$1").replace("-", "−")} nats`;
}

function pathTokens(branch) {
  let tokens = 0;
  for (let at = branch; at.parent !== null; at = at.parent) tokens += at.nodes[0]?.tokens ?? 0;
  return tokens;
}

/** Such as "2 kept, 12 pruned". */
export function fates(branch) {
  const counts = new Map();
  for (const { node } of branch.members) {
    const name = { writing: "being written", proposed: "open", completed: "finished", abandoned: "unfinished" }[node.fate] ?? node.fate;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const parts = [...counts].map(([name, count]) => (branch.count === 1 ? name : `${count} ${name}`));
  return parts.join(", ");
}

/** A score with its colour. */
export function chip(score) {
  const chip = element("span", "chip", score.toFixed(2));
  chip.style.setProperty("--score", Math.max(0, Math.min(1, score)).toFixed(2));
  return chip;
}
