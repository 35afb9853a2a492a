package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.espalier.catalog.Catalog;
import org.espalier.catalog.ModelStore;
import org.espalier.catalog.PipSource;
import org.espalier.domain.Domain;
import org.espalier.model.Verifier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What models are told and judged by, for a domain. */
class TaskTest {
    private static final Domain COUNTDOWN = Domain.named("countdown").orElseThrow();
    private static final Verifier OWN = candidate -> 1;

    @TempDir
    private Path folder;

    private ModelStore store;

    @BeforeEach
    void makeAStore() {
        store = new ModelStore(Catalog.bundled(), folder.resolve("models"), new PipSource());
    }

    @Test
    void theDomainsInstructionGivesWayToTheUsers() {
        Task task = Task.of(COUNTDOWN, null);
        assertThat(task.fitted(RuntimeOptions.DEFAULT, store).system()).isEqualTo(COUNTDOWN.instruction());
        RuntimeOptions told = RuntimeOptions.DEFAULT.withSystem("Be quick.");
        assertThat(task.fitted(told, store).system()).isEqualTo("Be quick.");
        assertThat(Task.USUAL.fitted(RuntimeOptions.DEFAULT, store)).isEqualTo(RuntimeOptions.DEFAULT);
    }

    @Test
    void aPolicyThatWasMadeForTheDomainNeedsNoInstruction() {
        RuntimeOptions made = RuntimeOptions.DEFAULT.withPolicy("countdown-small");
        assertThat(Task.of(COUNTDOWN, null).fitted(made, store).system()).isNull();
        Domain other = Domain.named("sudoku").orElseThrow();
        assertThat(Task.of(other, null).fitted(made, store).system()).isEqualTo(other.instruction());
    }

    @Test
    void anExactCheckerJudgesInPlaceOfThePrmUnlessItIsLeftOut() {
        Task checked = Task.of(COUNTDOWN, null);
        assertThat(checked.verifiers()).hasSize(1);
        assertThat(checked.fitted(RuntimeOptions.DEFAULT, store).prm().isNone()).isTrue();
        Task unchecked = Task.of(COUNTDOWN, false, null);
        assertThat(unchecked.verifiers()).isEmpty();
        assertThat(unchecked.fitted(RuntimeOptions.DEFAULT, store).prm()).isEqualTo(PrmSettings.DEFAULT);
        assertThat(Task.of(COUNTDOWN, false, OWN).verifiers()).containsExactly(OWN);
        assertThat(Task.of(COUNTDOWN, OWN).verifiers()).hasSize(2).endsWith(OWN);
    }

    @Test
    void aPrmThatIsNamedJudgesBesideTheChecker() {
        PrmSettings named = PrmSettings.DEFAULT.withModel("arith-prm");
        RuntimeOptions options = RuntimeOptions.DEFAULT.withPrm(named);
        assertThat(Task.of(COUNTDOWN, null).fitted(options, store).prm()).isEqualTo(named);
    }
}
