package org.espalier.search;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;

/**
 * What a run spent.
 *
 * @param promptTokens unique tokens of the policy's prompts
 * @param policyTokens sampled by the policy: {@code committedTokens + discardedTokens}
 * @param committedTokens of them, on the path of a completion that the solution lists; a shared step counts once
 * @param discardedTokens of them, all others
 * @param duplicatedTokens sampled for a step whose path had, word for word, been written before; committed or discarded
 * @param sharedTokens of the prompt and what was sampled, on the path of two or more branches, which share their cells; 0
 *     in what a version recorded that did not count them
 * @param prmTokens that went through the PRM, recomputation included
 * @param prmTokensUnique given to the PRM
 * @param policyTokensDecoded that went through the policy, prompts and recomputation included
 * @param decodeSteps engine steps that this run took part in
 * @param preemptions sequences that lost their cells to make room, and were computed again
 * @param wallMillis since the run began
 * @param tokensPerSecond policyTokens over wall time
 */
public record Usage(
        long promptTokens,
        long policyTokens,
        long committedTokens,
        long discardedTokens,
        long duplicatedTokens,
        long sharedTokens,
        long prmTokens,
        long prmTokensUnique,
        long policyTokensDecoded,
        long decodeSteps,
        long preemptions,
        long wallMillis,
        double tokensPerSecond) {

    static Usage of(Meter meter, SearchTree tree, List<Ballot> ballots) {
        long sampled = meter.get(Count.POLICY_TOKENS);
        long committed = committed(tree, ballots);
        double seconds = meter.elapsed().toNanos() / 1e9;
        return new Usage(
                meter.get(Count.PROMPT_TOKENS),
                sampled,
                committed,
                sampled - committed,
                duplicated(tree),
                shared(tree, meter.get(Count.PROMPT_TOKENS)),
                meter.get(Count.PRM_TOKENS),
                meter.get(Count.PRM_TOKENS_UNIQUE),
                meter.get(Count.POLICY_TOKENS_DECODED),
                meter.get(Count.DECODE_STEPS),
                meter.get(Count.PREEMPTIONS),
                Math.round(seconds * 1e3),
                seconds > 0 ? sampled / seconds : 0);
    }

    private static long committed(SearchTree tree, List<Ballot> ballots) {
        Set<SearchNode> committed = new HashSet<>();
        ballots.forEach(
                ballot -> committed.addAll(tree.nodes().get(ballot.node()).path()));
        return committed.stream().mapToLong(SearchNode::tokens).sum();
    }

    private static long shared(SearchTree tree, long promptTokens) {
        List<SearchNode> nodes = tree.nodes();
        int[] branches = new int[nodes.size()];
        long shared = 0;
        for (int id = nodes.size() - 1; id >= 0; id--) {
            SearchNode node = nodes.get(id);
            branches[id] = Math.max(1, branches[id]);
            SearchNode parent = node.parent();
            if (parent != null) {
                branches[parent.id()] += branches[id];
            }
            if (branches[id] > 1) {
                shared += parent == null ? promptTokens : node.tokens();
            }
        }
        return shared;
    }

    private static long duplicated(SearchTree tree) {
        record Place(int parent, String text) {}
        Map<Place, Integer> firstWithText = new HashMap<>();
        int[] original = new int[tree.nodes().size()];
        long duplicated = 0;
        for (SearchNode node : tree.nodes()) {
            SearchNode parent = node.parent();
            if (parent == null || node.tokens() == 0) {
                original[node.id()] = node.id();
                continue;
            }
            Integer first = firstWithText.putIfAbsent(new Place(original[parent.id()], node.text()), node.id());
            original[node.id()] = first == null ? node.id() : first;
            duplicated += first == null ? 0 : node.tokens();
        }
        return duplicated;
    }
}
