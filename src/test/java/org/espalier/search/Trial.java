package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.espalier.model.Budget;
import org.espalier.model.Completion;
import org.espalier.model.Meter;
import org.espalier.model.Problem;
import org.espalier.search.SearchNode.Fate;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.EventLoop;
import org.espalier.testing.FakePolicy;
import org.espalier.testing.FakePrm;
import org.espalier.testing.ScriptedPolicy;

/**
 * One search with scripted doubles. Whatever comes out of it is checked for leaks and for its accounts. Texts are written
 * with {@code |} for a blank line.
 */
final class Trial implements SearchListener {
    static final Problem PROBLEM = new Problem("p", "how much is it");

    final EventLoop loop;
    final ScriptedPolicy policy;
    final List<String> events = new ArrayList<>();
    FakePrm prm;
    Meter meter = new Meter(Budget.UNLIMITED);

    Trial() {
        this(EventLoop.inOrder());
    }

    Trial(EventLoop loop) {
        this.loop = loop;
        policy = new ScriptedPolicy(loop);
        prm = new FakePrm(loop, path -> 0.5);
    }

    /** Alternately path and score. */
    Trial scores(Object... pathsAndScores) {
        prm = FakePrm.scripted(loop, pathsAndScores);
        return this;
    }

    Trial budget(Budget budget) {
        meter = new Meter(budget);
        return this;
    }

    CompletableFuture<Solution> start(SearchMethod method, SearchConfig.Builder config) {
        return new Solver(policy, prm, new BoxedReader()).start(PROBLEM, method, config.build(), meter, this);
    }

    Solution solve(SearchMethod method, SearchConfig.Builder config) {
        return check(loop.await(start(method, config)));
    }

    Solution check(Solution solution) {
        checkClosed(policy, prm);
        checkAccounts(solution);
        return solution;
    }

    static void checkClosed(FakePolicy policy, FakePrm prm) {
        assertThat(policy.open()).as("open prefixes").isEmpty();
        assertThat(prm.open()).as("open judgements").isEmpty();
    }

    static void checkAccounts(Solution solution) {
        Usage usage = solution.usage();
        List<SearchNode> nodes = solution.tree().nodes();
        assertThat(nodes.stream().mapToLong(SearchNode::tokens).sum())
                .as("tokens in the tree")
                .isEqualTo(usage.policyTokens());
        Set<Integer> committed = new HashSet<>();
        for (Ballot ballot : solution.ballots()) {
            SearchNode end = nodes.get(ballot.node());
            end.path().forEach(node -> committed.add(node.id()));
            assertThat(ballot.completion().text()).isEqualTo(end.pathText());
            assertThat(ballot.completion().tokens()).isEqualTo(end.pathTokens());
        }
        assertThat(committed.stream().mapToLong(id -> nodes.get(id).tokens()).sum())
                .as("committed tokens")
                .isEqualTo(usage.committedTokens());
        assertThat(usage.committedTokens() + usage.discardedTokens()).isEqualTo(usage.policyTokens());
        assertThat(usage.duplicatedTokens()).isBetween(0L, usage.policyTokens());
        for (int id = 0; id < nodes.size(); id++) {
            SearchNode node = nodes.get(id);
            assertThat(node.id()).isEqualTo(id);
            if (node.parent() != null) {
                assertThat(node.parent().id()).isLessThan(id);
                assertThat(node.fate()).as(node.toString()).isNotEqualTo(Fate.PROPOSED);
            }
        }
    }

    /** Paths with this fate, in the order of their nodes. */
    static List<String> paths(Solution solution, Fate fate) {
        return solution.tree().nodes().stream()
                .filter(node -> node.parent() != null && node.fate() == fate)
                .map(node -> ScriptedPolicy.fold(node.pathText()))
                .toList();
    }

    static List<String> completions(Solution solution) {
        return solution.completions().stream()
                .map(completion -> ScriptedPolicy.fold(completion.text()))
                .toList();
    }

    static List<Double> scores(Solution solution) {
        return solution.completions().stream().map(Completion::score).toList();
    }

    static String answer(Solution solution) {
        return Objects.requireNonNull(solution.answer(), "no answer").text();
    }

    /** What the policy was asked to extend. */
    List<String> extended() {
        return policy.calls().stream()
                .map(call -> ScriptedPolicy.fold(call.path()))
                .toList();
    }

    /** What the PRM was asked to judge. */
    List<String> judged() {
        return prm.calls().stream().map(ScriptedPolicy::fold).toList();
    }

    @Override
    public void proposed(SearchNode node) {
        log("proposed", node);
    }

    @Override
    public void scored(SearchNode node) {
        log("scored", node);
    }

    @Override
    public void kept(SearchNode node) {
        log("kept", node);
    }

    @Override
    public void pruned(SearchNode node) {
        log("pruned", node);
    }

    @Override
    public void completed(SearchNode node) {
        log("completed", node);
    }

    @Override
    public void abandoned(SearchNode node) {
        log("abandoned", node);
    }

    private void log(String event, SearchNode node) {
        events.add(event + " " + ScriptedPolicy.fold(node.pathText()));
    }
}
