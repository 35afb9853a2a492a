import { element } from "./reading.js";
import { shorten } from "./step-label.js";
import { typeset } from "./typeset.js";

const MOST_VOTES = 5;
const MOST_OF_AN_ANSWER = 1000;
const number = new Intl.NumberFormat("en");

/** Shows what a search came to: the answer, the votes and the cost. */
export function showOutcome(section, recording) {
  const { result } = recording;
  section.hidden = result === null;
  if (result === null) return;
  const answer = section.querySelector(".answer");
  if (result.answer === null) {
    answer.textContent = result.selected === null ? "No answer" : "";
  } else {
    typeset(answer, asFormula(result.answer));
  }
  section.querySelector(".agreement").textContent = agreement(result);
  section.querySelector(".course").textContent = course(result, recording.completions);
  const votes = section.querySelector(".votes");
  const weighted = result.chosenBy === "weighted";
  const most = Math.max(...result.votes.map((vote) => strength(vote, weighted)), Number.MIN_VALUE);
  votes.replaceChildren(...(result.votes.length > 1 ? result.votes.slice(0, MOST_VOTES).map((vote) => row(vote, most, result)) : []));
  section.querySelector(".cost").textContent = cost(result);
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

function agreement(result) {
  const limits = { tokens: "the token budget was spent", deadline: "the deadline was reached", cancelled: "stopped" };
  const early = limits[result.stoppedBy] ? ` – ${limits[result.stoppedBy]}, this is the best so far` : "";
  const voted = result.votes.reduce((sum, vote) => sum + vote.count, 0);
  const all = Math.max(voted, result.confidence?.finished ?? 0);
  if (result.answer === null) {
    if (result.selected !== null) return `${reply(result)}${sureness(result)}${early}`;
    return result.stoppedBy === "completed" ? "The policy wrote nothing" : `None yet${early.replace(", this is the best so far", "")}`;
  }
  if (voted === 0) return `from an unfinished path${sureness(result)}${early}`;
  if (all === 1) return `one completion${sureness(result)}${early}`;
  // The key decides who votes together; an answer that was chosen for its score alone need not lead.
  const same = result.votes.find((vote) => vote.answer === result.answer)?.count ?? result.votes[0].count;
  return `${same} of ${all} completions agree, ${Math.round(100 * result.agreement)}\u00a0% of the vote${sureness(result)}${early}`;
}

/** How the reply was chosen that is shown where there is no short answer. */
function reply({ chosenBy }) {
  const how = { score: "the reply with the highest score", likelihood: "the likeliest reply", first: "the first reply" };
  return `${how[chosenBy] ?? "the only reply"}; there is no short answer to vote on`;
}

function sureness({ confidence }) {
  return confidence ? `; confidence ${confidence.level}` : "";
}

/** What a search did that decides by itself how much to do. */
function course({ method, n, settled }, completions) {
  const begun = method === "auto" ? 1 : 0;
  const more = completions - begun;
  const first = begun ? `The first solution${more > 0 ? ` and ${more} more` : " alone"}` : "";
  const rest = settled && more < n ? `${n - more} more would hardly have changed the answer` : "";
  return [first, rest].filter(Boolean).join("; ");
}

/** The bar is as long as what decides: the sum of scores, or the number of completions. */
function row(vote, most, { chosenBy }) {
  const item = element("li", "vote");
  const answer = element("span", "vote-answer");
  typeset(answer, asFormula(vote.answer));
  const bar = element("span", "vote-bar");
  bar.style.setProperty("--share", (strength(vote, chosenBy === "weighted") / most).toFixed(3));
  const weight = vote.weight > 0 && chosenBy !== "majority" ? ` · weight ${vote.weight.toFixed(2)}` : "";
  item.append(answer, bar, element("span", "vote-count", `${vote.count}${weight}`));
  return item;
}

function cost(result) {
  const seconds = result.wallMillis / 1000;
  const parts = [`${number.format(result.policyTokens)} policy tokens`];
  if (result.usage) parts.push(`${number.format(result.usage.policyTokensDecoded)} decoded`);
  if (result.prmTokens > 0) parts.push(`${number.format(result.prmTokens)} PRM tokens`);
  parts.push(`${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`);
  if (seconds > 0) parts.push(`${number.format(Math.round(result.policyTokens / seconds))} tokens/s`);
  return parts.join(" · ");
}
