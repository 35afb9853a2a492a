import { passedWords, programWords } from "./program.js";
import { SearchTree } from "./search-tree.js";

/** A search from its first event to its result: what is shown live, replayed, saved and read from a file. */
export class Recording {
  /** @param result null until the search has ended; fields as in the file's "run" */
  constructor(problem, events = [], endings = [], result = null) {
    this.problem = problem;
    this.events = events;
    this.endings = endings;
    this.result = result;
    /** The reply as the server has sent it; empty if nothing but the tree is known. */
    this.text = "";
    /** What the server has said about the result beside what a file keeps. */
    this.remarks = { seed: null, beamWidth: null, models: [] };
  }

  /** The tree after so many events; with its endings if that is all. */
  at(count) {
    const tree = SearchTree.after(this.problem, this.events, count);
    if (count >= this.events.length) tree.end(this.endings);
    return tree;
  }

  /** The completion that stands for the answer; empty if there is none. */
  get reply() {
    const selected = this.result?.selected ?? null;
    if (this.text !== "" || selected === null) return this.text;
    return this.at(this.events.length).path(selected).map(({ text }) => text).join("");
  }

  /** How many there are; several may end in one node. */
  get completions() {
    return this.endings.reduce((sum, { votes }) => sum + Math.max(1, votes), 0);
  }

  /**
   * Keeps the report that ends a search.
   *
   * @param text of the reply
   */
  finish(report, text = "") {
    this.text = text;
    this.remarks = { seed: report.seed ?? null, beamWidth: report.beamWidth ?? null, models: report.models ?? [] };
    const code = report.code ?? null;
    const endings = report.endings ?? [];
    this.endings = code === null ? endings : saying(endings, this.events);
    this.result = {
      problem: this.problem,
      method: report.method,
      n: report.n,
      answer: code === null ? report.answer : programWords(code),
      selected: report.selected ?? null,
      votes: code === null ? report.votes : [],
      code,
      agreement: report.agreement,
      chosenBy: report.chosenBy,
      confidence: report.confidence,
      warnings: report.warnings,
      stoppedBy: report.stoppedBy,
      settled: report.settled,
      policyTokens: report.usage.policyTokens,
      prmTokens: report.usage.prmTokens,
      wallMillis: report.usage.wallMillis,
      usage: report.usage,
    };
  }
}

/** Endings whose answers say what each program did when it was run: it has no short answer. */
function saying(endings, events) {
  const outcomes = new Map(events.filter(({ event }) => event === "ran").map((ran) => [ran.node, ran]));
  return endings.map((ending) => {
    const ran = outcomes.get(ending.node);
    return ran ? { ...ending, answer: passedWords(ran.passed, ran.tests, ran.failure ?? null) } : ending;
  });
}

const FATES = ["kept", "pruned", "completed", "abandoned"];

/**
 * Reads what `espalier solve --tree` and the page itself write: a node a line, parents first.
 *
 * @throws Error with a sentence for the user
 */
export function parseRecording(text) {
  const lines = text.split("\n").filter((line) => line.trim() !== "").map(parseLine);
  if (lines.length === 0) throw new Error("The file is empty; choose one that “espalier solve --tree” has written.");
  const events = [];
  const endings = [];
  lines.forEach((node, id) => {
    if (node.id !== id || typeof node.text !== "string" || (id > 0 && !(node.parent >= 0 && node.parent < id))) {
      throw new Error(`Line ${id + 1} is not a node of a search tree; choose a file that “espalier solve --tree” has written.`);
    }
    // A search that was stopped may never have written a step that it had asked for.
    if (id === 0 || node.proposedMillis < 0) return;
    const at = { node: id, parent: node.parent, depth: node.depth };
    events.push({ ...at, event: "proposed", millis: node.proposedMillis, child: node.child, text: node.text,
      tokens: node.tokens, logProb: node.logProb, meanEntropy: node.meanEntropy, stopReason: node.stopReason, seed: node.seed });
    if (node.score !== null && node.score !== undefined) {
      events.push({ ...at, event: "scored", millis: node.scoredMillis, score: node.score });
    }
    if (FATES.includes(node.fate)) events.push({ ...at, event: node.fate, millis: node.decidedMillis });
    if (node.completion) endings.push({ node: id, ...node.completion });
  });
  const run = lines[0].run ?? null;
  return new Recording(run?.problem ?? lines[0].text, inOrder(events), endings, run);
}

function parseLine(line, index) {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`Line ${index + 1} is not JSON; choose a file that “espalier solve --tree” has written.`);
  }
}

/** By time; what happened in the same millisecond stays in an order that can be: a step before its children. */
function inOrder(events) {
  const rank = { proposed: 0, scored: 1 };
  return events
    .map((event, place) => ({ event, place }))
    .sort((a, b) => a.event.millis - b.event.millis
      || (a.event.depth - b.event.depth)
      || (rank[a.event.event] ?? 2) - (rank[b.event.event] ?? 2)
      || a.place - b.place)
    .map(({ event }) => event);
}

/** The same lines that `espalier solve --tree` writes, which `espalier tree` draws. */
export function writeRecording(recording) {
  const tree = recording.at(recording.events.length);
  const times = new Map([[0, { proposed: -1, scored: -1, decided: -1 }]]);
  for (const { event, node, millis } of recording.events) {
    // What a program did stands where its completion ends.
    if (event === "ran") continue;
    if (event === "proposed") times.set(node, { proposed: millis, scored: -1, decided: -1 });
    else times.get(node)[event === "scored" ? "scored" : "decided"] = millis;
  }
  const ids = [...tree.nodes.keys()].sort((a, b) => a - b);
  // Of steps that were never written no event has told, but ids in a file have no gaps.
  const place = new Map(ids.map((id, index) => [id, index]));
  return ids.map((id) => {
    const node = tree.nodes.get(id);
    const time = times.get(id);
    const line = {
      id: place.get(id), parent: id === 0 ? null : place.get(node.parent), child: node.child ?? 0, depth: node.depth ?? 0,
      text: id === 0 ? "" : node.text, tokens: node.tokens, score: node.score, logProb: node.logProb,
      meanEntropy: node.meanEntropy ?? null, fate: id === 0 ? "proposed" : node.fate, stopReason: node.stopReason ?? null,
      seed: node.seed ?? "0", proposedMillis: time.proposed, scoredMillis: time.scored, decidedMillis: time.decided,
    };
    if (node.ending) line.completion = node.ending;
    if (id === 0 && recording.result) {
      const { usage, ...run } = recording.result;
      line.run = { ...run, selected: run.selected === null ? null : place.get(run.selected) };
    }
    return JSON.stringify(line) + "\n";
  }).join("");
}
