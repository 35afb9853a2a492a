package org.espalier.structure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.espalier.model.Answer;
import org.espalier.model.AnswerReader;
import org.espalier.model.Internal;
import org.espalier.model.ReplyForm;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Replies that call tools, or may: text, and behind it calls as Hermes and Qwen write them,
 * <code>&lt;tool_call&gt;{"name": …, "arguments": …}&lt;/tool_call&gt;</code>. Arguments are drawn by the schema of their tool and
 * checked by it. Replies that call the same tools with the same arguments vote together; without calls they vote by their
 * answers.
 */
@Internal
public final class ToolForm implements ReplyForm {
    private static final String OPEN = "<tool_call>";
    private static final String CLOSE = "</tool_call>";
    private static final int MOST_CALLS = 16;
    private static final String NAME = "[A-Za-z0-9_.:-]{1,128}";

    /**
     * A tool that may be called.
     *
     * @param parameters schema of its arguments as JSON's text; null for any object
     */
    public record Tool(String name, @Nullable String parameters) {}

    /** @param arguments as JSON's text */
    public record Call(String name, String arguments) {}

    /** Whether tools must be called. */
    public enum Choice {
        /** As the policy likes. */
        AUTO,
        /** At least one. */
        REQUIRED
    }

    private final Map<String, SchemaCheck> checks = new LinkedHashMap<>();
    private final Choice choice;
    private final String grammar;

    private ToolForm(List<Tool> tools, Choice choice, boolean parallel) {
        this.choice = choice;
        GrammarRules rules = new GrammarRules();
        List<String> bodies = new ArrayList<>();
        for (Tool tool : tools) {
            if (!tool.name().matches(NAME)) {
                throw new UsageException("a tool's name must be of letters, digits, _, -, . and : alone");
            }
            String parameters = Objects.requireNonNullElse(tool.parameters(), "{\"type\":\"object\"}");
            JsonNode schema = StrictJson.require(parameters, "the schema of the tool " + tool.name());
            if (checks.put(tool.name(), new SchemaCheck(schema)) != null) {
                throw new UsageException("there are two tools named " + tool.name());
            }
            bodies.add(GrammarRules.literal("{\"name\": \"" + tool.name() + "\", \"arguments\": ") + " "
                    + new SchemaGrammar(schema, rules).rule() + " \"}\"");
        }
        String rest = rules.add("\"\\n\" (" + String.join(" | ", bodies) + ") \"\\n" + CLOSE + "\"");
        String more = parallel ? " (\"\\n" + OPEN + "\" " + rest + "){0," + (MOST_CALLS - 1) + "}" : "";
        String calls = rules.add(rest + more);
        grammar = rules.write(choice == Choice.REQUIRED ? "\"" + OPEN + "\" " + calls : textBefore(calls, rules));
    }

    /**
     * The form of replies that may call tools.
     *
     * @param tools one or more
     * @param parallel whether a reply may have several calls
     * @throws UsageException if a schema cannot be used, or names are wrong
     */
    public static ToolForm of(List<Tool> tools, Choice choice, boolean parallel) {
        return new ToolForm(tools, choice, parallel);
    }

    /** Any text that ends before a call begins, or goes on with the calls: a rule for each part of the mark that is there. */
    private static String textBefore(String calls, GrammarRules rules) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < OPEN.length(); i++) {
            names.add(rules.reserve());
        }
        for (int i = 0; i < OPEN.length(); i++) {
            char expected = OPEN.charAt(i);
            String on = i + 1 < OPEN.length() ? names.get(i + 1) : calls;
            String others = i == 0
                    ? "[^<] " + names.get(0)
                    : "\"<\" " + names.get(1) + " | [^<" + expected + "] " + names.get(0);
            rules.define(names.get(i), "\"\" | \"" + expected + "\" " + on + " | " + others);
        }
        return names.get(0);
    }

    @Override
    public String grammar() {
        return grammar;
    }

    @Override
    public Optional<Answer> read(String reply) {
        if (!reply.contains(OPEN)) {
            return Optional.empty();
        }
        Optional<List<Call>> calls = checked(reply);
        return calls.map(list -> {
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            for (Call call : list) {
                ObjectNode one = all.addObject().put("name", call.name());
                one.set("arguments", StrictJson.read(call.arguments()).orElseThrow());
            }
            return new Answer(StrictJson.write(all), "calls " + StrictJson.canonical(all), true);
        });
    }

    /** Text without calls says what it says without this form. */
    @Override
    public AnswerReader over(AnswerReader free) {
        return reply -> choice == Choice.REQUIRED || reply.contains(OPEN) ? read(reply) : free.read(reply);
    }

    /** The calls of a reply, if all of them are of their schemas; none if it has none. */
    public List<Call> calls(String reply) {
        return checked(reply).orElse(List.of());
    }

    /** Calls that are whole stand, however many more were being written. */
    @Override
    public boolean standsCut(String reply) {
        return !calls(reply).isEmpty();
    }

    /** What a reply says beside its calls. */
    public static String said(String reply) {
        int at = reply.indexOf(OPEN);
        return at < 0 ? reply : reply.substring(0, at).strip();
    }

    private Optional<List<Call>> checked(String reply) {
        List<Call> calls = new ArrayList<>();
        int at = reply.indexOf(OPEN);
        while (at >= 0) {
            int end = reply.indexOf(CLOSE, at);
            if (end < 0) {
                // A limit has cut it off. Those before are whole.
                return calls.isEmpty() ? Optional.empty() : Optional.of(calls);
            }
            JsonNode call =
                    StrictJson.read(reply.substring(at + OPEN.length(), end)).orElse(null);
            String name = call == null ? "" : call.path("name").asString("");
            SchemaCheck check = checks.get(name);
            JsonNode arguments = call == null ? null : call.get("arguments");
            if (check == null || arguments == null || check.fault(arguments).isPresent()) {
                return Optional.empty();
            }
            calls.add(new Call(name, StrictJson.write(arguments)));
            at = reply.indexOf(OPEN, end);
        }
        return Optional.of(calls);
    }

    /** A call is written whole; text has steps, and may come without a call. */
    @Override
    public boolean isWhole() {
        return choice == Choice.REQUIRED;
    }

    @Override
    public boolean allowsOthers() {
        return choice == Choice.AUTO;
    }

    @Override
    public Optional<Merged> merge(List<Voter> voters) {
        return Optional.empty();
    }
}
