package org.espalier.grade.parse;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.numbers.fraction.BigFraction;

/** Numbers in English words: {@code forty-two}, {@code one hundred and five}, {@code two-thirds}, {@code 3 dozen}. */
public final class NumberWords {

    private static final Map<String, Integer> SMALL = new HashMap<>();
    private static final Map<String, Integer> TENS = new HashMap<>();
    private static final Map<String, Long> SCALES = Map.of(
            "hundred", 100L,
            "hundreds", 100L,
            "thousand", 1_000L,
            "million", 1_000_000L,
            "billion", 1_000_000_000L,
            "trillion", 1_000_000_000_000L,
            "dozen", 12L);
    private static final Map<String, Integer> PARTS = new HashMap<>();
    private static final Pattern WORD = Pattern.compile("[ -]*([A-Za-z]+)");
    private static final Pattern SCALE =
            Pattern.compile("(?i)[\\s~-]*(hundred|thousand|million|billion|trillion|dozen)s?(?![A-Za-z])");
    private static final Pattern AND_A_PART =
            Pattern.compile("(?i)[ -]+and[ -]+(a|an|one|two|three|four|five)[ -]+([a-z]+)(?![a-zA-Z])");
    private static final Pattern PART = Pattern.compile("(?i)[\\s~-]*([a-z]+)(?![A-Za-z])");

    static {
        put(
                SMALL,
                0,
                1,
                "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
                        + "seventeen eighteen nineteen");
        put(TENS, 20, 10, "twenty thirty forty fifty sixty seventy eighty ninety");
        put(PARTS, 2, 1, "half third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth");
        put(PARTS, 2, 1, "halves thirds fourths fifths sixths sevenths eighths ninths tenths elevenths twelfths");
        put(PARTS, 4, 0, "quarter quarters");
        put(PARTS, 20, 0, "twentieth twentieths");
        put(PARTS, 100, 0, "hundredth hundredths");
        put(PARTS, 1000, 0, "thousandth thousandths");
    }

    private NumberWords() {}

    /** How many of a part, such as "third", make a whole; it must be one of {@link #PARTS}. */
    private static int partsOf(String part) {
        return Objects.requireNonNull(PARTS.get(part));
    }

    private static void put(Map<String, Integer> values, int first, int step, String words) {
        int value = first;
        for (String word : words.split(" ", -1)) {
            values.put(word, value);
            value += step;
        }
    }

    /** A number, and where its words end. */
    record Reading(BigFraction value, int end) {}

    /** The whole number of one small word, such as the base in {@code 1010_{\text{two}}}. */
    static Optional<Integer> small(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        return Optional.ofNullable(SMALL.getOrDefault(lower, TENS.get(lower)));
    }

    /** Whether the text begins with a number in words. */
    public static boolean begins(String text) {
        return read(text, 0).isPresent();
    }

    /** The number whose words start at {@code from}; none if they go on as a compound, such as {@code ten-sided}. */
    static Optional<Reading> read(String input, int from) {
        return new Scan(input, from)
                .run()
                .map(reading ->
                        afterNumber(input, reading.value(), reading.end()).orElse(reading))
                .filter(reading -> !continues(input, reading.end()));
    }

    private static boolean continues(String input, int end) {
        return end + 1 < input.length() && input.charAt(end) == '-' && Character.isLetter(input.charAt(end + 1));
    }

    /** What words after a number make of it: {@code 5 thousand}, {@code 3 and a half}, {@code 3 tenths}. */
    static Optional<Reading> afterNumber(String input, BigFraction number, int from) {
        BigFraction value = number;
        int end = from;
        Matcher part = AND_A_PART.matcher(input).region(end, input.length());
        if (part.lookingAt() && PARTS.containsKey(part.group(2).toLowerCase(Locale.ROOT))) {
            int count = SMALL.getOrDefault(part.group(1).toLowerCase(Locale.ROOT), 1);
            value = value.add(BigFraction.of(count, partsOf(part.group(2).toLowerCase(Locale.ROOT))));
            end = part.end();
        }
        Matcher scale = SCALE.matcher(input);
        while (scale.region(end, input.length()).lookingAt()) {
            value = value.multiply(BigFraction.of(scaleOf(scale.group(1))));
            end = scale.end();
        }
        Matcher fraction = PART.matcher(input).region(end, input.length());
        if (end == from && fraction.lookingAt()) {
            String word = fraction.group(1).toLowerCase(Locale.ROOT);
            boolean plural = word.endsWith("s") && !word.equals("quarters");
            if (PARTS.containsKey(word) && plural) {
                return Optional.of(new Reading(value.multiply(BigFraction.of(1, partsOf(word))), fraction.end()));
            }
        }
        return end == from ? Optional.empty() : Optional.of(new Reading(value, end));
    }

