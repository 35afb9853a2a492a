package org.espalier.grade.parse;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The words, commands and characters the lexer knows. */
final class LatexCommands {

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
            Map.entry("simeq", "~="),
            Map.entry("doteq", "~="),
            Map.entry("in", "in"),
            Map.entry("cup", "cup"),
            Map.entry("cap", "cap"),
            Map.entry("setminus", "setminus"),
            Map.entry("smallsetminus", "setminus"),
            Map.entry("backslash", "setminus"),
            Map.entry("mid", "mid"),
            Map.entry("bullet", "*"),
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
            Map.entry("lVert", "|"),
            Map.entry("rVert", "|"),
            Map.entry("Vert", "|"),
            Map.entry("lfloor", "lfloor"),
            Map.entry("rfloor", "rfloor"),
            Map.entry("lceil", "lceil"),
            Map.entry("rceil", "rceil"),
            Map.entry("colon", ":"),
            Map.entry("land", ","),
            Map.entry("wedge", ","),
            Map.entry("lor", ","),
            Map.entry("vee", ","),
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
            "thinspace",
            "space",
            "relax",
            "hfill",
            "rm",
            "bf",
            "it",
            "sf",
            "tt",
            "tiny",
            "scriptsize",
            "footnotesize",
            "small",
            "normalsize",
            "large",
            "Large",
            "LARGE",
            "huge",
            "Huge",
            "bfseries",
            "itshape",
            "boldmath",
            "unboldmath",
            "scriptstyle",
            "scriptscriptstyle",
            "nolimits",
            "enspace",
            "medspace",
            "thickspace",
            "negthinspace",
            "mathstrut",
            "strut",
            "ensuremath",
            "mathord",
            "mathrel",
            "mathbin",
            "mathop",
            "mathopen",
            "mathclose",
            "pounds",
            "euro",
            "yen",
            "textdollar",
            "texteuro",
            "textsterling",
            "textyen",
            "mathdollar",
            "nonumber",
            "notag",
            "noindent",
            "centering",
            "par",
            "hline",
            "protect");

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
            "mathtt",
            "textup",
            "textsc",
            "textmd",
            "underline",
            "uline");

    /** Commands whose braces hold one letter in another face. */
    static final Set<String> FACES = Set.of(
            "mathbf",
            "mathbb",
            "mathcal",
            "mathit",
            "mathnormal",
            "boldsymbol",
            "bm",
            "pmb",
            "bold",
            "mathfrak",
            "mathscr");

    /** Other names of {@code \\mathbf}. */
    static final Set<String> BOLD_FACES = Set.of("boldsymbol", "bm", "pmb", "bold");

    /** The face that variables have anyway. */
    static final Set<String> USUAL_FACES = Set.of("mathit", "mathnormal");

    /** Commands that take arguments, by the name the parser uses. */
    private static final Map<String, String> COMMANDS = Map.ofEntries(
            Map.entry("frac", "frac"),
            Map.entry("dfrac", "frac"),
            Map.entry("tfrac", "frac"),
            Map.entry("cfrac", "frac"),
            Map.entry("sfrac", "frac"),
            Map.entry("nicefrac", "frac"),
            Map.entry("flatfrac", "frac"),
            Map.entry("over", "over"),
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

    private static final Set<String> SHORT_WORDS = Set.of(
            "yes", "no", "odd", "one", "two", "six", "ten", "all", "any", "red", "sun", "mon", "none", "the", "not",
            "for", "but");

    private LatexCommands() {}

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

    /**
     * Whether a run of bare letters is a word rather than a product of variables: a unit, four letters or more, a
     * capitalised name such as {@code Joe}, or one of a few short words.
     */
    static boolean isWord(String run) {
        return Units.isUnmistakable(run)
                || run.length() >= 4
                || SHORT_WORDS.contains(run.toLowerCase(Locale.ROOT))
                || (run.length() == 3
                        && Character.isUpperCase(run.charAt(0))
                        && run.substring(1).equals(run.substring(1).toLowerCase(Locale.ROOT)));
    }
}
