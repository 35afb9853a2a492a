import { hierarchy, tree } from "./vendor/d3-hierarchy/d3-hierarchy.js";

const ROW = 38;
const GAP = 26;
const MARGIN = 18;
const PROBLEM = 200;
const CARD = { least: 84, most: 204, height: 30, ended: 46 };
/** Of a card, besides its label. */
const PADDING = 20;
const CHIP = 48;
const COUNT = 34;
const VOTES = 64;

const pen = document.createElement("canvas").getContext("2d");
pen.font = `600 13px ${getComputedStyle(document.documentElement).getPropertyValue("--sans")}`;
const widths = new Map();
/** Labels of steps that grow are many. */
const MOST_WIDTHS = 20_000;

/**
 * Places the branches of an outline: levels are columns, from left to right, and no two cards overlap (Reingold and
 * Tilford 1981, as d3-hierarchy has it). A column is as wide as its labels, within limits.
 *
 * @returns places by key: left edge, middle and width, in pixels; and the size of it all
 */
export function place(root) {
  const top = tree()
    .nodeSize([ROW, 1])
    .separation((a, b) => (a.data.ended || b.data.ended ? 1.35 : 1) * (a.parent === b.parent ? 1 : 1.12))(hierarchy(root));
  const nodes = top.descendants();
  const columns = [PROBLEM];
  for (const { depth, data } of nodes.slice(1)) columns[depth] = Math.max(columns[depth] ?? CARD.least, widthOf(data));
  const left = [MARGIN];
  columns.forEach((width, depth) => left.push(left[depth] + width + GAP));
  const least = Math.min(...nodes.map((node) => node.x - height(node.data) / 2));
  const most = Math.max(...nodes.map((node) => node.x + height(node.data) / 2));
  const places = new Map();
  for (const { depth, data, x } of nodes) {
    places.set(data.key, { branch: data, x: left[depth], y: MARGIN + x - least, width: columns[depth] });
  }
  return { places, width: left[columns.length] - GAP + MARGIN, height: most - least + 2 * MARGIN };
}

function widthOf(branch) {
  const label = branch.ended ? (branch.endings[0].answer ?? "no answer") : branch.label;
  if (branch.ended) return Math.min(CARD.most, Math.max(Math.ceil(measure(label)), VOTES) + PADDING + 14 + (branch.score === null ? 0 : CHIP));
  const extra = (branch.count > 1 ? COUNT : 0) + (branch.score === null ? 0 : CHIP) + (branch.hidden > 0 ? COUNT : 0);
  return Math.min(CARD.most, Math.ceil(measure(label)) + PADDING + extra);
}

function measure(label) {
  let width = widths.get(label);
  if (width === undefined) {
    width = pen.measureText(label).width;
    if (widths.size >= MOST_WIDTHS) widths.clear();
    widths.set(label, width);
  }
  return width;
}

function height(branch) {
  if (branch.parent === null) return 20 + 17 * Math.min(6, Math.max(1, Math.ceil(branch.label.length / 23)));
  return branch.ended ? CARD.ended : CARD.height;
}
