/** Gives things out of the page: into the clipboard, or as a file. */

/** Copies a text, and says so on the button for a while. */
export async function copy(text, button) {
  const before = button.textContent;
  const done = (await write(text)) ? "Copied" : "Select and copy by hand";
  button.textContent = done;
  setTimeout(() => {
    if (button.textContent === done) button.textContent = before;
  }, 1600);
}

async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // A page that did not come over HTTPS or from this machine has no clipboard but the old one.
    return writeByCommand(text);
  }
}

function writeByCommand(text) {
  const field = document.createElement("textarea");
  const focused = document.activeElement;
  field.value = text;
  field.className = "unseen";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return done;
}

/** Saves a blob, or text of a type, under a name. */
export function save(name, content, type) {
  const link = document.createElement("a");
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
