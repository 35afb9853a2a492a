package org.espalier.structure;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.espalier.model.Excerpt;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes a grammar of a JSON schema. What it allows is never less than what the schema wants in these respects: types, {@code
 * properties} in the order in which they are declared, {@code required}, {@code additionalProperties}, {@code items}, {@code
 * prefixItems} and their number, {@code enum}, {@code const}, {@code anyOf}, {@code oneOf}, {@code allOf} of objects, {@code
 * $ref} within the schema, lengths of texts, {@code pattern} where {@link PatternGrammar} can read it, the formats {@code
 * date}, {@code time}, {@code date-time} and {@code uuid}, and bounds of integers. The rest is left to {@link SchemaCheck}.
 *
 * <p>An object with {@code properties} and without a word about others has no others: a reply is to be what was asked for.
 */
final class SchemaGrammar {
    private static final int DEEPEST = 64;
    private static final int MOST_RULES = 20_000;
    /** A longer text or list has no bound in the grammar. */
    private static final int MOST_COUNTED = 2000;

    private final JsonNode root;
    private final GrammarRules rules;
    private final Map<String, String> references = new HashMap<>();
    private int depth;

    SchemaGrammar(JsonNode root, GrammarRules rules) {
        this.root = root;
        this.rules = rules;
    }

    /** The grammar of documents of a schema. */
    static String of(JsonNode schema) {
        GrammarRules rules = new GrammarRules();
        return rules.write(new SchemaGrammar(schema, rules).rule());
    }

    /**
     * Adds the rules of the schema, and returns the name of the one for a document.
     *
     * @throws UsageException if the schema cannot be used, with the keyword that it is about
     */
    String rule() {
        return value(root);
    }

    private String value(JsonNode schema) {
        if (++depth > DEEPEST) {
            throw refused("it is nested more than " + DEEPEST + " deep");
        }
        if (rules.size() > MOST_RULES) {
            throw refused("it is too large");
        }
        String name = valueWithin(schema);
        depth--;
        return name;
    }

    private String valueWithin(JsonNode schema) {
        if (schema.isBoolean()) {
            if (schema.booleanValue()) {
                return rules.known(GrammarRules.VALUE);
            }
            throw refused("a part of it is false, which no value satisfies");
        }
        if (!schema.isObject()) {
            throw refused("a part of it is neither an object nor true: " + excerpt(schema));
        }
        JsonNode reference = schema.get("$ref");
        if (reference != null) {
            return reference(reference);
        }
        if (schema.has("$dynamicRef") || schema.has("$recursiveRef")) {
            throw refused("$dynamicRef and $recursiveRef are not known here: use $ref");
        }
        if (schema.has("const")) {
            return rules.add(literal(schema.get("const")));
        }
        if (schema.has("enum")) {
            JsonNode values = schema.get("enum");
            if (!values.isArray() || values.isEmpty()) {
                throw refused("enum must be a list of one value or more");
            }
            return rules.add(values.valueStream().map(SchemaGrammar::literal).collect(Collectors.joining(" | ")));
        }
        for (String choice : new String[] {"anyOf", "oneOf"}) {
            if (schema.has(choice)) {
                return choice(schema, choice);
            }
        }
        if (schema.has("allOf")) {
            return all(schema);
        }
        return typed(schema);
    }

    private String choice(JsonNode schema, String keyword) {
        JsonNode alternatives = schema.get(keyword);
        if (!alternatives.isArray() || alternatives.isEmpty()) {
            throw refused(keyword + " must be a list of one schema or more");
        }
        ObjectNode base = ((ObjectNode) schema).deepCopy();
        base.remove(keyword);
        boolean alone = !base.has("type") && !base.has("properties") && !base.has("allOf");
        List<String> names = new ArrayList<>();
        for (JsonNode alternative : alternatives) {
            names.add(value(alone ? alternative : merged(base, alternative)));
        }
        return rules.add(String.join(" | ", new LinkedHashSet<>(names)));
    }

