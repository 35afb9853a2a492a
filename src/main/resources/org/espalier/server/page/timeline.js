/** A slider over the moments of a recorded search: its events, one by one or as fast as they happened. */
export class Timeline {
  /** @param moved is called with the number of events that have happened */
  constructor(bar, moved) {
    this.bar = bar;
    this.slider = bar.querySelector(".moment");
    this.clock = bar.querySelector(".clock");
    this.button = bar.querySelector(".play");
    this.moved = moved;
    this.events = [];
    this.slider.addEventListener("input", () => {
      this.pause();
      this.#to(this.slider.valueAsNumber);
    });
    this.button.addEventListener("click", () => (this.timer ? this.pause() : this.#play()));
  }

  /** Shows the slider for these events, at their end. */
  open(events) {
    this.pause();
    this.events = events;
    this.bar.hidden = events.length === 0;
    this.slider.max = events.length;
    this.slider.value = events.length;
    this.#tell(events.length);
  }

  close() {
    this.pause();
    this.bar.hidden = true;
  }

  pause() {
    cancelAnimationFrame(this.timer);
    this.timer = null;
    this.button.textContent = "▶";
    this.button.setAttribute("aria-label", "Play");
  }

  /** In ten seconds at most. */
  #play() {
    const last = this.events[this.events.length - 1].millis;
    const speed = Math.max(1, last / 10_000);
    const at = this.slider.valueAsNumber;
    const begin = at >= this.events.length ? 0 : at;
    const origin = performance.now() - (begin === 0 ? 0 : this.events[begin - 1].millis / speed);
    this.button.textContent = "❚❚";
    this.button.setAttribute("aria-label", "Pause");
    const step = (now) => {
      const millis = (now - origin) * speed;
      let count = begin;
      while (count < this.events.length && this.events[count].millis <= millis) count++;
      if (count !== this.slider.valueAsNumber) this.#to(count);
      if (count < this.events.length) this.timer = requestAnimationFrame(step);
      else this.pause();
    };
    this.timer = requestAnimationFrame(step);
  }

  #to(count) {
    this.slider.value = count;
    this.#tell(count);
    this.moved(count);
  }

  #tell(count) {
    const millis = count === 0 ? 0 : this.events[count - 1].millis;
    this.clock.textContent = `${(millis / 1000).toFixed(2)} s`;
    this.slider.setAttribute("aria-valuetext", `event ${count} of ${this.events.length}, ${(millis / 1000).toFixed(2)} seconds`);
  }
}
