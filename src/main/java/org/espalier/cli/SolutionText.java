package org.espalier.cli;

import java.util.Locale;
import org.espalier.model.Excerpt;
import org.espalier.model.Limit;
import org.espalier.model.ReplyForm;
import org.espalier.search.ChosenBy;
import org.espalier.search.Confidence;
import org.espalier.search.Usage;
import org.espalier.search.Vote;
import org.espalier.wire.SolutionDocument;
import org.jspecify.annotations.Nullable;

/** A solution for a person to read: the reasoning, the answer, how sure the vote was, and what it cost. */
final class SolutionText {
    private static final int MOST_VOTES = 5;
    private static final int VOTE_WIDTH = 60;
    private final Terminal terminal;

    SolutionText(Terminal terminal) {
        this.terminal = terminal;
    }

    void print(SolutionDocument solution) {
        String text = solution.solution();
        String answer = solution.outcome().answer();
        if (text != null) {
            terminal.println("%s%n", text.strip());
        }
        if (text == null) {
            terminal.println("@|bold No answer|@: %s", reason(solution));
        } else if (answer == null) {
            terminal.println("@|faint (%s; %s)|@", howChosen(solution), sureness(solution));
        } else {
            terminal.print("@|bold,green Answer: %s|@", answer);
            terminal.println("  @|faint (%s; %s)|@", confidence(solution), sureness(solution));
            if (solution.fields() != null) {
                solution.fields().forEach(this::printField);
            } else if (solution.completions().size() > 1) {
                @Nullable ChosenBy by = solution.outcome().chosenBy();
                solution.outcome().votes().stream().limit(MOST_VOTES).forEach(vote -> printVote(vote, by));
            }
        }
        terminal.println("@|faint %s|@", cost(solution));
        solution.outcome()
                .limit()
                .ifPresent(limit -> terminal.println("@|yellow %s|@", "Stopped early: " + describe(limit)));
    }

    /** How the replies voted on a part; of one that they want left out there is no value. */
    private void printField(ReplyForm.Field field) {
        String value = field.value() == null ? "left out" : Excerpt.within(field.value(), VOTE_WIDTH);
        terminal.println(
                "  %-24s %-30s @|faint %s %% agree|@", field.path(), value, Numbers.percent(field.agreement()));
    }

    private static String reason(SolutionDocument solution) {
        return solution.outcome().limit().isPresent()
                ? "nothing was written before the end; give it a larger budget or deadline"
                : "the policy wrote nothing";
    }

    /** How the reply was chosen that is shown where there is no short answer. */
    private static String howChosen(SolutionDocument solution) {
        int completions = solution.completions().size();
        ChosenBy by = solution.outcome().chosenBy();
        Confidence confidence = solution.outcome().confidence();
        String unfinished = confidence.finished() == 0 ? "unfinished; " : "";
        String of = by == null || by == ChosenBy.ONLY || completions == 1
                ? "the only reply"
                : switch (by) {
                    case CONFIDENCE -> "the reply that the policy is surest of, of " + completions;
                    case COMPARISON -> "the reply that won the comparisons of " + completions;
                    case SELECTION -> "the reply that the policy takes for the best of " + completions;
                    case SYNTHESIS -> "a reply that the policy made of " + completions;
                    case SCORE -> "the reply with the highest score of " + completions;
                    case LIKELIHOOD -> "the likeliest reply of " + completions;
                    default -> "the first reply of " + completions;
                };
        Double belief = confidence.belief();
        String score = belief == null ? "" : String.format(Locale.ROOT, ", score %.2g", belief);
        return unfinished + of + score + "; there is no short answer to vote on";
    }

    private static String sureness(SolutionDocument solution) {
        if (solution.outcome().confidence().proved()) {
            return "checked: it is right";
        }
        return "confidence " + solution.outcome().confidence().level().name().toLowerCase(Locale.ROOT);
    }

    private static String confidence(SolutionDocument solution) {
        if (solution.outcome().votes().isEmpty()) {
            return "from an unfinished completion; nothing was there to vote";
        }
        int completions = solution.completions().size();
        if (completions == 1) {
            return "one completion";
        }
        ChosenBy by = solution.outcome().chosenBy();
        if (by == ChosenBy.COMPARISON) {
            return "it won the comparisons of %d completions".formatted(completions);
        }
        if (by == ChosenBy.SELECTION) {
            return "the policy takes it for the best of %d completions".formatted(completions);
        }
        if (by == ChosenBy.SYNTHESIS) {
            return "the policy made it of %d completions".formatted(completions);
        }
        Confidence confidence = solution.outcome().confidence();
        return String.format(
                Locale.ROOT,
                "%d of %d completions agree, %.0f %% of the vote",
                confidence.agreeing(),
                confidence.finished(),
                100 * solution.outcome().agreement());
    }

    /** Says what decides; where the majority does, weights do not. */
    private void printVote(Vote vote, @Nullable ChosenBy by) {
        String answer = vote.answer().replaceAll("\\s+", " ");
        String shown = answer.length() > VOTE_WIDTH ? answer.substring(0, VOTE_WIDTH - 3) + "..." : answer;
        String weight = by != ChosenBy.MAJORITY && vote.weight() > 0
                ? String.format(Locale.ROOT, " weight %.2f", vote.weight())
                : "";
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
