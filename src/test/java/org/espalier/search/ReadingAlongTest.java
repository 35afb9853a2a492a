package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.search.SearchNode.Fate;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.EventLoop;
import org.espalier.testing.FakePrm;
import org.espalier.testing.SeededPolicy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Steps are told as they are written, to those who want to read along. */
class ReadingAlongTest {
    private final EventLoop loop = EventLoop.inOrder();

    /** Keeps what it is told of steps that are not proposed yet. */
    private static final class Reader implements SearchListener {
        private final boolean wants;
        private final Map<Integer, StringBuilder> drafts = new HashMap<>();
        private int told;

        Reader(boolean wants) {
            this.wants = wants;
        }

        @Override
        public boolean readsAlong() {
            return wants;
        }

        @Override
        public void writing(SearchNode node, String text) {
            told++;
            drafts.computeIfAbsent(node.id(), id -> new StringBuilder()).append(text);
        }

        @Override
        public void proposed(SearchNode node) {
            StringBuilder draft = drafts.remove(node.id());
            if (draft != null) {
                assertThat(draft).hasToString(node.text());
                assertThat(node.fate()).isNotEqualTo(Fate.LOOKAHEAD);
            }
        }
    }

    private Solution solve(SearchMethod method, SearchListener listener) {
        SearchConfig.Builder config =
                SearchConfig.builder().n(8).beamWidth(4).lookahead(method == SearchMethod.BEAM ? 1 : 0);
        Solver solver = new Solver(new SeededPolicy(loop), FakePrm.seeded(loop), new BoxedReader());
        return loop.await(solver.start(Trial.PROBLEM, method, config.build(), new Meter(Budget.UNLIMITED), listener));
    }

    @ParameterizedTest
    @EnumSource(
            value = SearchMethod.class,
            names = {"MAJORITY", "BEST_OF_N", "BEAM", "DVTS", "REBASE", "PARTICLE", "AUTO"})
    void tellsEachStepBeforeItIsProposed(SearchMethod method) {
        Reader reader = new Reader(true);
        Solution solution = solve(method, reader);
        assertThat(reader.told).isGreaterThan(10);
        assertThat(reader.drafts).as("steps that were begun and not proposed").isEmpty();
        Reader uninterested = new Reader(false);
        assertThat(solve(method, uninterested).completions()).isEqualTo(solution.completions());
        assertThat(uninterested.told).isZero();
    }
}
