package org.espalier;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.JavaModifier.NATIVE;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The dependency rule: which package may import which. A new arrow or a new package is entered here, with its reason. */
class ArchitectureTest {
    private static final String ROOT = "org.espalier.";

    /** The package of the facade, by the name that the others have behind {@value #ROOT}. */
    private static final String FACADE = "";

    private static final Map<String, List<String>> MAY_IMPORT = Map.ofEntries(
            // structure: to make forms of schemas and grammars; code and sandbox: to judge programs by running them.
            // domain: for the reader of answers; verify: to judge with the caller's own code.
            Map.entry(
                    FACADE, List.of("runtime", "structure", "code", "sandbox", "domain", "verify", "search", "model")),
            Map.entry("model", List.of()),
            Map.entry("grade", List.of()),
            Map.entry("puzzle", List.of("model")),
            // The kinds of problems, of what knows how each is judged.
            Map.entry("domain", List.of("grade", "puzzle", "model")),
            // sandbox: to speak in lines with a program of the user's.
            Map.entry("verify", List.of("sandbox", "model")),
            Map.entry("search", List.of("model")),
            Map.entry("structure", List.of("model")),
            Map.entry("wire", List.of("search", "model")),
            Map.entry("picture", List.of("search", "model")),
            // What runs programs knows neither languages nor searches; catalog: for where its own program lies.
            Map.entry("sandbox", List.of("catalog", "model")),
            // search: to stop drawing when a program passes; sandbox: to run it.
            Map.entry("code", List.of("sandbox", "search", "model")),
            // search: to have replies drawn that vote on options.
            Map.entry("choice", List.of("search", "model")),
            Map.entry("prm", List.of("prompt", "model")),
            Map.entry("prompt", List.of("model")),
            Map.entry("gguf", List.of("model")),
            // To refuse a damaged model file before it is stored or used.
            Map.entry("catalog", List.of("safetensors", "gguf", "model")),
            // catalog: to run programs, lock folders and delete them as a fetch does; gguf: for how a head is kept.
            Map.entry("checkpoint", List.of("catalog", "safetensors", "gguf", "model")),
            // gguf: for how a head is kept, and types.
            Map.entry("safetensors", List.of("gguf", "model")),
            Map.entry("engine", List.of("model")),
            // What speaks prompts and profiles over the verbs of a lane.
            Map.entry("reward", List.of("engine", "prm", "prompt", "model")),
            // catalog: to unpack the libraries that the jar carries.
            Map.entry("llama", List.of("catalog", "engine", "prm", "prompt", "model")),
            // catalog: to lock a run's files, and to write whole ones, as the store does; code and sandbox: to judge
            // programs; choice: to choose among options; domain: to say which answers are right.
            Map.entry(
                    "eval",
                    List.of(
                            "catalog", "wire", "choice", "code", "sandbox", "domain", "search", "grade", "prompt",
                            "model")),
            // code and sandbox: to answer with programs that were run.
            Map.entry("server", List.of("wire", "structure", "code", "sandbox", "search", "grade", "prompt", "model")),
            // The composition root; of eval it takes auto's plan alone.
            Map.entry(
                    "runtime",
                    List.of(
                            "model", "domain", "verify", "search", "prm", "prompt", "catalog", "gguf", "engine",
                            "reward", "llama", "wire", "eval")),
            Map.entry(
                    "cli",
                    List.of(
                            "runtime",
                            "wire",
                            "model",
                            "grade",
                            "domain",
                            "puzzle",
                            "verify",
                            "search",
                            "picture",
                            "structure",
                            "choice",
                            "code",
                            "sandbox",
                            "prm",
                            "prompt",
                            "gguf",
                            "catalog",
                            "checkpoint",
                            "engine",
                            "reward",
                            "llama",
                            "eval",
                            "server")));

    private static final JavaClasses PRODUCTION = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.espalier");

