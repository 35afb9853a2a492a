package org.espalier.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.picture.RecordedTree.Node;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchListener;
import org.espalier.search.SearchMethod;
import org.espalier.search.SearchNode.Fate;
import org.espalier.search.Solution;
import org.espalier.search.Solver;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.EventLoop;
import org.espalier.testing.FakePrm;
import org.espalier.testing.ScriptedPolicy;
import org.junit.jupiter.api.Test;

class RecordedTreeTest {
    private static Node node(int parent) {
        return new Node(parent, 0, "", 0, Double.NaN, Fate.KEPT, null);
    }

    @Test
    void whatIsNotATreeIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RecordedTree(null, List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new RecordedTree(null, List.of(node(0))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RecordedTree(null, List.of(node(-1), node(2), node(0))))
                .withMessageContaining("node 1 has no parent");
    }

    @Test
    void aSolutionSaysWhichNodesEndItsCompletions() {
        EventLoop loop = EventLoop.inOrder();
        ScriptedPolicy policy =
                new ScriptedPolicy(loop).on("", "a|", "b|").on("a|", "boxed{1}").on("b|", "boxed{2}");
        Solver solver = new Solver(
                policy,
                FakePrm.scripted(loop, "a|", 0.2, "b|", 0.9, "a|boxed{1}", 0.3, "b|boxed{2}", 0.8),
                new BoxedReader());
        Solution solution = loop.await(solver.start(
                new Problem("p", "how much is it"),
                SearchMethod.BEST_OF_N,
                SearchConfig.builder().n(2).build(),
                new Meter(Budget.UNLIMITED),
                new SearchListener() {}));
        RecordedTree tree = RecordedTree.of(solution);
        int selected = tree.run().selected();
        assertThat(tree.nodes().get(selected).ending().answer()).isEqualTo("2");
        assertThat(tree.nodes().get(selected).ending().votes()).isEqualTo(1);
        assertThat(tree.nodes().stream().filter(node -> node.ending() != null)).hasSize(2);
        assertThat(tree.nodes()).hasSameSizeAs(solution.tree().nodes());
        assertThat(tree.run().problem()).isEqualTo("how much is it");
    }
}
