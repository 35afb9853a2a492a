import { WRITING } from "./search-tree.js";
import { plain, shorten, stepLabel, tailLabel } from "./step-label.js";

/** A tree of more branches than this has its pruned leaves folded. */
const MANY = 120;
/** More steps than this of one node are drawn as one. */
const MOST_STEPS = 200;
/** Numbers for the texts of steps: a branch's key has those of its path, for its texts would make it as long as all of them. */
const numbers = new Map();
const DELIMITER = /(?<=\n\n)(?=\S)/;

/**
 * The tree as it is drawn. What several paths write alike below the same prefix is one branch, as it is in the engine;
 * those of them that were pruned are another. A node that holds several steps is a chain of branches.
 */
export class Outline {
  /**
   * @param options showPruned; collapsed: keys of branches whose children are hidden; unfolded: keys of branches that
   *     show all their pruned children
   */
  constructor(tree, selected, options) {
    this.options = options;
    this.onPath = new Set(selected === null ? [] : tree.path(selected).map((node) => node.id));
    this.byKey = new Map();
    const root = tree.nodes.get(0);
    this.root = this.#branch(null, "root", [{ node: root, part: 0, parts: [root.text] }]);
    this.root.kind = "problem";
    this.root.onPath = this.onPath.size > 0;
    this.#grow(this.root, tree.draft);
    if (this.byKey.size > MANY) this.#each(this.root, (branch) => this.#fold(branch));
  }

  #branch(parent, place, members) {
    const text = members[0].parts[members[0].part];
    const whole = members.filter(({ part, parts }) => part === parts.length - 1).map(({ node }) => node);
    const scores = whole.map((node) => node.score).filter((score) => score !== null);
    const branch = {
      key: parent === null ? "" : `${parent.key}/${numberOf(place)}`,
      parent,
      depth: parent === null ? 0 : parent.depth + 1,
      text,
      label: parent === null ? plain(members[0].node.text) : members[0].node.fate === WRITING ? tailLabel(text) : stepLabel(text) || "the end",
      members,
      nodes: whole,
      count: members.length,
      score: scores.length === 0 ? null : Math.max(...scores),
      endings: whole.filter((node) => node.ending).map(({ ending }) => ({ ...ending, answer: ending.answer && shorten(ending.answer) })),
      ended: whole.some((node) => node.ending),
      kind: kindOf(members, whole),
      onPath: members.some(({ node }) => this.onPath.has(node.id)),
      children: [],
      hidden: 0,
    };
    this.byKey.set(branch.key, branch);
    return branch;
  }

  #grow(branch, draft) {
    const groups = new Map();
    const add = (member) => {
      const text = member.parts[member.part].trim();
      const { id, fate } = member.node;
      // What grows stays where it is, whatever it says so far.
      const place = fate === WRITING ? `\u0003${id}` : fate === "pruned" ? `${text}\u0002` : text;
      if (!groups.has(place)) groups.set(place, []);
      groups.get(place).push(member);
    };
    for (const { node, part, parts } of branch.members) {
      if (part + 1 < parts.length) {
        add({ node, part: part + 1, parts });
        continue;
      }
      for (const child of node.children) {
        if (child.fate === "lookahead" || (!this.options.showPruned && child.fate === "pruned")) continue;
        add({ node: child, part: 0, parts: child.fate === WRITING ? [child.text] : partsOf(child.text) });
      }
    }
    if (draft) {
      const parts = partsOf(draft);
      add({ node: { id: -1, fate: "proposed", score: null, tokens: 0, children: [], ending: null }, part: 0, parts });
    }
    const grown = [...groups].map(([place, members]) => this.#branch(branch, place, members));
    grown.forEach((child) => this.#grow(child, null));
    branch.size = grown.reduce((sum, child) => sum + child.size, 1);
    if (this.options.collapsed.has(branch.key) && grown.length > 0) {
      branch.hidden = branch.size - 1;
    } else {
      branch.children = grown;
    }
  }

  /** Puts one branch in the place of pruned leaves that are not on the answer's path; a single one stays. */
  #fold(branch) {
    if (this.options.unfolded.has(branch.key)) return;
    const folded = branch.children.filter((child) => child.kind === "pruned" && child.children.length === 0 && !child.onPath);
    if (folded.length < 2) return;
    const members = folded.flatMap((child) => child.members);
    branch.children = branch.children.filter((child) => !folded.includes(child));
    const fold = this.#branch(branch, "\u0002pruned", members);
    fold.kind = "folded";
    fold.label = `${folded.length} pruned`;
    fold.score = null;
    branch.children.push(fold);
  }

  #each(branch, visit) {
    visit(branch);
    branch.children.forEach((child) => this.#each(child, visit));
  }

  /** The branch that a search's node is drawn in, or the nearest one above it that is drawn. */
  branchOf(id) {
    for (const branch of this.byKey.values()) {
      if (branch.nodes.some((node) => node.id === id)) return branch;
    }
    return this.root;
  }
}

function partsOf(text) {
  const parts = text.split(DELIMITER);
  return parts.length > MOST_STEPS ? [...parts.slice(0, MOST_STEPS - 1), parts.slice(MOST_STEPS - 1).join("")] : parts;
}

function numberOf(text) {
  if (!numbers.has(text)) numbers.set(text, numbers.size);
  return numbers.get(text);
}

/** A step several paths share is as alive as the most alive of them. */
function kindOf(members, whole) {
  if (whole.length === 0) return "kept";
  const fates = new Set(whole.map((node) => node.fate));
  for (const kind of ["completed", "kept", "proposed", WRITING, "abandoned"]) {
    if (fates.has(kind)) return kind;
  }
  return "pruned";
}
