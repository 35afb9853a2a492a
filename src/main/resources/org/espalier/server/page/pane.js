import { Outline } from "./outline.js";
import { showOutcome, showWarnings } from "./outcome.js";
import { showReading } from "./reading.js";
import { Recording, writeRecording } from "./recording.js";
import { SearchTree } from "./search-tree.js";
import { Timeline } from "./timeline.js";
import { TreeView } from "./tree-view.js";
import { Zoom } from "./zoom.js";

/** How often the status is read out while a search runs. */
const STATUS_MILLIS = 2000;

/** One search on the page, while it runs and afterwards. */
export class Pane {
  constructor(title, problem) {
    this.element = document.getElementById("pane").content.firstElementChild.cloneNode(true);
    this.recording = new Recording(problem);
    this.tree = new SearchTree(problem);
    this.view = { showPruned: true, collapsed: new Set(), unfolded: new Set() };
    this.selectedKey = "";
    this.told = 0;
    this.drawing = 0;
    const part = (name) => this.element.querySelector(name);
    this.status = part(".pane-status");
    this.outcome = part(".outcome");
    this.warnings = part(".warnings");
    this.cautions = [];
    this.reading = part(".reading");
    this.save = part(".save");
    part(".pane-title").textContent = title;
    this.element.setAttribute("aria-label", title);
    this.drawn = new TreeView(part(".canvas"), {
      chosen: (branch) => this.#choose(branch),
      opened: (branch) => this.#open(branch),
    });
    this.zoom = new Zoom(part(".canvas"), { out: part(".zoom-out"), in: part(".zoom-in"), fit: part(".zoom-fit") });
    this.timeline = new Timeline(part(".timeline"), (count) => this.#replay(count));
    part(".show-pruned").addEventListener("change", (event) => {
      this.view.showPruned = event.target.checked;
      this.draw();
    });
    this.save.addEventListener("click", () => this.#download());
    this.chosenByHand = false;
  }

  /** What a running search tells. */
  event(event) {
    this.recording.events.push(event);
    this.tree.apply(event);
    this.#later();
    this.#tell();
  }

  /** There is something to say of the problem before it is solved. */
  warned(message) {
    this.cautions.push(message);
    showWarnings(this.warnings, this.cautions);
  }

  write(text) {
    if (this.tree.nodes.size > 1) return;
    this.tree.write(text);
    this.#later();
  }

  say(text) {
    this.status.textContent = text;
  }

  #tell() {
    const now = performance.now();
    if (now - this.told < STATUS_MILLIS) return;
    this.told = now;
    this.say(`Searching: ${counts(this.tree.counts)}`);
  }

  report(report) {
    this.recording.finish(report);
    this.finished();
  }

  /** Shows a search that has ended, whether just now or long ago. */
  show(recording) {
    this.recording = recording;
    this.finished();
  }

  finished() {
    const { recording } = this;
    this.tree = recording.at(recording.events.length);
    this.save.hidden = false;
    this.timeline.open(recording.events);
    showOutcome(this.outcome, recording);
    showWarnings(this.warnings, (recording.result?.warnings ?? []).map(({ message }) => message));
    this.say(counts(this.tree.counts));
    this.draw();
    if (!this.chosenByHand && recording.result?.selected) this.#choose(this.outline.branchOf(recording.result.selected), false);
  }

  failed(message) {
    this.element.classList.add("failed");
    this.say(message);
    this.draw();
  }

  #replay(count) {
    this.tree = this.recording.at(count);
    const all = count >= this.recording.events.length;
    // It keeps its place, so that the slider stays under the pointer.
    this.outcome.classList.toggle("to-come", !all);
    this.say(all ? counts(this.tree.counts) : `Event ${count} of ${this.recording.events.length}: ${counts(this.tree.counts)}`);
    this.#later();
  }

  /** However many events come, the tree is drawn once a frame. */
  #later() {
    this.drawing ||= requestAnimationFrame(() => this.draw());
  }

  draw() {
    cancelAnimationFrame(this.drawing);
    this.drawing = 0;
    const result = this.recording.result;
    const selected = result?.selected ?? null;
    const answered = selected !== null && (this.tree.nodes.get(selected)?.ending ?? null) !== null;
    this.outline = new Outline(this.tree, answered ? selected : null, this.view);
    this.drawn.draw(this.outline, this.selectedKey);
    this.zoom.resize(this.drawn.size, this.#middle(answered ? this.outline.branchOf(selected).key : ""));
    this.#read();
  }

  /** What should be seen: the problem, and the answer if there is one; the answer if they are too far apart. */
  #middle(key) {
    const { places } = this.drawn;
    const top = places.get("").y;
    const end = places.get(key)?.y ?? top;
    return Math.abs(end - top) * this.zoom.scale < 0.7 * this.zoom.canvas.clientHeight ? (top + end) / 2 : end;
  }

  #choose(branch, byHand = true) {
    this.chosenByHand ||= byHand;
    this.selectedKey = branch.key;
    this.draw();
  }

  #read() {
    const branch = this.outline.byKey.get(this.drawn.selectedKey) ?? this.outline.root;
    const state = `${branch.key}|${branch.score}|${branch.count}|${branch.kind}|${branch.endings.length}`;
    if (state === this.readState) return;
    this.readState = state;
    showReading(this.reading, branch.parent === null ? null : branch);
  }

  #open(branch) {
    if (branch.kind === "folded") {
      this.view.unfolded.add(branch.parent.key);
      this.selectedKey = branch.parent.key;
      this.draw();
      this.drawn.focus(this.selectedKey);
      return;
    }
    const { collapsed } = this.view;
    if (!collapsed.delete(branch.key) && branch.children.length > 0) collapsed.add(branch.key);
    this.draw();
  }

  #download() {
    const link = document.createElement("a");
    const url = URL.createObjectURL(new Blob([writeRecording(this.recording)], { type: "application/jsonl" }));
    link.href = url;
    link.download = `${this.recording.result?.method ?? "search"}-tree.jsonl`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 0);
  }
}

function counts({ proposed, scored, kept, pruned, completed, abandoned, tokens }) {
  const part = (count, name) => (count > 0 ? [`${count} ${name}`] : []);
  return [`${proposed} ${proposed === 1 ? "step" : "steps"} proposed`, ...part(scored, "scored"), ...part(kept, "kept"), ...part(pruned, "pruned"),
    ...part(completed, "finished"), ...part(abandoned, "unfinished"), `${tokens.toLocaleString("en")} tokens`].join(" · ");
}
