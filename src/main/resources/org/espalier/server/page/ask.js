import { element } from "./element.js";
import { DRAWING, METHODS, USUAL, methodOf, programHint, titleOf, usualN } from "./methods.js";
import { pair, size } from "./words.js";

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
    this.choices = [];
    this.program = form.querySelector("#program");
    this.programFields = form.querySelector("#program-fields");
    this.searches.forEach((search, index) => addMethods(search, index === 0 ? "auto" : "majority", (of) => this.#list(of)));
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

  /** Has each search choose among models, if there are several. What was chosen stays so while it is to be had. */
  offer(choices) {
    this.choices = choices.length > 1 ? choices : [];
    for (const search of this.searches) {
      const { model } = search.elements;
      const before = model.value || search.dataset.model;
      model.replaceChildren(...this.choices.map(({ name, refusal }) => {
        const option = element("option", "", name);
        option.value = name;
        option.disabled = refusal !== null;
        option.title = refusal ?? "";
        return option;
      }));
      const chosen = this.choices.find(({ name, refusal }) => name === before && refusal === null) ?? this.choices.find(({ refusal }) => refusal === null);
      if (chosen) model.value = chosen.name;
      model.parentElement.hidden = this.choices.length === 0;
    }
    this.form.querySelector("#compare-what").textContent = this.choices.length > 0 ? "Compare two methods or models" : "Compare two methods";
    this.refresh();
  }

  /** What is known of the model that is chosen for a search; undefined if there is nothing to choose. */
  #model(search) {
    return this.choices.find(({ name }) => name === search.elements.model.value);
  }

  /** The field is as high as its text. */
  grow() {
    this.problem.style.height = "auto";
    this.problem.style.height = `${this.problem.scrollHeight + 2}px`;
  }

  refresh() {
    const { checked } = this.program;
    this.programFields.hidden = !checked;
    this.programFields.disabled = !checked;
    this.searches[1].hidden = !this.comparing.checked;
    this.searches[1].disabled = !this.comparing.checked;
    for (const search of this.searches) {
      for (const radio of search.querySelectorAll(".methods input")) radio.disabled = checked && !DRAWING.includes(radio.value);
      if (checked && !DRAWING.includes(chosenIn(search))) search.querySelector("input[value=auto]").checked = true;
      const method = chosenIn(search);
      followMethod(search, method, checked);
      for (const label of search.querySelectorAll(".method")) label.hidden = label.dataset.usual === "false" && !label.firstChild.checked;
      search.elements.n.disabled = method === "greedy";
      search.elements.n.min = method === "beam" ? search.elements.beamWidth.value : 1;
      search.elements.beamWidth.disabled = method !== "beam" && method !== "dvts";
      checkMultiple(search, method);
    }
    const shown = this.comparing.checked ? this.searches : this.searches.slice(0, 1);
    this.hint.replaceChildren(...shown.map((search) => explained(search, shown.length > 1, checked, this.#model(search))));
  }

  /** Shows all methods with what they are for, to choose from. */
  #list(search) {
    const dialog = document.getElementById("all-methods");
    const list = dialog.querySelector(".method-list");
    list.replaceChildren(...METHODS.filter(({ name }) => !this.program.checked || DRAWING.includes(name)).map(({ name, title, what, use }) => {
      const item = element("li", "");
      const button = element("button", "method-row");
      button.type = "button";
      button.setAttribute("aria-pressed", chosenIn(search) === name);
      const fields = search.elements;
      button.append(element("strong", "", title), element("span", "", what(usualN(name), fields.beamWidth.value)), element("em", "", use));
      button.addEventListener("click", () => {
        search.querySelector(`input[type=radio][value="${name}"]`).checked = true;
        this.refresh();
        dialog.close();
      });
      item.append(button);
      return item;
    }));
    dialog.showModal();
    list.querySelector("[aria-pressed=true]").focus();
  }

  /** The bodies of the requests, one a search, each with a title, and whether its model is loaded. */
  requests() {
    const wanted = this.comparing.checked ? this.searches : this.searches.slice(0, 1);
    return wanted.map((search) => this.#request(search));
  }

  #request(search) {
    const fields = this.form.elements;
    const method = chosenIn(search);
    const n = method === "greedy" ? 1 : search.elements.n.valueAsNumber;
    const espalier = { method, n };
    if (method === "beam" || method === "dvts") espalier.beamWidth = search.elements.beamWidth.valueAsNumber;
    if (fields.budgetTokens.value) espalier.budgetTokens = fields.budgetTokens.valueAsNumber;
    if (this.program.checked) {
      espalier.domain = "code";
      espalier.language = fields.language.value;
      if (fields.tests.value.trim()) espalier.tests = fields.tests.value;
    }
    if (fields.deadline.value) espalier.deadline = fields.deadline.valueAsNumber;
    const model = this.#model(search)?.name ?? "";
    const body = { ...(model ? { model } : {}), messages: [{ role: "user", content: this.problem.value }], espalier };
    if (fields.temperature.value) body.temperature = fields.temperature.valueAsNumber;
    if (fields.seed.value) body.seed = fields.seed.valueAsNumber;
    return { title: titleOf(method, n, model), body, isLoaded: this.#model(search)?.isLoaded ?? true };
  }

  /** What the form says, to be put back after the page was loaded again. */
  state() {
    return {
      problem: this.problem.value,
      compare: this.comparing.checked,
      program: this.program.checked ? { language: this.form.elements.language.value, tests: this.form.elements.tests.value } : null,
      searches: this.searches.map((search) => ({
        method: chosenIn(search), n: search.elements.n.value, beamWidth: search.elements.beamWidth.value, model: search.elements.model.value,
      })),
      limits: ["budgetTokens", "deadline", "temperature", "seed"].map((name) => this.form.elements[name].value),
    };
  }

  restore(state) {
    this.problem.value = state.problem;
    this.comparing.checked = state.compare;
    this.program.checked = (state.program ?? null) !== null;
    if (state.program) {
      this.form.elements.language.value = state.program.language;
      this.form.elements.tests.value = state.program.tests;
    }
    state.searches.forEach(({ method, n, beamWidth, model }, index) => {
      const search = this.searches[index];
      search.querySelector(`input[value="${method}"]`).checked = true;
      search.dataset.method = method;
      search.dataset.model = model ?? "";
      search.dataset.program = this.program.checked;
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

/** What a search does, what it is for, and which models do it where there is a choice. */
function explained(search, named, ofProgram, model) {
  const method = methodOf(chosenIn(search));
  const { title, what, use } = ofProgram ? { ...method, ...programHint(method.name) } : method;
  const line = element("span", "hint-line");
  if (named) line.append(element("strong", "", `${title}: `));
  line.append(`${what(search.elements.n.value, search.elements.beamWidth.value)} ${use}`);
  if (model) line.append(` By ${pair(model.models)}${model.isLoaded ? "." : `: loaded first, ${size(model.bytes)}.`}`);
  return line;
}

/** The usual methods, one that was chosen from the list, and what opens the list. */
function addMethods(search, chosen, listed) {
  const place = search.querySelector(".methods");
  METHODS.forEach(({ name, title, use }, index) => {
    const label = element("label", "method");
    label.title = use;
    label.dataset.usual = index < USUAL;
    const radio = element("input", "");
    radio.type = "radio";
    radio.name = `method-${search.id}`;
    radio.value = name;
    radio.checked = name === chosen;
    label.append(radio, element("span", "", title));
    place.append(label);
  });
  const more = element("button", "link more", "All methods …");
  more.type = "button";
  more.addEventListener("click", () => listed(search));
  place.after(more);
}

/** An n that nobody has changed becomes the one that is usual for another method. */
function followMethod(search, method, ofProgram) {
  const before = search.dataset.method;
  const wasProgram = search.dataset.program === "true";
  const { n } = search.elements;
  const changed = before !== method || wasProgram !== ofProgram;
  if (changed && (before === undefined || n.valueAsNumber === usualN(before, wasProgram))) n.value = usualN(method, ofProgram);
  search.dataset.method = method;
  search.dataset.program = ofProgram;
}

function chosenIn(search) {
  return search.querySelector("input[type=radio]:checked").value;
}

function checkMultiple(search, method) {
  const { n, beamWidth } = search.elements;
  const fits = method !== "dvts" || n.valueAsNumber % beamWidth.valueAsNumber === 0;
  n.setCustomValidity(fits ? "" : "For DVTS n must be a multiple of the beam width.");
}
