package org.espalier.grade;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the final answer in a completion. Stateless.
 *
 * <p>The order is that of search-and-learn's {@code extract_answer}: the last complete {@code \boxed}, a closing
 * sentence, GSM8K's {@code ####} line, and, for {@link #extract} only, the last number in the text. Two differences: a
 * box that is empty or never closed (a completion cut short) counts as no box, and the last sentence wins over the
 * first.
 */
public final class AnswerExtractor {

    private static final Pattern BOX = Pattern.compile("\\\\(?:boxed|fbox)(?![a-zA-Z])");
    private static final Pattern MINERVA =
            Pattern.compile("(?i)final answer is:?\\s*(.{1,1000}?)\\.?\\s*I hope it is correct", Pattern.DOTALL);
    private static final Pattern SENTENCE =
            Pattern.compile("(?i)(?:answer(?:\\s+to\\s+[^.\\n]{1,80}?)?\\s+is\\b\\s*:?|\\banswer\\**\\s*:\\**)[\\s*]*");
    private static final Pattern HASHES = Pattern.compile("####[ \\t]*(\\S[^\\n]*)");
    private static final Pattern NUMBER =
            Pattern.compile("-?(?:\\d{1,3}(?:,\\d{3})+(?!\\d)|\\d+)(?:\\.\\d+)?|-?\\.\\d+");
    private static final Pattern SENTENCE_END = Pattern.compile("\\.(?=\\s|$)|\\n|(?<=\\$)[.,;]|\\*\\*");
    private static final int MAX_SENTENCE = 500;

    private AnswerExtractor() {}

    /** The stated answer or, failing that, the last number in the text: a guess, as the references make it. */
    public static Optional<String> extract(String completion) {
        return extractStated(completion).or(() -> last(NUMBER, 0, completion));
    }

    /** The answer, if the completion states one; a number that merely comes last does not count. */
    public static Optional<String> extractStated(String completion) {
        return boxed(completion)
                .or(() -> last(MINERVA, 1, completion))
                .or(() -> lastAccepted(SENTENCE, completion, phrase -> statement(completion, phrase.end())))
                .or(() -> last(HASHES, 1, completion));
    }

    private static Optional<String> boxed(String completion) {
        return lastAccepted(BOX, completion, box -> boxContent(completion, box.end()));
    }

    private static Optional<String> boxContent(String completion, int afterCommand) {
        int start = afterCommand;
        while (start < completion.length() && completion.charAt(start) == ' ') {
            start++;
        }
        if (start < completion.length() && completion.charAt(start) == '{') {
            int close = Braces.closing(completion, start);
            return close < 0 ? Optional.empty() : nonBlank(completion.substring(start + 1, close));
        }
        int end = start;
        while (end < completion.length()
                && !Character.isWhitespace(completion.charAt(end))
                && completion.charAt(end) != '$') {
            end++;
        }
        return start == afterCommand ? Optional.empty() : nonBlank(completion.substring(start, end));
    }

    private static Optional<String> statement(String completion, int start) {
        return statement(completion.substring(start, Math.min(completion.length(), start + MAX_SENTENCE)));
    }

    /** What follows "answer is" or "Answer:", up to the end of its sentence or formula. */
    private static Optional<String> statement(String rest) {
        for (String[] delimiters : new String[][] {{"$$", "$$"}, {"$", "$"}, {"\\(", "\\)"}, {"\\[", "\\]"}}) {
            if (rest.startsWith(delimiters[0])) {
                int end = rest.indexOf(delimiters[1], delimiters[0].length());
                if (end > 0 && !startsMathematics(rest.substring(end + delimiters[1].length()))) {
                    return nonBlank(rest.substring(delimiters[0].length(), end));
                }
            }
        }
        Matcher end = SENTENCE_END.matcher(rest);
        return nonBlank(end.find() ? rest.substring(0, end.start()) : rest);
    }

    /** Whether the sentence goes on with another formula, as in "$1$ and $2$". */
    private static boolean startsMathematics(String rest) {
        return rest.matches("(?s)\\s*(?:,|and|or|,\\s*and)\\s*(?:\\$|\\\\\\().*");
    }

    private static Optional<String> last(Pattern pattern, int group, String completion) {
        return lastAccepted(pattern, completion, match -> nonBlank(match.group(group)));
    }

    /** The reading of the last match that has one. */
    private static Optional<String> lastAccepted(
            Pattern pattern, String completion, Function<MatchResult, Optional<String>> reading) {
        List<MatchResult> matches = pattern.matcher(completion).results().toList();
        for (int i = matches.size() - 1; i >= 0; i--) {
            Optional<String> found = reading.apply(matches.get(i));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> nonBlank(String text) {
        String stripped = text.strip();
        return stripped.isEmpty() ? Optional.empty() : Optional.of(stripped);
    }
}
