package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.picture.RecordedTree;
import org.espalier.picture.TreePicture;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchListener;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.espalier.search.Solver;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.EventLoop;
import org.espalier.testing.FakePrm;
import org.espalier.testing.ScriptedPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeFileTest {
    @TempDir
    private Path folder;

    private static Solution solution() {
        EventLoop loop = EventLoop.inOrder();
        ScriptedPolicy policy =
                new ScriptedPolicy(loop).on("", "a|", "b|").on("a|", "boxed{1}").on("b|", "boxed{2}");
        FakePrm prm = FakePrm.scripted(loop, "a|", 0.2, "b|", 0.9, "a|boxed{1}", Double.NaN, "b|boxed{2}", 0.8);
        return loop.await(new Solver(policy, prm, new BoxedReader())
                .start(
                        new Problem("p", "how much is it"),
                        SearchMethod.BEST_OF_N,
                        SearchConfig.builder().n(2).build(),
                        new Meter(Budget.UNLIMITED),
                        new SearchListener() {}));
    }

    @Test
    void whatIsReadIsWhatWasWritten() throws IOException {
        Solution solution = solution();
        Path file = folder.resolve("tree.jsonl");
        TreeFile.write(file, solution);
        assertThat(TreeFile.read(file)).isEqualTo(RecordedTree.of(solution));
        assertThat(Files.readAllLines(file)).hasSameSizeAs(solution.tree().nodes());
    }

    @Test
    void aNameThatEndsInSvgGetsAPicture() throws IOException {
        Solution solution = solution();
        Path file = folder.resolve("tree.SVG");
        TreeFile.write(file, solution);
        assertThat(file).hasContent(TreePicture.draw(RecordedTree.of(solution)));
    }
}
