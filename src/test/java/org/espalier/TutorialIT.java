package org.espalier;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.espalier.catalog.ModelStore;
import org.espalier.engine.Engine;
import org.espalier.engine.Lane;
import org.espalier.grade.AnswerExtractor;
import org.espalier.llama.ContextOptions;
import org.espalier.llama.LlamaModelRunner;
import org.espalier.llama.ModelOptions;
import org.espalier.llama.NativeModel;
import org.espalier.llama.NativeTokenizer;
import org.espalier.model.Answer;
import org.espalier.model.Budget;
import org.espalier.model.FetchListener;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.SolvePrompt;
import org.espalier.reward.EnginePolicy;
import org.espalier.reward.SelfJudge;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.espalier.search.Solver;
import org.junit.jupiter.api.Test;

/** How Espalier is used as a library: the code of docs/api.md, which therefore cannot go stale. */
class TutorialIT {
    @Test
    void solvesAProblem() {
        ModelStore store = ModelStore.open();
        Path gguf = store.resolve("smollm2-135m-instruct", FetchListener.NONE).path();

        // docs/api.md begin
        try (NativeModel model = NativeModel.open(gguf, ModelOptions.DEFAULT)) {
            LlamaModelRunner runner = LlamaModelRunner.open(model, ContextOptions.of(16_384, 40));
            Lane lane = new Lane("policy", new NativeTokenizer(model), runner);
            try (Engine engine = new Engine(List.of(lane))) {
                ChatTemplate template =
                        Optional.ofNullable(model.chatTemplate()).orElse(ChatTemplate.CHATML);
                SolvePrompt prompt = new SolvePrompt(template, SolvePrompt.STEP_BY_STEP);
                Solver solver = new Solver(
                        new EnginePolicy(engine, lane, prompt),
                        new SelfJudge(lane, runner, prompt),
                        text -> AnswerExtractor.extract(text).map(answer -> new Answer(answer, answer, true)));

                SearchConfig config =
                        SearchConfig.builder().n(16).maxTokens(256).build();
                Meter meter = new Meter(new Budget(Long.MAX_VALUE, Duration.ofSeconds(20)));
                Solution solution = solver.solve(
                        Problem.of("Tom has 3 apples and buys 4 more. How many has he?"),
                        SearchMethod.DVTS,
                        config,
                        meter);

                String best =
                        solution.answer() == null ? "none" : solution.answer().text();
                // docs/api.md end
                assertThat(best).isNotEmpty();
                assertThat(solution.completions()).isNotEmpty();
                assertThat(solution.usage().prmTokens())
                        .isEqualTo(solution.usage().prmTokensUnique());
            }
        }
    }

    @Test
    void thePageShowsThisCode() throws IOException {
        String page = Files.readString(Path.of("docs/api.md"));
        String source = Files.readString(Path.of("src/test/java/org/espalier/TutorialIT.java"));
        int begin = source.indexOf("// docs/api.md begin") + "// docs/api.md begin\n".length();
        String shown = source.substring(begin, source.indexOf("                // docs/api.md end"))
                .lines()
                .map(line -> line.isBlank() ? "" : "    " + line.substring(8))
                .collect(Collectors.joining("\n"));
        assertThat(page).contains(shown);
    }
}
