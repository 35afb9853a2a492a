package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.espalier.search.SearchMethod.PARTICLE;

import org.espalier.search.SearchNode.Fate;
import org.espalier.testing.EventLoop;
import org.espalier.testing.FakePrm;
import org.junit.jupiter.api.Test;

class ParticleFilterTest {
    private static SearchConfig.Builder config(int n) {
        return SearchConfig.builder().n(n);
    }

    /**
     * N = 4. The softmax of logits has the odds for weights: 9, 1, 1/9 and 1, in sum 11.11; of 4 copies that is 3.24, .36, .04
     * and .36, and the pieces end at 3.24, 3.6, 3.64 and 4. The offset of this seed is .959: the pointers at .959, 1.959
     * and 2.959 are on a, and that at 3.959 is on d.
     */
    @Test
    void particlesAreDrawnByTheOddsOfTheirScores() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "b|", "c|", "d|").on("a|", "1", "2", "3").on("d|", "4");
        trial.scores(
                "a|", .9, "b|", .5, "c|", .1, "d|", .5, //
                "a|1", .5, "a|2", .5, "a|3", .5, "d|4", .5);
        Solution solution = trial.solve(PARTICLE, config(4));

        assertThat(trial.extended()).containsExactly("", "", "", "", "a|", "a|", "a|", "d|");
        assertThat(Trial.paths(solution, Fate.PRUNED)).containsExactly("b|", "c|");
        assertThat(Trial.completions(solution)).containsExactly("a|1", "a|2", "a|3", "d|4");
    }

    /** The odds are 999 and 1/999: both pointers are on the finished one, which then votes twice. */
    @Test
    void finishedParticlesAreDrawnToo() {
        Trial trial = new Trial();
        trial.policy.on("", "1", "b|");
        Solution solution = trial.scores("1", .999, "b|", .001).solve(PARTICLE, config(2));

        assertThat(Trial.completions(solution)).containsExactly("1", "1");
        assertThat(solution.ballots())
                .extracting(Ballot::node, Ballot::index, Ballot::counts)
                .containsExactly(tuple(1, 0, true), tuple(1, 1, true));
        assertThat(Trial.paths(solution, Fate.PRUNED)).containsExactly("b|");
        assertThat(trial.events).containsOnlyOnce("completed 1");
        assertThat(solution.usage().committedTokens()).isEqualTo(1);
    }

    /** And a finished one with a bad score dies. */
    @Test
    void finishedParticleMayDie() {
        Trial trial = new Trial();
        trial.policy.on("", "1", "b|").on("b|", "2", "3");
        Solution solution =
                trial.scores("1", .001, "b|", .999, "b|2", .5, "b|3", .5).solve(PARTICLE, config(2));

        assertThat(Trial.completions(solution)).containsExactly("b|2", "b|3");
        assertThat(Trial.paths(solution, Fate.PRUNED)).containsExactly("1");
    }

    /** Equal scores: each of the four particles has one copy, and the three that say a are extended as one. */
    @Test
    void twinsAreExtendedAsOne() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "b|", "a|", "a|").on("a|", "1", "2", "3").on("b|", "4");
        Solution solution = trial.solve(PARTICLE, config(4));

        assertThat(Trial.completions(solution)).containsExactly("a|1", "b|4", "a|2", "a|3");
    }

    /** Which copies survive depends on the seed, and on nothing else. */
    @Test
    void badStepSurvivesAsOftenAsItsOddsSay() {
        int survived = 0;
        for (long seed = 0; seed < 400; seed++) {
            Trial trial = new Trial(EventLoop.shuffled(seed));
            trial.policy.on("", "a|", "b|").on("a|", "1", "1").on("b|", "2", "2");
            trial.prm = new FakePrm(trial.loop, path -> path.startsWith("a") ? .75 : .25);
            Solution solution = trial.solve(PARTICLE, config(2).seed(seed));
            survived += Trial.completions(solution).contains("b|2") ? 1 : 0;
        }
        // The odds are 3 and 1/3: of two copies b has .2 on average, and never two.
        assertThat(survived).isBetween(55, 105);
    }
}
