package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.espalier.llama.PeakMemory;
import org.espalier.model.Budget;
import org.espalier.model.EspalierException;
import org.espalier.model.Limit;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.runtime.LocalRuntime;
import org.espalier.runtime.ResourceSettings;
import org.espalier.runtime.RuntimeListener;
import org.espalier.runtime.RuntimeOptions;
import org.espalier.runtime.Workload;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Solution;
import org.junit.jupiter.api.Test;

/**
 * Random budgets of tokens, time and memory with the bundled pair: none is exceeded, and whatever happens there is a
 * result. {@code -Despalier.budgets=500} tries more of them.
 */
class BudgetsIT {
    private static final int COMBINATIONS = Integer.getInteger("espalier.budgets", 36);
    private static final int EACH_RUNTIME = 6;
    private static final int N = 8;
    /** A little less than the pair needs beside what this process takes already. */
    private static final long LEAST_MEMORY = 64L * 1024 * 1024;

    private static final List<SearchMethod> METHODS = List.of(
            SearchMethod.GREEDY,
            SearchMethod.BEST_OF_N,
            SearchMethod.BEAM,
            SearchMethod.DVTS,
            SearchMethod.PARTICLE,
            SearchMethod.AUTO);
    private static final List<Problem> PROBLEMS = List.of(
            Problem.of("Compute 23 * 4 - 17 + 9 strictly from left to right."),
            Problem.of(
                    "Adam has 28 cherries at home. Adam loses 19 cherries in a game against Mia. Then he donates 4 of"
                            + " them to the school. How many cherries are there in the end?"));

    @Test
    void randomBudgetsAreKept() {
        Map<Limit, Integer> bound = new EnumMap<>(Limit.class);
        int done = 0;
        int refused = 0;
        for (int i = 0; i * EACH_RUNTIME < COMBINATIONS; i++) {
            Random random = new Random(i);
            long memory = PeakMemory.ownBytes().orElse(0L)
                    + PeakMemory.mappedBytes().orElse(0L)
                    + LEAST_MEMORY
                    + random.nextLong(LEAST_MEMORY);
            RuntimeOptions models = RuntimeOptions.DEFAULT.withResources(ResourceSettings.DEFAULT.withMemory(memory));
            Workload work = new Workload(Set.copyOf(METHODS), N, 256, PROBLEMS, 1);
            try (LocalRuntime runtime = new LocalRuntime(models, work, RuntimeListener.NONE)) {
                for (int k = 0; k < EACH_RUNTIME; k++) {
                    Solution solution = solve(runtime, random);
                    if (solution.stoppedBy() != null) {
                        bound.merge(solution.stoppedBy(), 1, Integer::sum);
                    }
                    done++;
                }
            } catch (EspalierException e) {
                assertThat(e).hasMessageContaining("memory is too small");
                refused++;
            }
        }
        System.out.printf(
                "%d random budgets kept: %d ended by tokens, %d by the deadline; %d memories refused%n",
                done, bound.getOrDefault(Limit.TOKENS, 0), bound.getOrDefault(Limit.DEADLINE, 0), refused);
        assertThat(bound).containsKeys(Limit.TOKENS, Limit.DEADLINE);
    }

    private static Solution solve(LocalRuntime runtime, Random random) {
        SearchMethod method = METHODS.get(random.nextInt(METHODS.size()));
        long tokens = random.nextBoolean() ? 1 + random.nextInt(600) : Long.MAX_VALUE;
        Duration deadline =
                tokens == Long.MAX_VALUE || random.nextBoolean() ? Duration.ofMillis(1 + random.nextInt(200)) : null;
        SearchConfig config = SearchConfig.builder()
                .n(method == SearchMethod.GREEDY ? 1 : N)
                .maxTokens(256)
                .seed(random.nextLong())
                .build();
        Problem problem = PROBLEMS.get(random.nextInt(PROBLEMS.size()));
        Solution solution = runtime.solver().solve(problem, method, config, new Meter(new Budget(tokens, deadline)));
        String what = "%s with %d tokens and %s".formatted(method, tokens, deadline);
        assertThat(solution.completions()).as(what).isNotEmpty();
        assertThat(solution.usage().policyTokens()).as(what).isLessThanOrEqualTo(tokens);
        return solution;
    }
}
