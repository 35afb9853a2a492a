package org.espalier;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.model.Internal;
import org.junit.jupiter.api.Test;

/**
 * The public API, type by type, as {@code docs/api.md} names it. Whatever else Java calls public says that it is internal,
 * or its package does.
 */
class PublicApiTest {
    private static final String ROOT = "org.espalier.";

    private static final Set<String> API = Set.of(
            // The facade.
            "Espalier",
            "EspalierOptions",
            "SolutionFuture",
            "ProgramVerifier",
            // Models and the machine.
            "runtime.RuntimeOptions",
            "runtime.PrmSettings",
            "runtime.ThinkingSettings",
            "runtime.ResourceSettings",
            "runtime.KvLayout",
            "runtime.TemplateChoice",
            "runtime.RuntimeListener",
            "model.FetchListener",
            // A search and what it found.
            "search.SearchMethod",
            "search.SearchConfig",
            "search.MethodParams",
            "search.AutoPlan",
            "search.Windows",
            "search.Semantics",
            "search.Selection",
            "search.ScoreAggregation",
            "search.Posterior",
            "search.SearchListener",
            "search.SearchStrategy",
            "search.SearchSteps",
            "search.Solution",
            "search.Ballot",
            "search.Vote",
            "search.ChosenBy",
            "search.Confidence",
            "search.Usage",
            "search.SearchTree",
            "search.SearchNode",
            "model.Problem",
            "model.ChatMessage",
            "model.Answer",
            "model.Completion",
            "model.Budget",
            "model.Limit",
            "model.Warning",
            "model.SamplingParams",
            "model.StopReason",
            // What a caller may bring.
            "model.Policy",
            "model.ProcessRewardModel",
            "model.Verifier",
            "model.AnswerReader",
            "model.Prefix",
            "model.Step",
            "model.StepRequest",
            "model.StopTexts",
            "model.TokenConfidence",
            "model.Meter",
            // Failures.
            "model.EspalierException",
            "model.UsageException",
            "model.TextException",
            "model.VerifierException",
            "model.Violation",
            "model.Wording",
            "model.Parameter",
            "model.Spelling",
            "model.Attention",
            "model.ReplyForm",
            "model.TokenScore",
            "model.LogitChanges",
            "model.DrawnToken",
            "model.DrawnTokens",
            "structure.GrammarForm",
            "structure.JsonForm",
            "model.Internal");

    private static final JavaClasses PRODUCTION = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.espalier");

    private static Stream<JavaClass> visible() {
        return PRODUCTION.stream().filter(PublicApiTest::isVisible);
    }

    /** Public, as is what it is nested in. */
    private static boolean isVisible(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(PublicApiTest::isVisible).orElse(true);
    }

    private static String name(JavaClass type) {
        return outermost(type).getName().substring(ROOT.length());
    }

    private static JavaClass outermost(JavaClass type) {
        Optional<JavaClass> around = type.getEnclosingClass();
        return around.isPresent() ? outermost(around.get()) : type;
    }

    private static boolean isInternal(JavaClass type) {
        return outermost(type).isAnnotatedWith(Internal.class)
                || type.getPackage().isAnnotatedWith(Internal.class);
    }

    @Test
    void whatIsVisibleIsOfTheApiOrSaysThatItIsInternal() {
        Set<String> api = visible()
                .filter(type -> !isInternal(type))
                .map(PublicApiTest::name)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(api)
                .as("public types without @Internal: enter them here and in docs/api.md, or mark them")
                .containsExactlyInAnyOrderElementsOf(API);
    }

    /** Otherwise somebody who uses the API would need what may go with any version. */
    @Test
    void theApiTakesAndReturnsNothingInternal() {
        Set<String> leaks = visible()
                .filter(type -> !isInternal(type))
                .flatMap(type -> type.getCodeUnits().stream())
                .filter(unit -> unit.getModifiers().contains(JavaModifier.PUBLIC)
                        || unit.getModifiers().contains(JavaModifier.PROTECTED))
                .flatMap(PublicApiTest::leaks)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(leaks).isEmpty();
    }

    private static Stream<String> leaks(JavaCodeUnit unit) {
        return unit.getAllInvolvedRawTypes().stream()
                .filter(type -> type.getName().startsWith(ROOT) && isInternal(type))
                .map(type -> unit.getFullName() + " involves " + type.getName());
    }

    @Test
    void thePageNamesTheApi() throws IOException {
        String page = Files.readString(Path.of("docs/api.md"));
        Set<String> named = Pattern.compile("(?m)^\\| `org\\.espalier([.a-z]*)` \\| (.*) \\|$")
                .matcher(page)
                .results()
                .flatMap(row -> Stream.of(row.group(2).split(", "))
                        .map(type -> (row.group(1) + "." + type.replace("`", "")).substring(1)))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(named).containsExactlyInAnyOrderElementsOf(API);
    }
}
