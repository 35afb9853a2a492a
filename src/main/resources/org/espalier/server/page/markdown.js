import { colour } from "./code-colours.js";
import { shorten } from "./step-label.js";
import { Formulas, partsOf } from "./typeset.js";
import DOMPurify from "./vendor/dompurify/dompurify.js";
import { Marked } from "./vendor/marked/marked.js";

/** Shows what a model has written: Markdown with formulas. It may be hostile, so nothing of it becomes more than text. */

/** Of a longer text the beginning is shown. */
const MOST_CHARACTERS = 40_000;
/** Of Markdown that would keep the browser busy the text is shown as it was written: there are more signs of markup in it. */
const MOST_SIGNS = 6000;
/** The pane's title is a heading of the second level. */
const TITLE_LEVEL = 2;
/** Stand around a formula's number while the rest is read as Markdown. */
const OPEN = "\ue000";
const CLOSE = "\ue001";
const MARKED = /\ue000(\d+)\ue001/;

const ALLOWED = {
  ALLOWED_TAGS: ["p", "br", "hr", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li", "h3", "h4", "h5", "h6",
    "table", "thead", "tbody", "tr", "th", "td", "a"],
  ALLOWED_ATTR: ["href", "start", "align", "lang"],
  ADD_URI_SAFE_ATTR: ["lang"],
  ALLOWED_URI_REGEXP: /^https?:\/\//i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};

/** Of the headings of the text that is being rendered: they are levels one below the other, whatever their signs. */
let depths = [];

const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    html: ({ text }) => escape(text),
    image: ({ text }) => escape(text),
    code: ({ text, lang }) => `<pre><code lang="${/^[\w+#-]{1,20}/.exec(lang ?? "")?.[0] ?? ""}">${escape(text)}\n</code></pre>\n`,
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
    heading({ tokens, depth }) {
      const level = Math.min(6, TITLE_LEVEL + 1 + Math.max(0, depths.indexOf(depth)));
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`;
    },
  },
});

function escape(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** Replaces the content of an element. The text is there at once, formulas when they are set. */
export function showMarkdown(element, text) {
  const parts = partsOf(shorten(text.replace(/[\ue000\ue001]/g, ""), MOST_CHARACTERS));
  const fragment = rendered(parts.map((part, index) => (part.formula === undefined ? part.text : `${OPEN}${index}${CLOSE}`)).join(""));
  if (fragment === null) {
    const plain = document.createElement("p");
    plain.className = "as-written";
    plain.textContent = parts.map((part) => part.text).join("");
    element.replaceChildren(plain);
    return;
  }
  putFormulas(fragment, parts);
  fragment.querySelectorAll("pre > code").forEach(colourCode);
  fragment.querySelectorAll("a").forEach(leadAway);
  // What is scrolled sideways must be reached by the keyboard.
  fragment.querySelectorAll("pre, table").forEach((wide) => wide.setAttribute("tabindex", "0"));
  element.replaceChildren(fragment);
}

/** Null if it cannot be shown as Markdown in little time. */
function rendered(text) {
  if ((text.match(/[*_[\]`<>|~#]/g) ?? []).length > MOST_SIGNS) return null;
  try {
    const tokens = marked.lexer(text);
    depths = [...new Set(tokens.filter(({ type }) => type === "heading").map(({ depth }) => depth))].sort();
    return DOMPurify.sanitize(marked.parser(tokens), ALLOWED);
  } catch {
    // Nested deeper than can be read.
    return null;
  }
}

function putFormulas(fragment, parts) {
  const formulas = new Formulas();
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) if (walker.currentNode.data.includes(OPEN)) texts.push(walker.currentNode);
  for (const node of texts) {
    const inCode = node.parentElement?.closest("code, pre") ?? null;
    const pieces = node.data.split(MARKED).map((piece, index) => {
      if (index % 2 === 0) return piece;
      const part = parts[Number(piece)];
      return inCode ? part.text : formulas.set(part);
    });
    node.replaceWith(...pieces);
  }
  // A link whose address has a formula in it leads nowhere.
  for (const link of fragment.querySelectorAll("a")) if (/%EE%80%80|\ue000/i.test(link.getAttribute("href") ?? "")) link.removeAttribute("href");
}

/** What is written in a fence; its language is no language of people. */
function colourCode(code) {
  const language = code.getAttribute("lang") ?? "";
  code.removeAttribute("lang");
  colour(code, language);
}

function leadAway(link) {
  if (!link.hasAttribute("href")) return;
  link.target = "_blank";
  link.rel = "noopener noreferrer nofollow";
  link.title = link.href;
}
