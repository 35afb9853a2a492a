package org.espalier.structure;

import java.util.Optional;

/**
 * Makes a part of a grammar of a regular expression (ECMA 262, as JSON schemas have them), for the inside of a JSON text.
 * Looking around, references to groups, word boundaries and properties of characters are not known: such a pattern is
 * left to the check at the end. An expression that is not anchored may have other characters before and behind.
 */
final class PatternGrammar {
    private static final int LONGEST = 2000;
    private static final int DEEPEST = 30;

    private static final class Unknown extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unknown() {
            super("a part of the pattern is not known", null, false, false);
        }
    }

    private final String pattern;
    private final GrammarRules rules;
    private int at;
    private int depth;
    /** Whether there is a choice outside of all groups, of which an anchor belongs to one side alone. */
    private boolean topLevelChoice;

    private PatternGrammar(String pattern, GrammarRules rules) {
        this.pattern = pattern;
        this.rules = rules;
    }

    /** The grammar's part between the quotes; empty if the pattern has something that is not known. */
    static Optional<String> of(String pattern, GrammarRules rules) {
        if (pattern.length() > LONGEST) {
            return Optional.empty();
        }
        boolean begins = pattern.startsWith("^");
        boolean ends = pattern.endsWith("$") && !pattern.endsWith("\\$");
        String inner = pattern.substring(begins ? 1 : 0, Math.max(begins ? 1 : 0, pattern.length() - (ends ? 1 : 0)));
        PatternGrammar reader = new PatternGrammar(inner, rules);
        try {
            String body = reader.alternatives();
            if (reader.at < inner.length() || ((begins || ends) && reader.topLevelChoice)) {
                return Optional.empty();
            }
            String any = rules.known(GrammarRules.CHARACTER) + "*";
            return Optional.of((begins ? "" : any + " ") + "(" + body + ")" + (ends ? "" : " " + any));
        } catch (Unknown e) {
            return Optional.empty();
        }
    }

    private boolean more() {
        return at < pattern.length();
    }

    private char peek() {
        return pattern.charAt(at);
    }

    private String alternatives() {
        if (++depth > DEEPEST) {
            throw new Unknown();
        }
        StringBuilder all = new StringBuilder(sequence());
        while (more() && peek() == '|') {
            topLevelChoice |= depth == 1;
            at++;
            all.append(" | ").append(sequence());
        }
        depth--;
        return all.toString();
    }

    private String sequence() {
        StringBuilder all = new StringBuilder();
        while (more() && peek() != '|' && peek() != ')') {
            String atom = atom();
            all.append(all.isEmpty() ? "" : " ").append(atom).append(quantifier(atom));
        }
        return all.isEmpty() ? "\"\"" : all.toString();
    }

    private String atom() {
        char c = pattern.charAt(at++);
        return switch (c) {
            case '(' -> group();
            case '[' -> characters();
            case '.' -> rules.known(GrammarRules.CHARACTER);
            case '\\' -> escape();
            case '^', '$', '*', '+', '?', '{', ']', '}' -> throw new Unknown();
            default -> {
                if (Character.isHighSurrogate(c) && more()) {
                    yield GrammarRules.literal(pattern.substring(at - 1, ++at));
                }
                yield inText(c);
            }
        };
    }

    /** A character as a JSON text has it. */
    private static String inText(char c) {
        if (c < ' ' || c == 0x7f) {
            throw new Unknown();
        }
        return c == '"' || c == '\\' ? GrammarRules.literal("\\" + c) : GrammarRules.literal(String.valueOf(c));
    }

    private String group() {
        if (pattern.startsWith("?:", at)) {
            at += 2;
        } else if (more() && peek() == '?') {
            throw new Unknown();
        }
        String inner = alternatives();
        if (!more() || peek() != ')') {
            throw new Unknown();
        }
        at++;
        return "(" + inner + ")";
    }

    private String escape() {
        if (!more()) {
            throw new Unknown();
        }
        char c = pattern.charAt(at++);
        return switch (c) {
            case 'd' -> "[0-9]";
            case 'w' -> "[0-9A-Za-z_]";
            case 's' -> "\" \"";
            case 'D' -> "[^0-9" + GrammarRules.ESCAPED + "]";
            case 'W' -> "[^0-9A-Za-z_" + GrammarRules.ESCAPED + "]";
            case 'S' -> "[^ " + GrammarRules.ESCAPED + "]";
            default -> {
                if (Character.isLetterOrDigit(c)) {
                    throw new Unknown();
                }
                yield inText(c);
            }
        };
    }

    private String characters() {
        boolean negated = more() && peek() == '^';
        at += negated ? 1 : 0;
        StringBuilder set = new StringBuilder();
        while (more() && peek() != ']') {
            char c = pattern.charAt(at++);
            if (c == '\\') {
                if (!more()) {
                    throw new Unknown();
                }
                c = pattern.charAt(at++);
                String known = switch (c) {
                    case 'd' -> "0-9";
                    case 'w' -> "0-9A-Za-z_";
                    case 's' -> " ";
                    default -> null;
                };
                if (known != null) {
                    set.append(known);
                    continue;
                }
                if (Character.isLetterOrDigit(c)) {
                    throw new Unknown();
                }
            }
            // What a JSON text has to escape is not one character of it.
            if (c < ' ' || ((c == '"' || c == '\\') && !negated)) {
                throw new Unknown();
            }
            boolean range = more() && peek() == '-' && at + 1 < pattern.length() && pattern.charAt(at + 1) != ']';
            set.append(member(c));
            if (range) {
                char last = pattern.charAt(at + 1);
                if (last == '\\' || last < c || (c < '"' && last >= '"') || (c < '\\' && last >= '\\')) {
                    throw new Unknown();
                }
                set.append('-').append(member(last));
                at += 2;
            }
        }
        if (!more()) {
            throw new Unknown();
        }
        at++;
        if (set.isEmpty()) {
            throw new Unknown();
        }
        return negated ? "[^" + set + GrammarRules.ESCAPED + "]" : "[" + set + "]";
    }

    private static String member(char c) {
        return "[]-\\\"".indexOf(c) >= 0 ? "\\" + c : c == '^' ? "\\x5e" : String.valueOf(c);
    }

    private String quantifier(String atom) {
        if (!more()) {
            return "";
        }
        String times;
        char c = peek();
        if (c == '*' || c == '+' || c == '?') {
            at++;
            times = String.valueOf(c);
        } else if (c == '{') {
            int end = pattern.indexOf('}', at);
            String bounds = end < 0 ? "" : pattern.substring(at + 1, end);
            if (!bounds.matches("\\d{1,4}(,\\d{0,4})?")) {
                throw new Unknown();
            }
            times = "{" + bounds + "}";
            at = end + 1;
        } else {
            return "";
        }
        // As few as possible and as many as possible match the same texts.
        if (more() && peek() == '?') {
            at++;
        } else if (more() && (peek() == '+' || peek() == '*' || peek() == '{')) {
            throw new Unknown();
        }
        // A grammar does not repeat what can be empty.
        if (atom.startsWith("(") && !times.equals("?") && canBeEmpty(atom)) {
            throw new Unknown();
        }
        return times;
    }

    /** Whether a group may be; it says so too often rather than too seldom. */
    private static boolean canBeEmpty(String group) {
        return group.matches("(?s).*(\\*|\\?|\\{0|\"\"(?!\")).*");
    }
}
