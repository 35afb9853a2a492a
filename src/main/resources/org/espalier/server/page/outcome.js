import { element } from "./element.js";
import { showMarkdown } from "./markdown.js";
import { showProgram } from "./program.js";
import { shorten } from "./step-label.js";
import { typeset } from "./typeset.js";
import { voteRow } from "./vote-row.js";
import { agreement, capital, cost, course, writers } from "./words.js";

const MOST_VOTES = 5;
const MOST_OF_AN_ANSWER = 1000;

/** Shows what a search came to: the answer, the reply that gives it, what speaks for it, and the cost. */
export function showOutcome(section, recording) {
  const { result } = recording;
  section.hidden = result === null;
  section.classList.remove("live");
  if (result === null) return;
  const part = (name) => section.querySelector(name);
  const { reply } = recording;
  const code = result.code ?? null;
  const answer = part(".answer");
  if (result.answer !== null && code !== null) answer.textContent = capital(result.answer);
  else if (result.answer !== null) typeset(answer, asFormula(result.answer));
  else answer.textContent = reply.trim() === "" ? "No answer" : "";
  answer.hidden = answer.textContent === "";
  showProgram(section, code);
  part(".agreement").textContent = code === null ? agreement(result) : code.program === null ? code.reason : `chosen: ${code.reason}`;
  part(".course").textContent = code === null ? course(result, recording.completions) : "";
  showReply(section, reply);
  const votes = part(".votes");
  const weighted = result.chosenBy === "weighted";
  const most = Math.max(...result.votes.map((vote) => strength(vote, weighted)), Number.MIN_VALUE);
  votes.replaceChildren(...(result.votes.length > 1 ? result.votes.slice(0, MOST_VOTES).map((vote) => row(vote, most, result)) : []));
  const by = writers(recording.remarks.models);
  part(".writers").textContent = by ? `By ${by}` : "";
  part(".cost").textContent = cost(result);
}

/** Shows the only reply there will be while it is written. */
export function showLive(section, text) {
  section.hidden = false;
  section.classList.add("live");
  showReply(section, text);
}

function showReply(section, text) {
  const reply = section.querySelector(".reply");
  const trimmed = text.trim();
  section.querySelector(".reply-box").hidden = trimmed === "";
  showMarkdown(reply, trimmed);
}

/** Says what whoever reads the answer should know of it. */
export function showWarnings(list, messages) {
  list.replaceChildren(...messages.map((message) => element("li", "warning", message)));
}

/** What decides about a vote: its completions, or the sum of their scores. */
function strength(vote, weighted) {
  return weighted ? vote.weight : vote.count;
}

/** An answer that is written in LaTeX is set as such; a giant one is not. */
function asFormula(answer) {
  if (answer.length > MOST_OF_AN_ANSWER) return shorten(answer, MOST_OF_AN_ANSWER);
  return /\\[a-zA-Z]|[\^_]/.test(answer) && !answer.includes("$") ? `$${answer}$` : answer;
}

/** The bar is as long as what decides: the sum of scores, or the number of completions. */
function row(vote, most, { chosenBy }) {
  const answer = element("span");
  typeset(answer, asFormula(vote.answer));
  const weight = vote.weight > 0 && chosenBy !== "majority" ? ` · weight ${vote.weight.toFixed(2)}` : "";
  return voteRow(answer, strength(vote, chosenBy === "weighted") / most, `${vote.count}${weight}`);
}
