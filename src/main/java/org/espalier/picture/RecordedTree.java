package org.espalier.picture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.espalier.model.Answer;
import org.espalier.search.Ballot;
import org.espalier.search.SearchNode;
import org.espalier.search.SearchNode.Fate;
import org.espalier.search.Solution;
import org.espalier.search.Usage;
import org.espalier.search.Vote;
import org.jspecify.annotations.Nullable;

/**
 * What a search wrote and decided, without what it held: enough to draw it later.
 *
 * @param run what the search as a whole came to; null if that was not recorded
 * @param nodes the root first, parents before their children; a node's place is its id
 */
public record RecordedTree(@Nullable Run run, List<Node> nodes) {
    /** The parent of the root. */
    public static final int NONE = -1;

    /**
     * A search and its result.
     *
     * @param problem its text
     * @param method as the command line names it
     * @param n completions that were asked for
     * @param answer null if there is none
     * @param selected id of the last node of the completion that stands for the answer; null if there is no answer
     * @param votes by answer
     * @param agreement share of the winning vote, 0 to 1; 0 without votes
     * @param stoppedBy {@code completed}, or the limit that ended the search before it was done
     * @param settled whether it ended before it had n completions because more would hardly have changed the answer; null
     *     in files of earlier versions
     */
    public record Run(
            String problem,
            String method,
            int n,
            @Nullable String answer,
            @Nullable Integer selected,
            List<Vote> votes,
            double agreement,
            String stoppedBy,
            @Nullable Boolean settled,
            long policyTokens,
            long prmTokens,
            long wallMillis) {}

    /**
     * A step, or the root.
     *
     * @param parent id of the parent; {@link #NONE} for the root
     * @param child its place among its siblings
     * @param text of this step
     * @param tokens sampled for it
     * @param score the PRM's; {@link Double#NaN} if it has none
     * @param ending what the completion that ends here says; null where none ends
     */
    public record Node(
            int parent,
            int child,
            String text,
            int tokens,
            double score,
            Fate fate,
            @Nullable Ending ending) {}

    /**
     * The end of a completion.
     *
     * @param answer null if nothing in the completion can be read as one
     * @param key of the answer; answers with equal keys vote together
     * @param votes that it cast; an unfinished completion casts none
     */
    public record Ending(@Nullable String answer, @Nullable String key, int votes) {}

    /** @throws IllegalArgumentException if this is not a tree */
    public RecordedTree {
        nodes = List.copyOf(nodes);
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException("it has no nodes");
        }
        if (nodes.get(0).parent() != NONE) {
            throw new IllegalArgumentException("node 0 is not a root");
        }
        for (int id = 1; id < nodes.size(); id++) {
            if (nodes.get(id).parent() < 0 || nodes.get(id).parent() >= id) {
                throw new IllegalArgumentException("node " + id + " has no parent among the nodes before it");
            }
        }
        Integer selected = run == null ? null : run.selected();
        if (selected != null && (selected < 0 || selected >= nodes.size())) {
            throw new IllegalArgumentException("the selected node " + selected + " is not in it");
        }
    }

    public static RecordedTree of(Solution solution) {
        Map<Integer, Ending> endings = new HashMap<>();
        Integer selected = null;
        for (Ballot ballot : solution.ballots()) {
            Ending before = endings.get(ballot.node());
            int votes = (before == null ? 0 : before.votes()) + (ballot.counts() ? 1 : 0);
            Answer answer = ballot.completion().answer();
            endings.put(
                    ballot.node(),
                    new Ending(answer == null ? null : answer.text(), answer == null ? null : answer.key(), votes));
            if (selected == null && ballot.completion().equals(solution.selected())) {
                selected = ballot.node();
            }
        }
        List<Node> nodes = new ArrayList<>();
        for (SearchNode node : solution.tree().nodes()) {
            SearchNode parent = node.parent();
            nodes.add(new Node(
                    parent == null ? NONE : parent.id(),
                    node.childIndex(),
                    node.text(),
                    node.tokens(),
                    node.score(),
                    node.fate(),
                    endings.get(node.id())));
        }
        return new RecordedTree(run(solution, selected), nodes);
    }

    private static Run run(Solution solution, @Nullable Integer selected) {
        Usage usage = solution.usage();
        Answer answer = solution.answer();
        return new Run(
                solution.problem().text(),
                solution.method().cliName(),
                solution.config().n(),
                answer == null ? null : answer.text(),
                selected,
                solution.votes(),
                solution.agreement(),
                solution.stoppedByName(),
                solution.settled(),
                usage.policyTokens(),
                usage.prmTokens(),
                usage.wallMillis());
    }
}
