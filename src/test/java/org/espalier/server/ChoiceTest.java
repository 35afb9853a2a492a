package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.espalier.model.Completion;
import org.junit.jupiter.api.Test;

class ChoiceTest {
    private static Completion completion(String text, double score, boolean finished) {
        return new Completion(text, null, List.of(), score, finished, 1, -1);
    }

    private static final Completion GOOD = completion("a good one\n\nindeed", 0.9, true);
    private static final Completion FAIR = completion("a fair one", 0.5, true);
    private static final Completion CUT = completion("cut", 1, false);
    private static final Completion UNJUDGED = completion("who knows", Double.NaN, true);
    private static final List<Completion> ALL = List.of(UNJUDGED, CUT, FAIR, GOOD);

    private static List<String> texts(List<Choice> choices) {
        return choices.stream().map(Choice::text).toList();
    }

    @Test
    void theSelectedOneLeadsAndTheOthersFollowByScore() {
        assertThat(texts(Choice.of(ALL, FAIR, 9)))
                .containsExactly(FAIR.text(), GOOD.text(), UNJUDGED.text(), CUT.text());
        assertThat(texts(Choice.of(ALL, null, 2))).containsExactly(GOOD.text(), FAIR.text());
    }

    @Test
    void everyChoiceKnowsItsPlaceInTheSearch() {
        assertThat(Choice.of(ALL, FAIR, 9)).extracting(Choice::place).containsExactly(2, 3, 0, 1);
    }

    @Test
    void withoutCompletionsThereIsOneEmptyChoice() {
        List<Choice> choices = Choice.of(List.of(), null, 3);
        assertThat(texts(choices)).containsExactly("");
        assertThat(choices.get(0).finishReason()).isEqualTo("length");
        assertThat(choices.get(0).pieces(0, "\n\n")).isEmpty();
    }

    @Test
    void piecesMakeUpTheText() {
        List<String> pieces = Choice.of(ALL, GOOD, 1).get(0).pieces(0, "\n\n");
        assertThat(pieces).containsExactly("a good one\n\n", "indeed");
        assertThat(Choice.of(ALL, GOOD, 1).get(0).pieces(7, "\n\n")).containsExactly("one\n\n", "indeed");
    }
}
