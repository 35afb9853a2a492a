package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.espalier.model.Step;
import org.espalier.model.StopReason;
import org.junit.jupiter.api.Test;

class DuplicateSiblingsTest {
    private final SearchTree tree = new SearchTree(1);

    private SearchNode node(SearchNode parent, String text) {
        SearchNode node = tree.add(parent, 0);
        node.written(new Step(() -> {}, text, 1, StopReason.DELIMITER, 0, 0), 9, 0);
        return node;
    }

    @Test
    void siblingsAreTwinsIfTheyDifferInWhiteSpaceAtMost() {
        SearchNode first = node(tree.root(), "a  b\n\n");
        SearchNode second = node(tree.root(), "a b \n");
        SearchNode other = node(tree.root(), "ab");
        SearchNode cousin = node(other, "a b");

        assertThat(DuplicateSiblings.firsts(List.of(first, second, other, cousin)))
                .containsExactly(first, first, other, cousin);
    }
}
