/** What a result comes to in words: for the page, and for what leaves it. */

const number = new Intl.NumberFormat("en");
const LIMITS = { tokens: "the token budget was spent", deadline: "the deadline was reached", cancelled: "stopped" };

/** How the completions agree; what ended the search if it was not done. */
export function agreement(result) {
  const early = LIMITS[result.stoppedBy] ? ` – ${LIMITS[result.stoppedBy]}, this is the best so far` : "";
  const voted = ballots(result);
  const all = Math.max(voted, result.confidence?.finished ?? 0);
  if (result.answer === null) {
    if ((result.selected ?? null) !== null) return `${chosen(result)}${sureness(result)}${early}`;
    return result.stoppedBy === "completed" ? "The policy wrote nothing" : `None yet${early.replace(", this is the best so far", "")}`;
  }
  if (voted === 0) return `from an unfinished path${sureness(result)}${early}`;
  if (all === 1) return `one completion${sureness(result)}${early}`;
  return `${votesFor(result, result.answer)} of ${all} completions agree, ${percent(result.agreement)} of the vote${sureness(result)}${early}`;
}

/** How the reply was chosen that is shown where there is no short answer. */
function chosen({ chosenBy }) {
  const how = { score: "the reply with the highest score", likelihood: "the likeliest reply", first: "the first reply",
    comparison: "the reply that won the comparisons", selection: "the reply that the policy takes for the best", synthesis: "a reply that the policy made of the others" };
  return `${how[chosenBy] ?? "the only reply"}; there is no short answer to vote on`;
}

/** What the server says about how sure the answer is. */
export function sureness({ confidence }) {
  if (confidence?.proved) return "; checked: it is right";
  return confidence ? `; confidence ${confidence.level}` : "";
}

/** Completions that voted. */
export function ballots(result) {
  return result.votes.reduce((sum, { count }) => sum + count, 0);
}

/** The key decides who votes together; an answer that was chosen for its score alone need not lead. */
export function votesFor(result, answer) {
  const vote = result.votes.find((one) => one.answer === answer) ?? (answer === result.answer ? result.votes[0] : undefined);
  return vote?.count ?? 0;
}

/** What a search did that decides by itself how much to do. */
export function course({ method, n, settled }, completions) {
  const begun = method === "auto" ? 1 : 0;
  const more = completions - begun;
  const first = begun ? `The first solution${more > 0 ? ` and ${more} more` : " alone"}` : "";
  const rest = settled && more < n ? `${n - more} more would hardly have changed the answer` : "";
  return [first, rest].filter(Boolean).join("; ");
}

export function cost(result) {
  const seconds = result.wallMillis / 1000;
  const parts = [`${number.format(result.policyTokens)} policy tokens`];
  if (result.usage) parts.push(`${number.format(result.usage.policyTokensDecoded)} decoded`);
  if (result.prmTokens > 0) parts.push(`${number.format(result.prmTokens)} PRM tokens`);
  parts.push(time(result));
  if (seconds > 0) parts.push(`${number.format(Math.round(result.policyTokens / seconds))} tokens/s`);
  return parts.join(" · ");
}

/** Who wrote, and which other model judged, of those that took part; empty if nothing is known of them. */
export function writers(models) {
  const named = (role) => models.find((model) => model.role === role)?.name;
  const [policy, larger, prm] = ["policy", "largerPolicy", "prm"].map(named);
  return policy === undefined ? "" : `${policy}${larger ? ` and ${larger}` : ""}${prm ? `, judged by ${prm}` : ""}`;
}

/** The same of all that are loaded: without another model that judges, the policy does. */
export function pair(models) {
  return models.some(({ role }) => role === "prm") ? writers(models) : `${writers(models)}, judged by itself`;
}

/** Bytes of files. */
export function size(bytes) {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)}\u00a0GB`;
  return `${Math.max(1, Math.round(bytes / 1e6))}\u00a0MB`;
}

export function time({ wallMillis }) {
  const seconds = wallMillis / 1000;
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)}\u00a0s`;
}

export function percent(share) {
  return `${Math.round(100 * share)}\u00a0%`;
}

export function count(value) {
  return number.format(value);
}

/** A text as a sentence begins. */
export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
