package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.espalier.testing.FakePolicy.asked;
import static org.espalier.testing.ScriptedPolicy.ending;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.espalier.model.StopReason;
import org.espalier.testing.BoxedReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrategyRunTest {
    private static final String AGAIN = "Are you sure";

    private static Solution solve(Trial trial, SearchStrategy strategy) {
        Solver solver = new Solver(trial.policy, trial.prm, new BoxedReader()).with(strategy);
        SearchConfig config = SearchConfig.builder().n(1).beamWidth(1).build();
        return trial.check(
                trial.loop.await(solver.start(Trial.PROBLEM, SearchMethod.BEAM, config, trial.meter, trial)));
    }

    private static CompletableFuture<SearchNode> grown(SearchSteps search, SearchNode from, boolean whole) {
        return whole ? search.complete(from, 0) : search.propose(from, 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theEndOfAPathCanBeAskedAbout(boolean whole) {
        Trial trial = new Trial();
        trial.policy.on("", "1").on(asked(AGAIN), "2");
        Solution solution = solve(
                trial,
                search -> grown(search, search.root(), whole).thenCompose(first -> {
                    SearchNode question = search.ask(first, 0, AGAIN).orElseThrow();
                    search.retire(first);
                    return grown(search, question, whole).thenApply(second -> List.of(first, second));
                }));

        assertThat(trial.extended()).containsExactly("", "1" + asked(AGAIN));
        assertThat(Trial.completions(solution)).containsExactly("1", "2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatThePolicyDidNotEndIsLetGo(boolean whole) {
        Trial trial = new Trial();
        trial.policy.on("", ending("1", StopReason.CONTEXT));
        List<Optional<SearchNode>> questions = new ArrayList<>();
        List<String> held = new ArrayList<>();
        solve(
                trial,
                search -> grown(search, search.root(), whole).thenApply(end -> {
                    held.addAll(trial.policy.open());
                    questions.add(search.ask(end, 0, AGAIN));
                    return List.of(end);
                }));

        assertThat(held).as("the prompt alone").containsExactly("");
        assertThat(questions).containsExactly(Optional.empty());
    }

    @Test
    void endsThatNobodyAsksAboutAreLetGoWithTheSearch() {
        Trial trial = new Trial();
        trial.policy.on("", "1", "2");
        Solution solution = solve(
                trial,
                search -> SearchSteps.all(List.of(search.propose(search.root(), 0), search.propose(search.root(), 1))));

        assertThat(Trial.completions(solution)).containsExactly("1", "2");
    }
}
