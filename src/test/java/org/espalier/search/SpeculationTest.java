package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.search.SearchMethod.BEAM;

import java.util.concurrent.CompletableFuture;
import org.espalier.search.SearchNode.Fate;
import org.espalier.testing.EventLoop;
import org.junit.jupiter.api.Test;

class SpeculationTest {
    private static final MethodParams SPECULATE = new MethodParams(null, .5, 1, 4, null, false, true);

    private static Trial tree() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "b b b|").on("a|", "1", "2").on("b b b|", "3", "4");
        return trial;
    }

    /** a is there, b is held back: a's next step is begun. a is kept, and has only its second child left to ask for. */
    @Test
    void keptCandidatesNextStepIsThereAlready() {
        Trial trial = tree().scores("a|", .9, "b b b|", .1, "a|1", .5, "a|2", .5);
        trial.loop.hold(about -> about.startsWith("b"));
        CompletableFuture<Solution> solution =
                trial.start(BEAM, SearchConfig.builder().n(2).beamWidth(2).params(SPECULATE));
        trial.loop.run();

        assertThat(trial.extended()).containsExactly("", "", "a|");
        assertThat(trial.events).contains("proposed a|1");
        trial.loop.hold(about -> false);
        Solution found = trial.check(trial.loop.await(solution));
        assertThat(trial.extended()).containsExactly("", "", "a|", "a|");
        assertThat(Trial.completions(found)).containsExactly("a|1", "a|2");
    }

    /** b turns out to be better: what was written after a is wasted. */
    @Test
    void droppedCandidatesNextStepIsDiscarded() {
        Trial trial = tree().scores("a|", .1, "b b b|", .9, "a|1", .5, "b b b|3", .5, "b b b|4", .5);
        trial.loop.hold(about -> about.startsWith("b"));
        CompletableFuture<Solution> solution =
                trial.start(BEAM, SearchConfig.builder().n(2).beamWidth(2).params(SPECULATE));
        trial.loop.run();
        trial.loop.hold(about -> false);
        Solution found = trial.check(trial.loop.await(solution));

        assertThat(Trial.completions(found)).containsExactly("b b b|3", "b b b|4");
        assertThat(Trial.paths(found, Fate.PRUNED)).containsExactly("a|", "a|1");
        assertThat(found.usage().discardedTokens()).as("a and 1").isEqualTo(2);
    }

    @Test
    void resultsAreThoseOfPlainBeamSearch() {
        long more = 0;
        for (long seed = 0; seed < 200; seed++) {
            SearchConfig.Builder config = SearchConfig.builder()
                    .seed(seed)
                    .n(8)
                    .beamWidth(2 + (int) (seed % 3))
                    .maxIterations(2 + (int) (seed % 7))
                    .maxTokens(60)
                    .lookahead((int) (seed % 2));
            Solution plain =
                    RandomTreesTest.run(BEAM, config, EventLoop.shuffled(seed)).solution();
            Solution ahead = RandomTreesTest.run(BEAM, config.params(SPECULATE), EventLoop.shuffled(seed + 1))
                    .solution();
            assertThat(ahead.completions()).as("seed %d", seed).isEqualTo(plain.completions());
            assertThat(ahead.votes()).as("seed %d", seed).isEqualTo(plain.votes());
            assertThat(ahead.usage().committedTokens()).isEqualTo(plain.usage().committedTokens());
            more += ahead.usage().policyTokens() - plain.usage().policyTokens();
        }
        assertThat(more).as("something was begun in vain").isPositive();
    }
}
