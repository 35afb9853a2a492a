package org.espalier.search;

import java.util.Optional;
import org.espalier.model.Policy;
import org.espalier.model.Prefix;
import org.espalier.model.ProcessRewardModel.Judgement;
import org.espalier.model.Step;
import org.espalier.model.StopReason;
import org.jspecify.annotations.Nullable;

/** Puts questions to the policy about what it has written. What follows a question is a new text, for the PRM as well. */
final class Questions implements AutoCloseable {
    private final Policy policy;
    private final @Nullable PrmCache prm;
    private final SearchContext search;
    /** Of the problem alone, where new texts begin; null if nothing is judged. */
    private final @Nullable Judgement problemJudgement;

    /** @param search whose root is still open */
    Questions(Policy policy, @Nullable PrmCache prm, SearchContext search) {
        this.policy = policy;
        this.prm = prm;
        this.search = search;
        Judgement ofRoot = search.root().resources().judgement();
        problemJudgement = prm == null || ofRoot == null ? null : prm.retain(ofRoot);
    }

    /** Whether the policy can be asked about what it has written, and nothing stops the run. */
    boolean mayAsk(SearchNode node) {
        return node.stopReason() == StopReason.EOS && !search.control().stopped();
    }

    /**
     * Puts a question to the policy about what it has written on the path to this node. The text of a path begins anew after
     * it, for the PRM as well.
     *
     * @return the question's node; empty if there is no room for one
     */
    Optional<SearchNode> ask(SearchNode about, int childIndex, String question) {
        Optional<Prefix> asked;
        try {
            asked = policy.ask(about.step().prefix(), question);
        } catch (RuntimeException | Error thrown) {
            search.control().fail(thrown);
            throw thrown;
        }
        return asked.map(prefix -> {
            SearchNode node = search.tree().addQuestion(about, childIndex);
            node.written(
                    new Step(prefix, question, 0, StopReason.DELIMITER, 0, Double.NaN),
                    search.config().maxTokens(),
                    search.control().millis());
            if (prm != null && problemJudgement != null) {
                node.judgedBy(prm.retain(problemJudgement), -1);
            }
            node.resources().settleJudgement();
            search.control().tell(SearchListener::proposed, node);
            search.keep(node);
            return node;
        });
    }

    @Override
    public void close() {
        if (problemJudgement != null) {
            problemJudgement.close();
        }
    }
}
