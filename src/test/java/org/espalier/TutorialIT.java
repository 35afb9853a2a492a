package org.espalier;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.espalier.harness.SandboxHere;
import org.espalier.model.Answer;
import org.espalier.model.Budget;
import org.espalier.model.Completion;
import org.espalier.model.Limit;
import org.espalier.model.Problem;
import org.espalier.model.Verifier;
import org.espalier.search.Confidence;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchListener;
import org.espalier.search.SearchMethod;
import org.espalier.search.SearchNode;
import org.espalier.search.SearchSteps;
import org.espalier.search.Solution;
import org.espalier.search.Vote;
import org.junit.jupiter.api.Test;

/** How Espalier is used as a library: the code of docs/api.md, which therefore cannot go stale. */
class TutorialIT {
    private static final Path THIS = Path.of("src/test/java/org/espalier/TutorialIT.java");
    private static final String BEGIN = "// docs/api.md begin\n";
    private static final String END = "// docs/api.md end";

    @Test
    void theFirstExample() {
        assertThat(printed(TutorialIT::firstExample)).isEqualToIgnoringNewLines("84");
    }

    private static void firstExample() {
        // docs/api.md begin
        try (Espalier espalier = Espalier.open(EspalierOptions.defaults())) {
            Solution solution = espalier.solve("Start with 12, then multiply by 7. What is the result?");
            System.out.println(solution.answer());
        }
        // docs/api.md end
    }

    @Test
    void optionsAndResult() {
        // docs/api.md begin
        EspalierOptions options = EspalierOptions.defaults()
                .withPolicy("arith-small") // a name of `espalier models list`, or a GGUF file
                .withPrm("arith-prm")
                .withMethod(SearchMethod.BEAM)
                .withSearch(SearchConfig.builder().n(16).beamWidth(4).seed(7).build())
                .withBudget(new Budget(20_000, Duration.ofSeconds(30)))
                .withThreads(2);
        try (Espalier espalier = Espalier.open(options)) {
            Solution solution = espalier.solve("Start with 12, then multiply by 7. What is the result?");
            Completion reply = solution.selected(); // what stands for the answer; null only if nothing was written
            Answer answer = solution.answer(); // null if the problem has no short answer
            Confidence.Level sure = solution.confidence().level(); // HIGH, MEDIUM, LOW or UNKNOWN
            solution.warnings().forEach(warning -> System.err.println(warning.message()));
            for (Vote vote : solution.votes()) {
                System.out.printf("%s: %d completions, weight %.2f%n", vote.answer(), vote.count(), vote.weight());
            }
            Limit limit = solution.stoppedBy(); // null if the search was done
            long tokens = solution.usage().policyTokens();
            // docs/api.md end
            assertThat(answer).hasToString("84");
            assertThat(reply).isNotNull();
            assertThat(sure).isNotEqualTo(Confidence.Level.LOW);
            assertThat(limit).isNull();
            assertThat(tokens).isBetween(1L, 20_000L);
        }
    }

    @Test
    void aVerifier() {
        // docs/api.md begin
        Verifier small = Verifier.ofAnswers(answer -> answer.text().matches("\\d{1,2}"));
        EspalierOptions options =
                EspalierOptions.defaults().withMethod(SearchMethod.BEAM).withVerifier(small);
        // docs/api.md end
        try (Espalier espalier = Espalier.open(options)) {
            assertThat(espalier.solve("Start with 12, then multiply by 7, then subtract 5. What is the result?")
                            .answer())
                    .hasToString("79");
        }
    }

    @Test
    void aProgramVerifier() {
        SandboxHere.required();
        // docs/api.md begin
        try (ProgramVerifier tests = ProgramVerifier.open("python", "assert add(1, 2) == 3")) {
            EspalierOptions options = EspalierOptions.defaults()
                    .withMethod(SearchMethod.BEST_OF_N)
                    .withVerifier(tests)
                    .withAnswerReader(tests.answers());
            // docs/api.md end
            String reply = "```python\ndef add(a, b): return a + b\n```";
            assertThat(tests.score(new Verifier.Candidate(Problem.of("add"), List.of(reply), true, tests.answers())))
                    .isEqualTo(1);
            assertThat(options.method()).isEqualTo(SearchMethod.BEST_OF_N);
        }
    }

