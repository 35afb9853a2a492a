package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.espalier.model.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SearchMethodTest {
    @ParameterizedTest
    @EnumSource
    void nameOnTheCommandLineLeadsBack(SearchMethod method) {
        assertThat(SearchMethod.parse(method.cliName())).isEqualTo(method);
    }

    @Test
    void autoWritesSomeAtATime() {
        assertThat(EarlyStopping.atOnce(SearchMethod.AUTO, 64)).isEqualTo(21);
        assertThat(EarlyStopping.atOnce(SearchMethod.AUTO, 8)).isEqualTo(4);
        assertThat(EarlyStopping.atOnce(SearchMethod.AUTO, 2)).isEqualTo(2);
        assertThat(EarlyStopping.atOnce(SearchMethod.DVTS, 64)).isEqualTo(64);
    }

    @Test
    void unknownNameIsAnsweredWithTheKnownOnes() {
        assertThatThrownBy(() -> SearchMethod.parse("bon"))
                .isInstanceOf(UsageException.class)
                .hasMessage("method bon is unknown: choose greedy, majority, short-m, best-of-n, beam, dvts, "
                        + "rebase, dora, speculative-rejection, particle, mcts, refine, revise, ab-mcts, auto");
    }
}
