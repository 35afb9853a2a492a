import { element } from "./element.js";
import { place } from "./layout.js";
import { chip, fates } from "./reading.js";

const SVG = "http://www.w3.org/2000/svg";
const GLIDE_MILLIS = 180;
/** More cards than this jump to their places: moving them would not be smooth. */
const MOST_GLIDING = 150;

const still = window.matchMedia("(prefers-reduced-motion: reduce)");

/** Draws an outline: cards, which are the items of an ARIA tree, above the edges between them. */
export class TreeView {
  /** @param chosen is called with the branch that a person moves to; opened with one that is to open or close */
  constructor(canvas, { chosen, opened }) {
    this.canvas = canvas;
    this.sheet = canvas.querySelector(".sheet");
    this.edges = canvas.querySelector(".edges");
    this.cards = canvas.querySelector(".cards");
    this.chosen = chosen;
    this.opened = opened;
    this.shown = new Map();
    this.cards.addEventListener("click", (event) => this.#clicked(event));
    this.cards.addEventListener("keydown", (event) => this.#pressed(event));
  }

  /** @param selectedKey of the branch that the keyboard is at */
  draw(outline, selectedKey) {
    this.outline = outline;
    const { places, width, height } = place(outline.root);
    this.size = { width, height };
    this.places = places;
    for (const [key, shown] of this.shown) {
      if (!places.has(key)) {
        shown.card.remove();
        shown.edge?.remove();
        this.shown.delete(key);
      }
    }
    this.selectedKey = places.has(selectedKey) ? selectedKey : "";
    for (const [key, at] of places) this.#show(key, at);
    this.#order();
    this.#glide();
  }

  #show(key, at) {
    let shown = this.shown.get(key);
    if (!shown) {
      shown = { card: element("div", "card"), edge: null, drawn: "" };
      shown.card.setAttribute("role", "treeitem");
      shown.card.dataset.key = key;
      if (at.branch.parent !== null) {
        shown.edge = document.createElementNS(SVG, "path");
        this.edges.append(shown.edge);
      }
      this.cards.append(shown.card);
      this.shown.set(key, shown);
      const parent = at.branch.parent && this.shown.get(at.branch.parent.key);
      shown.from = parent ? { x: at.x, y: parent.now?.y ?? at.y } : { x: at.x, y: at.y };
    } else {
      shown.from = shown.now;
    }
    shown.to = at;
    this.#fill(shown, at.branch);
  }

  #fill(shown, branch) {
    const { card, edge } = shown;
    const selected = branch.key === this.selectedKey;
    const state = [branch.kind, branch.label, branch.count, branch.score, branch.onPath, branch.hidden, branch.children.length > 0,
      selected, JSON.stringify(branch.endings)].join("|");
    if (state === shown.drawn) return;
    shown.drawn = state;
    card.className = `card ${branch.kind}${branch.onPath ? " on-path" : ""}${branch.ended ? " ended" : ""}`;
    card.tabIndex = selected ? 0 : -1;
    card.setAttribute("aria-level", branch.depth + 1);
    card.setAttribute("aria-selected", selected);
    if (branch.hidden > 0 || branch.children.length > 0) card.setAttribute("aria-expanded", branch.hidden === 0);
    else card.removeAttribute("aria-expanded");
    const seen = element("span", "seen");
    seen.setAttribute("aria-hidden", "true");
    seen.append(...content(branch));
    card.replaceChildren(seen, element("span", "unseen spoken", spoken(branch)));
    edge?.setAttribute("class", `edge ${branch.kind}${branch.onPath ? " on-path" : ""}`);
    edge?.style.setProperty("--share", Math.min(1, Math.log2(1 + branch.count) / 5).toFixed(2));
  }

