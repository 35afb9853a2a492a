import { Ask } from "./ask.js";
import { Client } from "./client.js";
import { modelOf, titleOf } from "./methods.js";
import { Menu } from "./menu.js";
import { Pane } from "./pane.js";
import { Rail } from "./rail.js";
import { Recording, parseRecording, writeRecording } from "./recording.js";
import { verdict } from "./verdict.js";

/** What is kept in the browser's tab: a page that is loaded again shows what it showed. */
const FORM = "espalier.form";
const RUNNING = "espalier.running";
const LAST = "espalier.last";
const KEY = "espalier.key";
const MOST_KEPT = 2_000_000;
/** How often a server that has gone is looked for. */
const LOOK_MILLIS = 2000;

const by = (id) => document.getElementById(id);
const narrow = window.matchMedia("(max-width: 560px)");
const ask = new Ask(by("ask"));
const client = new Client(() => sessionStorage.getItem(KEY) ?? "");
const rail = new Rail(client, { chosen: (id) => showPast(id), failed: (error) => notice(error.message) });
const menu = new Menu(client, () => showModels());
/** What panes know of the page. */
const about = { hasKey: () => sessionStorage.getItem(KEY) !== null };
/** The searches that run: pane, id once the server has given one, and what aborts the request. */
let running = [];

function notice(text) {
  by("notice").textContent = text;
}

function showPanes(panes) {
  by("panes").replaceChildren(...panes.map((pane) => pane.element));
  by("intro").hidden = true;
  if (narrow.matches) by("panes").scrollIntoView({ block: "start" });
  by("panes").classList.toggle("two", panes.length > 1);
  by("verdict").hidden = true;
  panes.forEach((pane) => pane.draw());
}

/** Says what a comparison came to. */
function judge(panes) {
  if (panes.length < 2) return;
  by("verdict").hidden = false;
  by("verdict-text").textContent = verdict(panes);
}

function busy(is) {
  by("solve").hidden = is;
  by("stop").hidden = !is;
  by("stop").disabled = false;
}

async function solve() {
  const searches = ask.requests().map(({ title, body, isLoaded }) => ({
    pane: new Pane(title, body.messages[0].content, body, about),
    body,
    isLoaded,
    id: null,
    abort: new AbortController(),
  }));
  running = searches;
  notice("");
  rail.mark(null);
  showPanes(searches.map(({ pane }) => pane));
  searches.forEach(({ pane, body, isLoaded }) => pane.say(isLoaded ? "Waiting for its turn …" : `Waiting for its turn, and for ${body.model} to be loaded …`));
  sessionStorage.setItem(FORM, JSON.stringify(ask.state()));
  sessionStorage.setItem(RUNNING, "yes");
  sessionStorage.removeItem(LAST);
  const focused = document.activeElement === by("solve");
  busy(true);
  if (focused) by("stop").focus();
  await Promise.all(searches.map(search));
  if (leaving) return;
  const wasAtStop = document.activeElement === by("stop");
  running = [];
  busy(false);
  if (wasAtStop || document.activeElement === document.body) by("solve").focus();
  sessionStorage.removeItem(RUNNING);
  const panes = searches.map(({ pane }) => pane);
  keep(panes);
  judge(panes);
  rail.changed();
  // Which models are loaded has changed.
  if (menu.choices?.length > 1) showModels();
}

/** A page that is left loses its requests, which is not to look as if they had ended. */
let leaving = false;
window.addEventListener("pagehide", () => {
  leaving = true;
});

async function search(one) {
  const { pane, body, abort } = one;
  try {
    await client.solve({ ...body, espalier: { ...body.espalier, drafts: true, keep: true } }, {
      begun: (id) => {
        one.id = id;
      },
      event: (event) => pane.event(event),
      warned: (message) => pane.warned(message),
      writing: (drafts) => pane.writing(drafts),
      text: (text) => pane.write(text),
      report: (report) => pane.report(report),
    }, abort.signal);
  } catch (error) {
    if (error.name === "AbortError") pane.failed("Stopped.");
    else {
      pane.failed(error.message);
      if (error.status === 401) askForKey();
      if (error.status === 0) lookForServer();
    }
  }
}