    private String all(JsonNode schema) {
        ObjectNode together = ((ObjectNode) schema).deepCopy();
        together.remove("allOf");
        JsonNode merged = together;
        for (JsonNode part : schema.get("allOf")) {
            merged = merged(merged, part);
        }
        return value(merged);
    }

    /** Both schemas as one, as far as a grammar needs it. Keywords of the second stand in the place of the first's. */
    private JsonNode merged(JsonNode first, JsonNode second) {
        JsonNode reference = second.get("$ref");
        JsonNode resolved = reference == null ? second : target(last(reference));
        if (!(first instanceof ObjectNode one) || !(resolved instanceof ObjectNode other)) {
            return resolved.isObject() ? resolved : first;
        }
        ObjectNode all = one.deepCopy();
        for (Map.Entry<String, JsonNode> entry : other.properties()) {
            JsonNode mine = all.get(entry.getKey());
            if (entry.getKey().equals("properties") && mine instanceof ObjectNode own) {
                ObjectNode both = own.deepCopy();
                entry.getValue().properties().forEach(property -> both.set(property.getKey(), property.getValue()));
                all.set("properties", both);
            } else if (entry.getKey().equals("required") && mine != null && mine.isArray()) {
                var both = JsonNodeFactory.instance.arrayNode();
                mine.forEach(both::add);
                entry.getValue().forEach(both::add);
                all.set("required", both);
            } else {
                all.set(entry.getKey(), entry.getValue());
            }
        }
        return all;
    }

    private String reference(JsonNode reference) {
        String pointer = last(reference);
        String known = references.get(pointer);
        if (known != null) {
            return known;
        }
        String name = rules.reserve();
        references.put(pointer, name);
        int outer = depth;
        depth = 0;
        rules.define(name, value(target(pointer)));
        depth = outer;
        return name;
    }

    /** The last pointer of references that refer to each other: to what is none. */
    private String last(JsonNode reference) {
        String pointer = reference.asString("");
        Set<String> seen = new HashSet<>();
        for (JsonNode next = target(pointer).get("$ref");
                next != null;
                next = target(pointer).get("$ref")) {
            if (!seen.add(pointer)) {
                throw refused("$ref " + pointer + " refers to itself");
            }
            pointer = next.asString("");
        }
        return pointer;
    }

    private JsonNode target(String pointer) {
        if (pointer.equals("#")) {
            return root;
        }
        if (!pointer.startsWith("#/")) {
            throw refused("$ref " + excerpt(pointer)
                    + " refers to something outside of the schema: put it into $defs, and refer to #/$defs/…");
        }
        JsonNode at = root;
        for (String part : pointer.substring(2).split("/", -1)) {
            String key = part.replace("%25", "%").replace("~1", "/").replace("~0", "~");
            at = at.isArray() && key.matches("\\d{1,6}") ? at.path(Integer.parseInt(key)) : at.path(key);
        }
        if (at.isMissingNode()) {
            throw refused("$ref " + excerpt(pointer) + " refers to nothing");
        }
        return at;
    }

    private String typed(JsonNode schema) {
        JsonNode type = schema.get("type");
        if (type == null) {
            return of(implied(schema), schema);
        }
        if (type.isString()) {
            return of(type.stringValue(), schema);
        }
        if (!type.isArray() || type.isEmpty()) {
            throw refused("type must be the name of a type or a list of such");
        }
        return rules.add(
                type.valueStream().map(one -> of(one.asString(""), schema)).collect(Collectors.joining(" | ")));
    }

    private static String implied(JsonNode schema) {
        if (schema.has("properties") || schema.has("required") || schema.has("additionalProperties")) {
            return "object";
        }
        if (schema.has("items") || schema.has("prefixItems") || schema.has("minItems") || schema.has("maxItems")) {
            return "array";
        }
        boolean text = schema.has("pattern") || schema.has("minLength") || schema.has("maxLength");
        return text ? "string" : schema.has("minimum") || schema.has("maximum") ? "number" : "value";
    }

