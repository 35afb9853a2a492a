package org.espalier.grade;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.grade.algebra.Expr;
import org.espalier.grade.algebra.Expr.Text;
import org.jspecify.annotations.Nullable;

/**
 * Dates and times of day. A date written in figures alone keeps its order where day and month could be either. A time
 * without "a.m." or "p.m." is one of 24 hours.
 */
final class Dates {

    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final String MONTH =
            "(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
                    + "|nov(?:ember)?|dec(?:ember)?)\\.?";
    private static final String DAY = "(\\d{1,2})\\s*(?:st|nd|rd|th)?";
    private static final String YEAR = "(?:,?\\s*(\\d{4}))?";
    private static final String WEEKDAY =
            "(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\\.?,?\\s+)?";
    private static final Pattern MONTH_FIRST = pattern(WEEKDAY + MONTH + "\\s*" + DAY + YEAR);
    private static final Pattern DAY_FIRST = pattern(WEEKDAY + DAY + "\\s*(?:of\\s+)?" + MONTH + YEAR);
    private static final Pattern MONTH_ONLY = pattern(MONTH + ",?\\s*(\\d{4})");
    private static final Pattern YEAR_FIRST = pattern("(\\d{4})([-/.])(\\d{2}|(?<=[/.])\\d)\\2(\\d{1,2})");
    private static final Pattern YEAR_LAST = pattern("(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4})");
    private static final Pattern TIME =
            pattern("(\\d{1,2})(?::([0-5]\\d))?(?::([0-5]\\d))?\\s*(?:(a|p)\\.?\\s?m|(o'clock)|(noon|midnight))\\.?");
    private static final int MAX_LENGTH = 60;

    private Dates() {}

    private static Pattern pattern(String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    }

    /** A whole answer that is a date or a time of day with its half of the day. */
    static Optional<Expr> read(String answer) {
        if (answer.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        return date(answer.replaceAll("\\^\\s*\\{?\\s*(st|nd|rd|th)\\s*\\}?", "$1"))
                .or(() -> time(answer));
    }

    private static Optional<Expr> date(String answer) {
        Matcher monthFirst = MONTH_FIRST.matcher(answer);
        if (monthFirst.matches()) {
            return date(monthFirst.group(3), month(monthFirst.group(1)), monthFirst.group(2));
        }
        Matcher dayFirst = DAY_FIRST.matcher(answer);
        if (dayFirst.matches()) {
            return date(dayFirst.group(3), month(dayFirst.group(2)), dayFirst.group(1));
        }
        Matcher monthOnly = MONTH_ONLY.matcher(answer);
        if (monthOnly.matches()) {
            return date(monthOnly.group(2), month(monthOnly.group(1)), "");
        }
        Matcher yearFirst = YEAR_FIRST.matcher(answer);
        if (yearFirst.matches()) {
            return date(yearFirst.group(1), yearFirst.group(3), yearFirst.group(4));
        }
        Matcher yearLast = YEAR_LAST.matcher(answer);
        if (yearLast.matches()) {
            int first = Integer.parseInt(yearLast.group(1));
            int second = Integer.parseInt(yearLast.group(3));
            if (first > 12 && second <= 12) {
                return date(yearLast.group(4), yearLast.group(3), yearLast.group(1));
            }
            if (second > 12 && first <= 12) {
                return date(yearLast.group(4), yearLast.group(1), yearLast.group(3));
            }
            return Optional.of(new Text(first + "/" + second + "/" + yearLast.group(4)));
        }
        return Optional.empty();
    }

    private static String month(String name) {
        return String.valueOf(MONTHS.indexOf(name.substring(0, 3).toLowerCase(Locale.ROOT)) + 1);
    }

    private static Optional<Expr> date(@Nullable String year, String month, String day) {
        return Optional.of(new Text("%s-%s-%s".formatted(year == null ? "" : year, padded(month), padded(day))));
    }

    private static String padded(String number) {
        return number.length() == 1 ? "0" + number : number;
    }

    private static Optional<Expr> time(String answer) {
        Matcher time = TIME.matcher(answer);
        if (!time.matches()) {
            return Optional.empty();
        }
        int hour = Integer.parseInt(time.group(1));
        boolean half = time.group(5) == null;
        if (hour > (half ? 12 : 24)) {
            return Optional.empty();
        }
        boolean afternoon = "p".equalsIgnoreCase(time.group(4)) || "noon".equalsIgnoreCase(time.group(6));
        int hours = half ? hour % 12 + (afternoon ? 12 : 0) : hour;
        String minutes = time.group(2) == null ? "00" : time.group(2);
        String seconds = time.group(3) == null ? "" : ":" + time.group(3);
        return Optional.of(new Text(hours + ":" + minutes + seconds));
    }
}
