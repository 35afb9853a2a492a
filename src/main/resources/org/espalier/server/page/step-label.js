/** More characters of a text than this are not drawn on a card. */
const MOST_ON_A_CARD = 200;
/** So much of the end of a step that is being written fits on its card. */
const MOST_OF_A_TAIL = 26;
/** More characters of a step than this are not looked through for a few words. */
const MOST_READ = 4000;

/** A step in a few words: the equation at its end if one follows its last colon, else the step without its heading. */
export function stepLabel(step) {
  const text = oneLine(step.length > MOST_READ ? step.slice(0, MOST_READ) : step);
  const tail = text.slice(text.lastIndexOf(": ") + 1).trim();
  return plain(tail.includes("=") ? tail : text.replace(/^#+\s*(step\s*\d+\s*[:.]\s*)?/i, ""));
}

/** The last words of a step that is being written. */
export function tailLabel(step) {
  const text = withoutMarkup(step.slice(-4 * MOST_OF_A_TAIL));
  return text.length > MOST_OF_A_TAIL ? `…${text.slice(-MOST_OF_A_TAIL).replace(/^[\udc00-\udfff]/, "")}` : text || "…";
}

/** A text in one line, without the signs that markup and LaTeX put around it. */
export function plain(text) {
  return shorten(withoutMarkup(shorten(text, MOST_READ)), MOST_ON_A_CARD);
}

/** A text, or its beginning with "…" if it is long. */
export function shorten(text, most = MOST_ON_A_CARD) {
  // Not within one of the characters that take two places.
  return text.length > most ? `${text.slice(0, most).replace(/[\ud800-\udbff]$/, "")}…` : text;
}

function withoutMarkup(text) {
  return oneLine(text)
    .replace(/\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}/g, "$1/$2")
    .replace(/\\boxed\{([^{}]*)\}/g, "$1")
    .replace(/\$|\*\*|\\[()[\]]/g, "")
    .replace(/\\times|(?<=[\d)] ?)\*(?= ?[\d(])/g, "×")
    .trim();
}

function oneLine(text) {
  return text.replace(/[\s\p{Cc}]+/gu, " ").trim();
}
