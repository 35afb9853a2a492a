import { element } from "./element.js";
import { capital, pair, size } from "./words.js";

/** How often a server that loads models is asked how far it is. */
const LOOK_MILLIS = 400;
const SELF = "self";
const USUAL = "";

/** The models there are, and the dialog that puts others in the place of the only pair. */
export class Menu {
  /** @param changed is called when loading has ended */
  constructor(client, changed) {
    const by = (id) => document.getElementById(id);
    Object.assign(this, { client, changed });
    this.shown = by("models");
    this.open = by("models-change");
    this.dialog = by("models-dialog");
    this.policy = by("models-policy");
    this.prm = by("models-prm");
    this.about = by("models-about");
    this.load = by("models-load");
    this.progress = by("models-progress");
    this.state = by("models-state");
    this.open.addEventListener("click", () => this.#show());
    for (const select of [this.policy, this.prm]) select.addEventListener("change", () => this.#explain());
    this.load.addEventListener("click", () => this.#load());
    this.offers = [];
  }

  /** Says which models there are, and whether there may be others. */
  async refresh() {
    this.choices = await this.client.models();
    this.models = this.choices[0].models;
    this.shown.textContent = this.choices.length > 1 ? `${this.choices.length} models to choose from` : pair(this.models);
    const { switchable, loading } = await this.client.engine().catch(() => ({ switchable: false, loading: null }));
    this.open.hidden = !switchable;
    if (loading) {
      this.#follow();
      if (!this.dialog.open) this.#show();
    }
  }

  async #show() {
    // What is chosen must not change under the hand when the list arrives.
    for (const select of [this.policy, this.prm]) select.replaceChildren();
    this.about.replaceChildren();
    this.state.textContent = "";
    this.dialog.showModal();
    try {
      this.offers = await this.client.offers();
    } catch (error) {
      this.state.textContent = error.message;
      return;
    }
    const judge = this.models.find(({ role }) => role === "prm");
    fill(this.policy, this.offers.filter(({ role }) => role !== "prm"), [], this.models[0].name);
    fill(this.prm, this.offers.filter(({ role }) => role !== "policy"),
      [[USUAL, "the one that was made for the policy, else itself"], [SELF, "the policy judges its own steps"]], judge ? judge.name : SELF);
    this.#explain();
  }

  #chosen() {
    return [this.policy, this.prm].map((select) => this.offers.find(({ name }) => name === select.value)).filter(Boolean);
  }

  #explain() {
    const chosen = this.#chosen();
    this.about.replaceChildren(...chosen.map(({ name, bytes, about, origin }) => {
      const item = element("li", "");
      item.append(element("strong", "", name), `: ${size(bytes)}, ${origin}. ${about ?? ""}`);
      return item;
    }));
    const missing = chosen.filter(({ isHere }) => !isHere).reduce((sum, { bytes }) => sum + bytes, 0);
    this.load.textContent = missing > 0 ? `Fetch ${size(missing)} and load` : "Load";
  }

  async #load() {
    const fetch = this.#chosen().some(({ isHere }) => !isHere);
    this.state.textContent = "";
    try {
      await this.client.load({ policy: this.policy.value, ...(this.prm.value === USUAL ? {} : { prm: this.prm.value }), fetch });
      this.#follow();
    } catch (error) {
      this.state.textContent = error.message;
    }
  }

  /** Tells how loading goes until it has ended. */
  #follow() {
    this.load.disabled = true;
    this.progress.hidden = false;
    this.progress.removeAttribute("value");
    const look = async () => {
      let state;
      try {
        state = await this.client.engine();
      } catch (error) {
        this.#ended(error.message);
        return;
      }
      if (state.loading === null) {
        this.#ended(state.failure === null ? "" : `${state.failure} The models before are there again.`);
        if (state.failure === null) this.dialog.close();
        this.changed();
        return;
      }
      const { doing, done, total } = state.loading;
      this.state.textContent = total > 0 ? `${doing}: ${size(done)} of ${size(total)}` : `${doing} …`;
      if (total > 0) this.progress.value = done / total;
      else this.progress.removeAttribute("value");
      setTimeout(look, LOOK_MILLIS);
    };
    look();
  }

  #ended(message) {
    this.load.disabled = false;
    this.progress.hidden = true;
    this.state.textContent = message;
  }
}

/** A menu with a group for each place that models are from; what is not here says so. */
function fill(select, offers, first, chosen) {
  const groups = new Map();
  for (const offer of offers) {
    const group = offer.isHere ? (offer.origin === "catalogue" ? "Fetched" : offer.origin) : "To be fetched";
    if (!groups.has(group)) groups.set(group, []);
    groups.get(group).push(option(offer.name, offer.isHere ? offer.name : `${offer.name} (${size(offer.bytes)})`));
  }
  select.replaceChildren(...first.map(([value, text]) => option(value, text)), ...[...groups].map(([name, options]) => {
    const group = document.createElement("optgroup");
    group.label = capital(name);
    group.append(...options);
    return group;
  }));
  select.value = chosen;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}

function option(value, text) {
  const made = element("option", "", text);
  made.value = value;
  return made;
}
