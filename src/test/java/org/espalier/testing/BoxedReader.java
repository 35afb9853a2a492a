package org.espalier.testing;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.model.Answer;
import org.espalier.model.AnswerReader;

/** Reads the last {@code boxed} answer, or else the last number as a guess. Answers mean the same if they read the same. */
public final class BoxedReader implements AnswerReader {
    private static final Pattern BOXED = Pattern.compile("boxed\\{([^{}]*)}");
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    @Override
    public Optional<Answer> read(String completion) {
        return last(BOXED.matcher(completion), 1)
                .map(text -> new Answer(text, text.strip(), true))
                .or(() -> last(NUMBER.matcher(completion), 0).map(text -> new Answer(text, text, false)));
    }

    private static Optional<String> last(Matcher matcher, int group) {
        return matcher.results().map(result -> result.group(group)).reduce((first, second) -> second);
    }
}
