package org.espalier.grade;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Other common spellings of a reference answer, made by rewriting its text: what a model may well write instead. Knows
 * nothing of the parser under test.
 */
final class Spellings {

    private static final Pattern INTEGER = Pattern.compile("-?\\d+|\\d{1,3}(,\\d{3})+");
    private static final Pattern DECIMAL = Pattern.compile("-?\\d*\\.\\d+");
    private static final Pattern ANY_FRAC =
            Pattern.compile("\\\\d?frac ?(?:\\{([^{}]*)\\}|(\\d)) ?(?:\\{([^{}]*)\\}|(\\d))");
    private static final Pattern SOLE_FRAC = Pattern.compile("(-?)\\\\d?frac ?\\{?(\\d+?)\\}?\\{?(\\d+)\\}?");
    private static final Pattern SQRT = Pattern.compile("\\\\sqrt ?(?:\\{([^{}]*)\\}|(\\d))");
    private static final Pattern POLYNOMIAL = Pattern.compile("[-+ a-zA-Z0-9^]*[a-zA-Z][-+ a-zA-Z0-9^]*");
    private static final Pattern SIGNED_TERM = Pattern.compile("[-+]?[^-+]+");
    private static final Pattern LIST = Pattern.compile("-?\\d+(, ?-?\\d+)+");
    private static final Pattern INTERVAL =
            Pattern.compile("(?:\\\\left)?([\\[(])([^,]+),([^,]+?)(?:\\\\right)?([\\])])");
    private static final Pattern BASED = Pattern.compile("(\\d+)_\\{?(\\d)\\}?");

    private final Set<String> spellings = new LinkedHashSet<>();
    private final String answer;

    private Spellings(String answer) {
        this.answer = answer;
    }

    static List<String> of(String answer) {
        Spellings all = new Spellings(answer);
        all.typesetting();
        all.numbers();
        all.shapes();
        all.words();
        all.spellings.remove(answer);
        return List.copyOf(all.spellings);
    }

    private void add(String spelling) {
        spellings.add(spelling);
    }

    private void typesetting() {
        add("$" + answer + "$");
        add("\\(" + answer + "\\)");
        add(answer + ".");
        add("$" + answer + "$.");
        add(" " + answer + " ");
        add("\\displaystyle " + answer);
        add("\\boxed{" + answer + "}");
        add("**" + answer + "**");
        add(answer.replaceAll("(?<!\\\\[a-z]{1,9}) | (?![a-z])", ""));
        add(answer.replace("\\dfrac", "\\frac").replace("\\frac", "\\dfrac"));
        add(answer.replace("\\dfrac", "\\frac").replace("\\frac", "\\tfrac"));
        add(ANY_FRAC.matcher(answer).replaceAll(Spellings::bracedFraction));
        boolean mixed = answer.matches("\\d+ ?\\\\frac.*");
        String slashed = ANY_FRAC.matcher(answer).replaceAll(Spellings::slashedFraction);
        add(
                mixed
                        ? slashed.replaceFirst("\\(", " ")
                                .replaceFirst("\\)$", "")
                                .replace("(", "")
                                .replace(")", "")
                        : slashed);
        add(SQRT.matcher(answer).replaceAll(m -> Matcher.quoteReplacement("\\sqrt{" + either(m, 1, 2) + "}")));
        add(SQRT.matcher(answer).replaceAll(m -> " sqrt(" + either(m, 1, 2) + ")"));
        add(SQRT.matcher(answer).replaceAll(m -> "\u221a{" + either(m, 1, 2) + "}"));
        add(SQRT.matcher(answer).replaceAll(m -> "{" + either(m, 1, 2) + "}^{1/2}"));
        add(answer.replace("\\pi", "\u03c0"));
        add(answer.replace("\\left", "").replace("\\right", ""));
        if (!answer.contains("\\left") && !answer.contains("\\text") && !answer.contains("\\{")) {
            add(answer.replaceAll("[(\\[]", "\\\\left$0").replaceAll("[)\\]]", "\\\\right$0"));
            add(answer.replaceAll("[(\\[]", "\\\\big$0").replaceAll("[)\\]]", "\\\\big$0"));
        }
        add(answer.replaceAll("\\^(\\w)", "^{$1}"));
        add(answer.replaceAll("(?<!text\\{)(?<=\\w) ?([-+=]) ?(?=[\\w\\\\])", " $1 "));
    }

    private static String either(MatchResult match, int first, int second) {
        return match.group(first) != null ? match.group(first) : match.group(second);
    }

    private static String bracedFraction(MatchResult match) {
        return Matcher.quoteReplacement("\\frac{" + either(match, 1, 2) + "}{" + either(match, 3, 4) + "}");
    }

    private static String slashedFraction(MatchResult match) {
        return Matcher.quoteReplacement("(" + grouped(either(match, 1, 2)) + "/" + grouped(either(match, 3, 4)) + ")");
    }

