package org.espalier.grade;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.grade.parse.Braces;

/**
 * Takes away what only decorates an answer: Markdown, quotation marks, tags, mathematical delimiters, colours, sizes,
 * invisible parts, the alignment of equations, the full stop of a sentence.
 */
final class Markup {

    private static final int MAX_LAYERS = 12;

    private static final List<String[]> WRAPPERS = List.of(new String[][] {
        {"```", "```"},
        {"**", "**"},
        {"__", "__"},
        {"$$", "$$"},
        {"\\(", "\\)"},
        {"\\[", "\\]"},
        {"$", "$"},
        {"*", "*"},
        {"_", "_"},
        {"`", "`"},
        {"\"", "\""},
        {"'", "'"},
    });

    /** Commands that show nothing, and their number of arguments. */
    private static final Map<String, Integer> INVISIBLE = Map.ofEntries(
            Map.entry("phantom", 1),
            Map.entry("hphantom", 1),
            Map.entry("vphantom", 1),
            Map.entry("hspace", 1),
            Map.entry("vspace", 1),
            Map.entry("label", 1),
            Map.entry("tag", 1),
            Map.entry("ref", 1),
            Map.entry("color", 1),
            Map.entry("textcolor", 1),
            Map.entry("colorbox", 1),
            Map.entry("fcolorbox", 2),
            Map.entry("href", 1),
            Map.entry("fontsize", 2),
            Map.entry("raisebox", 1),
            Map.entry("rule", 2));

    private static final Set<String> ALIGNMENTS = Set.of(
            "aligned",
            "align",
            "align*",
            "alignat",
            "alignat*",
            "gathered",
            "gather",
            "gather*",
            "split",
            "equation",
            "equation*",
            "math",
            "displaymath",
            "center",
            "document");

    private static final Pattern TAG =
            Pattern.compile("(?i)</?(?:b|i|u|em|strong|code|pre|span|p|br|div|math|answer|final_answer)\\s*/?>");
    private static final Pattern SUPERSCRIPT = Pattern.compile("(?i)<su([pb])>([^<]{1,100})</su[pb]>");
    private static final Pattern FENCE_NAME = Pattern.compile("```[a-zA-Z]*\\n");
    private static final Pattern SYSTEM_START = Pattern.compile(
            "\\\\left\\s*\\\\(?:\\{|lbrace)\\s*\\\\begin\\{(?:array|aligned|matrix|gathered|alignedat)\\}(?:\\{[lcr|\\s\\d]*\\})?");
    private static final Pattern SYSTEM_END =
            Pattern.compile("\\\\end\\{(?:array|aligned|matrix|gathered|alignedat)\\}\\s*\\\\right\\s*(?:\\.|$)");
    private static final Pattern ROW_SPACE = Pattern.compile("\\\\\\\\\\*?\\s*\\[\\s*-?[\\d.]+\\s*[a-z]{2}\\s*\\]");
    private static final Pattern CONTINUED = Pattern.compile(
            "\\s*&?\\s*(?:=|<|>|\\\\(?:le|leq|ge|geq|lt|gt|approx|implies|Rightarrow|iff|Leftrightarrow)(?![a-z]))");
    private static final Pattern COMMAND = Pattern.compile("\\\\([a-zA-Z]+|.)\\s*", Pattern.DOTALL);
    private static final Pattern FRENCH = Pattern.compile("([\\[\\](])([^\\[\\]()]+[,;][^\\[\\]()]+)([\\[\\])])");
    private static final Pattern ALIGNED_SIGN =
            Pattern.compile("&?\\s*(=|<|>|\\\\(?:leq?|geq?|neq?|approx|lt|gt)(?![a-z]))\\s*&?");
    private static final Pattern UNIT_FRACTION = Pattern.compile(
            "\\\\[dt]?frac\\s*\\{\\s*\\\\(?:text|mathrm)\\s*\\{([^{}]{1,20})\\}\\s*\\}\\s*\\{\\s*\\\\(?:text|mathrm)\\s*\\{([^{}]{1,20})\\}(\\^\\d)?\\s*\\}");
    private static final Pattern LAST_SPACE = Pattern.compile("\\\\[,;:! ]$|\\\\(?:quad|qquad|newline|\\\\)$");

    private Markup() {}

    /** The answer without decoration. */
    static String plain(String text) {
        String tagged = text;
        if (text.indexOf('<') >= 0) {
            tagged = TAG.matcher(SUPERSCRIPT
                            .matcher(text)
                            .replaceAll(m -> Matcher.quoteReplacement(
                                    (m.group(1).equalsIgnoreCase("p") ? "^{" : "_{") + m.group(2) + "}")))
                    .replaceAll(" ");
        }
        String plain = unwrapped(tagged);
        if (plain.indexOf('\\') >= 0) {
            plain = unwrapped(commands(systems(UNIT_FRACTION.matcher(plain).replaceAll("\\\\text{$1/$2}$3"))));
        }
        return plain.indexOf('[') >= 0 || plain.indexOf(']') >= 0 ? intervals(plain) : plain;
    }

    /** Without the marks that enclose the whole, whatever their order. */
    static String unwrapped(String text) {
        String inner = FENCE_NAME.matcher(text.strip()).replaceFirst("```");
        for (int layer = 0; layer < MAX_LAYERS; layer++) {
            String next = withoutBox(withoutPair(withoutTail(inner))).strip();
            if (next.equals(inner)) {
                return next;
            }
            inner = next;
        }
        return inner;
    }

