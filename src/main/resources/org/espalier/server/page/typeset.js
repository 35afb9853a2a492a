import { shorten } from "./step-label.js";

/** Sets text with formulas: between $…$, $$…$$, \(…\) and \[…\], and bare \boxed{…}, \frac{…}{…} and \sqrt{…}. */

/** A text is cut after so many characters, with "…". */
const MOST_CHARACTERS = 20_000;
/** Formulas that would keep the browser busy are shown as they were written: long ones, wide ones, many of them. */
const MOST_OF_A_FORMULA = 1500;
const MOST_CELLS = 200;
const MOST_OF_ALL_FORMULAS = 10_000;
/** A short formula keeps it as busy as one of so many characters. */
const LEAST_OF_A_FORMULA = 50;
/** What defines commands can make a short formula a long one. */
const DEFINITION = /\\(?:[gex]?def|let|futurelet|(?:re|provide)?(?:new)?command)(?![a-zA-Z])/;

const DELIMITED = /\$\$([\s\S]{1,1500}?)\$\$|\\\[([\s\S]{1,1500}?)\\\]|\\\(([\s\S]{1,1500}?)\\\)|\$(?=\S)([^$\n]*?\S)\$(?!\d)/g;
const OPERATOR = /(?<=[\d)]) ([-+*/=×÷]) (?=[\d(])/g;
const BARE = /\\(boxed|[dt]?frac|sqrt)(?=[{[])/g;

let loading = null;

/** KaTeX, which is large and only needed where there is a formula; null if it cannot be had. */
function typesetter() {
  loading ??= new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = "/page/vendor/katex/katex.js";
    script.onload = () => resolve(window.katex);
    script.onerror = () => resolve(null);
    document.head.append(script);
  });
  return loading;
}

/** Replaces the content of an element. The plain text is there at once, formulas when they are set. */
export function typeset(element, text) {
  const formulas = new Formulas();
  element.replaceChildren(...partsOf(shorten(text, MOST_CHARACTERS)).map((part) => (part.formula === undefined ? prose(part.text) : formulas.set(part))));
}

/** Sets the formulas of one text, until they would keep the browser busy. */
export class Formulas {
  #left = MOST_OF_ALL_FORMULAS;

  /** What stands for a part of {@link partsOf} that has a formula: a text, or an element that holds the formula once it is set. */
  set(part) {
    const cost = Math.max(LEAST_OF_A_FORMULA, part.formula.length);
    if (!isModest(part.formula) || cost > this.#left) return part.text;
    this.#left -= cost;
    return pending(part);
  }
}

/** Whether a formula can be set in little time. */
function isModest(formula) {
  return formula.length <= MOST_OF_A_FORMULA && (formula.match(/&|\\\\/g) ?? []).length <= MOST_CELLS && !DEFINITION.test(formula);
}

/** Text and formulas in turn. */
export function partsOf(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(DELIMITED)) {
    pushProse(parts, text.slice(from, match.index));
    const formula = match[1] ?? match[2] ?? match[3] ?? match[4];
    parts.push({ text: match[0], formula, display: match[1] !== undefined || match[2] !== undefined });
    from = match.index + match[0].length;
  }
  pushProse(parts, text.slice(from));
  return parts;
}

function pushProse(parts, text) {
  let from = 0;
  for (const match of text.matchAll(BARE)) {
    if (match.index < from) continue;
    let end = match.index + match[0].length;
    for (let group = endOfGroup(text, end); group > 0; group = endOfGroup(text, end)) end = group;
    if (end === match.index + match[0].length) continue;
    if (match.index > from) parts.push({ text: text.slice(from, match.index) });
    parts.push({ text: text.slice(match.index, end), formula: text.slice(match.index, end), display: false });
    from = end;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
}

/** The end of a group in braces or brackets that begins here, or 0. */
function endOfGroup(text, begin) {
  const close = { "{": "}", "[": "]" }[text[begin]];
  if (!close) return 0;
  let depth = 0;
  const last = Math.min(text.length, begin + MOST_OF_A_FORMULA);
  for (let i = begin; i < last; i++) {
    if (text[i] === text[begin]) depth++;
    else if (text[i] === close && --depth === 0) return i + 1;
  }
  return 0;
}

/** Text with **bold** in it; a line does not break within an equation of numbers. */
function prose(text) {
  const fragment = document.createDocumentFragment();
  text.replace(OPERATOR, "\u00a0$1\u2060\u00a0").split(/\*\*([^*\n]+)\*\*/).forEach((piece, index) => {
    if (index % 2 === 0) {
      fragment.append(piece);
    } else {
      const bold = document.createElement("strong");
      bold.textContent = piece;
      fragment.append(bold);
    }
  });
  return fragment;
}

function pending(part) {
  const span = document.createElement("span");
  span.textContent = part.text;
  typesetter().then((katex) => {
    if (katex) render(katex, span, part);
  });
  return span;
}

function render(katex, span, { formula, display }) {
  try {
    const tree = katex.__renderToDomTree(formula, { displayMode: display, throwOnError: true, maxSize: 20, strict: "ignore", trust: false });
    withoutStyleAttributes(tree);
    span.replaceChildren(tree.toNode());
  } catch {
    // A formula that a model has written wrong is shown as it was written.
  }
}

/**
 * The page's policy forbids style attributes. KaTeX sets its styles one by one, which is allowed, but for the width of a
 * few drawn signs, which their width attribute says as well.
 */
function withoutStyleAttributes(node) {
  if (node.attributes) delete node.attributes.style;
  node.children?.forEach(withoutStyleAttributes);
}
