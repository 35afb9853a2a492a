package org.espalier.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.espalier.code.TestRun.Check;
import org.espalier.code.TestRun.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgramChoiceTest {
    /** P passes a test, anything else fails it; letters of values are what calls give. */
    private static Tried tried(int index, double logProb, String given, String written, String values) {
        return new Tried(index, "p" + index, 0, logProb, 1, run(given), run(written), values(values));
    }

    private static TestRun run(String outcomes) {
        return checks(outcomes.chars()
                .mapToObj(c -> new Check("t", c == 'P', c == 'P' ? null : "no", null))
                .toList());
    }

    private static TestRun values(String values) {
        return checks(values.chars()
                .mapToObj(c -> c == '-' ? new Check("c", false, "no", null) : new Check("c", true, null, "" + (char) c))
                .toList());
    }

    private static TestRun checks(List<Check> checks) {
        return new TestRun(checks, Status.RAN, null, 0, 0);
    }

    private static final List<Tried> PROGRAMS = List.of(
            tried(0, -9, "PF", "PPF", "ab"),
            tried(1, -1, "FF", "FFF", "--"),
            tried(2, -5, "PF", "PFP", "cd"),
            tried(3, -6, "PF", "PFP", "ce"),
            tried(4, -7, "PP", "PFF", "ff"),
            tried(5, -8, "FF", "FFF", "--"),
            tried(6, -8, "FF", "FFF", "--"),
            tried(7, -8, "FF", "PFP", "ce"));

    @ParameterizedTest
    @CsvSource({"first, 0", "likelihood, 1", "given, 4", "consensus, 3", "codet, 2", "all, 4"})
    void eachWayChooses(String name, int chosen) {
        ProgramGroup best = ProgramChoice.parse(name).groups(PROGRAMS).get(0);
        assertThat(best.members().get(0).index()).isEqualTo(chosen);
    }

    @Test
    void withoutGivenTestsAgreementDecides() {
        List<Tried> without = PROGRAMS.stream()
                .map(one -> new Tried(
                        one.index(), one.program(), 0, one.logProb(), 1, run(""), one.written(), one.values()))
                .toList();
        ProgramGroup best = ProgramChoice.ALL.groups(without).get(0);
        assertThat(best.members()).extracting(Tried::index).containsExactly(3, 7);
    }

    @Test
    void codetWeighsProgramsTimesTests() {
        ProgramGroup best = ProgramChoice.CODET.groups(PROGRAMS).get(0);
        assertThat(best.weight()).isEqualTo(3 * 2);
        assertThat(best.members()).extracting(Tried::index).containsExactly(2, 3, 7);
    }

    @Test
    void whatFailsAlwaysAgreesWithNobody() {
        List<Tried> failing = IntStream.range(0, 5)
                .mapToObj(i -> tried(i, 0, "", "", i == 4 ? "a" : "-"))
                .toList();
        assertThat(ProgramChoice.CONSENSUS.groups(failing).get(0).members())
                .extracting(Tried::index)
                .containsExactly(4);
    }

    @Test
    void aProgramAndItsRepairAreOne() {
        List<Tried> programs = List.of(
                tried(0, 0, "", "PF", "a"),
                new Tried(0, "mended", 1, 0, 1, run(""), run("PF"), values("a")),
                new Tried(0, "again", 2, 0, 1, run(""), run("PF"), values("a")),
                tried(1, 0, "", "FP", "b"),
                tried(2, 0, "", "FP", "b"));
        for (ProgramChoice choice : List.of(ProgramChoice.CONSENSUS, ProgramChoice.CODET)) {
            ProgramGroup best = choice.groups(programs).get(0);
            assertThat(best.members()).extracting(Tried::index).containsExactly(1, 2);
            assertThat(best.drawn()).isEqualTo(2);
        }
    }

    @Test
    void amongEqualsAProgramThatBeginsIsPreferred() {
        TestRun broken = new TestRun(List.of(), Status.BROKEN, "SyntaxError", 0, 0);
        List<Tried> programs = List.of(
                new Tried(0, "broken", 0, 0, 1, broken, null, null),
                new Tried(1, "sound", 0, 0, 1, run(""), null, null));
        assertThat(ProgramChoice.ALL.groups(programs).get(0).first().index()).isEqualTo(1);
    }

    @Test
    void aReplyWithoutAProgramIsNeverChosen() {
        Tried none = new Tried(0, "", 0, 0, 1, run(""), null, null);
        for (ProgramChoice choice : ProgramChoice.values()) {
            assertThat(choice.groups(List.of(none))).as(choice.cliName()).isEmpty();
        }
    }
}