    static Stream<Arguments> arrows() {
        return MAY_IMPORT.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> arguments(entry.getKey(), entry.getValue()));
    }

    @ParameterizedTest(name = "{0} → {1}")
    @MethodSource("arrows")
    void importsFollowTheArrows(String from, List<String> to) {
        String[] allowed = Stream.concat(Stream.of(from), to.stream())
                .map(ArchitectureTest::packages)
                .toArray(String[]::new);
        check(noClasses()
                .that()
                .resideInAPackage(packages(from))
                .should()
                .dependOnClassesThat(resideInAPackage("org.espalier..")
                        .and(not(resideInAnyPackage(allowed)))
                        .and(not(type(Internal.class))))
                .as(from + " may import " + (to.isEmpty() ? "nothing of ours" : String.join(", ", to)))
                .because("the arrows keep search free of engines and the composition in runtime"));
    }

    @Test
    void everyPackageHasItsArrows() {
        check(classes()
                .should()
                .resideInAnyPackage(MAY_IMPORT.keySet().stream()
                        .map(ArchitectureTest::packages)
                        .toArray(String[]::new))
                .as("every package is a key of MAY_IMPORT")
                .because("a package without arrows would be free to import anything"));
    }

    @Test
    void thePageShowsTheArrows() throws IOException {
        String page = Files.readString(Path.of("docs/architecture.md"));
        Map<String, Set<String>> shown = Pattern.compile("(?m)^\\| `([a-z.]+)` \\| ([^|]*) \\| [^|]* \\|$")
                .matcher(page)
                .results()
                .collect(Collectors.toMap(
                        row -> row.group(1).equals("org.espalier") ? FACADE : row.group(1),
                        row -> row.group(2).equals("nothing")
                                ? Set.of()
                                : Set.of(row.group(2).split(", "))));
        Map<String, Set<String>> kept = MAY_IMPORT.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> Set.copyOf(entry.getValue())));
        assertThat(shown).isEqualTo(kept);
    }

    @Test
    void packagesHaveNoCycles() {
        check(slices().matching("org.espalier.(*)..").should().beFreeOfCycles());
    }

    @Test
    void everyPackageIsNullMarkedInItsPackageInfo() {
        check(classes().should(resideInANullMarkedPackage()));
    }

    @Test
    void onlyLlamaHasNativeMethodsAndLoadsLibraries() {
        check(methods()
                .that()
                .haveModifier(NATIVE)
                .should()
                .beDeclaredInClassesThat()
                .resideInAPackage(packages("llama"))
                .as("only llama declares native methods"));
        check(outside("llama")
                .should()
                .callMethod(System.class, "load", String.class)
                .orShould()
                .callMethod(System.class, "loadLibrary", String.class)
                .as("only llama loads libraries"));
    }

    @Test
    void onlyLlamaKnowsNativeBindings() {
        check(outside("llama")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.sun.jna..")
                .as("only llama uses JNA"));
    }

    @Test
    void onlyCliSpeaksToTheTerminalAndEndsTheProcess() {
        check(outside("cli")
                .and(areNotTheTrialsProcess())
                .should(ACCESS_STANDARD_STREAMS)
                .as("only cli uses System.out and System.err"));
        check(outside("cli")
                .and(areNotTheTrialsProcess())
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .as("only cli ends the process"));
        check(outside("cli")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "me.tongfei..", "org.jline..")
                .as("only cli uses picocli and draws progress"));
    }

    @Test
    void onlyServerUsesTheHttpServer() {
        check(outside("server")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.sun.net.httpserver..")
                .as("only server uses the JDK's HTTP server"));
    }

    @Test
    void onlyEvalUsesDuckDbAndCharts() {
        check(outside("eval")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.duckdb..", "org.knowm..")
                .as("only eval uses DuckDB and draws charts"));
    }

    @Test
    void theGraderHasThreeFloors() {
        check(noClasses()
                .that()
                .resideInAPackage(ROOT + "grade.algebra..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + "grade.parse..", ROOT + "grade")
                .because("algebra knows no text"));
        check(noClasses()
                .that()
                .resideInAPackage(ROOT + "grade.parse..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "grade")
                .because("parsing knows no answers"));
    }

    @Test
    void publishedDoublesNeedNothingButTheModel() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(ROOT + "testing..", packages("model"), "java..", "org.jspecify..")
                .because("they are a jar of their own, for tests of which nothing else is known")
                .check(new ClassFileImporter().importPackages("org.espalier.testing"));
    }

    /** All but the program that runs in a process of its own when a model is tried. */
    private static DescribedPredicate<JavaClass> areNotTheTrialsProcess() {
        return not(simpleName("TrialMain"));
    }

    private static GivenClassesConjunction outside(String... packages) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(
                        Stream.of(packages).map(ArchitectureTest::packages).toArray(String[]::new));
    }

    private static String packages(String name) {
        assertThat(MAY_IMPORT).as("packages").containsKey(name);
        return name.equals(FACADE) ? "org.espalier" : ROOT + name + "..";
    }

    private static void check(ArchRule rule) {
        rule.check(PRODUCTION);
    }

    private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
        return new ArchCondition<>("reside in a package whose package-info says @NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                    String message = type.getPackageName() + " has no package-info.java with @NullMarked";
                    events.add(SimpleConditionEvent.violated(type, message));
                }
            }
        };
    }
}
