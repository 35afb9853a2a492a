import { ballots, capital, count, time, votesFor } from "./words.js";

/** What a comparison of two searches of one problem comes to, in words: which is better, by how much, at what cost, how sure. */

/** @param runs two, with title and recording; the recording's result is null if the search failed */
export function verdict(runs) {
  const [one, other] = runs.map(({ title, recording }) => ({ title, recording, result: recording.result }));
  if (!one.result && !other.result) return "Neither search ended, so there is nothing to compare.";
  if (!one.result || !other.result) {
    const left = one.result ? one : other;
    return `Only ${left.title} ended: ${says(left)}. There is nothing to compare it with.`;
  }
  const same = agree(one.result, other.result);
  const sentences = same ? [`Both say ${shown(one.result.answer)}.`, cheaper(one, other)] : [`${capital(says(one))}, ${says(other)}.`, ...better(one, other)];
  return [...sentences, same ? "" : costs(one, other), "One problem does not tell which method is better: “espalier eval” does, over many."].filter(Boolean).join(" ");
}

function says({ title, result }) {
  const level = result.confidence && (result.confidence.proved ? "checked" : `confidence ${result.confidence.level}`);
  const sure = level ? ` (${level})` : "";
  return result.answer === null ? `${title} gives no short answer` : `${title} says ${shown(result.answer)}${sure}`;
}

function shown(answer) {
  const line = answer.replace(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}

/** Whether two searches have one answer, however it is written: completions that vote together have one key. */
function agree(one, other) {
  return one.answer !== null && other.answer !== null && one.answer.trim() === other.answer.trim();
}

/** Of two that say the same the cheaper one is better. */
function cheaper(one, other) {
  const [less, more] = one.result.policyTokens <= other.result.policyTokens ? [one, other] : [other, one];
  const tokens = `${count(less.result.policyTokens)} tokens and ${time(less.result)} against ${count(more.result.policyTokens)} and ${time(more.result)}`;
  const factor = more.result.policyTokens / Math.max(1, less.result.policyTokens);
  if (factor < 1.1) return `They also cost about the same: ${tokens}.`;
  return `${less.title} is better here, for it is cheaper by a factor of ${factor.toFixed(1)}: ${tokens}. ${support(more)}`.trim();
}

/** What the dearer one's money bought. */
function support({ title, result }) {
  const all = ballots(result);
  if (all < 2) return "";
  return `What ${title} adds is how sure one can be: ${votesFor(result, result.answer)} of its ${all} completions say so.`;
}

/** Which of two different answers more completions of both searches give, and how easily that could be chance. */
function better(one, other) {
  if (one.result.answer === null || other.result.answer === null) {
    const left = one.result.answer === null ? other : one;
    return one.result.answer === other.result.answer ? ["Neither can be checked by a vote: read both replies."] : [`Only ${left.title}’s can be compared with other completions.`];
  }
  const votes = ({ result: { answer } }) => [one, other].reduce((sum, { result }) => sum + votesFor(result, answer), 0);
  const [mine, theirs] = [votes(one), votes(other)];
  const all = ballots(one.result) + ballots(other.result);
  if (mine === theirs) return [`Of the ${all} completions of both, ${mine} say the one and as many the other: neither is better supported.`];
  const [left, more, less] = mine > theirs ? [one, mine, theirs] : [other, theirs, mine];
  const chance = chanceOf(more, less);
  const sure = chance < 0.01 ? "that is clear" : chance < 0.1 ? "that is likely more than chance" : "that may well be chance";
  return [`${left.title} is better supported: of the ${all} completions of both, ${more} say ${shown(left.result.answer)} and ${less} the other.`,
    `If both were as likely, a split as uneven would come in ${chance < 0.001 ? "less than 0.1" : (100 * chance).toFixed(chance < 0.1 ? 1 : 0)}\u00a0% of cases: ${sure}`
    + `${[one, other].some(({ result }) => isTree(result.method)) ? ", though paths of one tree share what they have in common." : "."}`];
}

function isTree(method) {
  return !["greedy", "majority", "best-of-n", "short-m"].includes(method);
}

/** How likely a split of so many coins is that is as uneven as this, to either side. */
export function chanceOf(more, less) {
  const all = more + less;
  let log = -all * Math.LN2;
  let chance = 0;
  for (let heads = 0; heads <= less; heads++) {
    if (heads > 0) log += Math.log((all - heads + 1) / heads);
    chance += Math.exp(log);
  }
  return Math.min(1, 2 * chance);
}

function costs(one, other) {
  const each = ({ title, result }) => `${title} took ${count(result.policyTokens)} tokens and ${time(result)}`;
  return `${each(one)}, ${each(other)}.`;
}