    @Test
    void anAnswerReader() {
        // docs/api.md begin
        EspalierOptions options = EspalierOptions.defaults()
                .withAnswerReader(text ->
                        Optional.of(text.length() < 200 ? "short" : "long").map(word -> new Answer(word, word, true)));
        // docs/api.md end
        try (Espalier espalier = Espalier.open(options)) {
            assertThat(espalier.solve("Start with 12, then multiply by 7, then subtract 5. What is the result?")
                            .answer())
                    .hasToString("short");
        }
    }

    // docs/api.md begin
    /** Writes four next steps, goes on from the best one, and so on to the end. */
    static CompletableFuture<List<SearchNode>> climb(SearchSteps search, SearchNode from) {
        List<CompletableFuture<SearchNode>> asked =
                IntStream.range(0, 4).mapToObj(i -> search.propose(from, i)).toList();
        search.retire(from);
        return SearchSteps.all(asked).thenCompose(steps -> {
            SearchNode best = Collections.max(steps, Comparator.comparingDouble(search::value));
            steps.stream().filter(step -> step != best).forEach(search::prune);
            if (!search.mayGrow(best)) {
                return CompletableFuture.completedFuture(List.of(best));
            }
            search.keep(best);
            return climb(search, best);
        });
    }
    // docs/api.md end

    @Test
    void aStrategy() {
        // docs/api.md begin
        EspalierOptions options =
                EspalierOptions.defaults().withStrategy(SearchMethod.BEAM, search -> climb(search, search.root()));
        // docs/api.md end
        try (Espalier espalier = Espalier.open(options)) {
            Solution solution = espalier.solve("Start with 12, then multiply by 7. What is the result?");
            assertThat(solution.completions()).hasSize(1);
            assertThat(solution.answer()).hasToString("84");
        }
    }

    @Test
    void manyProblems() {
        List<String> answers = new ArrayList<>();
        // docs/api.md begin
        List<Problem> problems = IntStream.rangeClosed(1, 20)
                .mapToObj(i -> Problem.of("Start with " + i + ", then multiply by 7. What is the result?"))
                .toList();
        try (Espalier espalier = Espalier.open(EspalierOptions.defaults().withMethod(SearchMethod.MAJORITY))) {
            for (SolutionFuture future : espalier.solveAll(problems)) {
                answers.add(future.problem().text() + " " + future.join().answer());
            }
        }
        // docs/api.md end
        assertThat(answers).hasSize(20).allMatch(line -> line.matches("Start with \\d+, .* \\d+"));
    }

    @Test
    void aListener() {
        assertThat(printed(TutorialIT::listening)).contains("12 * 7 = 84");
    }

    private static void listening() {
        // docs/api.md begin
        SearchListener listener = new SearchListener() {
            @Override
            public void scored(SearchNode node) {
                System.out.printf("%.2f %s%n", node.score(), node.text().strip());
            }
        };
        EspalierOptions options = EspalierOptions.defaults().withMethod(SearchMethod.DVTS);
        try (Espalier espalier = Espalier.open(options)) {
            Problem problem = Problem.of("Start with 12, then multiply by 7. What is the result?");
            SolutionFuture future = espalier.submit(problem, listener);
            // … future.stop() ends the search with what it has
            future.join();
        }
        // docs/api.md end
    }

    @Test
    void thePageShowsThisCode() throws IOException {
        String page = Files.readString(Path.of("docs/api.md"));
        List<String> shown = snippets(Files.readString(THIS));
        assertThat(shown).hasSize(9);
        assertThat(page).contains(shown);
        assertThat(Files.readString(Path.of("README.md"))).contains(shown.get(0));
    }

    /** The marked regions, indented as a code block. */
    private static List<String> snippets(String source) {
        List<String> snippets = new ArrayList<>();
        for (int at = source.indexOf(" " + BEGIN); at >= 0; at = source.indexOf(" " + BEGIN, at + 1)) {
            String code = source.substring(at + BEGIN.length() + 1, source.indexOf(END, at));
            UnaryOperator<String> indent = line -> line.isBlank() ? "" : "    " + line;
            snippets.add(String.join(
                    "\n", code.stripIndent().strip().lines().map(indent).toList()));
        }
        return snippets;
    }

    private static String printed(Runnable code) {
        PrintStream out = System.out;
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
        try {
            code.run();
        } finally {
            System.setOut(out);
        }
        return written.toString(StandardCharsets.UTF_8);
    }
}