let looking = null;

/** Says when a server that has gone is there again. */
function lookForServer() {
  looking ??= setInterval(async () => {
    if (!(await client.isThere())) return;
    clearInterval(looking);
    looking = null;
    notice("The server is there again. Solve starts the search anew.");
    showModels();
    rail.refresh();
  }, LOOK_MILLIS);
}

/** Shows a run that the server has kept. */
async function showPast(id) {
  if (running.length > 0) {
    notice("A search is running; stop it first.");
    return;
  }
  try {
    const { request, text, report, events } = await client.run(id);
    const problem = request.messages.at(-1).content;
    const recording = new Recording(problem, events);
    recording.finish(report, text);
    const pane = new Pane(titleOf(report.method, report.n, modelOf(request)), problem, request, about);
    notice("");
    showPanes([pane]);
    pane.show(recording);
    keep([pane]);
    ask.problem.value = problem;
    ask.grow();
    rail.mark(id);
  } catch (error) {
    notice(error.message);
    if (error.status === 404) rail.refresh();
  }
}

/** A search that has begun ends with its best answer so far; one that has not is taken back. */
function stop() {
  by("stop").disabled = true;
  for (const { id, abort } of running) {
    if (id === null) abort.abort();
    else client.stop(id).catch(() => {}); // It has just ended by itself.
  }
}

function askForKey() {
  by("key-field").hidden = false;
  by("key").focus();
}

function keep(panes) {
  const runs = panes.map(({ recording, title, request }) => recording.result && {
    tree: writeRecording(recording), title, request, text: recording.text, remarks: recording.remarks,
  });
  const text = JSON.stringify(runs);
  if (!runs.includes(null) && text.length < MOST_KEPT) sessionStorage.setItem(LAST, text);
}

/**
 * Shows recorded searches.
 *
 * @param runs each with a tree as a file has it, and what else is known of it
 */
function replay(runs) {
  const panes = runs.map(({ tree, title, request = null, text, remarks }) => {
    const recording = parseRecording(tree);
    const { result } = recording;
    if (text) recording.text = text;
    if (remarks) recording.remarks = { ...recording.remarks, ...remarks };
    const pane = new Pane(title ?? (result === null ? "A recorded search" : titleOf(result.method, result.n)), recording.problem, request, about);
    return [pane, recording];
  });
  showPanes(panes.map(([pane]) => pane));
  panes.forEach(([pane, recording]) => pane.show(recording));
  judge(panes.map(([pane]) => pane));
  return panes.map(([, recording]) => recording);
}

async function openFile(file) {
  if (running.length > 0) {
    notice("A search is running; stop it first.");
    return;
  }
  try {
    const [{ problem }] = replay([{ tree: await file.text() }]);
    ask.problem.value = problem;
    ask.grow();
    notice(`${file.name}: move the slider, or play it.`);
  } catch (error) {
    notice(error.message);
  }
}

/** Puts back what was there before the page was loaded again. */
function restore() {
  const form = sessionStorage.getItem(FORM);
  if (form !== null) ask.restore(JSON.parse(form));
  const last = sessionStorage.getItem(LAST);
  if (sessionStorage.getItem(RUNNING) !== null) {
    sessionStorage.removeItem(RUNNING);
    notice("The search that was running ended when the page was loaded again. Solve starts it anew.");
  } else if (last !== null) {
    replay(JSON.parse(last));
  }
}

async function showModels() {
  try {
    await menu.refresh();
    ask.offer(menu.choices);
  } catch (error) {
    by("models").textContent = "";
    if (error.status === 401) askForKey();
    else notice(error.message);
  }
}

by("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  if (running.length === 0) solve();
});
by("stop").addEventListener("click", stop);
by("key").addEventListener("change", () => {
  sessionStorage.setItem(KEY, by("key").value);
  showModels();
  rail.refresh();
});
by("recorded").addEventListener("change", (event) => {
  if (event.target.files.length > 0) openFile(event.target.files[0]);
  event.target.value = "";
});
restore();
showModels();
rail.refresh();
