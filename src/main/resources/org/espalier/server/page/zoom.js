const LEAST = 0.3;
const MOST = 1.6;
/** Smaller than this a card's text cannot be read: the sheet is scrolled instead. */
const LEAST_FIT = 0.72;

/** The scale of a sheet in a canvas that scrolls: buttons, Ctrl and the wheel, and dragging with a mouse. */
export class Zoom {
  constructor(canvas, buttons) {
    this.canvas = canvas;
    this.sheet = canvas.querySelector(".sheet");
    this.scale = 1;
    this.fitted = true;
    /** Whether a person has moved it: then it stays where it is. */
    this.scrolled = false;
    this.middle = 0;
    this.size = { width: 0, height: 0 };
    buttons.out.addEventListener("click", () => this.#by(1 / 1.25));
    buttons.in.addEventListener("click", () => this.#by(1.25));
    buttons.fit.addEventListener("click", () => this.fit());
    canvas.addEventListener("wheel", (event) => this.#wheeled(event), { passive: false });
    for (const event of ["wheel", "touchmove", "keydown", "pointerdown"]) canvas.addEventListener(event, () => (this.scrolled = true), { passive: true });
    canvas.addEventListener("pointerdown", (event) => this.#dragged(event));
    new ResizeObserver(() => this.#apply()).observe(canvas);
  }

  /**
   * The sheet has another size; it stays fitted if it was, and what should be seen in the middle. If it is wider than the
   * canvas, where the paths grow is seen.
   *
   * @param middle of that, from the top
   */
  resize(size, middle) {
    this.size = size;
    this.middle = middle;
    this.#apply();
  }

  fit() {
    this.fitted = true;
    this.scrolled = false;
    this.#apply();
  }

  #by(factor) {
    this.fitted = false;
    const before = this.scale;
    this.scale = Math.min(MOST, Math.max(LEAST, this.scale * factor));
    const { canvas } = this;
    const x = (canvas.scrollLeft + canvas.clientWidth / 2) * (this.scale / before) - canvas.clientWidth / 2;
    const y = (canvas.scrollTop + canvas.clientHeight / 2) * (this.scale / before) - canvas.clientHeight / 2;
    this.#apply();
    canvas.scrollTo(x, y);
  }

  #apply() {
    const { width, height } = this.size;
    if (width === 0 || this.canvas.clientWidth === 0) return;
    if (this.fitted) this.scale = Math.max(LEAST_FIT, Math.min(1, this.canvas.clientWidth / width));
    this.sheet.style.setProperty("--scale", this.scale);
    this.sheet.style.width = `${width * this.scale}px`;
    this.sheet.style.height = `${height * this.scale}px`;
    if (this.fitted && !this.scrolled) this.canvas.scrollTo(width * this.scale, this.middle * this.scale - this.canvas.clientHeight / 2);
  }

  #wheeled(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.#by(Math.exp(-event.deltaY / 300));
  }

  #dragged(down) {
    if (down.pointerType !== "mouse" || down.button !== 0 || down.target.closest(".card")) return;
    const { canvas } = this;
    const from = { x: canvas.scrollLeft + down.clientX, y: canvas.scrollTop + down.clientY };
    const move = (event) => canvas.scrollTo(from.x - event.clientX, from.y - event.clientY);
    const end = () => {
      canvas.removeEventListener("pointermove", move);
      canvas.classList.remove("dragging");
    };
    canvas.setPointerCapture(down.pointerId);
    canvas.classList.add("dragging");
    canvas.addEventListener("pointermove", move);
    canvas.addEventListener("pointerup", end, { once: true });
    canvas.addEventListener("pointercancel", end, { once: true });
  }
}