    private static String grouped(String text) {
        return text.matches("\\w+|\\\\pi") ? text : "(" + text + ")";
    }

    private void numbers() {
        String plain = answer.replaceAll(",\\\\! ?|\\\\\\$", "");
        if (INTEGER.matcher(plain).matches()) {
            integer(plain.replace(",", ""));
        } else if (DECIMAL.matcher(plain).matches()) {
            decimal(plain);
        }
        Matcher fraction = SOLE_FRAC.matcher(answer);
        if (fraction.matches()) {
            fraction(fraction.group(1), new BigInteger(fraction.group(2)), new BigInteger(fraction.group(3)));
        }
        Matcher based = BASED.matcher(answer);
        if (based.matches()) {
            add(based.group(1) + "_" + based.group(2));
            add(based.group(1) + "_{" + based.group(2) + "}");
            add(based.group(1) + "_{ " + based.group(2) + " }");
        }
        if (answer.endsWith("^\\circ")) {
            String number = answer.replace("^\\circ", "");
            for (String suffix : List.of("", "^{\\circ}", "\u00b0", " degrees", "\\text{ degrees}", "\\degree")) {
                add(number + suffix);
            }
        }
    }

    private void integer(String n) {
        BigInteger value = new BigInteger(n);
        String absolute = value.abs().toString();
        String sign = value.signum() < 0 ? "-" : "";
        for (String separator : List.of(",", "{,}", ",\\!", "\\,", "\\ ")) {
            add(sign + absolute.replaceAll("(?<=\\d)(?=(\\d{3})+$)", Matcher.quoteReplacement(separator)));
        }
        add(n + ".0");
        add(n + ".00");
        add("\\frac{" + value.multiply(BigInteger.TWO) + "}{2}");
        add(value.multiply(BigInteger.valueOf(3)) + "/3");
        add("x = " + n);
        add("x=" + n);
        add("\\text{Total} = " + n);
        add("N = 2 \\cdot " + value.subtract(BigInteger.ONE) + " - (" + value.subtract(BigInteger.TWO) + ") = " + n);
        add("\\{" + n + "\\}");
        add("(" + n + ")");
        for (String unit : List.of(
                "\\text{ cm}",
                "\\text{ cm}^2",
                "\\mbox{ inches}^3",
                "\\ \\mathrm{ft}",
                "\\text{ apples}",
                " dollars",
                " square units",
                "\\%",
                "\\text{ minutes}",
                "\\,\\text{m}/\\text{s}",
                "\\text{ m/s}",
                "^\\circ")) {
            add(n + unit);
        }
        add(sign + "\\$" + absolute);
        add(sign + "$" + absolute);
        add("\\text{" + n + "}");
        add("\\mathrm{" + n + "}");
        add("\\textbf{" + n + "}");
        add("\\sqrt[3]{" + value.pow(3) + "}");
    }

    private void decimal(String n) {
        int decimals = n.length() - n.indexOf('.') - 1;
        add(n + "0");
        add(n.startsWith(".") ? "0" + n : n.replaceFirst("^0", ""));
        add("\\frac{" + n.replace(".", "") + "}{" + BigInteger.TEN.pow(decimals) + "}");
        add(new BigInteger(n.replace(".", "")) + " \\times 10^{-" + decimals + "}");
        add("x = " + n);
        add("\\$" + n);
        add(n + "\\text{ kg}");
    }

    private void fraction(String sign, BigInteger top, BigInteger bottom) {
        add(sign + top + "/" + bottom);
        add(sign + "\\frac{" + top.multiply(BigInteger.TWO) + "}{" + bottom.multiply(BigInteger.TWO) + "}");
        add(sign + "\\left(\\frac{" + top + "}{" + bottom + "}\\right)");
        add(sign + "\\dfrac{" + top + "}{" + bottom + "}\\text{ units}");
        add("x=" + sign + "\\frac{" + top + "}{" + bottom + "}");
        add("P(A) = " + sign + top + "/" + bottom);
        if (!sign.isEmpty()) {
            add("\\frac{-" + top + "}{" + bottom + "}");
            add("\\frac{" + top + "}{-" + bottom + "}");
        }
        if (top.compareTo(bottom) > 0) {
            BigInteger[] parts = top.divideAndRemainder(bottom);
            add(sign + parts[0] + "\\frac{" + parts[1] + "}{" + bottom + "}");
            add(sign + parts[0] + " " + parts[1] + "/" + bottom);
        }
        try {
            add(sign + new BigDecimal(top).divide(new BigDecimal(bottom)).toPlainString());
        } catch (ArithmeticException e) {
            add(sign + top + " \\div " + bottom);
        }
    }

