package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.model.SamplingParams;
import org.espalier.runtime.LocalRuntime;
import org.espalier.runtime.RuntimeListener;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.runtime.Workload;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/**
 * Solves problem after problem with methods that use the engine in different ways in one process, and watches its memory. Short by default; the figures in
 * docs/performance.md come from {@code -Despalier.soak.policy=smollm2-135m-instruct -Despalier.soak.problems=20 -Despalier.soak.n=16
 * -Despalier.soak.tokens=512}.
 */
class SoakIT {
    private static final int PROBLEMS = Integer.getInteger("espalier.soak.problems", 8);
    private static final int N = Integer.getInteger("espalier.soak.n", 8);
    private static final int TOKENS = Integer.getInteger("espalier.soak.tokens", 96);
    private static final String POLICY = System.getProperty("espalier.soak.policy", "arith-small");
    private static final Set<SearchMethod> METHODS = EnumSet.of(
            SearchMethod.GREEDY, SearchMethod.BEST_OF_N, SearchMethod.BEAM, SearchMethod.DVTS, SearchMethod.MCTS);
    private static final int WARM_UP = 3;
    private static final Path STATM = Path.of("/proc/self/statm");

    @BeforeEach
    void needsProcFs() {
        Assumptions.assumeTrue(Files.isReadable(STATM), "resident memory is read from /proc");
    }

    @Test
    void memoryDoesNotGrowFromProblemToProblem() throws IOException {
        List<Problem> problems = gsm8k();
        RuntimeOptions models = RuntimeOptions.DEFAULT.withPolicy(POLICY);
        List<String> report = new ArrayList<>();
        try (LocalRuntime runtime =
                new LocalRuntime(models, new Workload(METHODS, N, TOKENS, problems, 1), RuntimeListener.NONE)) {
            long afterWarmUp = 0;
            for (int i = 0; i < problems.size(); i++) {
                for (SearchMethod method : METHODS) {
                    Solution solution = runtime.solver()
                            .solve(problems.get(i), method, config(method), new Meter(Budget.UNLIMITED));
                    assertThat(solution.stoppedBy()).isNull();
                }
                long resident = residentBytes();
                report.add("after problem %d: %d MiB".formatted(i + 1, resident >> 20));
                if (i + 1 == WARM_UP) {
                    afterWarmUp = resident;
                }
            }
            report.forEach(System.out::println);
            assertThat(residentBytes()).isLessThan(afterWarmUp * 105 / 100);
        }
    }

    private static SearchConfig config(SearchMethod method) {
        return SearchConfig.builder()
                .n(method == SearchMethod.GREEDY ? 1 : N)
                .maxTokens(TOKENS)
                .sampling(new SamplingParams(0.8, 0, 1, 0))
                .build();
    }

    private static List<Problem> gsm8k() throws IOException {
        try (InputStream data =
                Objects.requireNonNull(SoakIT.class.getResourceAsStream("/org/espalier/data/gsm8k-test.jsonl"))) {
            JsonMapper mapper = JsonMapper.builder().build();
            return new String(data.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .limit(PROBLEMS)
                    .map(line ->
                            Problem.of(mapper.readTree(line).get("question").asString()))
                    .toList();
        }
    }

    private static long residentBytes() throws IOException {
        System.gc();
        return Long.parseLong(Files.readString(STATM).split(" ", -1)[1]) * 4096;
    }
}
