package org.espalier.structure;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the integers of a range as a part of a grammar. */
final class IntegerGrammar {
    /** Digits of an integer that has no bound. */
    private static final int MOST_DIGITS = 16;

    private IntegerGrammar() {}

    /**
     * The integers from one to another, as JSON has them.
     *
     * @param low null for none
     * @param high null for none; not below the low one
     */
    static String between(@Nullable BigInteger low, @Nullable BigInteger high) {
        List<String> ways = new ArrayList<>();
        BigInteger zero = BigInteger.ZERO;
        if (low == null || low.signum() < 0) {
            // -1 and below, by their amounts.
            BigInteger least = high == null || high.signum() >= 0 ? BigInteger.ONE : high.negate();
            natural(least, low == null ? null : low.negate(), "\"-\" ", ways);
        }
        if (high == null || high.signum() >= 0) {
            natural(low == null || low.signum() < 0 ? zero : low, high, "", ways);
        }
        return String.join(" | ", ways);
    }

    private static void natural(BigInteger low, @Nullable BigInteger high, String sign, List<String> ways) {
        String from = low.toString();
        int digits = from.length();
        if (high != null) {
            String to = high.toString();
            for (int length = digits; length <= to.length(); length++) {
                ways.add(sign
                        + digits(
                                length == digits ? from : smallest(length),
                                length == to.length() ? to : "9".repeat(length)));
            }
            return;
        }
        ways.add(sign + digits(from, "9".repeat(digits)));
        ways.add(sign + "[1-9] [0-9]{" + digits + "," + Math.max(digits, MOST_DIGITS) + "}");
    }

    private static String smallest(int length) {
        return length == 1 ? "0" : "1" + "0".repeat(length - 1);
    }

    /** The texts of digits from one to another of the same length. */
    private static String digits(String low, String high) {
        int same = 0;
        while (same < low.length() && low.charAt(same) == high.charAt(same)) {
            same++;
        }
        String begin = same == 0 ? "" : "\"" + low.substring(0, same) + "\" ";
        if (same == low.length()) {
            return begin.strip();
        }
        String lowRest = low.substring(same + 1);
        String highRest = high.substring(same + 1);
        int rest = lowRest.length();
        char first = low.charAt(same);
        char last = high.charAt(same);
        if (lowRest.equals("0".repeat(rest)) && highRest.equals("9".repeat(rest))) {
            return begin + range(first, last) + any(rest);
        }
        List<String> ways = new ArrayList<>();
        ways.add("\"" + first + "\" " + digits(lowRest, "9".repeat(rest)));
        if (last - first > 1) {
            ways.add(range((char) (first + 1), (char) (last - 1)) + any(rest));
        }
        ways.add("\"" + last + "\" " + digits("0".repeat(rest), highRest));
        return begin + "(" + String.join(" | ", ways) + ")";
    }

    private static String range(char first, char last) {
        return first == last ? "\"" + first + "\"" : "[" + first + "-" + last + "]";
    }

    private static String any(int digits) {
        return digits == 0 ? "" : " [0-9]{" + digits + "}";
    }
}
