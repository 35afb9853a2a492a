package org.espalier.choice;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.espalier.model.Answer;
import org.espalier.model.AnswerReader;

/**
 * Reads which option a reply names: by its letter where the reply says that this is its answer, else by a letter that stands
 * alone, else by the option's words, if it has those of one option only. The answer's key is the option's number in the
 * question as it was given.
 *
 * @param turn the order in which the reply's policy saw the options
 */
record ChoiceReader(ChoiceTask task, int turn) implements AnswerReader {
    private static final Pattern BOXED = Pattern.compile("\\\\boxed\\{\\s*(?:\\\\text\\{)?\\s*\\(?([A-Z])\\b");
    private static final Pattern SAID =
            Pattern.compile("(?:[Aa]nswer|ANSWER|[Oo]ption|[Cc]hoice)(?:\\s+is)?[\\s:*_\"'(\\[]*([A-Z])(?![\\w'])");
    private static final Pattern ALONE = Pattern.compile("(?m)^[\\s*_(\\[]*([A-Z])[)\\].:*_]*(?:\\s|$)");

    @Override
    public Optional<Answer> read(String reply) {
        return last(BOXED, reply)
                .or(() -> last(SAID, reply))
                .or(() -> last(ALONE, reply))
                .or(() -> byWords(reply))
                .map(option -> new Answer(task.options().get(option), String.valueOf(option), true));
    }

    private Optional<Integer> last(Pattern pattern, String reply) {
        Matcher matcher = pattern.matcher(reply);
        Optional<Integer> found = Optional.empty();
        while (matcher.find()) {
            int place = matcher.group(1).charAt(0) - 'A';
            if (place < task.size()) {
                found = Optional.of(task.at(place, turn));
            }
        }
        return found;
    }

    private Optional<Integer> byWords(String reply) {
        String words = ChoiceTask.plain(reply);
        List<Integer> named = IntStream.range(0, task.size())
                .filter(option -> Pattern.compile("(?<!\\w)"
                                + Pattern.quote(ChoiceTask.plain(task.options().get(option))) + "(?!\\w)")
                        .matcher(words)
                        .find())
                .boxed()
                .toList();
        return named.size() == 1 ? Optional.of(named.get(0)) : Optional.empty();
    }
}
