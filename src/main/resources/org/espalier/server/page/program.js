import { element } from "./element.js";
import { shorten } from "./step-label.js";
import { voteRow } from "./vote-row.js";

/** What is shown of a program: the tests that it passed, why it was chosen, and the groups between which. */

const MOST_TESTS = 8;
const MOST_GROUPS = 5;
const MOST_CHARACTERS = 160;

/** What a program came to, in a few words. */
export function passedWords(passed, tests, failure) {
  if (tests > 0) return `passes ${passed} of ${tests} ${tests === 1 ? "test" : "tests"}`;
  return failure === null ? "runs" : "fails";
}

/** The same for what a report says of the chosen one; null if there is none. */
export function programWords({ program, tests, failure }) {
  if (program === null) return null;
  return passedWords(tests.filter(({ passed }) => passed).length, tests.length, failure);
}

/** Shows tests and groups beside a program; nothing where the answer is none. */
export function showProgram(section, code) {
  const tests = code === null ? [] : [...code.tests, ...code.writtenTests];
  section.querySelector(".program-tests").replaceChildren(...listed(tests));
  section.querySelector(".program-groups").replaceChildren(...(code === null || code.drawn < 2 ? [] : grouped(code.groups)));
  section.querySelector(".program-runs").textContent = code === null ? ""
    : `${code.drawn} drawn, ${code.distinct} different, ${code.refuted ? `${code.refuted} cut off early, ` : ""}${code.runs} runs in ${code.sandbox} (${code.cpuSeconds.toFixed(1)} CPU s)`;
}

/** Those that fail come first. */
function listed(tests) {
  const shown = [...tests].sort((one, other) => Number(one.passed) - Number(other.passed)).slice(0, MOST_TESTS);
  const items = shown.map(({ text, passed, why }) => {
    const item = element("li", passed ? "passed" : "failing");
    item.append(element("span", "mark", passed ? "✓" : "✗"), element("span", "unseen", passed ? "passed: " : "failed: "));
    const words = element("span", "words");
    words.append(element("code", "", shorten(text, MOST_CHARACTERS)));
    if (!passed && why) words.append(element("span", "why", shorten(why, MOST_CHARACTERS)));
    item.append(words);
    return item;
  });
  if (shown.length < tests.length) items.push(element("li", "rest", `and ${tests.length - shown.length} more`));
  return items;
}

function grouped(groups) {
  const most = Math.max(...groups.map(({ slots }) => slots.length), 1);
  return groups.slice(0, MOST_GROUPS).map(({ slots, passed, tests, weight }) => {
    const name = slots.length === 1 ? "1 program" : `${slots.length} alike`;
    const words = tests > 0 ? `${passed} of ${tests} tests` : `weight ${Number(weight.toPrecision(3))}`;
    return voteRow(element("span", "", name), slots.length / most, words);
  });
}
