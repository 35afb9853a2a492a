package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.espalier.search.SearchMethod.MAJORITY;

import java.util.List;
import java.util.Optional;
import org.espalier.model.Answer;
import org.espalier.model.Budget;
import org.espalier.model.Completion;
import org.espalier.model.Meter;
import org.espalier.model.ReplyForm;
import org.espalier.model.StopReason;
import org.espalier.testing.BoxedReader;
import org.espalier.testing.ScriptedPolicy;
import org.junit.jupiter.api.Test;

class MajorityVoteTest {
    private static Solution vote() {
        Trial trial = new Trial();
        trial.policy.on("", "a|", "2", "b|", "3", "2").on("a|", "1").on("b|", "1");
        return trial.solve(MAJORITY, SearchConfig.builder().n(5));
    }

    @Test
    void mostFrequentAnswerWinsAndTiesGoToTheFirstSeen() {
        Solution solution = vote();

        assertThat(Trial.answer(solution)).isEqualTo("1");
        assertThat(solution.votes())
                .extracting(Vote::answer, Vote::count, Vote::weight)
                .containsExactly(tuple("1", 2, 0.0), tuple("2", 2, 0.0), tuple("3", 1, 0.0));
        assertThat(solution.agreement()).isEqualTo(.4);
    }

    @Test
    void samplesWholeCompletionsWithoutAskingThePrm() {
        Trial trial = new Trial();
        trial.policy.on("", "a|").on("a|", "1");
        Solution solution =
                trial.solve(MAJORITY, SearchConfig.builder().n(1).maxTokens(9).stepTokens(1));

        assertThat(trial.policy.calls()).hasSize(1);
        assertThat(trial.policy.calls().get(0).request().delimiter()).isNull();
        assertThat(trial.policy.calls().get(0).request().maxTokens()).isEqualTo(9);
        assertThat(trial.prm.opened()).isZero();
        assertThat(solution.completions().get(0).stepScores()).isEmpty();
        assertThat(solution.completions().get(0).score()).isNaN();
    }

    /** The first one says 1, the first two 1 and 2, … */
    @Test
    void answerAtKIsTheVoteOfTheFirstK() {
        Solution solution = vote();

        assertThat(solution.answerAt(1, Selection.MAJORITY).orElseThrow().text())
                .isEqualTo("1");
        assertThat(solution.answerAt(2, Selection.MAJORITY).orElseThrow().text())
                .isEqualTo("1");
        assertThat(solution.answerAt(5, Selection.WEIGHTED).orElseThrow().text())
                .isEqualTo("1");
    }

    /** Words in brackets, of which those that are closed say something. */
    private static final ReplyForm BRACKETS = new ReplyForm() {
        @Override
        public String grammar() {
            return "root ::= [^|]*";
        }

        @Override
        public Optional<Answer> read(String reply) {
            int end = reply.indexOf(']');
            return end < 0
                    ? Optional.empty()
                    : Optional.of(new Answer(reply.substring(1, end), reply.substring(1, end), true));
        }

        @Override
        public boolean isWhole() {
            return true;
        }

        @Override
        public boolean allowsOthers() {
            return false;
        }

        @Override
        public boolean standsCut(String reply) {
            return reply.contains("]");
        }

        @Override
        public Optional<Merged> merge(List<Voter> voters) {
            return Optional.empty();
        }
    };

    @Test
    void aReplyThatStandsVotesThoughALimitHasCutIt() {
        Trial trial = new Trial();
        trial.policy.on(
                "", ScriptedPolicy.ending("[a][b", StopReason.LENGTH), ScriptedPolicy.ending("[c", StopReason.LENGTH));
        Solution solution = trial.loop.await(new Solver(trial.policy, null, new BoxedReader())
                .start(
                        Trial.PROBLEM.in(BRACKETS),
                        MAJORITY,
                        SearchConfig.builder().n(2).maxTokens(1).build(),
                        new Meter(Budget.UNLIMITED),
                        SearchListener.NONE));
        assertThat(Trial.answer(solution)).isEqualTo("a");
        assertThat(solution.completions()).extracting(Completion::finished).containsExactlyInAnyOrder(true, false);
    }
}
