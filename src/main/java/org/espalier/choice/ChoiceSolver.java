package org.espalier.choice;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.espalier.choice.Choice.Reply;
import org.espalier.model.Answer;
import org.espalier.model.Completion;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.search.Ballot;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchListener;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.espalier.search.Solver;

/** Chooses among options. Futures complete on the policy's thread. */
public final class ChoiceSolver {
    private final Solver solver;
    private final Likelihoods likelihoods;

    /** @param likelihoods of the solver's policy */
    public ChoiceSolver(Solver solver, Likelihoods likelihoods) {
        this.solver = solver;
        this.likelihoods = likelihoods;
    }

    /**
     * Starts.
     *
     * @param search n, how replies are drawn, and the seed, where there is a vote; the i-th reply sees the options in the
     *     order i mod k
     * @param meter of this choice alone
     */
    public CompletableFuture<Choice> start(ChoiceTask task, ChoiceMethod method, SearchConfig search, Meter meter) {
        return switch (method) {
            case LETTERS -> letters(task, meter);
            case TEXT -> text(task, meter);
            case VOTE -> vote(task, search, meter);
        };
    }

    private CompletableFuture<Choice> letters(ChoiceTask task, Meter meter) {
        List<Problem> orders =
                IntStream.range(0, task.size()).mapToObj(task::lettered).toList();
        List<String> letters = IntStream.range(0, task.size())
                .mapToObj(place -> " " + ChoiceTask.letter(place))
                .toList();
        return likelihoods.of(orders, letters, meter).thenApply(read -> {
            List<List<Double>> byTurn = new ArrayList<>();
            for (int turn = 0; turn < read.size(); turn++) {
                List<Double> ofPlaces = probabilities(read.get(turn));
                int order = turn;
                byTurn.add(IntStream.range(0, task.size())
                        .mapToObj(option -> ofPlaces.get(task.place(option, order)))
                        .toList());
            }
            return Choice.ofShares(task, ChoiceMethod.LETTERS, byTurn);
        });
    }

    /** By byte, so that a longer option is not the less likely for its length, whatever the tokens are. */
    private CompletableFuture<Choice> text(ChoiceTask task, Meter meter) {
        List<String> texts = task.options().stream().map(option -> " " + option).toList();
        return likelihoods.of(List.of(task.open()), texts, meter).thenApply(read -> {
            List<Double> byByte = IntStream.range(0, task.size())
                    .mapToObj(option ->
                            read.get(0).get(option) / texts.get(option).getBytes(StandardCharsets.UTF_8).length)
                    .toList();
            return Choice.ofShares(task, ChoiceMethod.TEXT, List.of(probabilities(byByte)));
        });
    }

    /** What options have of the whole; 0 each if none can be told. */
    private static List<Double> probabilities(List<Double> logs) {
        double greatest = logs.stream()
                .mapToDouble(Double::doubleValue)
                .filter(log -> !Double.isNaN(log))
                .max()
                .orElse(Double.NaN);
        List<Double> weights = logs.stream()
                .map(log -> Double.isNaN(log) ? 0 : Math.exp(log - greatest))
                .toList();
        double all = weights.stream().mapToDouble(Double::doubleValue).sum();
        return weights.stream().map(weight -> all > 0 ? weight / all : 0).toList();
    }

    private CompletableFuture<Choice> vote(ChoiceTask task, SearchConfig search, Meter meter) {
        List<CompletableFuture<List<Placed>>> orders = new ArrayList<>();
        for (int turn = 0; turn < Math.min(task.size(), search.n()); turn++) {
            orders.add(drawn(task, turn, search, meter));
        }
        return CompletableFuture.allOf(orders.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> Choice.ofReplies(
                        task,
                        orders.stream()
                                .flatMap(order -> order.join().stream())
                                .sorted(Comparator.comparingInt(Placed::index))
                                .map(Placed::reply)
                                .toList()));
    }

    /** A reply, and when it was drawn. */
    private record Placed(int index, Reply reply) {}

    private CompletableFuture<List<Placed>> drawn(ChoiceTask task, int turn, SearchConfig search, Meter meter) {
        int n = (search.n() - turn + task.size() - 1) / task.size();
        SearchConfig config = search.toBuilder().n(n).beamWidth(1).stopAt(1.0).build();
        return solver.reading(new ChoiceReader(task, turn))
                .start(task.posed(turn), SearchMethod.MAJORITY, config, meter, SearchListener.NONE)
                .thenApply(solution -> placed(task, turn, solution));
    }

    private static List<Placed> placed(ChoiceTask task, int turn, Solution solution) {
        List<Placed> replies = new ArrayList<>();
        for (Ballot ballot : solution.ballots()) {
            Completion completion = ballot.completion();
            Answer answer = ballot.counts() ? completion.answer() : null;
            Integer option = answer == null ? null : Integer.valueOf(answer.key());
            replies.add(new Placed(
                    ballot.index() * task.size() + turn,
                    new Reply(turn, option, completion.text(), completion.tokens())));
        }
        return replies;
    }
}
