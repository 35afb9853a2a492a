package org.espalier.eval;

import java.util.Optional;
import org.espalier.grade.AnswerExtractor;
import org.espalier.model.Answer;
import org.espalier.model.Completion;

/**
 * What a completion goes on to write after it has come to its answer (Chen et al. 2024, "Do NOT Think That Much for
 * 2+3=?"). Stateless.
 */
final class Overthinking {
    private Overthinking() {}

    /**
     * Tokens after the first line whose last number, or whose stated answer, is the completion's. Tokens are not recorded
     * one by one: it is the completion's number of them, in proportion to the characters. A line that comes to the same
     * number by chance counts too.
     */
    static int tokensAfterAnswer(Completion completion, Answer answer) {
        String text = completion.text();
        int start = 0;
        while (start < text.length()) {
            int newline = text.indexOf('\n', start);
            int end = newline < 0 ? text.length() : newline;
            if (comesTo(text.substring(start, end), answer)) {
                return (int) Math.round(completion.tokens() * (double) (text.length() - end) / text.length());
            }
            start = end + 1;
        }
        return 0;
    }

    private static boolean comesTo(String line, Answer answer) {
        Optional<String> found = AnswerExtractor.extract(line);
        return found.isPresent()
                && (found.get().equals(answer.text())
                        || org.espalier.grade.Answer.parse(found.get())
                                .canonicalKey()
                                .equals(answer.key()));
    }
}
