/** A step in a few words: the equation at its end if one follows its last colon, else the step without its heading. */
export function stepLabel(step) {
  const text = oneLine(step);
  const tail = text.slice(text.lastIndexOf(": ") + 1).trim();
  return plain(tail.includes("=") ? tail : text.replace(/^#+\s*(step\s*\d+\s*[:.]\s*)?/i, ""));
}

/** A text in one line, without the signs that markup and LaTeX put around it. */
export function plain(text) {
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
