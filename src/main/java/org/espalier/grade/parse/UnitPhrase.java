package org.espalier.grade.parse;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Words behind a value that only say what it counts, in text that is not marked as such.
 *
 * @param words without the full stop of an abbreviation
 * @param end where the words end in the input
 */
record UnitPhrase(String words, int end) {

    private static final Pattern PHRASE = Pattern.compile(
            "\\(?[\\p{L}°][\\p{L}'°-]*(?:\\^\\{?-?\\d\\}?)?\\)?(?:\\s*[/*]\\s*[\\p{L}]+(?:\\^\\{?-?\\d\\}?)?| +\\(?[\\p{L}][\\p{L}'-]*\\)?(?:\\^\\{?-?\\d\\}?)?)*\\.?");
    private static final Pattern LIST_WORD = Pattern.compile("\\s+(?:and|or)\\b");

    /**
     * The words at {@code from}, up to the "and" of a list.
     *
     * @throws ParseException if the words turn the number before them
     */
    static Optional<UnitPhrase> read(String input, int from) {
        int start = from;
        while (start < input.length() && (input.charAt(start) == ' ' || input.charAt(start) == '~')) {
            start++;
        }
        Matcher words = PHRASE.matcher(input).region(start, input.length());
        if (!words.lookingAt()) {
            return Optional.empty();
        }
        String found = words.group();
        boolean glued = start == from;
        String next = found.split("[ .]", 2)[0];
        if (!glued && next.length() > 1 && Units.turns(next) && !next.equals("or")) {
            throw new ParseException("words that turn a number");
        }
        Matcher separator = LIST_WORD.matcher(found);
        String unit = separator.find() ? found.substring(0, separator.start()) : found;
        String whole = unit.endsWith(".") ? unit.substring(0, unit.length() - 1) : unit;
        boolean foreign = whole.chars().allMatch(c -> c >= 0x80);
        boolean letters = whole.length() > 1 && (!glued || Units.isUnmistakable(whole) || whole.indexOf('/') > 0);
        int end = start + unit.length();
        boolean apart = (foreign || letters) && endsApart(input, end);
        return apart && Units.droppable(whole) && Units.isPlainPhrase(whole, glued)
                ? Optional.of(new UnitPhrase(whole, end))
                : Optional.empty();
    }

    private static boolean endsApart(String input, int end) {
        return end >= input.length()
                || (!Character.isLetterOrDigit(input.charAt(end)) && "(\\^_{".indexOf(input.charAt(end)) < 0);
    }
}
