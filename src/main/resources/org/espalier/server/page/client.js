/** Talks to the server that the page came from. */

/** A request that the server refused; status 0 if there was no answer at all. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function refusal(response) {
  const text = await response.text();
  try {
    return new Refusal(response.status, JSON.parse(text).error.message);
  } catch {
    return new Refusal(response.status, `the server answered ${response.status}`);
  }
}

export class Client {
  /** @param key gives the API key, or an empty text */
  constructor(key) {
    this.key = key;
  }

  #headers() {
    const key = this.key();
    return {
      "Content-Type": "application/json",
      ...(key ? { Authorization: `Bearer ${key}` } : {}),
    };
  }

  async #fetch(path, options) {
    let response;
    try {
      response = await fetch(path, { headers: this.#headers(), ...options });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Refusal(0, "The server cannot be reached. Is “espalier serve” still running?");
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }

  /**
   * What a request may name, the usual one first: name, whether it is loaded, bytes of its files, why it cannot be had (or null),
   * and the models that take part, with role and name of each.
   */
  async models() {
    const list = await (await this.#fetch("/v1/models")).json();
    return list.data.filter(({ id }) => !id.includes("@")).map(({ id, status, espalier }) => ({
      name: id, isLoaded: status.value === "loaded", bytes: espalier.bytes ?? 0, refusal: espalier.refusal ?? null, models: espalier.models,
    }));
  }

  /**
   * Solves, and tells meanwhile.
   *
   * @param request body of the request, without what makes it a stream; it may name a model
   * @param heard has begun(id), event(event), warned(message), writing(drafts), text(text) and report(report)
   * @param signal aborts the request, and with it the search
   */
  async solve(request, heard, signal) {
    const response = await this.#fetch("/v1/chat/completions", {
      method: "POST",
      body: JSON.stringify({ model: "default", stream: true, ...request }),
      signal,
    });
    let reported = false;
    for await (const chunk of chunks(response.body)) {
      if (chunk.error) throw new Refusal(500, chunk.error.message);
      heard.begun(chunk.id);
      const text = chunk.choices?.[0]?.delta?.content;
      if (text) heard.text(text);
      if (chunk.espalier?.event === "warned") {
        heard.warned(chunk.espalier.message);
      } else if (chunk.espalier?.event === "writing") {
        heard.writing(chunk.espalier.drafts);
      } else if (chunk.espalier?.event) {
        heard.event(chunk.espalier);
      } else if (chunk.espalier) {
        reported = true;
        heard.report(chunk.espalier);
      }
    }
    if (!reported) throw new Refusal(0, "The connection ended before the search did.");
  }

  /** Past runs that have all the words, the newest first; and whether any are kept. */
  async history(words) {
    return (await this.#fetch(`/v1/history?q=${encodeURIComponent(words)}`)).json();
  }

  /** A past run: request, text, report and events. */
  async run(id) {
    return (await this.#fetch(`/v1/history/${encodeURIComponent(id)}`)).json();
  }

  async forget(id) {
    await this.#fetch(`/v1/history/${encodeURIComponent(id)}`, { method: "DELETE" });
  }

  async forgetAll() {
    await this.#fetch("/v1/history", { method: "DELETE" });
  }

  /** Whether other models may be loaded, and what is being loaded. */
  async engine() {
    return (await this.#fetch("/v1/engine")).json();
  }

  /** The models that may be loaded. */
  async offers() {
    return (await (await this.#fetch("/v1/engine/models")).json()).data;
  }

  /** Begins to load: policy, prm and whether what is not there may be fetched. */
  async load(models) {
    await this.#fetch("/v1/engine", { method: "POST", body: JSON.stringify(models) });
  }

  /** Whether the server answers, however it does. */
  async isThere() {
    try {
      await fetch("/health");
      return true;
    } catch {
      return false;
    }
  }

  /** Ends a search with the best it has. */
  async stop(id) {
    await this.#fetch("/v1/search/stop", { method: "POST", body: JSON.stringify({ id }) });
  }
}

/** The objects in a stream of server-sent events. */
async function* chunks(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    let piece;
    try {
      piece = await reader.read();
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Refusal(0, "The connection to the server was lost.");
    }
    if (piece.done) return;
    const lines = (rest + piece.value).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      if (line.startsWith("data: ") && line !== "data: [DONE]") yield JSON.parse(line.slice(6));
    }
  }
}
