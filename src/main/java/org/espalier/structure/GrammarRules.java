package org.espalier.structure;

import java.util.LinkedHashMap;
import java.util.Map;

/** The rules of a grammar while it is made, in llama.cpp's notation (GBNF). */
final class GrammarRules {
    /** White space between the parts of a document: enough for every way to lay it out, and not without an end. */
    static final String SPACE = "ws";

    static final String STRING = "string";
    static final String VALUE = "value";
    static final String OBJECT = "object";
    /** A character of a JSON text. */
    static final String CHARACTER = "char";
    /** What a JSON text has to escape, as a part of a set of characters. */
    static final String ESCAPED = "\"\\\\\\x7F\\x00-\\x1F";
    /** A number without a sign, as the body of a rule. */
    static final String NOT_NEGATIVE = "(\"0\" | [1-9] [0-9]{0,15}) (\".\" [0-9]{1,15})? ([eE] [-+]? [0-9]{1,2})?";

    private static final Map<String, String> KNOWN = Map.ofEntries(
            Map.entry(SPACE, "| \" \" | \"\\n\" [ \\t]{0,20}"),
            Map.entry(
                    CHARACTER,
                    "[^" + ESCAPED + "] | \"\\\\\" ([\"\\\\bfnrt/] | \"u\" ([0-9a-cA-Ce-fE-F] [0-9a-fA-F]{3}"
                            + " | [dD] [0-7] [0-9a-fA-F]{2}))"),
            Map.entry(STRING, "\"\\\"\" char* \"\\\"\""),
            Map.entry("integer", "\"-\"? (\"0\" | [1-9] [0-9]{0,15})"),
            Map.entry("number", "\"-\"? " + NOT_NEGATIVE),
            Map.entry("boolean", "\"true\" | \"false\""),
            Map.entry("null", "\"null\""),
            Map.entry("array", "\"[\" ws (value (ws \",\" ws value)* ws)? \"]\""),
            Map.entry("member", "string ws \":\" ws value"),
            Map.entry(OBJECT, "\"{\" ws (member (ws \",\" ws member)* ws)? \"}\""),
            Map.entry(VALUE, "object | array | string | number | boolean | null"),
            Map.entry(
                    "date",
                    "[0-9]{4} \"-\" ((\"0\" [13578] | \"1\" [02]) \"-\" (\"0\" [1-9] | [12] [0-9] | \"3\" [01])"
                            + " | (\"0\" [469] | \"11\") \"-\" (\"0\" [1-9] | [12] [0-9] | \"30\")"
                            + " | \"02-\" (\"0\" [1-9] | \"1\" [0-9] | \"2\" [0-8]))"),
            Map.entry(
                    "time",
                    "([01] [0-9] | \"2\" [0-3]) \":\" [0-5] [0-9] \":\" [0-5] [0-9] (\".\" [0-9]{1,3})?"
                            + " (\"Z\" | [-+] ([01] [0-9] | \"2\" [0-3]) \":\" [0-5] [0-9])"),
            Map.entry("date-time", "date \"T\" time"),
            Map.entry("uuid", "[0-9a-f]{8} \"-\" [0-9a-f]{4} \"-\" [0-9a-f]{4} \"-\" [0-9a-f]{4} \"-\" [0-9a-f]{12}"));

    /** What a known rule is made of. */
    private static final Map<String, String[]> PARTS = Map.of(
            STRING,
            new String[] {CHARACTER},
            "array",
            new String[] {VALUE, SPACE},
            "member",
            new String[] {STRING, VALUE, SPACE},
            OBJECT,
            new String[] {"member", SPACE},
            VALUE,
            new String[] {OBJECT, "array", STRING, "number", "boolean", "null"},
            "date-time",
            new String[] {"date", "time"});

    private final Map<String, String> rules = new LinkedHashMap<>();
    private int made;

    /** Adds a rule, and returns its name. */
    String add(String body) {
        String name = "r" + made++;
        rules.put(name, body);
        return name;
    }

    /** A name for a rule that is {@linkplain #define defined} later. */
    String reserve() {
        return "r" + made++;
    }

    void define(String name, String body) {
        rules.put(name, body);
    }

    /** Has a rule that every grammar knows, and returns its name. */
    String known(String name) {
        if (rules.putIfAbsent(name, KNOWN.getOrDefault(name, "")) == null) {
            for (String part : PARTS.getOrDefault(name, new String[0])) {
                known(part);
            }
        }
        return name;
    }

    int size() {
        return rules.size();
    }

    /** A text as a literal. */
    static String literal(String text) {
        StringBuilder literal = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                literal.append('\\').append((char) c);
            } else if (c == '\n') {
                literal.append("\\n");
            } else if (c < ' ' || c == 0x7f) {
                literal.append(String.format("\\x%02x", c));
            } else {
                literal.appendCodePoint(c);
            }
        });
        return literal.append('"').toString();
    }

    /** All rules; the first is the root. */
    String write(String root) {
        known(SPACE);
        StringBuilder text = new StringBuilder("root ::= " + root + "\n");
        rules.forEach(
                (name, body) -> text.append(name).append(" ::= ").append(body).append('\n'));
        return text.toString();
    }
}
