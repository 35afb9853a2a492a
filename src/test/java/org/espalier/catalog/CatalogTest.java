package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.espalier.catalog.CatalogEntry.Role;
import org.espalier.model.EspalierException;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogTest {
    private static final String SHA256 = "0".repeat(64);
    private static final String ENTRY = """
              - {name: a, description: d, role: policy, licence: MIT, bytes: 1, sha256: %1$s,
                 parts: [{requirement: p==1, downloadBytes: 1, member: m, bytes: 1, sha256: %1$s}]}
            """.formatted(SHA256);
    private static final String BUNDLED = """
              - {name: a, description: d, role: policy, licence: MIT, bytes: 1, sha256: %s, bundled: a-f16.gguf,
                 prm: judge}
            """.formatted(SHA256);
    private static final String PRM = """
              - {name: judge, description: d, role: prm, licence: MIT, bytes: 1, sha256: %s, bundled: judge.gguf}
            """.formatted(SHA256);

    private final Catalog catalog = Catalog.bundled();

    @Test
    void startsWithABundledPolicyAndItsPrm() {
        CatalogEntry policy = catalog.defaultPolicy();

        assertThat(policy.name()).isEqualTo("arith-small");
        assertThat(policy.role()).isEqualTo(Role.POLICY);
        assertThat(policy.licence()).isEqualTo("Apache-2.0");
        assertThat(policy.isBundled()).isTrue();
        assertThat(policy.downloadBytes()).isZero();
        assertThat(policy.caution()).get().asString().contains("--policy smollm2-135m-instruct");
        assertThat(catalog.companion(policy)).contains(catalog.get("arith-prm"));
        assertThat(catalog.get("arith-prm").isBundled()).isTrue();
        assertThat(catalog.entries())
                .contains(policy)
                .extracting(CatalogEntry::name)
                .doesNotHaveDuplicates();
    }

    @Test
    void knowsAPolicyThatWasMadeForADomain() {
        CatalogEntry policy = catalog.policyFor("countdown").orElseThrow();

        assertThat(policy.name()).isEqualTo("countdown-small");
        assertThat(catalog.companion(policy)).contains(catalog.get("countdown-prm"));
        assertThat(catalog.policyFor("sudoku")).isEmpty();
        assertThat(catalog.policyFor("math")).isEmpty();
    }

    @Test
    void knowsAPolicyForOtherProblems() {
        CatalogEntry policy = catalog.get("smollm2-135m-instruct");

        assertThat(policy.role()).isEqualTo(Role.POLICY);
        assertThat(policy.licence()).isEqualTo("Apache-2.0");
        assertThat(policy.downloadBytes()).isEqualTo(92_871_040);
        assertThat(catalog.companion(policy)).isEmpty();
    }

    @Test
    void bundledFilesAreWhatTheCatalogueSays() throws IOException {
        for (CatalogEntry entry : catalog.entries()) {
            if (entry.isBundled()) {
                Path file = new BundledModels().inPlace(entry).orElseThrow();
                assertThat(Sha256.of(file)).as(entry.name()).isEqualTo(entry.sha256());
            }
        }
    }

    @Test
    void findsNamesInAnyCase() {
        assertThat(catalog.find("GEMMA-3-270m")).isPresent();
        assertThat(catalog.get("Gemma-3-270M").parts()).hasSize(4);
        assertThat(catalog.find("gemma")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "smollm2-135m-instuct, smollm2-135m-instruct",
        "smollm2, smollm2-135m-instruct",
        "gemma3-270m, gemma-3-270m",
        "GEMMA, gemma-3-270m"
    })
    void suggestsTheNearestName(String typed, String meant) {
        assertThatThrownBy(() -> catalog.get(typed))
                .isInstanceOf(UsageException.class)
                .hasMessage("'%s' is neither a file nor a known model; did you mean %s?", typed, meant);
    }

    @Test
    void pointsToTheListWhenNothingIsNear() {
        assertThatThrownBy(() -> catalog.get("x"))
                .isInstanceOf(UsageException.class)
                .hasMessage("'x' is neither a file nor a known model: see `espalier models list`");
    }

    @Test
    void readsACatalogue() {
        CatalogEntry entry = read("defaultPolicy: a\nmodels:\n" + ENTRY).defaultPolicy();
        assertThat(entry.isBundled()).isFalse();
        assertThat(entry.parts()).hasSize(1);
        assertThat(entry.prm()).isEmpty();
        assertThat(entry.caution()).isEmpty();
    }

    @Test
    void readsBundledModelsAndCompanions() {
        Catalog read = read("defaultPolicy: a\nmodels:\n" + BUNDLED + PRM);
        CatalogEntry policy = read.defaultPolicy();
        assertThat(policy.bundled()).contains("a-f16.gguf");
        assertThat(policy.parts()).isEmpty();
        assertThat(read.companion(policy)).contains(read.get("judge"));
        assertThat(read.companion(read.get("judge"))).isEmpty();
    }

    @Test
    void refusesWhatIsNoCatalogue() {
        assertRefused("defaultPolicy: [", "test is not a catalogue");
        assertRefused("defaultPolicy: a\nmodels:\n" + ENTRY + ENTRY, "two models named a");
        assertRefused("defaultPolicy: b\nmodels:\n" + ENTRY, "the default policy is not one of its models");
        assertRefused("models:\n" + ENTRY, "defaultPolicy");
        assertRefused("defaultPolicy: a\nmodels:\n" + ENTRY.replace("licence", "license"), "'licence'");
        assertRefused("defaultPolicy: a\nmodels:\n" + ENTRY.replace("p==1", "--index-url=x"), "name==version");
        assertRefused("defaultPolicy: a\nmodels:\n" + ENTRY.replace("MIT, bytes: 1", "MIT, bytes: 2"), "add up");
        assertRefused("defaultPolicy: a\nmodels:\n" + ENTRY.replace("name: a", "name: ../a"), "not a model name");
        assertRefused("defaultPolicy: a\nmodels:\n" + ENTRY.replace("description: d, ", ""), "'description'");
        assertRefused("defaultPolicy: a\nmodels:\n" + ENTRY.replaceAll(",\\s+parts: .*", "}"), "do not add up");
        assertRefused("defaultPolicy: a\nmodels:\n" + BUNDLED, "judge, the PRM of a, is not one of its PRMs");
        assertRefused(
                "defaultPolicy: a\nmodels:\n" + BUNDLED + PRM.replace("role: prm", "role: base"),
                "not one of its PRMs");
        assertRefused("defaultPolicy: a\nmodels:\n" + BUNDLED.replace("policy", "base") + PRM, "is for policies");
        assertRefused("defaultPolicy: a\nmodels:\n" + BUNDLED.replace("a-f16", "../a") + PRM, "name of a GGUF file");
        assertRefused("defaultPolicy: a\nmodels:\n" + BUNDLED.replace("bytes: 1", "bytes: 0") + PRM, "size below 1");
        assertRefused(
                "defaultPolicy: a\nmodels:\n" + ENTRY.replace("MIT,", "MIT, bundled: a.gguf,"), "only one of the two");
    }

    private static void assertRefused(String yaml, String reason) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("test")
                .hasMessageContaining(reason);
    }

    private static Catalog read(String yaml) {
        return Catalog.read(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "test");
    }
}
