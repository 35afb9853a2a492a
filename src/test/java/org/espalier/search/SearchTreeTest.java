package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import org.espalier.model.StopReason;
import org.junit.jupiter.api.Test;

class SearchTreeTest {
    private static Solution solution() {
        Trial trial = new Trial();
        trial.policy.on("", "a b|", "c|").on("a b|", "1", "2");
        trial.scores("a b|", .9, "c|", .1, "a b|1", .5, "a b|2", .4);
        return trial.solve(SearchMethod.DVTS, SearchConfig.builder().n(2).beamWidth(2));
    }

    @Test
    void nodeKnowsItsPlaceItsTextAndItsScores() {
        SearchNode node = solution().tree().nodes().get(4);

        assertThat(node.id()).isEqualTo(4);
        assertThat(Objects.requireNonNull(node.parent()).id()).isEqualTo(1);
        assertThat(node.childIndex()).isEqualTo(1);
        assertThat(node.depth()).isEqualTo(2);
        assertThat(node.text()).isEqualTo("2");
        assertThat(node.pathText()).isEqualTo("a b\n\n2");
        assertThat(node.tokens()).isEqualTo(1);
        assertThat(node.pathTokens()).isEqualTo(3);
        assertThat(node.logProb()).isEqualTo(-.5);
        assertThat(node.meanEntropy()).isEqualTo(.25);
        assertThat(node.score()).isEqualTo(.4);
        assertThat(node.pathScores()).containsExactly(.9, .4);
        assertThat(node.stopReason()).isEqualTo(StopReason.EOS);
        assertThat(node.path()).extracting(SearchNode::id).containsExactly(1, 4);
        assertThat(node).hasToString("node 4 COMPLETED '2'");
    }

    @Test
    void timesFollowEachOther() {
        for (SearchNode node : solution().tree().nodes().subList(1, 5)) {
            assertThat(node.proposedMillis()).isNotNegative();
            assertThat(node.scoredMillis()).isGreaterThanOrEqualTo(node.proposedMillis());
            assertThat(node.decidedMillis()).isGreaterThanOrEqualTo(node.scoredMillis());
        }
    }

    @Test
    void rootIsThePrompt() {
        SearchNode root = solution().tree().root();

        assertThat(root.id()).isZero();
        assertThat(root.parent()).isNull();
        assertThat(root.stopReason()).isNull();
        assertThat(root.pathText()).isEmpty();
        assertThat(root.path()).isEmpty();
        assertThat(root.score()).isNaN();
        assertThat(root.proposedMillis()).isEqualTo(-1);
    }

    @Test
    void nodesCannotBeChangedFromOutside() {
        var nodes = solution().tree().nodes();
        assertThatThrownBy(() -> nodes.remove(0)).isInstanceOf(UnsupportedOperationException.class);
    }
}
