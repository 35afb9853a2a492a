import { Ask, titleOf } from "./ask.js";
import { Client } from "./client.js";
import { Pane } from "./pane.js";
import { parseRecording, writeRecording } from "./recording.js";

/** What is kept in the browser's tab: a page that is loaded again shows what it showed. */
const FORM = "espalier.form";
const RUNNING = "espalier.running";
const LAST = "espalier.last";
const KEY = "espalier.key";
const MOST_KEPT = 2_000_000;

const by = (id) => document.getElementById(id);
const narrow = window.matchMedia("(max-width: 560px)");
const ask = new Ask(by("ask"));
const client = new Client(() => sessionStorage.getItem(KEY) ?? "");
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
  panes.forEach((pane) => pane.draw());
}

function busy(is) {
  by("solve").hidden = is;
  by("stop").hidden = !is;
  by("stop").disabled = false;
}

async function solve() {
  const searches = ask.requests().map(({ title, body }) => ({
    pane: new Pane(title, body.messages[0].content),
    body,
    id: null,
    abort: new AbortController(),
  }));
  running = searches;
  notice("");
  showPanes(searches.map(({ pane }) => pane));
  searches.forEach(({ pane }) => pane.say("Waiting for its turn …"));
  sessionStorage.setItem(FORM, JSON.stringify(ask.state()));
  sessionStorage.setItem(RUNNING, "yes");
  sessionStorage.removeItem(LAST);
  const focused = document.activeElement === by("solve");
  busy(true);
  if (focused) by("stop").focus();
  await Promise.all(searches.map(search));
  const wasAtStop = document.activeElement === by("stop");
  running = [];
  busy(false);
  if (wasAtStop || document.activeElement === document.body) by("solve").focus();
  sessionStorage.removeItem(RUNNING);
  keep(searches.map(({ pane }) => pane));
}

async function search(one) {
  const { pane, body, abort } = one;
  try {
    await client.solve(body, {
      begun: (id) => {
        one.id = id;
      },
      event: (event) => pane.event(event),
      warned: (message) => pane.warned(message),
      text: (text) => pane.write(text),
      report: (report) => pane.report(report),
    }, abort.signal);
  } catch (error) {
    if (error.name === "AbortError") pane.failed("Stopped.");
    else {
      pane.failed(error.message);
      if (error.status === 401) askForKey();
    }
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
  const trees = panes.map(({ recording }) => (recording.result === null ? null : writeRecording(recording)));
  const text = JSON.stringify(trees);
  if (!trees.includes(null) && text.length < MOST_KEPT) sessionStorage.setItem(LAST, text);
}

function replay(texts) {
  const panes = texts.map((text) => {
    const recording = parseRecording(text);
    const { result } = recording;
    const pane = new Pane(result === null ? "A recorded search" : titleOf(result.method, result.n), recording.problem);
    return [pane, recording];
  });
  showPanes(panes.map(([pane]) => pane));
  panes.forEach(([pane, recording]) => pane.show(recording));
  return panes.map(([, recording]) => recording);
}

async function openFile(file) {
  if (running.length > 0) {
    notice("A search is running; stop it first.");
    return;
  }
  try {
    const [{ problem }] = replay([await file.text()]);
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
    const models = await client.models();
    const judge = models.find(({ role }) => role === "prm");
    by("models").textContent = `${models[0].name}, judged by ${judge ? judge.name : "itself"}`;
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
});
by("recorded").addEventListener("change", (event) => {
  if (event.target.files.length > 0) openFile(event.target.files[0]);
  event.target.value = "";
});
restore();
showModels();
