package org.espalier.grade;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The words, commands and characters the lexer knows. */
final class Vocabulary {

    /** LaTeX commands that become an operator token. */
    private static final Map<String, String> OPERATORS = Map.ofEntries(
            Map.entry("cdot", "*"),
            Map.entry("times", "*"),
            Map.entry("ast", "*"),
            Map.entry("div", "/"),
            Map.entry("pm", "pm"),
            Map.entry("mp", "mp"),
            Map.entry("le", "<="),
            Map.entry("leq", "<="),
            Map.entry("leqslant", "<="),
            Map.entry("ge", ">="),
            Map.entry("geq", ">="),
            Map.entry("geqslant", ">="),
            Map.entry("lt", "<"),
            Map.entry("gt", ">"),
            Map.entry("ne", "!="),
            Map.entry("neq", "!="),
            Map.entry("approx", "~="),
            Map.entry("equiv", "="),
            Map.entry("in", "in"),
            Map.entry("cup", "cup"),
            Map.entry("circ", "deg"),
            Map.entry("degree", "deg"),
            Map.entry("textdegree", "deg"),
            Map.entry("lbrace", "\\{"),
            Map.entry("rbrace", "\\}"),
            Map.entry("lbrack", "["),
            Map.entry("rbrack", "]"),
            Map.entry("langle", "("),
            Map.entry("rangle", ")"),
            Map.entry("lvert", "|"),
            Map.entry("rvert", "|"),
            Map.entry("vert", "|"),
            Map.entry("lfloor", "lfloor"),
            Map.entry("rfloor", "rfloor"),
            Map.entry("lceil", "lceil"),
            Map.entry("rceil", "rceil"),
            Map.entry("colon", ":"),
            Map.entry("land", ","),
            Map.entry("lor", ","),
            Map.entry("newline", "\\\\"));

    /** Commands that only affect how an answer looks. */
    private static final Set<String> IGNORED = Set.of(
            "left",
            "right",
            "big",
            "Big",
            "bigg",
            "Bigg",
            "bigl",
            "bigr",
            "Bigl",
            "Bigr",
            "biggl",
            "biggr",
            "Biggl",
            "Biggr",
            "middle",
            "displaystyle",
            "textstyle",
            "limits",
            "quad",
            "qquad",
            "boxed",
            "fbox",
            "underline",
            "thinspace",
            "space",
            "relax",
            "hfill",
            "rm",
            "bf",
            "it");

    /** Commands whose braces hold prose. */
    static final Set<String> PROSE = Set.of(
            "text",
            "mbox",
            "hbox",
            "textbf",
            "textit",
            "textrm",
            "textnormal",
            "textsf",
            "texttt",
            "emph",
            "mathrm",
            "operatorname",
            "mathsf",
            "mathtt");

    /** Commands whose braces hold one letter in another face. */
    static final Set<String> FACES = Set.of("mathbf", "mathbb", "mathcal", "mathit", "boldsymbol", "bm", "mathfrak");

    /** Commands that take arguments, by the name the parser uses. */
    private static final Map<String, String> COMMANDS = Map.ofEntries(
            Map.entry("frac", "frac"),
            Map.entry("dfrac", "frac"),
            Map.entry("tfrac", "frac"),
            Map.entry("cfrac", "frac"),
            Map.entry("sqrt", "sqrt"),
            Map.entry("binom", "binom"),
            Map.entry("dbinom", "binom"),
            Map.entry("tbinom", "binom"),
            Map.entry("choose", "choose"),
            Map.entry("overline", "overline"),
            Map.entry("bar", "overline"),
            Map.entry("vec", "vec"),
            Map.entry("hat", "hat"),
            Map.entry("overrightarrow", "vec"),
            Map.entry("overarc", "arc"),
            Map.entry("pi", "pi"),
            Map.entry("infty", "infinity"),
            Map.entry("infinity", "infinity"),
            Map.entry("inf", "infinity"),
            Map.entry("emptyset", "emptyset"),
            Map.entry("varnothing", "emptyset"));

    private static final Set<String> SYMBOLS = Set.of(
            "alpha",
            "beta",
            "gamma",
            "delta",
            "epsilon",
            "varepsilon",
            "zeta",
            "eta",
            "theta",
            "vartheta",
            "iota",
            "kappa",
            "lambda",
            "mu",
            "nu",
            "xi",
            "rho",
            "sigma",
            "tau",
            "upsilon",
            "phi",
            "varphi",
            "chi",
            "psi",
            "omega",
            "Gamma",
            "Delta",
            "Theta",
            "Lambda",
            "Xi",
            "Pi",
            "Sigma",
            "Upsilon",
            "Phi",
            "Psi",
            "Omega",
            "ell",
            "hbar",
            "angle",
            "triangle",
            "star",
            "heartsuit",
            "clubsuit",
            "diamondsuit",
            "spadesuit",
            "perp",
            "parallel",
            "dots",
            "ldots",
            "cdots",
            "prime");

