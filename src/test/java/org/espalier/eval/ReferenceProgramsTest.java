package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.espalier.code.Language;
import org.espalier.code.ProgramRuns;
import org.espalier.code.TestRun;
import org.espalier.harness.SandboxHere;
import org.espalier.sandbox.Limits;
import org.espalier.sandbox.Sandbox;
import org.espalier.sandbox.Sandboxes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The reference programs of the data sets pass their tests in each sandbox, and the same programs without what they return fail
 * them. All of them with {@code -Despalier.allPrograms}, otherwise one of ten in the first sandbox and one of thirty in others.
 */
class ReferenceProgramsTest {
    private static final boolean ALL = Boolean.getBoolean("espalier.allPrograms");
    private static final Pattern RETURN = Pattern.compile("(?m)\\b(return|yield)\\b.*$");

    static Stream<Arguments> sets() {
        return SandboxHere.names().flatMap(sandbox -> {
            boolean first = sandbox.equals(Sandboxes.names().get(0));
            int oneOf = ALL ? 1 : first ? 10 : 30;
            return Stream.of(arguments(sandbox, "humaneval", 164, oneOf), arguments(sandbox, "mbpp", 500, oneOf));
        });
    }

    @ParameterizedTest
    @MethodSource("sets")
    void referencesPassAndMutantsFail(String where, String name, int count, int oneOf) {
        Sandbox sandbox = SandboxHere.required(where);
        ProgramDataset dataset = ProgramDataset.load(new DatasetSource(name, DatasetTest.NO_DRIVER), null)
                .orElseThrow();
        assertThat(dataset.items()).hasSize(count);
        Map<String, TestRun> failed = new LinkedHashMap<>();
        List<String> survived = new ArrayList<>();
        try (ProgramRuns runs = ProgramRuns.open(Language.parse("python"), sandbox, Limits.USUAL.withSeconds(20), 2)) {
            for (int i = 0; i < count; i += oneOf) {
                ProgramItem item = dataset.items().get(i);
                TestRun run = runs.run(item.reference(), item.hidden()).join();
                if (!run.passedAll()) {
                    failed.put(item.id(), run);
                }
                String mutant = RETURN.matcher(item.reference()).replaceAll("return 'mutant'");
                if (!mutant.equals(item.reference())
                        && runs.run(mutant, item.hidden()).join().passedAll()) {
                    survived.add(item.id());
                }
            }
        }
        assertThat(failed).isEmpty();
        assertThat(survived).isEmpty();
    }
}
