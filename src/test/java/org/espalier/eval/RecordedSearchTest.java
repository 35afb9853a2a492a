package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.espalier.model.Problem;
import org.espalier.model.UsageException;
import org.espalier.search.SearchMethod;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedSearchTest {
    @TempDir
    private Path folder;

    private Path run() {
        return RunFolders.write(folder.resolve("a"), "d", 7, "10", Map.of("budgetTokens", 90, "deadline", "PT20S"));
    }

    @Test
    void aRecordKnowsItsProblemAndItsLimits() {
        RecordedSearch found = RecordedSearch.find(run(), "p1", null, null, null);
        assertThat(found.problem()).isEqualTo(new Problem("p1", "how much is it?"));
        assertThat(found.method()).isEqualTo(SearchMethod.BEST_OF_N);
        assertThat(found.budget().tokens()).isEqualTo(90);
        assertThat(found.budget().deadline()).hasSeconds(20);
        assertThat(found.kvLayout()).isNull();
    }

    @Test
    void whatIsNotThereIsSaid() {
        Path run = run();
        assertThatThrownBy(() -> RecordedSearch.find(run, "p2", null, null, null))
                .isInstanceOf(UsageException.class)
                .hasMessage(run + " has no record of problem p2");
        assertThatThrownBy(() -> RecordedSearch.find(run, "p1", SearchMethod.DVTS, null, null))
                .isInstanceOf(UsageException.class)
                .hasMessageEndingWith("no record of problem p1 with this method, n and seed");
    }
}
