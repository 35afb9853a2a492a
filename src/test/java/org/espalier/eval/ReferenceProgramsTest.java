package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.espalier.code.Language;
import org.espalier.code.ProgramRuns;
import org.espalier.code.TestRun;
import org.espalier.harness.SandboxHere;
import org.espalier.sandbox.Limits;
import org.espalier.sandbox.Sandbox;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The reference programs of the data sets pass their tests in the sandbox, and the same programs without what they return fail
 * them. All of them with {@code -Despalier.allPrograms}, otherwise one of ten.
 */
class ReferenceProgramsTest {
    private static final int ONE_OF = Boolean.getBoolean("espalier.allPrograms") ? 1 : 10;
    private static final Pattern RETURN = Pattern.compile("(?m)\\b(return|yield)\\b.*$");

    @ParameterizedTest
    @CsvSource({"humaneval, 164", "mbpp, 500"})
    void referencesPassAndMutantsFail(String name, int count) {
        Sandbox sandbox = SandboxHere.required();
        ProgramDataset dataset = ProgramDataset.load(name, null).orElseThrow();
        assertThat(dataset.items()).hasSize(count);
        Map<String, TestRun> failed = new LinkedHashMap<>();
        List<String> survived = new ArrayList<>();
        try (ProgramRuns runs = ProgramRuns.open(Language.parse("python"), sandbox, Limits.USUAL.withSeconds(20), 2)) {
            for (int i = 0; i < count; i += ONE_OF) {
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
