package org.espalier.engine;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class DemandTest {
    private static boolean changesDemand(JavaMethodCall call) {
        return call.getTarget().getOwner().isEquivalentTo(Demand.class)
                && call.getTarget().getRawReturnType().isEquivalentTo(void.class);
    }

    @Test
    void onlyTheSchedulerAndItsPartsChangeWhatIsAskedOfASequence() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(
                        Scheduler.class,
                        SampledTokens.class,
                        PendingResults.class,
                        WaitingQueue.class,
                        Quarantine.class)
                .should()
                .callMethodWhere(describe("a method changes a Demand", DemandTest::changesDemand))
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackagesOf(Demand.class));
    }
}
