import { element } from "./element.js";
import { titleOf } from "./methods.js";
import { shorten } from "./step-label.js";

/** While a person types, the server is asked no more often than this. */
const TYPING_MILLIS = 180;
const OPEN = "espalier.rail";
const MOST_OF_A_PROBLEM = 120;

const wide = window.matchMedia("(min-width: 1100px)");
const date = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** The rail of past runs, which the server keeps: found by their words, shown again, deleted. */
export class Rail {
  /** @param chosen is called with a run's id; failed with an error */
  constructor(client, { chosen, failed }) {
    const by = (id) => document.getElementById(id);
    Object.assign(this, { client, chosen, failed });
    this.rail = by("rail");
    this.toggle = by("rail-toggle");
    this.search = by("rail-search");
    this.list = by("rail-list");
    this.none = by("rail-none");
    this.clear = by("rail-clear");
    this.current = null;
    this.toggle.addEventListener("click", () => this.#open(this.rail.hidden));
    by("rail-close").addEventListener("click", () => {
      this.#open(false);
      this.toggle.focus();
    });
    this.search.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.refresh(), TYPING_MILLIS);
    });
    this.clear.addEventListener("click", () => this.#clear());
    this.rail.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !wide.matches) by("rail-close").click();
    });
    // Other tabs may have added or deleted runs.
    this.others = new BroadcastChannel("espalier.history");
    this.others.onmessage = () => this.refresh();
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.refresh();
    });
  }

  /** Shows what the server has kept; nothing if it keeps none. */
  async refresh() {
    let found;
    try {
      found = await this.client.history(this.search.value);
    } catch (error) {
      // The rail is not what a person waits for: whoever asks for a key or is told of a lost server is told elsewhere.
      this.toggle.hidden = this.rail.hidden;
      return;
    }
    this.toggle.hidden = !found.enabled;
    if (!found.enabled) {
      this.rail.hidden = true;
      return;
    }
    if (!this.begun) {
      this.begun = true;
      this.#open(wide.matches && localStorage.getItem(OPEN) !== "no" && found.data.length > 0, false);
    }
    this.#show(found.data);
  }

  /** A run has been kept, or is gone. */
  changed() {
    this.others.postMessage("changed");
    return this.refresh();
  }

  /** Marks the run that is shown; null for none of them. */
  mark(id) {
    this.current = id;
    for (const item of this.list.children) item.querySelector(".run").setAttribute("aria-current", item.dataset.id === id);
  }

  #open(is, byHand = true) {
    this.rail.hidden = !is;
    this.toggle.setAttribute("aria-expanded", is);
    document.body.classList.toggle("with-rail", is);
    if (!byHand) return;
    localStorage.setItem(OPEN, is ? "yes" : "no");
    if (is) {
      this.refresh();
      this.search.focus();
    }
  }

  #show(runs) {
    const focused = document.activeElement?.closest?.("#rail-list li")?.dataset.id;
    this.list.replaceChildren(...runs.map((run) => this.#item(run)));
    if (focused) [...this.list.children].find((item) => item.dataset.id === focused)?.querySelector(".run").focus();
    this.none.hidden = runs.length > 0;
    this.none.textContent = this.search.value.trim() ? "No run has these words." : "No runs yet. What you solve here is kept on this machine.";
    this.clear.hidden = runs.length === 0 || this.search.value.trim() !== "";
  }

  #item(run) {
    const item = element("li", "past");
    item.dataset.id = run.id;
    const open = element("button", "run");
    open.type = "button";
    open.setAttribute("aria-current", run.id === this.current);
    open.append(element("span", "run-problem", shorten(run.problem.replace(/\s+/g, " ").trim(), MOST_OF_A_PROBLEM)),
      element("span", "run-answer", run.answer === null ? "no short answer" : shorten(run.answer, 40)),
      element("span", "run-facts", `${titleOf(run.method, run.n, run.model ?? "")} · ${date.format(run.created)}`));
    open.addEventListener("click", () => {
      if (!wide.matches) this.#open(false, false);
      this.chosen(run.id);
    });
    const remove = element("button", "run-delete", "×");
    remove.type = "button";
    remove.setAttribute("aria-label", `Delete this run: ${shorten(run.problem, 60)}`);
    remove.title = "Delete";
    remove.addEventListener("click", () => this.#delete(item));
    item.append(open, remove);
    return item;
  }

  async #delete(item) {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    try {
      await this.client.forget(item.dataset.id);
    } catch (error) {
      if (error.status !== 404) {
        this.failed(error);
        return;
      }
    }
    item.remove();
    (next?.querySelector(".run-delete") ?? this.search).focus();
    this.changed();
  }

  async #clear() {
    if (!window.confirm("Delete all past runs? They cannot be brought back.")) return;
    try {
      await this.client.forgetAll();
      this.search.focus();
      await this.changed();
    } catch (error) {
      this.failed(error);
    }
  }
}
