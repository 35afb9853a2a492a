package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
    @TempDir
    private Path folder;

    private RunFolder run(String name, String weighted) {
        return RunFolder.read(RunFolders.write(folder.resolve(name), "d", 1, weighted, Map.of()));
    }

    @Test
    void problemsArePaired() {
        Comparison found = Comparison.of(run("a", "1100"), "best-of-n", run("b", "0111"), "best-of-n@2/weighted");
        assertThat(found.first()).isEqualTo("best-of-n@2/weighted");
        assertThat(found.problems()).isEqualTo(4);
        assertThat(found.onlyFirst()).isEqualTo(1);
        assertThat(found.onlySecond()).isEqualTo(2);
        assertThat(found.difference()).isEqualTo(0.25);
        assertThat(found.p()).isEqualTo(1);
        assertThat(found.low()).isNegative();
        assertThat(found.differenceShown()).isFalse();
    }

    @Test
    void noDiscordantPairIsNoProofOfEquality() {
        Comparison found = Comparison.of(run("a", "1010"), "best-of-n", run("b", "1010"), "best-of-n");
        assertThat(found.difference()).isZero();
        assertThat(found.low()).isLessThan(-.4);
        assertThat(found.high()).isGreaterThan(.4);
        assertThat(found.differenceShown()).isFalse();
    }

    @Test
    void aClearDifferenceIsShown() {
        Comparison found = Comparison.of(
                run("a", "0".repeat(20)), "best-of-n", run("b", "0".repeat(8) + "1".repeat(12)), "best-of-n");
        assertThat(found.differenceShown()).isTrue();
        assertThat(found.low()).isPositive();
        assertThat(found.p()).isLessThan(0.001);
    }

    @Test
    void levelsCanBeComparedAlone() {
        RunFolder odd = run("a", "1010").ofLevels(List.of("1"));
        assertThat(Comparison.of(odd, "best-of-n", run("b", "0000"), "best-of-n")
                        .difference())
                .isEqualTo(-1);
        assertThatThrownBy(() -> run("c", "10").ofLevels(List.of("3")))
                .isInstanceOf(UsageException.class)
                .hasMessage("c has no problems of level 3");
    }

    @Test
    void onlyProblemsThatBothTriedCount() {
        assertThat(Comparison.of(run("a", "11"), "best-of-n", run("b", "1100"), "best-of-n")
                        .problems())
                .isEqualTo(2);
    }

    @Test
    void whatIsNoMerelyRightOrWrongHasNoP() {
        Comparison found = Comparison.of(run("a", "10"), "best-of-n@1/pass", run("b", "11"), "best-of-n@1/pass");
        assertThat(found.p()).isNull();
        assertThat(found.difference()).isEqualTo(0.25);
    }

    @Test
    void withoutNamesAllThatIsCommonIsCompared() {
        assertThat(Comparison.ofAll(run("a", "10"), run("b", "11")))
                .extracting(Comparison::first)
                .contains("best-of-n@1/weighted", "best-of-n@2/weighted", "best-of-n@2/pass");
    }

    @Test
    void whatIsNotThereIsNamed() {
        RunFolder a = run("a", "10");
        assertThatThrownBy(() -> Comparison.of(a, "dvts@16", a, "best-of-n"))
                .isInstanceOf(UsageException.class)
                .hasMessage("a has no result dvts@16; it has best-of-n@1, best-of-n@2");
        assertThatThrownBy(() -> Comparison.of(a, "best-of-n@", a, "best-of-n"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("is not a result");
        RunFolder other = RunFolder.read(RunFolders.write(folder.resolve("o"), "e", 1, "1", Map.of()));
        assertThatThrownBy(() -> Comparison.ofAll(a, other))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("a is of d and o of e");
        assertThatThrownBy(() -> RunFolder.read(folder))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("holds no run");
    }
}
