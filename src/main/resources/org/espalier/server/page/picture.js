/** The tree as it is drawn on the page, as a picture that stands alone: SVG, or PNG made of it. */

const MARGIN = 14;
const CAPTION = 26;
const CHIP = { width: 38, height: 20 };
/** A picture of more pixels than this is drawn smaller. */
const MOST_PIXELS = 60_000_000;
const MOST_A_SIDE = 16_000;

const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

/**
 * @param view what draws the tree, with its places and cards
 * @param caption one line above the tree
 */
export function asSvg(view, caption) {
  const { width, height } = view.size;
  const style = getComputedStyle(view.canvas);
  const page = getComputedStyle(document.documentElement);
  const colour = (name) => plain(page.getPropertyValue(name).trim());
  const parts = [`<rect width="100%" height="100%" fill="${colour("--sheet")}"/>`,
    text(MARGIN, CAPTION, caption, { fill: plain(style.color), size: 15, weight: 600, most: width })];
  const cards = [];
  for (const { card, edge, to } of view.shown.values()) {
    if (edge) parts.push(line(edge));
    cards.push(...drawCard(card, to));
  }
  const top = MARGIN + CAPTION;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + top}" viewBox="0 0 ${width} ${height + top}"`
    + ` font-family="system-ui, 'Segoe UI', Roboto, Arial, sans-serif" font-size="13"><title>${escape(caption)}</title>`
    + `${parts[0]}${parts[1]}<g transform="translate(0 ${top})">${parts.slice(2).join("")}${cards.join("")}</g></svg>\n`;
}

/** @returns a blob */
export async function asPng(svg) {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const scale = Math.min(2, MOST_A_SIDE / image.width, MOST_A_SIDE / image.height, Math.sqrt(MOST_PIXELS / (image.width * image.height)));
    const canvas = document.createElement("canvas");
    canvas.width = Math.ceil(image.width * scale);
    canvas.height = Math.ceil(image.height * scale);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    if (blob === null) throw new Error("The picture is too large for this browser; save it as SVG.");
    return blob;
  } finally {
    URL.revokeObjectURL(url);
  }
}

function line(edge) {
  const style = getComputedStyle(edge);
  const dashes = style.strokeDasharray === "none" ? "" : ` stroke-dasharray="${style.strokeDasharray.replace(/px/g, "")}"`;
  return `<path d="${edge.getAttribute("d")}" fill="none" stroke="${plain(style.stroke)}" stroke-width="${parseFloat(style.strokeWidth)}" opacity="${style.opacity}"${dashes}/>`;
}

/** A card with what is written on it, where it stands on the page. */
function drawCard(card, { x, y, width }) {
  const style = getComputedStyle(card);
  const height = card.offsetHeight;
  const top = y - height / 2;
  const dashes = { dashed: ` stroke-dasharray="4 3"`, dotted: ` stroke-dasharray="1.5 2.5"` }[style.borderTopStyle] ?? "";
  const radius = Math.min(height / 2, parseFloat(style.borderTopLeftRadius));
  const parts = [`<rect x="${x}" y="${top}" width="${width}" height="${height}" rx="${radius}" fill="${plain(style.backgroundColor)}" stroke="${plain(style.borderTopColor)}" stroke-width="${parseFloat(style.borderTopWidth)}"${dashes}/>`];
  let right = x + width - 6;
  for (const chip of card.querySelectorAll(".chip")) {
    right -= CHIP.width;
    const of = getComputedStyle(chip);
    parts.push(`<rect x="${right}" y="${y - CHIP.height / 2}" width="${CHIP.width}" height="${CHIP.height}" rx="5" fill="${plain(of.backgroundColor)}" opacity="${of.opacity}"/>`,
      text(right + 6, y + 4, chip.textContent, { fill: plain(of.color), size: 12, weight: 600 }));
    right -= 5;
  }
  for (const extra of card.querySelectorAll(".seen > .count, .seen > .fold")) {
    right -= 8 * extra.textContent.length + 2;
    parts.push(text(right, y + 4, extra.textContent, { fill: plain(getComputedStyle(extra).color), size: 12 }));
    right -= 4;
  }
  const left = x + parseFloat(style.paddingLeft);
  const label = card.querySelector(".label");
  const below = card.querySelector(".below");
  const format = { fill: plain(style.color), size: 13, weight: parseInt(getComputedStyle(label).fontWeight, 10), most: right - left };
  if (card.classList.contains("problem")) parts.push(...paragraph(label.textContent, left, top, height, format));
  else if (below) {
    parts.push(text(left, y - 3, label.textContent, format),
      text(left, y + 13, below.textContent, { ...format, fill: plain(getComputedStyle(below).color), size: 12, weight: 400 }));
  } else parts.push(text(left, y + 4.5, label.textContent, format));
  return parts;
}

/** The problem, in as many lines as its card has. */
function paragraph(all, left, top, height, format) {
  const most = Math.max(1, Math.round((height - 18) / 17));
  const lines = [""];
  for (const word of all.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (lines.at(-1) === "" || widthOf(longer, format) <= format.most) lines[lines.length - 1] = longer;
    else if (lines.length < most) lines.push(word);
    else {
      lines[lines.length - 1] += " …";
      break;
    }
  }
  return lines.map((one, index) => text(left, top + 22 + 17 * index, one, format));
}

function text(x, y, content, { fill, size, weight = 400, most = Infinity }) {
  return `<text x="${x}" y="${y}" fill="${fill}" font-size="${size}" font-weight="${weight}">${escape(fitting(content, { size, weight, most }))}</text>`;
}

/** As much as there is room for. */
function fitting(content, format) {
  if (widthOf(content, format) <= format.most) return content;
  let least = 0;
  let most = content.length;
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (widthOf(`${content.slice(0, middle)}…`, format) <= format.most) least = middle;
    else most = middle - 1;
  }
  return `${content.slice(0, least).replace(/[\ud800-\udbff]$/, "")}…`;
}

function widthOf(content, { size, weight = 400 }) {
  pen.font = `${weight} ${size}px system-ui, "Segoe UI", Roboto, Arial, sans-serif`;
  return pen.measureText(content).width;
}

const plains = new Map();

/** A colour as every program that reads SVG knows it. */
function plain(colour) {
  if (!plains.has(colour)) {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = "#000";
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = pen.getImageData(0, 0, 1, 1).data;
    plains.set(colour, alpha === 0 ? "none" : `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`);
  }
  return plains.get(colour);
}

/** Text in a document: no signs that XML forbids either. */
function escape(content) {
  return content
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, "")
    .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
