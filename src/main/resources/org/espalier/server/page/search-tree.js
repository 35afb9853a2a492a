/** The fate of a step that is not complete. */
export const WRITING = "writing";

/**
 * A search's tree as events build it. What is drawn live, and what is drawn of a recorded search at one of its moments,
 * is the same tree after some of the same events.
 */
export class SearchTree {
  /** @param problem its text, which is the root's */
  constructor(problem) {
    this.nodes = new Map([[0, { id: 0, parent: null, text: problem, fate: "kept", score: null, tokens: 0, logProb: 0, children: [] }]]);
    this.counts = { proposed: 0, scored: 0, kept: 0, pruned: 0, completed: 0, abandoned: 0, ran: 0, passed: 0, tokens: 0 };
  }

  /** The tree after the first of some events. */
  static after(problem, events, count = events.length) {
    const tree = new SearchTree(problem);
    for (let i = 0; i < count; i++) tree.apply(events[i]);
    return tree;
  }

  apply(event) {
    this.counts[event.event]++;
    switch (event.event) {
      case "proposed":
        this.#add(event);
        break;
      case "scored":
        this.nodes.get(event.node).score = event.score ?? null;
        break;
      case "ran":
        if (event.tests > 0 && event.passed === event.tests) this.counts.passed++;
        break;
      default: {
        const node = this.nodes.get(event.node);
        if (node.fate !== "lookahead") node.fate = event.event;
      }
    }
  }

  /**
   * Steps that are being written go on with their texts. They are nodes as soon as they have one, and stay in no recording.
   *
   * @param drafts node, parent, depth and text of each
   */
  writing(drafts) {
    for (const { node: id, parent, depth, text } of drafts) {
      const known = this.nodes.get(id);
      if (known) {
        if (known.fate === WRITING) known.text += text;
        continue;
      }
      if (!this.nodes.has(parent)) continue;
      const node = { id, parent, depth, text, child: 0, tokens: 0, score: null, fate: WRITING, ending: null, children: [] };
      this.nodes.set(id, node);
      this.nodes.get(parent).children.push(node);
    }
  }

  #add(event) {
    this.draft = null;
    const children = this.nodes.get(event.parent).children;
    const begun = this.nodes.get(event.node);
    if (begun) children.splice(children.indexOf(begun), 1);
    const node = {
      id: event.node,
      parent: event.parent,
      child: event.child,
      depth: event.depth,
      text: event.text,
      tokens: event.tokens,
      logProb: event.logProb,
      meanEntropy: event.meanEntropy ?? null,
      stopReason: event.stopReason ?? null,
      seed: event.seed ?? null,
      score: null,
      // A step that is only written to judge another belongs to no path.
      fate: event.child < 0 ? "lookahead" : "proposed",
      ending: null,
      children: [],
    };
    this.nodes.set(node.id, node);
    this.counts.tokens += node.tokens;
    children.push(node);
  }

  /** The only path there will be has grown by a text, before its step is proposed. */
  write(text) {
    this.draft = (this.draft ?? "") + text;
  }

  /** What the completions came to: node, answer and key of each. */
  end(endings) {
    for (const { node, answer, key, votes } of endings) {
      const end = this.nodes.get(node);
      if (end) end.ending = { answer, key, votes: (end.ending?.votes ?? 0) + votes };
    }
  }

  /** Nodes from below the root to one of them. */
  path(id) {
    const path = [];
    for (let node = this.nodes.get(id); node && node.id !== 0; node = this.nodes.get(node.parent)) path.unshift(node);
    return path;
  }
}