    private void shapes() {
        if (LIST.matcher(answer).matches() && !INTEGER.matcher(answer).matches()) {
            List<String> items = new ArrayList<>(List.of(answer.split(", ?", -1)));
            add("\\{" + answer + "\\}");
            add("x = " + answer);
            add("x = " + String.join(" \\text{ or } x = ", items));
            Collections.reverse(items);
            add(String.join(", ", items));
            add(String.join(" and ", items));
            add("\\left\\{" + String.join(",", items) + "\\right\\}");
        }
        if (answer.contains("\\pm") && !answer.contains(",")) {
            add(answer.replace("\\pm", "+") + ", " + answer.replace("\\pm", "-"));
            add(answer.replace("\\pm", "-") + " \\text{ and } " + answer.replace("\\pm", "+"));
            add("x = " + answer);
            add("\\left\\{" + answer.replace("\\pm", "-") + "," + answer.replace("\\pm", "+") + "\\right\\}");
        }
        Matcher interval = INTERVAL.matcher(answer.replace("x \\in ", ""));
        if (interval.matches()) {
            add("x \\in " + interval.group());
            add("x\\in\\left" + interval.group(1) + interval.group(2) + "," + interval.group(3) + "\\right"
                    + interval.group(4));
            String low = interval.group(1).equals("[") ? "\\le " : "< ";
            String high = interval.group(4).equals("]") ? "\\leq " : "<";
            boolean fromBelow = interval.group(2).contains("infty");
            boolean toAbove = interval.group(3).contains("infty");
            add((fromBelow ? "" : interval.group(2) + low) + "x" + (toAbove ? "" : high + interval.group(3)));
        }
        if (answer.contains("\\cup")) {
            String[] parts = answer.split("\\\\cup", -1);
            add(parts[1] + "\\cup" + parts[0]);
            add("x \\in " + answer);
        }
        if (answer.contains("pmatrix")) {
            add(answer.replace("pmatrix", "bmatrix"));
            String columns = answer.contains("&") ? "cc" : "c";
            add("\\left("
                    + answer.replace("\\begin{pmatrix}", "\\begin{array}{" + columns + "}")
                            .replace("\\end{pmatrix}", "\\end{array}")
                    + "\\right)");
            add(answer.replaceAll("(-?\\d+)/(\\d+)", Matcher.quoteReplacement("\\frac{") + "$1}{$2}"));
            add("\\mathbf{v} = " + answer);
        }
        if (answer.contains(" = ") && !answer.contains(",")) {
            String[] sides = answer.split(" = ", -1);
            add(sides[1] + " = " + sides[0]);
            add(sides[0] + " - (" + sides[1] + ") = 0");
            add("2(" + sides[0] + ") = 2(" + sides[1] + ")");
            add("0 = -3(" + sides[0] + ") + 3(" + sides[1] + ")");
        } else if (POLYNOMIAL.matcher(answer).matches() && answer.matches(".*[-+].*")) {
            List<String> terms = SIGNED_TERM
                    .matcher(answer.replace(" ", ""))
                    .results()
                    .map(MatchResult::group)
                    .toList();
            List<String> reversed = new ArrayList<>(terms);
            Collections.reverse(reversed);
            add(String.join(
                            "",
                            reversed.stream()
                                    .map(t -> t.matches("[-+].*") ? t : "+" + t)
                                    .toList())
                    .replaceFirst("^\\+", ""));
            add("2 \\cdot \\frac{" + answer + "}{2}");
            add("-(" + String.join("", terms.stream().map(Spellings::negated).toList()) + ")");
            if (!answer.contains("i")) {
                add("f(x) = " + answer);
            }
        }
    }

    private static String negated(String term) {
        return term.startsWith("-") ? "+" + term.substring(1) : "-" + term.replaceFirst("^\\+", "");
    }

    private void words() {
        Matcher text = Pattern.compile("\\\\text\\{(\\(?)(\\w+)(\\)?)\\}").matcher(answer);
        if (text.matches()) {
            add(text.group(2));
            add(text.group(1) + text.group(2) + text.group(3));
            for (String command : List.of("text", "mathrm", "textbf", "mbox", "textit")) {
                add("\\" + command + "{" + text.group(2) + "}");
                add("\\" + command + "{" + text.group(1) + text.group(2) + text.group(3) + "}");
            }
            add("\\text{" + text.group(2) + ".}");
            add("x = \\text{" + text.group(2) + "}");
        }
        Matcher unit = Pattern.compile("(.*?) ?\\\\(?:text|mbox)\\{ (\\w+)\\}(?:\\^2)?")
                .matcher(answer);
        if (unit.matches()) {
            add(unit.group(1));
            add(unit.group(1) + " " + unit.group(2));
            add(unit.group(1) + "\\ \\mathrm{" + unit.group(2) + "}");
            add(unit.group(1) + "\\,\\text{" + unit.group(2) + "}^{2}");
        }
    }
}
