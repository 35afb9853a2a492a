package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.espalier.model.ProcessRewardModel.Judgement;
import org.espalier.model.Step;
import org.espalier.model.StopReason;
import org.junit.jupiter.api.Test;

/** When a node lets go of what it holds. */
class SearchNodeTest {
    private final List<String> closed = new ArrayList<>();
    private final SearchTree tree = new SearchTree(1);
    private final SearchNode node = tree.add(tree.root(), 0);

    private void write(SearchNode written) {
        written.written(new Step(() -> closed.add("prefix " + written.id()), "a", 1, StopReason.DELIMITER, 0, 0), 9, 0);
    }

    private void judge(SearchNode judged) {
        judged.judgedBy(
                new Judgement() {
                    @Override
                    public double score() {
                        return .5;
                    }

                    @Override
                    public void close() {
                        closed.add("judgement " + judged.id());
                    }
                },
                0);
        judged.resources().settleJudgement();
    }

    @Test
    void keepsEverythingWhileItMayHaveChildren() {
        write(node);
        judge(node);
        assertThat(closed).isEmpty();
    }

    @Test
    void prunedNodeClosesEverythingAtOnce() {
        write(node);
        judge(node);
        node.retire();
        assertThat(closed).containsExactly("prefix 1", "judgement 1");
    }

    @Test
    void judgementStaysOpenUntilItsChildrenAreJudged() {
        write(node);
        judge(node);
        SearchNode child = tree.add(node, 0);
        node.retire();
        assertThat(closed).containsExactly("prefix 1");
        write(child);
        judge(child);
        assertThat(closed).containsExactly("prefix 1", "judgement 1");
    }

    @Test
    void prefixStaysOpenUntilItsOwnStepIsJudged() {
        write(node);
        node.retire();
        assertThat(closed).isEmpty();
        judge(node);
        assertThat(closed).containsExactly("prefix 1", "judgement 1");
    }

    @Test
    void whatArrivesAfterTheEndIsClosedAtOnce() {
        tree.close();
        write(node);
        judge(node);
        assertThat(closed).containsExactly("prefix 1", "judgement 1");
    }

    @Test
    void closesEverythingOnce() {
        write(node);
        judge(node);
        node.retire();
        node.retire();
        tree.close();
        assertThat(closed).hasSize(2);
        assertThat(node.text()).isEqualTo("a");
        assertThat(node.score()).isEqualTo(.5);
    }
}
