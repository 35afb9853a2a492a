package org.espalier.choice;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.espalier.model.ChatMessage;
import org.espalier.model.Meter;
import org.espalier.model.Problem;

/**
 * Compares replies two by two until one is left. A policy is asked which of two is better, in both orders, and the
 * probabilities of its two answers are read off the logits: what it has for the first place cancels out, and is measured.
 */
public final class Knockout {
    private static final String ASKED = """
            Here are a question and two replies to it.

            Question:
            %s

            Reply 1:
            %s

            Reply 2:
            %s

            Which reply is better?""";

    private static final String BEGUN = "The better one is reply";
    private static final List<String> ANSWERS = List.of(" 1", " 2");

    private final Likelihoods likelihoods;

    /** @param likelihoods of the policy that compares */
    public Knockout(Likelihoods likelihoods) {
        this.likelihoods = likelihoods;
    }

    /**
     * What came of it.
     *
     * @param winner the reply's number, from 0
     * @param comparisons of two replies, each in both orders
     * @param firstPlace mean probability of what stood first, whatever it was: a half for a policy that does not care; {@link
     *     Double#NaN} without comparisons
     */
    public record Result(int winner, int comparisons, double firstPlace) {}

    /** A comparison's winner, and how probable what stood first was. */
    private record Duel(int winner, double firstPlace) {}

    /**
     * Starts.
     *
     * @param replies one at least
     */
    public CompletableFuture<Result> start(String question, List<String> replies, Meter meter) {
        return round(
                question, replies, IntStream.range(0, replies.size()).boxed().toList(), new ArrayList<>(), meter);
    }

    private CompletableFuture<Result> round(
            String question, List<String> replies, List<Integer> left, List<Duel> before, Meter meter) {
        if (left.size() == 1 || meter.exceeded().isPresent()) {
            double first =
                    before.stream().mapToDouble(Duel::firstPlace).average().orElse(Double.NaN);
            return CompletableFuture.completedFuture(new Result(left.get(0), before.size(), first));
        }
        List<CompletableFuture<Duel>> duels = new ArrayList<>();
        for (int i = 0; i + 1 < left.size(); i += 2) {
            duels.add(duel(question, replies, left.get(i), left.get(i + 1), meter));
        }
        return CompletableFuture.allOf(duels.toArray(CompletableFuture<?>[]::new))
                .thenCompose(all -> {
                    List<Integer> winners = new ArrayList<>();
                    for (CompletableFuture<Duel> duel : duels) {
                        winners.add(duel.join().winner);
                        before.add(duel.join());
                    }
                    // Who has no opponent is compared with the last winner next.
                    if (left.size() % 2 == 1) {
                        winners.add(left.get(left.size() - 1));
                    }
                    return round(question, replies, winners, before, meter);
                });
    }

    private CompletableFuture<Duel> duel(String question, List<String> replies, int one, int other, Meter meter) {
        List<Problem> orders = List.of(
                asked(question, replies.get(one), replies.get(other)),
                asked(question, replies.get(other), replies.get(one)));
        return likelihoods.of(orders, ANSWERS, meter).thenApply(read -> {
            double oneFirst = first(read.get(0));
            double otherFirst = first(read.get(1));
            double forOne = (oneFirst + 1 - otherFirst) / 2;
            return new Duel(forOne >= 0.5 ? one : other, (oneFirst + otherFirst) / 2);
        });
    }

    private static Problem asked(String question, String first, String second) {
        return Problem.of(ASKED.formatted(question.strip(), first.strip(), second.strip()))
                .before(List.of(ChatMessage.assistant(BEGUN)));
    }

    /** The probability of the first answer; a half if nothing fits into the context. */
    private static double first(List<Double> logs) {
        double difference = logs.get(1) - logs.get(0);
        return Double.isNaN(difference) ? 0.5 : 1 / (1 + Math.exp(difference));
    }
}
