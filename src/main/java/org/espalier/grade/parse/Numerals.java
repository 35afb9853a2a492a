package org.espalier.grade.parse;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.numbers.fraction.BigFraction;
import org.espalier.grade.algebra.Fractions;

/**
 * Reads a number from its digits: separators of thousands and decimals as several countries write them, where they
 * can be nothing else, and the notations of repeating decimals.
 */
final class Numerals {

    private static final Pattern GROUP = Pattern.compile(
            "\\s*(?:\\{\\s*,\\s*\\}|,\\s*\\\\!|\\\\,|\\\\!\\s*,|\\\\;|\\\\:|,|~|\\\\ | )\\s*(?:\\\\!)?\\s*(\\d{3})(?!\\d)");
    private static final Pattern BARE_COMMAS = Pattern.compile("(?:,\\d{3})+(?!\\d)(?!,[-\\d])");
    private static final Pattern LAST_IN_LIST = Pattern.compile("(?:,\\d{3})+(?!\\d)(?!,\\s?[-\\d])");
    private static final Pattern SPACED_LIST =
            Pattern.compile(",\\s+\\S|;|\\band\\b|\\bor\\b|\\\\(?:land|lor|quad)\\b");
    private static final Pattern ELLIPSIS = Pattern.compile("\\s*(?:\\.\\.\\.+|\\\\[lc]?dots(?![a-zA-Z])\\.?)");
    private static final Pattern OVERLINED =
            Pattern.compile("\\.?\\\\(?:overline|bar|dot|overset\\{\\.\\})\\s*(?:\\{\\s*(\\d{1,60})\\s*\\}|(\\d))");
    private static final Pattern DOTTED_ENDS =
            Pattern.compile("\\.?\\\\dot\\s*\\{?(\\d)\\}?(\\d{0,60})\\\\dot\\s*\\{?(\\d)\\}?");
    private static final Pattern BRACKETED = Pattern.compile("\\.?\\((\\d{1,30})\\)(?=\\s*(?:$|[,;}$%]|\\\\[%\\]),]))");
    private static final int MAX_PERIOD = 12;

    /** Spellings that only one country's reading fits, and how they become digits with a decimal point. */
    private static final List<Foreign> FOREIGN = List.of(
            new Foreign("[1-9]\\d{0,2}(?:\\.\\d{3})+,\\d+(?![\\d,]|\\.\\d)", "[.]", true),
            new Foreign("[1-9]\\d{0,2}(?: \\d{3})+,\\d{1,2}(?![\\d,])", " ", true),
            new Foreign("[1-9]\\d{0,2}(?:\\.\\d{3}){2,}(?!\\d|\\.\\d)", "[.]", false),
            new Foreign("[1-9]\\d{0,2}(?:'\\d{3})+(?!\\d)(?:\\.\\d+)?", "'", false),
            new Foreign("[1-9]\\d{0,2}(?:(?:\\\\_|_)\\d{3})+(?![\\d{])(?:\\.\\d+)?", "\\\\?_", false),
            new Foreign("[1-9]\\d?(?=[\\d,]*,0)(?:,\\d{2})+,\\d{3}(?![\\d,])(?:\\.\\d+)?", ",", false),
            new Foreign("(?:0\\{,\\}|\\d+\\{,\\}(?!\\d{3}(?!\\d)))\\d+", "[{}]", true));

    private Numerals() {}

    /** @param digits decimal digits with at most one point; a fraction of whole numbers where {@code denominator} is not one */
    record Numeral(String digits, BigInteger denominator, int end) {
        static Numeral of(String digits, int end) {
            return new Numeral(digits, BigInteger.ONE, end);
        }

        static Numeral of(BigFraction value, int end) {
            return new Numeral(Fractions.numerator(value).toString(), Fractions.denominator(value), end);
        }
    }

    private record Foreign(Pattern pattern, String separator, boolean decimalComma) {
        Foreign(String pattern, String separator, boolean decimalComma) {
            this(Pattern.compile(pattern), separator, decimalComma);
        }

        String digits(String match) {
            String joined = match.replaceAll(separator, "");
            return decimalComma ? joined.replace(',', '.') : joined;
        }
    }

    /** Where a number stands: what a comma inside it can mean. */
    record Place(boolean inBrackets, boolean inBraces, boolean afterComma) {}

