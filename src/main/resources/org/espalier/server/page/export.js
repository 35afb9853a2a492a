import { titleOf } from "./methods.js";
import { agreement, cost, course, writers } from "./words.js";

/** What leaves the page as text: a run as Markdown, and the request that asks for the same with curl. */

export function asMarkdown(recording) {
  const { result, problem, reply, remarks } = recording;
  const quoted = problem.trim().split("\n").map((line) => `> ${line}`.trimEnd()).join("\n");
  const facts = [`Method: ${titleOf(result.method, result.n)}`];
  if (remarks.seed !== null) facts.push(`Seed: ${remarks.seed}`);
  facts.push(result.code ? `Chosen: ${result.code.reason}` : `Agreement: ${agreement(result)}`);
  const did = course(result, recording.completions);
  if (did) facts.push(did);
  if (result.votes.length > 1) facts.push(`Votes: ${result.votes.map(({ answer, count, weight }) => `${code(answer)} × ${count}${weight > 0 ? ` (weight ${weight.toFixed(2)})` : ""}`).join(", ")}`);
  facts.push(...(result.warnings ?? []).map(({ message }) => `Caution: ${message}`));
  facts.push(`Cost: ${cost(result)}`);
  const models = writers(remarks.models);
  if (models) facts.push(`Models: ${models}`);
  const answer = result.answer === null ? [] : [`**Answer:** ${code(result.answer)}`];
  return `${[quoted, ...answer, reply.trim(), "---", facts.map((fact) => `- ${fact}`).join("\n")].filter(Boolean).join("\n\n")}\n`;
}

/** A code span that holds whatever the text has. */
function code(text) {
  const line = text.replace(/\s+/g, " ");
  const ticks = "`".repeat(1 + Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length)));
  const space = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${ticks}${space}${line}${space}${ticks}`;
}

/**
 * The request as a line for a shell. The key is left to a variable, so that it is not copied about.
 *
 * @param body that was sent; null if only its result is known
 */
export function asCurl(recording, body, origin, withKey) {
  const { keep, drafts, ...espalier } = (body ?? requestOf(recording)).espalier ?? {};
  const { stream, model, ...rest } = body ?? requestOf(recording);
  const sent = { model: model ?? "default", ...rest, espalier };
  const seed = rest.seed ?? recording.remarks.seed;
  if (seed !== null && seed !== undefined) sent.seed = seed;
  const key = withKey ? ` -H "Authorization: Bearer $ESPALIER_API_KEY"` : "";
  return `curl ${origin}/v1/chat/completions -H 'Content-Type: application/json'${key} -d ${quote(JSON.stringify(sent))}`;
}

function requestOf({ problem, result }) {
  return { messages: [{ role: "user", content: problem }], espalier: { method: result.method, n: result.n } };
}

function quote(text) {
  return `'${text.replace(/'/g, `'\\''`)}'`;
}