    private static String withoutPair(String text) {
        for (String[] marks : WRAPPERS) {
            int length = marks[0].length() + marks[1].length();
            if (text.length() > length && text.startsWith(marks[0]) && text.endsWith(marks[1])) {
                String inner = text.substring(marks[0].length(), text.length() - marks[1].length());
                boolean one = marks[0].startsWith("\\")
                        ? !inner.contains(marks[0])
                        : !inner.contains(marks[0]) || marks[0].equals("$");
                if (one && !inner.endsWith("\\")) {
                    return inner;
                }
            }
        }
        return text;
    }

    private static String withoutBox(String text) {
        for (String box : List.of("\\boxed{", "\\fbox{", "\\framebox{")) {
            if (text.startsWith(box) && Braces.closing(text, box.length() - 1) == text.length() - 1) {
                return text.substring(box.length(), text.length() - 1);
            }
        }
        return text;
    }

    /** Without the punctuation of a sentence and without breaks at the end; an ellipsis stays. */
    private static String withoutTail(String text) {
        int end = text.length();
        while (end > 0
                && (Character.isWhitespace(text.charAt(end - 1)) || ".,;:$*".indexOf(text.charAt(end - 1)) >= 0)
                && !(end > 1 && text.charAt(end - 2) == '\\')
                && !text.substring(0, end).endsWith("...")
                && !(text.charAt(end - 1) == '$' && text.charAt(0) == '$' && end > 1)
                && !(text.charAt(end - 1) == '*' && text.charAt(0) == '*')) {
            end--;
        }
        String cut = text.substring(0, end);
        Matcher space = LAST_SPACE.matcher(cut);
        return space.find() ? cut.substring(0, space.start()) : cut;
    }

    /** A brace before an array without a counterpart encloses a system of equations. */
    private static String systems(String text) {
        if (!text.contains("\\begin")) {
            return text;
        }
        String spaced = ALIGNED_SIGN
                .matcher(ROW_SPACE.matcher(text).replaceAll("\\\\\\\\ "))
                .replaceAll("$1");
        if (!SYSTEM_START.matcher(spaced).find()) {
            return spaced;
        }
        return SYSTEM_END
                .matcher(SYSTEM_START.matcher(spaced).replaceAll("\\\\begin{cases}"))
                .replaceAll("\\\\end{cases}");
    }

    /** Drops commands that show nothing, and turns the rows of aligned equations into a list. */
    private static String commands(String text) {
        StringBuilder out = new StringBuilder(text.length());
        int aligned = 0;
        Matcher command = COMMAND.matcher(text);
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == '&' && aligned > 0) {
                i++;
            } else if (c != '\\' || !command.region(i, text.length()).lookingAt()) {
                out.append(c);
                i++;
            } else {
                String name = command.group(1);
                int end = command.end();
                int open = name.equals("begin") || name.equals("end") ? Braces.closing(text, end) : -1;
                String environment =
                        open < 0 ? "" : text.substring(end + 1, open).strip();
                if (INVISIBLE.containsKey(name)) {
                    i = skipArguments(text, end, INVISIBLE.get(name));
                } else if (open >= 0
                        && (ALIGNMENTS.contains(environment)
                                || (environment.equals("cases") && isList(text, open, name)))) {
                    aligned = Math.max(0, aligned + (name.equals("begin") ? 1 : -1));
                    i = open + 1;
                } else if (name.equals("\\") && aligned > 0) {
                    i = end;
                    out.append(
                            CONTINUED.matcher(text).region(end, text.length()).lookingAt() ? " " : " , ");
                } else {
                    out.append(text, i, end);
                    i = end;
                }
            }
        }
        return out.toString();
    }

    /** Whether the cases are equations one below the other, without conditions. */
    private static boolean isList(String text, int at, String command) {
        if (command.equals("end")) {
            int begin = text.lastIndexOf("\\begin{cases}", at);
            return begin >= 0 && text.substring(begin, at).indexOf('&') < 0;
        }
        int end = text.indexOf("\\end{cases}", at);
        return end >= 0 && text.substring(at, end).indexOf('&') < 0;
    }

    private static int skipArguments(String text, int from, int count) {
        int position = from;
        if (position < text.length() && text.charAt(position) == '[') {
            position = Math.max(position, text.indexOf(']', position) + 1);
        }
        for (int i = 0; i < count; i++) {
            while (position < text.length() && text.charAt(position) == ' ') {
                position++;
            }
            int close = Braces.closing(text, position);
            position = close < 0 ? position : close + 1;
        }
        return position;
    }

    /** Turns the brackets of open ends around: {@code ]0,1]} is {@code (0,1]}. */
    private static String intervals(String text) {
        String bare = text.replaceAll("\\\\(?:left|right)(?=\\s*[\\[\\]])\\s*", "");
        Matcher interval = FRENCH.matcher(bare);
        StringBuilder out = new StringBuilder();
        int from = 0;
        while (interval.find(from)) {
            boolean open = interval.group(1).equals("]") && opens(bare, interval.start());
            boolean close = interval.group(3).equals("[");
            if ((!open && interval.group(1).equals("]")) || (close && !closes(bare, interval.end()))) {
                out.append(bare, from, interval.start() + 1);
                from = interval.start() + 1;
                continue;
            }
            out.append(bare, from, interval.start())
                    .append(open ? "(" : interval.group(1))
                    .append(interval.group(2))
                    .append(close ? ")" : interval.group(3));
            from = interval.end();
        }
        return out.append(bare, from, bare.length()).toString();
    }

    private static boolean closes(String text, int at) {
        String after = text.substring(at).stripLeading();
        return after.isEmpty() || after.charAt(0) == ',' || after.charAt(0) == '$' || after.startsWith("\\");
    }

    private static boolean opens(String text, int at) {
        String before = text.substring(0, at).stripTrailing();
        return before.isEmpty()
                || before.endsWith("\\cup")
                || before.endsWith("\\in")
                || before.endsWith("=")
                || before.endsWith("\\setminus")
                || before.endsWith("\\cap");
    }
}
