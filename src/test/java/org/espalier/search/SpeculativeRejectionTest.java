package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.search.SearchMethod.BEST_OF_N;
import static org.espalier.search.SearchMethod.SPECULATIVE_REJECTION;

import java.util.List;
import org.espalier.search.SearchNode.Fate;
import org.espalier.testing.EventLoop;
import org.junit.jupiter.api.Test;

class SpeculativeRejectionTest {
    private static SearchConfig.Builder config(int n, double rejection) {
        return SearchConfig.builder().n(n).params(new MethodParams(null, rejection, 1, 4, null, false, false));
    }

    /**
     * α = ½: samples are compared after 1, 2 and 4 steps. In parentheses what is given up.
     *
     * <pre>
     * step    1     2     3     4     5
     * 0       a .9  (e .2)
     * 1       (b .1)
     * 2       c .5  f .6  g .1  h .1  1 .7      the last one: never given up
     * 3       (d .3)
     * </pre>
     */
    @Test
    void worstHalfIsGivenUpWheneverTheOthersHaveDoubled() {
        Trial trial = new Trial();
        trial.policy
                .on("", "a|", "b|", "c|", "d|")
                .on("a|", "e|")
                .on("c|", "f|")
                .on("c|f|", "g|")
                .on("c|f|g|", "h|")
                .on("c|f|g|h|", "1");
        trial.scores(
                "a|",
                .9,
                "b|",
                .1,
                "c|",
                .5,
                "d|",
                .3, //
                "a|e|",
                .2,
                "c|f|",
                .6,
                "c|f|g|",
                .1,
                "c|f|g|h|",
                .1,
                "c|f|g|h|1",
                .7);
        Solution solution = trial.solve(SPECULATIVE_REJECTION, config(4, .5));

        assertThat(Trial.completions(solution)).containsExactly("c|f|g|h|1");
        assertThat(solution.ballots()).extracting(Ballot::index).containsExactly(2);
        assertThat(Trial.paths(solution, Fate.PRUNED)).containsExactly("b|", "d|", "a|e|");
        assertThat(solution.usage().discardedTokens()).as("a b d e").isEqualTo(4);
    }

    /** Sample 1 is finished at once, with a bad score; of the three others one is given up. */
    @Test
    void finishedSampleIsNotGivenUp() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "2", "c|", "d|").on("a|", "1").on("c|", "1");
        trial.scores("a|", .9, "2", .0, "c|", .5, "d|", .3, "a|1", .9, "c|1", .9);
        Solution solution = trial.solve(SPECULATIVE_REJECTION, config(4, .5));

        assertThat(Trial.completions(solution)).containsExactly("a|1", "2", "c|1");
        assertThat(solution.ballots()).extracting(Ballot::index).containsExactly(0, 1, 2);
    }

    @Test
    void samplesThatLiveAreThoseOfBestOfN() {
        for (long seed = 0; seed < 30; seed++) {
            SearchConfig.Builder config = config(12, .5).seed(seed).maxTokens(80);
            List<Ballot> all = RandomTreesTest.run(BEST_OF_N, config, EventLoop.inOrder())
                    .solution()
                    .ballots();
            List<Ballot> living = RandomTreesTest.run(SPECULATIVE_REJECTION, config, EventLoop.shuffled(seed))
                    .solution()
                    .ballots();
            assertThat(living).as("seed %d", seed).isNotEmpty().hasSizeLessThan(12);
            assertThat(living)
                    .as("seed %d", seed)
                    .allSatisfy(ballot -> assertThat(ballot.completion())
                            .isEqualTo(all.get(ballot.index()).completion()));
        }
    }

    /** A hundredth of 12 is no whole sample. */
    @Test
    void withoutRejectionItIsBestOfN() {
        for (long seed = 0; seed < 10; seed++) {
            SearchConfig.Builder config = config(12, .01).seed(seed).maxTokens(80);
            Solution all =
                    RandomTreesTest.run(BEST_OF_N, config, EventLoop.inOrder()).solution();
            Solution living = RandomTreesTest.run(SPECULATIVE_REJECTION, config, EventLoop.inOrder())
                    .solution();
            assertThat(living.completions()).as("seed %d", seed).isEqualTo(all.completions());
        }
    }
}
