package org.espalier.grade;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.numbers.fraction.BigFraction;
import org.espalier.grade.algebra.Expr;
import org.espalier.grade.algebra.Expr.Num;
import org.espalier.grade.algebra.Expr.Text;
import org.espalier.grade.algebra.Fractions;

/**
 * Measures in several units, such as {@code 5 feet 3 inches}: all their parts count. Money in two units is a sum; other
 * measures stay as they are written, because the number of one unit alone is not theirs.
 */
final class Measures {

    /** Units that are written together, from the largest to the smallest, each with its other names. */
    private static final String[] FAMILIES = {
        "year years yr yrs|month months|week weeks wk wks|day days d|hour hours hr hrs h|minute minutes min mins"
                + "|second seconds sec secs s",
        "mile miles mi|yard yards yd yds|foot feet ft|inch inches in",
        "stone stones|pound pounds lb lbs|ounce ounces oz",
        "tonne tonnes ton tons t|kilogram kilograms kilo kilos kg|gram grams g",
        "kilometer kilometers kilometre kilometres km|meter meters metre metres m|centimeter centimeters centimetre "
                + "centimetres cm|millimeter millimeters millimetre millimetres mm",
        "gallon gallons gal|quart quarts qt|pint pints pt|cup cups",
        "liter liters litre litres l|milliliter milliliters millilitre millilitres ml",
        "quarter quarters|dime dimes|nickel nickels",
        "dozen dozens|single singles",
    };

    private static final Map<String, Unit> UNITS = new HashMap<>();
    private static final Pattern MONEY = Pattern.compile(
            "(?:\\\\?\\$)?\\s*(\\d[\\d,]*)\\s*(?:(?:dollars?|euros?|pounds?|bucks?)\\s*(?:,|and|,\\s*and)?|and)\\s*(\\d{1,2})\\s*(?:cents?|pence)");
    private static final Pattern PART = Pattern.compile(
            "\\s*(?:,|and\\b|,\\s*and\\b)?\\s*(\\d+(?:\\.\\d+)?(?:\\s+\\d+/\\d+)?|\\d+/\\d+)\\s*(?:\\\\[,; ])?\\s*([A-Za-z]+|''?|\")\\.?");
    private static final int MAX_LENGTH = 120;

    private record Unit(int family, int rank, String name) {}

    static {
        for (int family = 0; family < FAMILIES.length; family++) {
            int rank = 0;
            for (String names : FAMILIES[family].split("\\|", -1)) {
                String[] words = names.split(" ", -1);
                for (String word : words) {
                    UNITS.put(word, new Unit(family, rank, words[0]));
                }
                rank++;
            }
        }
    }

    private Measures() {}

    /** A whole answer that is a measure in two units or more, or a sum of money in two. */
    static Optional<Expr> read(String answer) {
        if (answer.length() > MAX_LENGTH
                || (!Character.isDigit(answer.isEmpty() ? ' ' : answer.charAt(0))
                        && !answer.startsWith("\\$")
                        && !answer.startsWith("$"))) {
            return Optional.empty();
        }
        Matcher money = MONEY.matcher(answer);
        if (money.matches()) {
            BigFraction cents = BigFraction.of(Integer.parseInt(money.group(2)), 100);
            return Optional.of(new Num(
                    Fractions.parseDecimal(money.group(1).replace(",", "")).add(cents)));
        }
        return parts(answer).map(Text::new);
    }

    private static Optional<String> parts(String answer) {
        List<String> parts = new ArrayList<>();
        Matcher part = PART.matcher(answer);
        Unit last = new Unit(-1, -1, "");
        int end = 0;
        while (end < answer.length() && part.region(end, answer.length()).lookingAt()) {
            Unit unit = unit(part.group(2), last);
            boolean goesOn = last.family() < 0 || (unit.family() == last.family() && unit.rank() > last.rank());
            if (unit.family() < 0 || !goesOn) {
                return Optional.empty();
            }
            parts.add(part.group(1) + " " + unit.name());
            last = unit;
            end = part.end();
        }
        return end == answer.length() && parts.size() > 1 ? Optional.of(String.join(" ", parts)) : Optional.empty();
    }

    private static Unit unit(String word, Unit last) {
        boolean time = last.family() == 0;
        return switch (word) {
            case "'" -> UNITS.getOrDefault("foot", last);
            case "''", "\"" -> UNITS.getOrDefault("inch", last);
            case "m" -> UNITS.getOrDefault(time ? "minute" : "meter", last);
            default -> UNITS.getOrDefault(word.toLowerCase(Locale.ROOT), new Unit(-1, -1, ""));
        };
    }
}