    /** The number that starts at {@code from}, where there is a digit, or a point before one. */
    static Numeral read(String input, int from, Place place) {
        if (!place.inBrackets()) {
            for (Foreign foreign : FOREIGN) {
                Matcher matcher = foreign.pattern().matcher(input).region(from, input.length());
                if (matcher.useTransparentBounds(true).lookingAt()) {
                    return Numeral.of(foreign.digits(matcher.group()), matcher.end());
                }
            }
        }
        int position = digitsEnd(input, from);
        StringBuilder digits = new StringBuilder(input.substring(from, position));
        if (digits.length() >= 1 && digits.length() <= 3 && digits.charAt(0) != '0') {
            position = groups(input, position, place, digits);
        }
        if (position < input.length() && input.charAt(position) == '.' && isDigit(input, position + 1)) {
            int end = digitsEnd(input, position + 1);
            digits.append(input, position, end);
            position = end;
        }
        return repeating(input, position, digits.toString()).orElse(Numeral.of(digits.toString(), position));
    }

    private static int digitsEnd(String input, int from) {
        int end = from;
        while (isDigit(input, end)) {
            end++;
        }
        return end;
    }

    private static boolean isDigit(String input, int index) {
        return index < input.length() && input.charAt(index) >= '0' && input.charAt(index) <= '9';
    }

    /**
     * Appends the groups of three digits. A bare comma separates thousands only outside brackets and only if it does
     * so in the whole run of numbers: {@code (2,500)} is a point and {@code 100,200,5} a list. Where a list sets its
     * items apart by more than a comma, the bare ones separate thousands.
     */
    private static int groups(String input, int from, Place place, StringBuilder digits) {
        boolean spaced = !place.inBrackets() && SPACED_LIST.matcher(input).find();
        boolean zeros = input.startsWith(",0", from) && !place.inBrackets();
        boolean commas = (spaced || zeros)
                ? lookingAt(BARE_COMMAS, input, from)
                : !place.inBrackets()
                        && !place.inBraces()
                        && !place.afterComma()
                        && lookingAt(LAST_IN_LIST, input, from);
        int position = from;
        Matcher group = GROUP.matcher(input);
        while (group.region(position, input.length()).lookingAt()) {
            String separator = input.substring(position, group.start(1));
            if (separator.strip().equals(",") && !(commas && separator.equals(","))) {
                return position;
            }
            digits.append(group.group(1));
            position = group.end();
        }
        return position;
    }

    private static boolean lookingAt(Pattern pattern, String input, int from) {
        return pattern.matcher(input).region(from, input.length()).lookingAt();
    }

    private static Optional<Numeral> repeating(String input, int from, String digits) {
        boolean pointed = digits.indexOf('.') >= 0;
        if (!pointed && !input.startsWith(".", from)) {
            return Optional.empty();
        }
        Matcher ends = DOTTED_ENDS.matcher(input).region(from, input.length());
        if (ends.lookingAt()) {
            return Optional.of(periodic(digits, ends.group(1) + ends.group(2) + ends.group(3), ends.end()));
        }
        for (Pattern pattern : List.of(OVERLINED, BRACKETED)) {
            Matcher period = pattern.matcher(input).region(from, input.length());
            if (period.lookingAt()) {
                MatchResult found = period.toMatchResult();
                String block = found.groupCount() > 1 && found.group(1) == null ? found.group(2) : found.group(1);
                return Optional.of(periodic(digits, block, found.end()));
            }
        }
        Matcher dots = ELLIPSIS.matcher(input).region(from, input.length());
        return pointed && dots.lookingAt() ? continued(digits, dots.end()) : Optional.empty();
    }

    private static Numeral periodic(String digits, String period, int end) {
        int point = digits.indexOf('.');
        int decimals = point < 0 ? 0 : digits.length() - point - 1;
        BigInteger nines = BigInteger.TEN.pow(period.length()).subtract(BigInteger.ONE);
        BigFraction tail = BigFraction.of(new BigInteger(period), nines.multiply(BigInteger.TEN.pow(decimals)));
        return Numeral.of(Fractions.parseDecimal(digits).add(tail), end);
    }

    /** {@code 0.1666...}: the decimals end in three equal digits, in a block that is written twice, or in two of two. */
    private static Optional<Numeral> continued(String digits, int end) {
        String decimals = digits.substring(digits.indexOf('.') + 1);
        for (int length = 1; length <= MAX_PERIOD && 2 * length <= decimals.length(); length++) {
            String block = decimals.substring(decimals.length() - length);
            int times = 0;
            while (decimals.substring(0, decimals.length() - times * length).endsWith(block)) {
                times++;
            }
            boolean whole = times * length == decimals.length();
            if (times >= (length == 1 && !whole ? 3 : 2)) {
                String before = digits.substring(0, digits.length() - times * length);
                return Optional.of(periodic(before, block, end));
            }
        }
        return Optional.empty();
    }
}