    private String of(String type, JsonNode schema) {
        return switch (type) {
            case "object" -> object(schema);
            case "array" -> array(schema);
            case "string" -> string(schema);
            case "integer" -> integer(schema);
            case "number" -> number(schema);
            case "boolean", "null", "value" -> rules.known(type);
            default -> throw refused("there is no type " + excerpt(type));
        };
    }

    private String object(JsonNode schema) {
        Map<String, JsonNode> properties = new LinkedHashMap<>();
        JsonNode declared = schema.path("properties");
        if (!declared.isMissingNode() && !declared.isObject()) {
            throw refused("properties must be an object");
        }
        declared.properties().forEach(entry -> properties.put(entry.getKey(), entry.getValue()));
        Set<String> required = new HashSet<>();
        schema.path("required").forEach(name -> required.add(name.asString("")));
        JsonNode others = schema.get("additionalProperties");
        boolean open = others == null ? properties.isEmpty() : !others.isBoolean() || others.booleanValue();
        for (String name : required) {
            if (!properties.containsKey(name)) {
                // Declared nowhere: anything may be there, unless others are of a kind.
                properties.put(
                        name,
                        others != null && others.isObject() ? others : JsonNodeFactory.instance.booleanNode(true));
            }
        }
        if (properties.isEmpty() && open && (others == null || others.isBoolean())) {
            return rules.known(GrammarRules.OBJECT);
        }
        rules.known(GrammarRules.SPACE);
        String first = "\"\"";
        String next = "\"\"";
        if (open) {
            String other = others != null && others.isObject() ? value(others) : rules.known(GrammarRules.VALUE);
            String member = rules.add(rules.known(GrammarRules.STRING) + " ws \":\" ws " + other);
            next = rules.add("(ws \",\" ws " + member + ")*");
            first = rules.add("(" + member + " " + next + ")?");
        }
        // From the last property to the first: what may follow one that is there, and what may follow none.
        List<Map.Entry<String, JsonNode>> entries = new ArrayList<>(properties.entrySet());
        for (int i = entries.size() - 1; i >= 0; i--) {
            Map.Entry<String, JsonNode> property = entries.get(i);
            String member = rules.add(literal(JsonNodeFactory.instance.stringNode(property.getKey())) + " ws \":\" ws "
                    + value(property.getValue()));
            boolean needed = required.contains(property.getKey());
            String after = " ws \",\" ws " + member + " " + next;
            String begin = member + " " + next;
            first = rules.add(needed ? begin : begin + " | " + first);
            next = rules.add(needed ? after : after + " | " + next);
        }
        return rules.add("\"{\" ws " + first + " ws \"}\"");
    }

    private String array(JsonNode schema) {
        rules.known(GrammarRules.SPACE);
        List<String> before = new ArrayList<>();
        JsonNode prefix = schema.path("prefixItems");
        JsonNode items = schema.get("items");
        if (items != null && items.isArray()) {
            prefix = items;
            items = schema.get("additionalItems");
        }
        prefix.forEach(item -> before.add(value(item)));
        boolean none = items != null && items.isBoolean() && !items.booleanValue();
        int least = count(schema, "minItems", 0);
        int most = count(schema, "maxItems", Integer.MAX_VALUE);
        if (most < least) {
            throw refused("maxItems is less than minItems");
        }
        String item = none ? "" : items == null ? rules.known(GrammarRules.VALUE) : value(items);
        if (none && least > before.size()) {
            throw refused("minItems is more than the list can have");
        }
        String body = "";
        if (!none && most > before.size()) {
            int from = Math.max(0, least - before.size());
            int to = most == Integer.MAX_VALUE ? most : most - before.size();
            body = before.isEmpty() ? list(item, from, to) : "(ws \",\" ws " + item + ")" + times(from, to);
        }
        // Leading items may be left out from the end where the list may be shorter.
        for (int i = Math.min(before.size(), most) - 1; i >= 0; i--) {
            String part = (i == 0 ? "" : "ws \",\" ws ") + before.get(i) + " " + body;
            body = rules.add(i < least ? part : "(" + part + ")?");
        }
        return rules.add("\"[\" ws " + body + " ws \"]\"");
    }

