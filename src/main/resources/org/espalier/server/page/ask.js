import { element } from "./reading.js";

/** The methods, with what a person should know before choosing one, for an n and a beam width. */
const METHODS = [
  ["auto", "Auto", (n) => `The model’s first solution, then more, a few at a time, until more would hardly change the answer; ${n} at most.`],
  ["greedy", "Greedy", () => "One solution, always with the likeliest token: what the model says by itself."],
  ["majority", "Majority", (n) => `${n} solutions are written, and their answers vote. Nothing is judged.`],
  ["best-of-n", "Best of N", (n) => `${n} solutions are written and every step is judged; the scores weigh the vote.`],
  ["beam", "Beam", (n, width) => `At every step the best ${kept(n, width)} of ${n} paths stay, and each grows ${width} new ones.`],
  ["dvts", "DVTS", (n, width) => `${kept(n, width)} trees grow side by side; at every step each keeps the best of ${width} candidates.`],
];

const EXAMPLES = [
  "Adam has 28 cherries at home. Adam loses 19 cherries in a game against Mia. Then he donates 4 of them to the school, and then Adam trades every 5 cherries for one large one, and then Adam earns 13 cherries by helping Mia. How many cherries are there in the end?",
  "Start with 12, then multiply by 7, then subtract 5. What is the result?",
];

/** The form: a problem, one or two searches, and what they may spend. */
export class Ask {
  constructor(form) {
    this.form = form;
    this.problem = form.querySelector("#problem");
    this.comparing = form.querySelector("#compare");
    this.searches = [form.querySelector("#first"), form.querySelector("#second")];
    this.hint = form.querySelector("#hint");
    this.searches.forEach((search, index) => addMethods(search, index === 0 ? "auto" : "majority"));
    form.querySelectorAll(".example").forEach((button, index) => button.addEventListener("click", () => {
      this.problem.value = EXAMPLES[index];
      this.grow();
      this.problem.focus();
    }));
    form.addEventListener("input", () => this.refresh());
    this.problem.addEventListener("input", () => this.grow());
    this.problem.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    this.refresh();
  }

  /** The field is as high as its text. */
  grow() {
    this.problem.style.height = "auto";
    this.problem.style.height = `${this.problem.scrollHeight + 2}px`;
  }

  refresh() {
    this.searches[1].hidden = !this.comparing.checked;
    this.searches[1].disabled = !this.comparing.checked;
    for (const search of this.searches) {
      const method = methodOf(search);
      followMethod(search, method);
      search.elements.n.disabled = method === "greedy";
      search.elements.n.min = method === "beam" ? search.elements.beamWidth.value : 1;
      search.elements.beamWidth.disabled = method !== "beam" && method !== "dvts";
      checkMultiple(search, method);
    }
    const [search] = this.searches;
    const explain = METHODS.find(([name]) => name === methodOf(search))[2];
    this.hint.textContent = explain(search.elements.n.value, search.elements.beamWidth.value);
    this.hint.hidden = this.comparing.checked;
  }

  /** The bodies of the requests, one a search, each with a title. */
  requests() {
    const wanted = this.comparing.checked ? this.searches : this.searches.slice(0, 1);
    return wanted.map((search) => this.#request(search));
  }

  #request(search) {
    const fields = this.form.elements;
    const method = methodOf(search);
    const n = method === "greedy" ? 1 : search.elements.n.valueAsNumber;
    const espalier = { method, n };
    if (method === "beam" || method === "dvts") espalier.beamWidth = search.elements.beamWidth.valueAsNumber;
    if (fields.budgetTokens.value) espalier.budgetTokens = fields.budgetTokens.valueAsNumber;
    if (fields.deadline.value) espalier.deadline = fields.deadline.valueAsNumber;
    const body = { messages: [{ role: "user", content: this.problem.value }], espalier };
    if (fields.temperature.value) body.temperature = fields.temperature.valueAsNumber;
    if (fields.seed.value) body.seed = fields.seed.valueAsNumber;
    return { title: titleOf(method, n), body };
  }

  /** What the form says, to be put back after the page was loaded again. */
  state() {
    return {
      problem: this.problem.value,
      compare: this.comparing.checked,
      searches: this.searches.map((search) => ({ method: methodOf(search), n: search.elements.n.value, beamWidth: search.elements.beamWidth.value })),
      limits: ["budgetTokens", "deadline", "temperature", "seed"].map((name) => this.form.elements[name].value),
    };
  }

  restore(state) {
    this.problem.value = state.problem;
    this.comparing.checked = state.compare;
    state.searches.forEach(({ method, n, beamWidth }, index) => {
      const search = this.searches[index];
      search.querySelector(`input[value="${method}"]`).checked = true;
      search.dataset.method = method;
      search.elements.n.value = n;
      search.elements.beamWidth.value = beamWidth;
    });
    ["budgetTokens", "deadline", "temperature", "seed"].forEach((name, index) => {
      this.form.elements[name].value = state.limits[index];
    });
    this.refresh();
    this.grow();
  }
}

/** How a search is called on the page. */
export function titleOf(method, n) {
  const name = METHODS.find(([known]) => known === method)?.[1] ?? method;
  if (method === "auto") return `${name}, up to ${n}`;
  return method === "greedy" ? name : `${name}, n = ${n}`;
}

function addMethods(search, chosen) {
  const place = search.querySelector(".methods");
  for (const [value, name] of METHODS) {
    const label = element("label", "method");
    const radio = element("input", "");
    radio.type = "radio";
    radio.name = `method-${search.id}`;
    radio.value = value;
    radio.checked = value === chosen;
    label.append(radio, element("span", "", name));
    place.append(label);
  }
}

/** An n that nobody has changed becomes the one that is usual for another method. */
function followMethod(search, method) {
  const before = search.dataset.method;
  const { n } = search.elements;
  if (before !== method && (before === undefined || n.valueAsNumber === usualN(before))) n.value = usualN(method);
  search.dataset.method = method;
}

/** As on the command line. */
function usualN(method) {
  return method === "auto" ? 64 : 16;
}

/** Paths that are kept of n. */
function kept(n, width) {
  return Math.max(1, Math.floor(n / width)) || "the";
}

function methodOf(search) {
  return search.querySelector("input[type=radio]:checked").value;
}

function checkMultiple(search, method) {
  const { n, beamWidth } = search.elements;
  const fits = method !== "dvts" || n.valueAsNumber % beamWidth.valueAsNumber === 0;
  n.setCustomValidity(fits ? "" : "For DVTS n must be a multiple of the beam width.");
}
