import { asCurl, asMarkdown } from "./export.js";
import { copy, save } from "./hand-over.js";
import { Outline } from "./outline.js";
import { showLive, showOutcome, showWarnings } from "./outcome.js";
import { asPng, asSvg } from "./picture.js";
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
  /**
   * @param request body of the request; null if only its result is known
   * @param about what the page knows: hasKey() whether the server wants a key
   */
  constructor(title, problem, request, about) {
    this.title = title;
    this.request = request;
    this.about = about;
    this.written = "";
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
    this.handOver = part(".hand-over");
    part(".pane-title").textContent = title;
    this.element.setAttribute("aria-label", title);
    this.outcome.setAttribute("aria-label", `Answer: ${title}`);
    this.reading.setAttribute("aria-label", `The chosen path: ${title}`);
    part(".cards").setAttribute("aria-label", `Search tree: ${title}. Arrow keys move, left and right along a path, up and down between paths`);
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
    this.#offer(part);
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

  /** Steps go on that are not complete. */
  writing(drafts) {
    this.tree.writing(drafts);
    this.#later();
  }

  /** The reply goes on. */
  write(text) {
    this.written += text;
    if (this.recording.events.length > 0) return;
    this.tree.write(text);
    this.live = true;
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
    this.recording.finish(report, this.written);
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
    this.live = false;
    this.handOver.hidden = false;
    this.timeline.open(recording.events);
    showOutcome(this.outcome, recording);
    showWarnings(this.warnings, (recording.result?.warnings ?? []).map(({ message }) => message));
    this.say(counts(this.tree.counts));
    this.draw();
    if (!this.chosenByHand && recording.result?.selected) this.#choose(this.outline.branchOf(recording.result.selected), false);
  }

  /** Shows how far a search came that has no result. */
  failed(message) {
    this.element.classList.add("failed");
    this.tree = this.recording.at(this.recording.events.length);
    this.timeline.open(this.recording.events);
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
    if (this.live) showLive(this.outcome, this.written);
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

  /** The buttons that give things out of the page. */
  #offer(part) {
    const on = (name, act) => part(name).addEventListener("click", async (event) => {
      try {
        await act(event.currentTarget);
      } catch (error) {
        this.say(error.message);
      }
    });
    const name = () => this.recording.result?.method ?? "search";
    const svg = () => asSvg(this.drawn, this.#caption());
    on(".copy-answer", (button) => copy(this.recording.result.code?.program || this.recording.reply.trim() || (this.recording.result.answer ?? ""), button));
    on(".copy-curl", (button) => copy(asCurl(this.recording, this.request, location.origin, this.about.hasKey()), button));
    on(".save-markdown", () => save(`${name()}-answer.md`, asMarkdown(this.recording), "text/markdown"));
    on(".save-svg", () => save(`${name()}-tree.svg`, svg(), "image/svg+xml"));
    on(".save-png", async () => save(`${name()}-tree.png`, await asPng(svg())));
    on(".save", () => save(`${name()}-tree.jsonl`, writeRecording(this.recording), "application/jsonl"));
    const box = part(".reply-box");
    const reply = part(".reply");
    const all = part(".reply-all");
    all.addEventListener("click", () => {
      box.classList.toggle("whole");
      all.textContent = box.classList.contains("whole") ? "Show less" : "Show all";
      all.setAttribute("aria-expanded", box.classList.contains("whole"));
    });
    // Formulas are set later, and panes change their width.
    new ResizeObserver(() => {
      const end = reply.lastElementChild?.getBoundingClientRect().bottom ?? 0;
      all.hidden = !box.classList.contains("whole") && end <= reply.getBoundingClientRect().bottom + 2;
    }).observe(reply);
  }

  #caption() {
    const { result } = this.recording;
    return result?.answer ? `${this.title}: ${result.answer}` : this.title;
  }
}

function counts({ proposed, scored, kept, pruned, completed, abandoned, ran, passed, tokens }) {
  const part = (count, name) => (count > 0 ? [`${count} ${name}`] : []);
  return [`${proposed} ${proposed === 1 ? "step" : "steps"} proposed`, ...part(scored, "scored"), ...part(kept, "kept"), ...part(pruned, "pruned"),
    ...part(completed, "finished"), ...part(abandoned, "unfinished"), ...part(ran, "run"), ...part(passed, "passed"), `${tokens.toLocaleString("en")} tokens`].join(" · ");
}
