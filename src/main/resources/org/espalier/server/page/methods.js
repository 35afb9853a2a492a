/**
 * The methods: name, title, what it does for an n and a beam width, and what it is good for. The first are always shown; the
 * others once they have been chosen from the list of all.
 */
export const METHODS = [
  method("auto", "Auto", (n) => `The model’s first solution, then more, a few at a time, until more would hardly change the answer; ${n} at most.`,
    "Where to begin: easy problems stay cheap."),
  method("greedy", "Greedy", () => "One solution, always with the likeliest token: what the model says by itself.",
    "The cheapest, and what the others are compared with."),
  method("majority", "Majority", (n) => `${n} solutions are written, and their answers vote. Nothing is judged.`,
    "When no judge fits the problem, and answers are short enough to be equal."),
  method("best-of-n", "Best of N", (n) => `${n} solutions are written and every step is judged; the scores weigh the vote.`,
    "With a judge that can be trusted; the samples are independent, so it is the steadiest."),
  method("beam", "Beam", (n, width) => `At every step the best ${kept(n, width)} of ${n} paths stay, and each grows ${width} new ones.`,
    "Problems of many steps, where one slip spoils the rest."),
  method("dvts", "DVTS", (n, width) => `${kept(n, width)} trees grow side by side; at every step each keeps the best of ${width} candidates.`,
    "As beam, when its paths become too alike."),
  method("rebase", "REBASE", (n) => `At every step ${n} children are shared out by the scores: many for a good step, none for a bad one.`,
    "A softer beam: it holds on to paths that are nearly as good."),
  method("dora", "DORA", (n) => `As REBASE with ${n} children, but steps that say the same share theirs.`,
    "When many paths say the same in other words."),
  method("speculative-rejection", "Speculative rejection", (n) => `${n} solutions are begun, and the worst are given up while they are written.`,
    "Best of N in less time, with a judge that tells early."),
  method("particle", "Particle filter", (n) => `${n} partial solutions; after each step they are drawn anew by their scores.`,
    "With a judge that errs: luck keeps some of what it would cut."),
  method("mcts", "MCTS", (n) => `Monte Carlo tree search: ${n} paths, each begun where scores and curiosity point.`,
    "Hard problems with time to spare: it goes back to where another way might be better."),
  method("short-m", "Short-m", (n) => `${n} solutions are begun; the first that are finished vote, and the others are left.`,
    "Models that think at length: the short thoughts are the right ones more often."),
  method("refine", "Refine", (n) => `${n} solutions are criticised by the model itself, and written again.`,
    "Models large enough to find their own mistakes."),
  method("revise", "Revise", (n) => `Solutions are written again and again, ${n} in all, and all of them vote.`,
    "As refine, when a second version may also be worse."),
  method("ab-mcts", "AB-MCTS", (n) => `${n} solutions, each written anew or refined from one that is there, whichever has brought the better scores.`,
    "With a judge or a check that can be trusted, and a model that can use its verdict."),
];

/** Those that draw programs. */
export const DRAWING = ["auto", "greedy", "majority", "beam", "dvts"];

/** So many are always shown. */
export const USUAL = 6;

function method(name, title, what, use) {
  return { name, title, what, use };
}

/** Of any name; a server may know more than this page. */
export function methodOf(name) {
  return METHODS.find((one) => one.name === name) ?? method(name, name, () => "", "");
}

/** The model that a request chose; empty if it took the usual one. */
export function modelOf({ model = "" }) {
  const [name] = model.split("@");
  return name === "default" ? "" : name;
}

/**
 * How a search is called on the page.
 *
 * @param model that the request chose; empty for the usual one
 */
export function titleOf(name, n, model = "") {
  const { title } = methodOf(name);
  const search = name === "auto" ? `${title}, up to ${n}` : name === "greedy" ? title : `${title}, n = ${n}`;
  return model ? `${search} · ${model}` : search;
}

/** As on the command line. */
export function usualN(name, ofProgram = false) {
  return name === "auto" && !ofProgram ? 64 : 16;
}

/** What these do where the answer is a program. */
export function programHint(name) {
  const runs = "each is run with the tests in a sandbox";
  if (name === "greedy") return { what: () => "One program, always with the likeliest token; it is run with the tests in a sandbox.", use: "" };
  if (name === "auto") return { what: (n) => `Programs are written, ${n} at most, and ${runs}, until one passes all.`, use: "" };
  if (name === "beam" || name === "dvts") {
    return { what: (n, width) => `${n} programs are written line by line; what fails is cut off at once, and the best of ${width} lines goes on.`, use: "" };
  }
  return { what: (n) => `${n} programs are written, and ${runs}; the one that works, or does what most do, is chosen.`, use: "" };
}

/** Paths that are kept of n. */
function kept(n, width) {
  return Math.max(1, Math.floor(n / width)) || "the";
}