    private String list(String item, int least, int most) {
        if (most == 0) {
            return "";
        }
        String more = "(ws \",\" ws " + item + ")"
                + times(Math.max(0, least - 1), most == Integer.MAX_VALUE ? most : most - 1);
        return least == 0 ? "(" + item + " " + more + ")?" : item + " " + more;
    }

    private static String times(int least, int most) {
        int from = Math.min(least, MOST_COUNTED);
        return most > MOST_COUNTED ? "{" + from + ",}" : "{" + from + "," + most + "}";
    }

    private int count(JsonNode schema, String keyword, int usual) {
        JsonNode value = schema.get(keyword);
        if (value == null) {
            return usual;
        }
        if (!value.isNumber() || value.decimalValue().signum() < 0) {
            throw refused(keyword + " must be a number that is not negative");
        }
        return value.decimalValue().min(BigDecimal.valueOf(Integer.MAX_VALUE)).intValue();
    }

    private String string(JsonNode schema) {
        if (schema.has("pattern")) {
            Optional<String> body = PatternGrammar.of(schema.get("pattern").asString(""), rules);
            if (body.isPresent()) {
                return rules.add("\"\\\"\" " + body.get() + " \"\\\"\"");
            }
        }
        String format = schema.path("format").asString("");
        if (Set.of("date", "time", "date-time", "uuid").contains(format)) {
            return rules.add("\"\\\"\" " + rules.known(format) + " \"\\\"\"");
        }
        int least = count(schema, "minLength", 0);
        int most = count(schema, "maxLength", Integer.MAX_VALUE);
        if (most < least) {
            throw refused("maxLength is less than minLength");
        }
        if (least == 0 && most == Integer.MAX_VALUE) {
            return rules.known(GrammarRules.STRING);
        }
        return rules.add("\"\\\"\" " + rules.known(GrammarRules.CHARACTER) + times(least, most) + " \"\\\"\"");
    }

    private String integer(JsonNode schema) {
        BigInteger low = bound(schema, "minimum", "exclusiveMinimum", 1);
        BigInteger high = bound(schema, "maximum", "exclusiveMaximum", -1);
        if (low == null && high == null) {
            return rules.known("integer");
        }
        if (low != null && high != null && low.compareTo(high) > 0) {
            throw refused("its minimum is above its maximum");
        }
        return rules.add(IntegerGrammar.between(low, high));
    }

    private static @Nullable BigInteger bound(JsonNode schema, String keyword, String exclusive, int step) {
        BigInteger bound = null;
        for (String name : new String[] {keyword, exclusive}) {
            JsonNode value = schema.get(name);
            if (value == null || !value.isNumber() || value.decimalValue().precision() > 40) {
                continue;
            }
            BigDecimal limit = value.decimalValue();
            BigInteger whole = limit.setScale(0, step > 0 ? RoundingMode.CEILING : RoundingMode.FLOOR)
                    .toBigInteger();
            if (name.equals(exclusive) && new BigDecimal(whole).compareTo(limit) == 0) {
                whole = whole.add(BigInteger.valueOf(step));
            }
            bound = bound == null ? whole : step > 0 ? bound.max(whole) : bound.min(whole);
        }
        return bound;
    }

    private String number(JsonNode schema) {
        JsonNode low = schema.has("minimum") ? schema.get("minimum") : schema.path("exclusiveMinimum");
        boolean positive = low.isNumber() && low.decimalValue().signum() >= 0;
        return positive ? rules.add(GrammarRules.NOT_NEGATIVE) : rules.known("number");
    }

    private static String literal(JsonNode value) {
        return GrammarRules.literal(StrictJson.write(value));
    }

    private static String excerpt(Object value) {
        return Excerpt.of(value.toString().replaceAll("\\s+", " "), 60);
    }

    private static UsageException refused(String why) {
        return new UsageException("the JSON schema cannot be used: " + why);
    }
}