    private static long scaleOf(String word) {
        return SCALES.getOrDefault(word.toLowerCase(Locale.ROOT), 1L);
    }

    /** One pass over the words of a number. */
    private static final class Scan {
        private final String input;
        private final Matcher matcher;
        private int end;
        private BigInteger total = BigInteger.ZERO;
        private BigInteger group = BigInteger.ZERO;
        private boolean any;
        private boolean article;

        Scan(String input, int from) {
            this.input = input;
            this.end = from;
            this.matcher = WORD.matcher(input);
        }

        Optional<Reading> run() {
            int start = end;
            while (matcher.region(end, input.length()).lookingAt()) {
                if (end == start && matcher.start(1) != start) {
                    return Optional.empty();
                }
                String word = matcher.group(1).toLowerCase(Locale.ROOT);
                if (PARTS.containsKey(word)) {
                    Optional<Reading> part = part(word);
                    if (part.isPresent()) {
                        return part;
                    }
                    break;
                }
                if (!take(word)) {
                    break;
                }
                end = matcher.end();
            }
            return any ? Optional.of(new Reading(BigFraction.of(total.add(group)), end)) : Optional.empty();
        }

        private boolean take(String word) {
            Integer small = SMALL.get(word);
            Integer tens = TENS.get(word);
            int last = group.mod(BigInteger.valueOf(100)).intValue();
            if (small != null) {
                boolean fits = !any
                        || (last == 0 && !group.equals(BigInteger.ZERO))
                        || fitsAfterTens(last, small)
                        || afterScale();
                group = fits ? group.add(BigInteger.valueOf(small)) : group;
                any |= fits;
                return fits;
            }
            if (tens != null) {
                boolean fits = !any || (last == 0 && (!group.equals(BigInteger.ZERO) || afterScale()));
                group = fits ? group.add(BigInteger.valueOf(tens)) : group;
                any |= fits;
                return fits;
            }
            if (SCALES.containsKey(word) && (any || article)) {
                scale(SCALES.get(word));
                any = true;
                return true;
            }
            if (!any && !article && (word.equals("a") || word.equals("an"))) {
                article = true;
                return true;
            }
            return any
                    && word.equals("and")
                    && last == 0
                    && total.add(group).signum() > 0
                    && numberFollows(matcher.end());
        }

        private static boolean fitsAfterTens(int last, int small) {
            return last >= 20 && last % 10 == 0 && small >= 1 && small <= 9;
        }

        private boolean afterScale() {
            return any && group.equals(BigInteger.ZERO) && total.signum() > 0;
        }

        private void scale(long factor) {
            BigInteger counted = any && group.signum() > 0 ? group : BigInteger.ONE;
            if (factor == 100) {
                group = counted.multiply(BigInteger.valueOf(factor));
            } else {
                BigInteger scaled = any && group.signum() == 0 ? total : counted;
                total = (any && group.signum() == 0 ? BigInteger.ZERO : total)
                        .add(
                                scaled.signum() == 0
                                        ? BigInteger.valueOf(factor)
                                        : scaled.multiply(BigInteger.valueOf(factor)));
                group = BigInteger.ZERO;
            }
        }

        private boolean numberFollows(int from) {
            Matcher next = WORD.matcher(input).region(from, input.length());
            return next.lookingAt()
                    && (SMALL.containsKey(next.group(1).toLowerCase(Locale.ROOT))
                            || TENS.containsKey(next.group(1).toLowerCase(Locale.ROOT)));
        }

        /** {@code two thirds}, {@code a quarter}, {@code half}, {@code half a dozen}. */
        private Optional<Reading> part(String word) {
            boolean half = word.equals("half");
            if (!any && !article && !half) {
                return Optional.empty();
            }
            BigFraction count = any ? BigFraction.of(total.add(group)) : BigFraction.ONE;
            BigFraction value = count.multiply(BigFraction.of(1, partsOf(word)));
            int after = matcher.end();
            Matcher article = Pattern.compile("(?i) (?:an?) ").matcher(input).region(after, input.length());
            return Optional.of(new Reading(value, half && article.lookingAt() ? article.end() - 1 : after))
                    .filter(reading -> reading.end() == after
                            || SCALE.matcher(input)
                                    .region(reading.end(), input.length())
                                    .lookingAt());
        }
    }
}
