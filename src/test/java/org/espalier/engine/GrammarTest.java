package org.espalier.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.espalier.engine.ToyLane.PROMPT;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.espalier.engine.ModelRunner.Capacity;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Each branch has its own place in the grammar, whatever becomes of its cells. {@link FakeRunner} refuses a row whose place
 * is not as many tokens as its path has drawn.
 */
class GrammarTest {
    private static final SamplingParams SAMPLING = new SamplingParams(1, 0, 1, 0);
    private static final String GRAMMAR = PROMPT.length + " 1000";

    private ToyLane toy;

    @AfterEach
    void close() {
        toy.close();
    }

    private static StepRequest step(long seed, int tokens) {
        return StepRequest.toEnd(SAMPLING, seed, tokens);
    }

    private List<Step> run(List<Sequence> parents, int n, int tokens) {
        return toy.run(() -> {
            List<CompletableFuture<Step>> steps = new ArrayList<>();
            for (Sequence parent : parents) {
                IntStream.range(0, n).forEach(i -> steps.add(toy.lane.generate(parent, step(i, tokens))));
            }
            return steps;
        });
    }

    @Test
    void aBranchGoesOnWhereItsParentEnded() {
        toy = new ToyLane(new Capacity(1024, 32, 200, 64, true, true));
        Sequence root = toy.open(GRAMMAR);
        // The same seed twice: branches that write alike follow one shared sequence until their seeds part them.
        List<Step> first = new ArrayList<>(run(List.of(root, root), 6, 5));
        List<Sequence> parents = first.stream()
                .filter(step -> step.tokens() == 5)
                .map(step -> (Sequence) step.prefix())
                .toList();
        assertThat(parents).isNotEmpty();
        assertThat(run(parents, 3, 7)).isNotEmpty();
    }

    @Test
    void aPlaceOutlivesTheCellsOfItsSequence() {
        // Far too few cells for 24 branches: they are preempted, evicted and computed again.
        toy = new ToyLane(new Capacity(96, 8, 90, 16, true, true));
        Sequence root = toy.open(GRAMMAR);
        List<Step> steps = run(List.of(root), 24, 12);
        assertThat(steps).hasSize(24);
        assertThat(run(List.of((Sequence) steps.get(3).prefix()), 4, 12)).hasSize(4);
    }

    @Test
    void whereTheGrammarAllowsNothingTheStepFailsInALine() {
        toy = new ToyLane(new Capacity(1024, 32, 200, 64, true, true));
        Sequence root = toy.open(PROMPT.length + " 4");
        assertThatThrownBy(() -> run(List.of(root), 1, 20))
                .hasMessageContaining("the grammar allows no token of the policy's vocabulary here");
        // Nobody else is hurt.
        assertThat(run(List.of(toy.open(null)), 4, 20)).hasSize(4);
    }

    @Test
    void freeTextLeavesThePlaceWhereItWas() {
        toy = new ToyLane(new Capacity(1024, 32, 200, 64, true, true));
        // Ten tokens of thinking, which the grammar is not about: its place is then behind the prompt and these.
        Sequence root = toy.open(PROMPT.length + 10 + " 1000");
        Step thought = toy.run(() -> List.of(toy.lane.generate(root, step(3, 10).freely())))
                .get(0);
        assertThat(thought.tokens()).isEqualTo(10);
        assertThat(run(List.of((Sequence) thought.prefix()), 4, 5)).hasSize(4);
    }

    @Test
    void grammarsOfTheSameTextAreOneAndSomeAreKept() {
        toy = new ToyLane(new Capacity(1024, 64, 200, 64, true, true));
        List<Sequence> roots = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            roots.add(toy.open(GRAMMAR));
        }
        assertThat(toy.runner.openGrammars()).isEqualTo(1);
        toy.onEngine(() -> roots.forEach(Sequence::close));
        for (int i = 0; i < 40; i++) {
            Sequence root = toy.open(PROMPT.length + " " + (500 + i));
            toy.onEngine(root::close);
        }
        assertThat(toy.runner.openGrammars()).isEqualTo(16);
    }
}
