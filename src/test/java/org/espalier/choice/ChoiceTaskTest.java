package org.espalier.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.espalier.model.Problem;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChoiceTaskTest {
    private static final ChoiceTask TASK = new ChoiceTask("q", "Which is red?", List.of("grass", "blood", "milk"));

    @Test
    void turnsPutEachOptionAtEachPlaceOnce() {
        for (int option = 0; option < 3; option++) {
            Set<Integer> places = new HashSet<>();
            for (int turn = 0; turn < 3; turn++) {
                for (int place = 0; place < 3; place++) {
                    if (TASK.at(place, turn) == option) {
                        places.add(place);
                    }
                }
            }
            assertThat(places).containsExactlyInAnyOrder(0, 1, 2);
        }
        assertThat(TASK.posed(0).text()).isEqualTo("Which is red?\n\nA) grass\nB) blood\nC) milk");
        assertThat(TASK.posed(1).text()).isEqualTo("Which is red?\n\nA) blood\nB) milk\nC) grass");
        assertThat(TASK.posed(0).id()).isEqualTo("q");
        assertThat(TASK.posed(1).id()).isNotEqualTo("q");
    }

    @Test
    void optionsStandInTheQuestionBehindTheirLetters() {
        ChoiceTask task = ChoiceTask.in(new Problem(
                "p", "It has a line:\nA) no list\n\nWhat is it?\n  A) one thing\n(B) two  things\nC. 3\nThink."));

        assertThat(task.question()).isEqualTo("It has a line:\nA) no list\n\nWhat is it?");
        assertThat(task.options()).containsExactly("one thing", "two  things", "3");
    }

    @Test
    void aQuestionWithoutOptionsIsNoChoice() {
        refused(() -> ChoiceTask.in(Problem.of("What is it?\nA) one")), "the question has no options");
    }

    @Test
    void optionsThatCannotBeToldApartAreRefused() {
        refused(
                () -> new ChoiceTask("q", "?", List.of("yes", "no", " YES ")),
                "options A and C are equal (YES): no vote can tell them apart; leave one out");
        refused(() -> new ChoiceTask("q", "?", List.of("yes")), "a choice has 2 to 26 options, not 1");
        refused(() -> new ChoiceTask("q", "?", List.of("yes", " ")), "option B is empty");
        refused(() -> new ChoiceTask("q", " ", List.of("yes", "no")), "the question is empty");
    }

    private static void refused(ThrowingCallable made, String message) {
        assertThatThrownBy(made).isInstanceOf(UsageException.class).hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "Answer: B | 1",
                "I think so.\\nThe answer is **(C)**. | 2",
                "First A, but then the answer is B. | 1",
                "\\boxed{C} | 2",
                "\\boxed{\\text{B}} | 1",
                "B | 1",
                "C) milk | 2",
                "(A) because it is so | 0",
                "The correct option is A. | 0",
                "Answer: A or rather. Answer: B | 1",
                "It is blood, of course. | 1",
                "Grass or milk | -",
                "bloody | -",
                "Answer: D | -",
                "A dog is an animal. | 0",
                "I do not know | -",
            })
    void repliesNameAnOption(String reply, Integer option) {
        for (int turn = 0; turn < 3; turn++) {
            boolean words = reply.equals("It is blood, of course.");
            Integer expected = option == null || words ? option : Integer.valueOf((option + turn) % 3);
            assertThat(new ChoiceReader(TASK, turn)
                            .read(reply.replace("\\n", "\n"))
                            .map(answer -> Integer.valueOf(answer.key()))
                            .orElse(null))
                    .as("%s, turned by %d", reply, turn)
                    .isEqualTo(expected);
        }
    }
}
