package org.espalier.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.search.SearchConfig;
import org.espalier.search.Solver;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.EventLoop;
import org.espalier.testing.ScriptedPolicy;
import org.junit.jupiter.api.Test;

class ChoiceSolverTest {
    private static final ChoiceTask TASK = new ChoiceTask("q", "Which is red?", List.of("grass", "blood", "milk"));

    private final EventLoop loop = EventLoop.inOrder();
    private final ScriptedPolicy policy = new ScriptedPolicy(loop);
    private final List<Problem> asked = new ArrayList<>();

    /** A policy that likes the first place twice as much as the others, and blood twice as much as the others. */
    private CompletableFuture<List<List<Double>>> likelihoods(List<Problem> prompts, List<String> texts, Meter meter) {
        asked.addAll(prompts);
        List<List<Double>> all = new ArrayList<>();
        for (Problem prompt : prompts) {
            List<Double> logs = new ArrayList<>();
            for (int place = 0; place < texts.size(); place++) {
                boolean red = prompt.text().contains(texts.get(place).strip() + ") blood");
                logs.add(Math.log((place == 0 ? 2 : 1) * (red ? 1.9 : 1) / 100.0));
            }
            all.add(logs);
        }
        return CompletableFuture.completedFuture(all);
    }

    private Choice choose(ChoiceMethod method, int n, Likelihoods likelihoods) {
        ChoiceSolver solver = new ChoiceSolver(new Solver(policy, null, new BoxedReader()), likelihoods);
        return loop.await(solver.start(TASK, method, SearchConfig.builder().n(n).build(), new Meter(Budget.UNLIMITED)));
    }

    @Test
    void whatAPlaceIsWorthCancelsOut() {
        Choice choice = choose(ChoiceMethod.LETTERS, 1, this::likelihoods);

        assertThat(choice.asGiven()).as("the order as given").isEqualTo(0);
        assertThat(choice.chosen()).as("all orders").isEqualTo(1);
        // Blood stands at the places B, A and C.
        assertThat(choice.shares().get(1)).isCloseTo((1.9 / 4.9 + 3.8 / 5.8 + 1.9 / 4.9) / 3, within(1e-12));
        assertThat(choice.shares().stream().mapToDouble(share -> share).sum()).isCloseTo(1, within(1e-12));
        assertThat(choice.places().get(0)).isCloseTo((2 / 4.9 + 3.8 / 5.8 + 2 / 4.9) / 3, within(1e-12));
        assertThat(asked)
                .allSatisfy(
                        prompt -> assertThat(prompt.later().get(0).content()).isEqualTo("Answer:"));
    }

    @Test
    void wordsAreComparedByByte() {
        Choice choice = choose(
                ChoiceMethod.TEXT,
                1,
                (prompts, texts, meter) -> CompletableFuture.completedFuture(List.of(List.of(-6.0, -6.6, -2.0))));

        // " grass" and " blood" have six bytes, " milk" has five.
        assertThat(choice.chosen()).isEqualTo(2);
        double all = Math.exp(-1) + Math.exp(-1.1) + Math.exp(-.4);
        assertThat(choice.shares().get(1)).isCloseTo(Math.exp(-1.1) / all, within(1e-12));
        assertThat(choice.places()).isEmpty();
    }

    @Test
    void whatDoesNotFitIsNotChosen() {
        Choice choice = choose(
                ChoiceMethod.TEXT,
                1,
                (prompts, texts, meter) ->
                        CompletableFuture.completedFuture(List.of(List.of(Double.NaN, -9.0, Double.NaN))));
        assertThat(choice.chosen()).isEqualTo(1);
        choice = choose(
                ChoiceMethod.TEXT,
                1,
                (prompts, texts, meter) ->
                        CompletableFuture.completedFuture(List.of(List.of(Double.NaN, Double.NaN, Double.NaN))));
        assertThat(choice.chosen()).isNull();
    }

    /** The first order has the replies 0 and 3, the second 1 and 4, the third 2. */
    @Test
    void repliesVoteOnWhatStoodWhereTheyPoint() {
        policy.on("", "Answer: A", "I cannot tell.");

        Choice choice = choose(ChoiceMethod.VOTE, 5, this::likelihoods);

        // Each order has a policy that says A first: grass, blood and milk.
        assertThat(choice.votes()).containsExactly(1, 1, 1);
        assertThat(choice.unread()).isEqualTo(2);
        assertThat(choice.places()).containsExactly(1.0, 0.0, 0.0);
        assertThat(choice.replies()).extracting(Choice.Reply::turn).containsExactly(0, 1, 2, 0, 1);
        assertThat(choice.replies()).extracting(Choice.Reply::option).containsExactly(0, 1, 2, null, null);
        assertThat(choice.chosen()).as("of equal votes the first").isEqualTo(0);
        assertThat(choice.first(2).votes()).containsExactly(1, 1, 0);
    }

    @Test
    void aMajorityIsChosen() {
        policy.on("", "It is blood.", "Answer: B");

        Choice choice = choose(ChoiceMethod.VOTE, 6, this::likelihoods);

        assertThat(choice.votes()).containsExactly(1, 4, 1);
        assertThat(choice.chosen()).isEqualTo(1);
        assertThat(choice.asGiven()).isEqualTo(1);
    }
}
