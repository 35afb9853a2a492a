package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;

import org.espalier.model.Meter.Count;
import org.junit.jupiter.api.Test;

class UsageTest {
    /** Samples 0 and 1 read a b | 1, samples 2 and 3 read c | 1: each second one repeats the first, step by step. */
    @Test
    void duplicatesAreStepsWhosePathWasWrittenBefore() {
        Trial trial = new Trial();
        trial.policy.on("", "a b|", "a b|", "c|", "c|").on("a b|", "1").on("c|", "1");
        Usage usage =
                trial.solve(SearchMethod.BEST_OF_N, SearchConfig.builder().n(4)).usage();

        assertThat(usage.policyTokens()).isEqualTo(3 + 3 + 2 + 2);
        assertThat(usage.duplicatedTokens()).as("a b 1 and c 1").isEqualTo(3 + 2);
        assertThat(usage.committedTokens()).isEqualTo(10);
        assertThat(usage.discardedTokens()).isZero();
    }

    /** The prompt of four tokens is all that two samples share. */
    @Test
    void sharedIsWhatTwoBranchesHaveOnTheirPaths() {
        Trial samples = new Trial();
        samples.policy.on("", "a b|", "c|").on("a b|", "1").on("c|", "1");
        Trial greedy = new Trial();
        greedy.policy.on("", "a b|").on("a b|", "1");
        assertThat(samples.solve(SearchMethod.BEST_OF_N, SearchConfig.builder().n(2))
                        .usage()
                        .sharedTokens())
                .isEqualTo(4);
        assertThat(greedy.solve(SearchMethod.GREEDY, SearchConfig.builder())
                        .usage()
                        .sharedTokens())
                .isZero();
    }

    @Test
    void takesTheMetersCounts() {
        Trial trial = new Trial();
        trial.policy.on("", "a|").on("a|", "1");
        trial.meter.add(Count.PREEMPTIONS, 3);
        trial.meter.add(Count.POLICY_TOKENS_DECODED, 5);
        Usage usage =
                trial.solve(SearchMethod.BEST_OF_N, SearchConfig.builder().n(1)).usage();

        assertThat(usage.promptTokens()).isEqualTo(4);
        assertThat(usage.prmTokens()).isEqualTo(2);
        assertThat(usage.prmTokensUnique()).isEqualTo(2);
        assertThat(usage.policyTokensDecoded()).isEqualTo(2 + 5);
        assertThat(usage.decodeSteps()).isEqualTo(2);
        assertThat(usage.preemptions()).isEqualTo(3);
    }
}
