import DOMPurify from "./vendor/dompurify/dompurify.js";
import highlighter from "./vendor/highlight/core.js";
import java from "./vendor/highlight/java.js";
import python from "./vendor/highlight/python.js";

/** Colours code in the languages that programs are written in. */

/** Of a longer text the colours would cost more than they help. */
const MOST_CHARACTERS = 20_000;
const SPANS = { ALLOWED_TAGS: ["span"], ALLOWED_ATTR: ["class"], RETURN_DOM_FRAGMENT: true };
const NAMES = { py: "python", python3: "python" };

highlighter.registerLanguage("python", python);
highlighter.registerLanguage("java", java);

/** Gives an element's text colours, if its language is known; the text stays the same. */
export function colour(code, language) {
  const known = NAMES[language.toLowerCase()] ?? language.toLowerCase();
  const text = code.textContent;
  if (text.length > MOST_CHARACTERS || !highlighter.getLanguage(known)) return;
  const coloured = DOMPurify.sanitize(highlighter.highlight(text, { language: known }).value, SPANS);
  if (coloured.textContent === text) code.replaceChildren(coloured);
}