    /** Unit words that may follow a number without a space, and short ones that would look like variables. */
    private static final Set<String> UNITS = Set.of(
            ("cm mm km ft yd mi kg mg lb lbs oz ml hr hrs min mins sec secs ms mph kph usd gal deg rad sq pm am per day "
                            + "days in inch inches foot feet yard yards mile miles meter meters metre metres centimeter "
                            + "centimeters kilometer kilometers gram grams kilogram kilograms pound pounds ounce ounces "
                            + "liter liters litre litres gallon gallons cent cents dollar dollars euro euros percent "
                            + "degree degrees radian radians second seconds minute minutes hour hours week weeks month "
                            + "months year years unit units point points square cubic people ways way times")
                    .split(" "));

    private static final Set<String> SHORT_WORDS =
            Set.of("yes", "no", "odd", "one", "two", "six", "ten", "all", "any", "red", "sun", "mon", "none");

    private static final Map<String, Integer> NUMBER_WORDS = new HashMap<>();

    private static final Map<Character, String> CHARACTERS = Map.ofEntries(
            Map.entry('\u2212', "-"),
            Map.entry('\u2013', "-"),
            Map.entry('\u00d7', "*"),
            Map.entry('\u00b7', "*"),
            Map.entry('\u22c5', "*"),
            Map.entry('\u00f7', "/"),
            Map.entry('\u221a', "\\sqrt "),
            Map.entry('\u03c0', "\\pi "),
            Map.entry('\u03b8', "\\theta "),
            Map.entry('\u221e', "\\infty "),
            Map.entry('\u00b0', "\\degree "),
            Map.entry('\u2264', "\\le "),
            Map.entry('\u2265', "\\ge "),
            Map.entry('\u2260', "\\ne "),
            Map.entry('\u2248', "\\approx "),
            Map.entry('\u00b1', "\\pm "),
            Map.entry('\u222a', "\\cup "),
            Map.entry('\u2208', "\\in "),
            Map.entry('\u2205', "\\emptyset "),
            Map.entry('\u00b2', "^2"),
            Map.entry('\u00b3', "^3"),
            Map.entry('\u00bd', "\\frac12"),
            Map.entry('\u00bc', "\\frac14"),
            Map.entry('\u00be', "\\frac34"),
            Map.entry('\u00a0', " "),
            Map.entry('\u2009', " "),
            Map.entry('\u202f', " "),
            Map.entry('\u20ac', ""),
            Map.entry('\u00a3', ""));

    static {
        String[] small =
                ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
                                + "sixteen seventeen eighteen nineteen twenty")
                        .split(" ");
        for (int i = 0; i < small.length; i++) {
            NUMBER_WORDS.put(small[i], i);
        }
        String[] tens = "thirty forty fifty sixty seventy eighty ninety".split(" ");
        for (int i = 0; i < tens.length; i++) {
            NUMBER_WORDS.put(tens[i], 10 * (i + 3));
        }
        NUMBER_WORDS.put("hundred", 100);
    }

    private Vocabulary() {}

    static Optional<String> operator(String command) {
        return Optional.ofNullable(OPERATORS.get(command));
    }

    static Optional<String> command(String name) {
        return Optional.ofNullable(COMMANDS.get(name));
    }

    static boolean isIgnored(String command) {
        return IGNORED.contains(command);
    }

    static boolean isSymbol(String command) {
        return SYMBOLS.contains(command);
    }

    static boolean isUnit(String word) {
        return UNITS.contains(word.toLowerCase(Locale.ROOT));
    }

    /**
     * Whether a run of bare letters is a word rather than a product of variables: a unit, four letters or more, a
     * capitalised name such as {@code Joe}, or one of a few short words.
     */
    static boolean isWord(String run) {
        return isUnit(run)
                || run.length() >= 4
                || SHORT_WORDS.contains(run.toLowerCase(Locale.ROOT))
                || (run.length() == 3
                        && Character.isUpperCase(run.charAt(0))
                        && run.substring(1).equals(run.substring(1).toLowerCase(Locale.ROOT)));
    }

    /** The value of a number word up to a hundred. */
    static Optional<Integer> numberWord(String word) {
        return Optional.ofNullable(NUMBER_WORDS.get(word));
    }

    /** Replaces the mathematical characters of Unicode by their LaTeX or ASCII spelling. */
    static String toLatex(String text) {
        StringBuilder latex = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            latex.append(c < 0x80 ? String.valueOf(c) : CHARACTERS.getOrDefault(c, String.valueOf(c)));
        }
        return latex.toString();
    }
}
