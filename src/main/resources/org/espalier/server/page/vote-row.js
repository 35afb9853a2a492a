import { element } from "./element.js";

/** A row of a list of votes: what is voted for, a bar as long as its share of the strongest vote, and words on it. */
export function voteRow(answer, share, words) {
  const row = element("li", "vote");
  const bar = element("span", "vote-bar");
  answer.classList.add("vote-answer");
  bar.style.setProperty("--share", share.toFixed(3));
  row.append(answer, bar, element("span", "vote-count", words));
  return row;
}