  /** The order in the document is that of reading: a branch, then what grows from it. */
  #order() {
    let last = null;
    const visit = (branch) => {
      const { card } = this.shown.get(branch.key);
      const wanted = last === null ? this.cards.firstChild : last.nextSibling;
      if (card !== wanted) this.cards.insertBefore(card, wanted);
      last = card;
      branch.children.forEach(visit);
    };
    const focused = document.activeElement;
    visit(this.outline.root);
    // Moving an element in the document takes the focus from it.
    if (focused !== document.activeElement && this.cards.contains(focused)) focused.focus({ preventScroll: true });
  }

  #glide() {
    cancelAnimationFrame(this.frame);
    if (still.matches || this.shown.size > MOST_GLIDING) {
      this.#move(1);
      return;
    }
    const began = performance.now();
    const step = (now) => {
      const share = Math.min(1, Math.max(0, (now - began) / GLIDE_MILLIS));
      this.#move(1 - (1 - share) ** 3);
      if (share < 1) this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
    this.#move(0);
  }

  #move(share) {
    for (const shown of this.shown.values()) {
      const { from, to } = shown;
      const x = from.x + share * (to.x - from.x);
      const y = from.y + share * (to.y - from.y);
      if (shown.now?.x === x && shown.now?.y === y && !shown.edge) continue;
      shown.now = { x, y, width: to.width };
      shown.card.style.width = `${to.width}px`;
      shown.card.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) translateY(-50%)`;
    }
    for (const shown of this.shown.values()) {
      if (!shown.edge) continue;
      const parent = this.shown.get(shown.to.branch.parent.key).now;
      const left = parent.x + parent.width;
      const middle = (left + shown.now.x) / 2;
      shown.edge.setAttribute("d", `M${left} ${parent.y}C${middle} ${parent.y} ${middle} ${shown.now.y} ${shown.now.x} ${shown.now.y}`);
    }
  }

  /** Brings a branch to where the keyboard is. */
  focus(key) {
    const shown = this.shown.get(key);
    if (!shown) return;
    shown.card.focus({ preventScroll: true });
    shown.card.scrollIntoView({ block: "nearest", inline: "nearest", behavior: still.matches ? "auto" : "smooth" });
  }

  #clicked(event) {
    const card = event.target.closest(".card");
    if (!card) return;
    const branch = this.places.get(card.dataset.key).branch;
    if (branch.kind === "folded" || event.target.closest(".fold")) this.opened(branch);
    this.chosen(branch);
  }

  #pressed(event) {
    const place = this.places.get(event.target.dataset.key);
    if (!place || event.ctrlKey || event.metaKey || event.altKey) return;
    const branch = place.branch;
    const moves = {
      ArrowRight: () => branch.children.find((child) => child.onPath) ?? branch.children[0],
      ArrowLeft: () => branch.parent,
      ArrowDown: () => this.#beside(place, 1),
      ArrowUp: () => this.#beside(place, -1),
      Home: () => this.outline.root,
      End: () => this.#last(this.outline.root),
    };
    if (event.key === "Enter" || event.key === " " || (event.key === "ArrowRight" && (branch.hidden > 0 || branch.kind === "folded"))) {
      event.preventDefault();
      this.opened(branch);
      return;
    }
    const next = moves[event.key]?.();
    if (event.key in moves) event.preventDefault();
    if (next) {
      this.chosen(next);
      this.focus(next.key);
    }
  }

  /** The next branch of the same level. */
  #beside({ branch, y }, direction) {
    let best = null;
    for (const other of this.places.values()) {
      const distance = direction * (other.y - y);
      if (other.branch.depth === branch.depth && distance > 0 && (best === null || distance < direction * (best.y - y))) best = other;
    }
    return best?.branch;
  }

  /** The end of the answer's path, else of the first one. */
  #last(branch) {
    const next = branch.children.find((child) => child.onPath) ?? branch.children[0];
    return next ? this.#last(next) : branch;
  }
}

function content(branch) {
  const label = element("span", "label", branch.label);
  const parts = [label];
  const [ending] = branch.endings;
  if (ending) {
    label.textContent = ending.answer ?? "no answer";
    const both = element("span", "two-lines");
    both.append(label, element("span", "below", votesOf(branch)));
    parts[0] = both;
  }
  if (branch.count > 1 && !ending && branch.parent !== null && branch.kind !== "folded") parts.push(element("span", "count", `×${branch.count}`));
  if (branch.score !== null) parts.push(chip(branch.score));
  if (branch.hidden > 0) parts.push(element("span", "fold", `+${branch.hidden}`));
  return parts;
}

/** What its completions cast together. */
function votesOf(branch) {
  const votes = branch.endings.reduce((sum, end) => sum + end.votes, 0);
  return votes === 0 ? "unfinished" : votes === 1 ? "1 vote" : `${votes} votes`;
}

function spoken(branch) {
  if (branch.parent === null) return `Problem: ${branch.label}`;
  if (branch.kind === "folded") return `${branch.label}, press Enter to show them`;
  const score = branch.score === null ? "" : `, score ${branch.score.toFixed(2)}`;
  const count = branch.count > 1 ? `, written ${branch.count} times` : "";
  const ending = branch.endings[0] ? `, answer ${branch.endings[0].answer ?? "none"}, ${votesOf(branch)}` : "";
  return `${branch.label}${score}${count}, ${fates(branch)}${ending}`;
}
