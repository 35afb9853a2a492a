package org.espalier.grade;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.grade.parse.Braces;

/**
 * Finds the final answer in a completion. Stateless.
 *
 * <p>The order is that of search-and-learn's {@code extract_answer}: the last complete {@code \boxed}, a closing
 * sentence, GSM8K's {@code ####} line, and, for {@link #extract} only, the last formula or number in the text. Its
 * differences: a box that is empty or never closed (a completion cut short) counts as no box, boxes that are parts of
 * one answer are taken together, the last sentence wins over the first, and a sentence is narrowed to the value it
 * states.
 */
public final class AnswerExtractor {

    private static final Pattern TAG = Pattern.compile("(?i)<(?:final_)?answer>\\s*");
    private static final Pattern TAG_END = Pattern.compile("(?i)</(?:final_)?answer>");
    private static final Pattern MINERVA = Pattern.compile(
            "(?i)final answer is:?\\s{0,20}(.{1,500}?)\\.?\\s{0,20}I hope it is correct", Pattern.DOTALL);
    private static final Pattern SENTENCE = Pattern.compile(
            "(?i)(?:answers?(?:\\s+to\\s+(?:[^.\\n]|\\.(?=\\d)){1,80}?)?\\s+(?:is|are|was|were|would be|will be|must be|should be|equals|comes (?:out )?to)\\b(?!n't)\\s*:?"
                    + "|\\banswers?\\**\\s*[:=]\\**|(?:^|\\n)[#* ]{0,12}final answer[* ]{0,12}\\n"
                    + "|答案(?:是|为|應該是|应该是|等于)?\\s*[:：]?|答え(?:は|[:：])|[Оо]твет\\s*(?:[:：—–-]|равен)|r[eé]ponse\\s*(?:est|:)"
                    + "|respuesta\\s*(?:es|:)|antwort\\s*(?:ist|lautet|:)|resposta\\s*(?:é|:)|risposta\\s*(?:è|:))[\\s*]*");
    private static final Pattern HASHES = Pattern.compile("####[ \\t]*(\\S[^\\n]*)");
    private static final Pattern NUMBER =
            Pattern.compile("(?<![\\d)\\w.])[-−–]\\s?\\\\?\\$?(?=\\.?\\d)(?:" + numberDigits() + ")|" + numberDigits());
    private static final Pattern FORMULA = Pattern.compile(
            "(?s)\\$\\$([^$]{1,500})\\$\\$|\\$([^$\\n]{1,300})\\$(?!\\d)|\\\\\\((.{1,300}?)\\\\\\)|\\\\\\[(.{1,500}?)\\\\\\]");
    private static final Pattern EMPTY_BOX = Pattern.compile("\\\\(?:boxed|fbox)\\s*\\{\\s*\\}");
    private static final Pattern PROSE = Pattern.compile("(?<![\\\\a-zA-Z{])[a-zA-Z]{2,}\\s+[a-zA-Z]{2,}");
    private static final int MAX_SENTENCE = 500;
    private static final int MAX_TRIES = 16;
    private static final int MAX_TAIL = 2000;

    private AnswerExtractor() {}

    private static String numberDigits() {
        return "(?:\\d{1,3}(?:(?:,|\\{,\\}|,?\\\\!,?|\\\\,)\\d{3}){1,30}(?!\\d)|\\d+)(?:\\.\\d+)?(?:[eE][+-]?\\d+(?!\\w))?(?:/\\d+(?![\\d/]))?|\\.\\d+";
    }

    /**
     * The stated answer or, failing that, a guess as the references make it: the last formula if the last number is
     * in it, else the last number.
     */
    public static Optional<String> extract(String completion) {
        return extractStated(completion).or(() -> guess(completion));
    }

    /** The answer, if the completion states one; a number that merely comes last does not count. */
    public static Optional<String> extractStated(String completion) {
        return Boxes.last(completion)
                .or(() -> lastAccepted(TAG, completion, tag -> tagged(completion, tag.end())))
                .or(() -> minerva(completion))
                .or(() -> lastAccepted(SENTENCE, completion, phrase -> statement(completion, phrase.end())))
                .or(() -> lastAccepted(HASHES, completion, match -> nonBlank(match.group(1))));
    }

    private static Optional<String> tagged(String completion, int start) {
        Matcher end = TAG_END.matcher(completion).region(start, completion.length());
        String content = completion.substring(start, end.find() ? end.start() : completion.length());
        return nonBlank(content).flatMap(AnswerExtractor::value);
    }

    private static Optional<String> minerva(String completion) {
        return completion.contains("hope it is correct")
                ? lastAccepted(
                        MINERVA, completion, match -> nonBlank(match.group(1)).flatMap(AnswerExtractor::value))
                : Optional.empty();
    }

    /** The text itself where it is mathematics, else the value it states. */
    private static Optional<String> value(String text) {
        return Phrases.isValue(text) ? Optional.of(text) : Statements.value(text);
    }

    private static Optional<String> statement(String completion, int start) {
        int before = start;
        while (before > 0 && Character.isWhitespace(completion.charAt(before - 1))) {
            before--;
        }
        String rest = completion.substring(start, Math.min(completion.length(), start + MAX_SENTENCE));
        boolean ownLine = completion.substring(before, start).indexOf('\n') >= 0;
        return Statements.value(ownLine && rest.startsWith("- ") ? rest.substring(2) : rest);
    }

    /** The last number, or the formula that holds it. */
    private static Optional<String> guess(String completion) {
        int from = Math.max(0, completion.length() - MAX_TAIL);
        String tail = from == 0 ? completion : completion.substring(from);
        Optional<MatchResult> formula = FORMULA.matcher(tail)
                .results()
                .filter(found -> !PROSE.matcher(found.group()).find())
                .reduce((a, b) -> b);
        Optional<MatchResult> number = NUMBER.matcher(tail).results().reduce((a, b) -> b);
        if (number.isEmpty() && from > 0) {
            number = NUMBER.matcher(completion).results().reduce((a, b) -> b);
            return number.map(MatchResult::group);
        }
        boolean inFormula = formula.isPresent()
                && number.isPresent()
                && number.get().start() >= formula.get().start()
                && number.get().end() <= formula.get().end();
        if (number.isPresent() && !inFormula) {
            return number.map(MatchResult::group);
        }
        return formula.map(AnswerExtractor::inner)
                .map(AnswerExtractor::withoutCutBox)
                .filter(text -> !text.isBlank() && !EMPTY_BOX.matcher(text).matches());
    }

    /** A box that is not closed within its formula says at least what is in it. */
    private static String withoutCutBox(String formula) {
        int box = formula.lastIndexOf("\\boxed{");
        return box >= 0 && Braces.closing(formula, box + "\\boxed".length()) < 0
                ? formula.substring(box + "\\boxed{".length())
                : formula;
    }

    private static String inner(MatchResult formula) {
        for (int group = 1; group <= formula.groupCount(); group++) {
            if (formula.group(group) != null) {
                return formula.group(group).strip();
            }
        }
        return "";
    }

    /** The reading of the last match that has one, among the last few. */
    private static Optional<String> lastAccepted(
            Pattern pattern, String completion, Function<MatchResult, Optional<String>> reading) {
        List<MatchResult> matches = pattern.matcher(completion).results().toList();
        int first = Math.max(0, matches.size() - MAX_TRIES);
        for (int i = matches.size() - 1; i >= first; i--) {
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
