package org.espalier.cli;

import java.util.Locale;
import org.espalier.model.Answer;
import org.espalier.model.Limit;
import org.espalier.runtime.GradeAnswerReader;
import org.espalier.search.Usage;
import org.espalier.search.Vote;
import org.espalier.wire.SolutionDocument;

/** A solution for a person to read: the reasoning, the answer, how sure the vote was, and what it cost. */
final class SolutionText {
    private static final int MOST_VOTES = 5;
    private static final int VOTE_WIDTH = 60;
    private static final String BLIND =
            "The PRM gave every step the same score or none: it did not help, and the majority decided";

    private final Terminal terminal;

    SolutionText(Terminal terminal) {
        this.terminal = terminal;
    }

    /** @param prmBlind whether the PRM told no candidates apart */
    void print(SolutionDocument solution, boolean prmBlind) {
        String text = solution.solution();
        String answer = solution.outcome().answer();
        if (text != null) {
            terminal.println("%s%n", text.strip());
        }
        if (answer == null || text == null) {
            terminal.println("@|bold No answer|@: %s", reason(solution));
        } else {
            terminal.print("@|bold,green Answer: %s|@", answer);
            terminal.println("  @|faint (%s)|@", confidence(solution, text));
            if (solution.completions().size() > 1) {
                boolean weighed = solution.outcome().method().needsPrm();
                solution.outcome().votes().stream().limit(MOST_VOTES).forEach(vote -> printVote(vote, weighed));
            }
        }
        terminal.println("@|faint %s|@", cost(solution));
        if (prmBlind) {
            terminal.println("@|yellow %s|@", BLIND);
        }
        solution.outcome()
                .limit()
                .ifPresent(limit -> terminal.println("@|yellow %s|@", "Stopped early: " + describe(limit)));
    }

    private static String reason(SolutionDocument solution) {
        long finished = solution.completions().stream()
                .filter(sample -> sample.completion().finished())
                .count();
        if (finished == 0) {
            return "none of the " + solution.completions().size()
                    + " completions was finished; give it a larger --max-tokens, budget or deadline";
        }
        return "none of the " + finished + " finished completions states one";
    }

    private static String confidence(SolutionDocument solution, String text) {
        if (solution.outcome().votes().isEmpty()) {
            return "from an unfinished completion; nothing was there to vote";
        }
        if (solution.completions().size() == 1) {
            return "one completion";
        }
        int votes = solution.outcome().votes().stream().mapToInt(Vote::count).sum();
        String key = new GradeAnswerReader().read(text).map(Answer::key).orElse("");
        int same = solution.outcome().votes().stream()
                .filter(vote -> vote.key().equals(key))
                .mapToInt(Vote::count)
                .sum();
        return String.format(
                Locale.ROOT,
                "%d of %d completions agree, %.0f %% of the vote",
                same,
                votes,
                100 * solution.outcome().agreement());
    }

    private void printVote(Vote vote, boolean weighed) {
        String answer = vote.answer().replaceAll("\\s+", " ");
        String shown = answer.length() > VOTE_WIDTH ? answer.substring(0, VOTE_WIDTH - 3) + "..." : answer;
        String weight = weighed ? String.format(Locale.ROOT, " weight %.2f", vote.weight()) : "";
        terminal.println("  %-20s @|faint x %-3d%s|@", shown, vote.count(), weight);
    }

    private static String cost(SolutionDocument solution) {
        Usage usage = solution.outcome().usage();
        return String.format(
                Locale.ROOT,
                "%s -n %d: %d completions%s, %,d policy tokens (%,d kept, %,d discarded), %,d PRM tokens, %.1f s, %.0f tokens/s",
                solution.outcome().method().cliName(),
                solution.outcome().n(),
                solution.completions().size(),
                solution.outcome().settled() ? " settled it" : "",
                usage.policyTokens(),
                usage.committedTokens(),
                usage.discardedTokens(),
                usage.prmTokens(),
                usage.wallMillis() / 1e3,
                usage.tokensPerSecond());
    }

    static String describe(Limit limit) {
        return switch (limit) {
            case TOKENS -> "the token budget was spent";
            case DEADLINE -> "the deadline was reached";
            case JOULES -> "the energy budget was spent";
            case CANCELLED -> "interrupted";
            case CONTEXT -> "the context was full before a path was finished; raise --context or --memory";
        };
    }
}
