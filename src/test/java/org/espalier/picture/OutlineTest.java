package org.espalier.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.espalier.picture.Branch.Kind;
import org.espalier.search.SearchNode.Fate;
import org.junit.jupiter.api.Test;

class OutlineTest {
    private static List<Branch> of(List<Branch> branches, Kind kind) {
        return branches.stream().filter(branch -> branch.kind() == kind).toList();
    }

    @Test
    void equalSiblingsAreOneBranchAndLookaheadIsNone() {
        List<Branch> branches = Outline.of(Trees.small());
        assertThat(branches)
                .extracting(Branch::members)
                .containsExactly(List.of(0), List.of(1, 2), List.of(3), List.of(4, 5), List.of(6));
        assertThat(branches).extracting(Branch::onPath).containsExactly(true, true, false, true, false);
        assertThat(branches).extracting(Branch::shown).containsExactly(0, 2, 3, 5, 6);
    }

    @Test
    void aStepThatWasPrunedIsNotOneWithAnEqualStepThatWasKept() {
        Trees tree = new Trees();
        tree.add(0, "a", 0.5, Fate.KEPT);
        tree.add(0, "a", 0.5, Fate.PRUNED);
        assertThat(Outline.of(tree.withoutRun())).hasSize(3);
    }

    @Test
    void aLargeTreeHasItsPrunedStepsFolded() {
        Trees tree = new Trees();
        int parent = 0;
        for (int depth = 0; depth < 11; depth++) {
            for (int i = 0; i < 12; i++) {
                tree.add(parent, "pruned " + i, 0.1, Fate.PRUNED);
            }
            parent = tree.add(parent, "kept", 0.9, Fate.KEPT);
        }
        int end = tree.add(parent, "7", 0.9, Fate.COMPLETED);
        List<Branch> branches = Outline.of(tree.select(end));
        assertThat(of(branches, Kind.PRUNED)).isEmpty();
        assertThat(of(branches, Kind.FOLDED_PRUNED))
                .hasSize(11)
                .allMatch(branch -> branch.members().size() == 12);
        assertThat(branches.stream().filter(Branch::onPath)).hasSize(13);
    }

    @Test
    void ofVeryManyBranchesTheBestStayAndTheOneThatGaveTheAnswer() {
        Trees tree = new Trees();
        int worst = tree.add(0, "7", 0.001, Fate.COMPLETED);
        for (int i = 0; i < 999; i++) {
            tree.add(0, "answer " + i, 0.01 + i / 1000.0, Fate.COMPLETED);
        }
        List<Branch> branches = Outline.of(tree.select(worst));
        assertThat(of(branches, Kind.COMPLETION)).hasSize(Outline.BEST);
        assertThat(of(branches, Kind.COMPLETION)).extracting(Branch::shown).contains(worst, 1000);
        assertThat(of(branches, Kind.FOLDED_REST))
                .singleElement()
                .satisfies(branch -> assertThat(branch.members()).hasSize(1000 - Outline.BEST));
    }
}
