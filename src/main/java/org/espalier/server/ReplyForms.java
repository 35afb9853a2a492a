package org.espalier.server;

import java.util.ArrayList;
import java.util.List;
import org.espalier.model.ReplyForm;
import org.espalier.model.UsageException;
import org.espalier.structure.GrammarForm;
import org.espalier.structure.JsonForm;
import org.espalier.structure.ToolForm;
import org.espalier.structure.ToolForm.Tool;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads what form a request wants of the reply: OpenAI's {@code response_format}, {@code tools} and {@code tool_choice},
 * llama.cpp's {@code grammar} and {@code json_schema}, vLLM's {@code guided_json}, {@code guided_grammar} and {@code
 * guided_choice}.
 *
 * @param form null for free text
 * @param tools for the chat template; empty if none may be called
 */
record ReplyForms(@Nullable ReplyForm form, List<?> tools) {
    private static final int MOST_TOOLS = 128;

    /**
     * Reads all of them.
     *
     * @param mayCall whether there is a place for calls; otherwise fields of tools are left unread
     * @throws ApiException if a field of these is wrong, or two of them contradict each other
     */
    static ReplyForms read(JsonFields body, boolean mayCall) {
        String given = null;
        ReplyForm form = null;
        for (String name : List.of(
                "response_format", "grammar", "json_schema", "guided_json", "guided_grammar", "guided_choice")) {
            JsonNode value = body.get(name);
            if (value == null || (value.isString() && value.asString().isEmpty())) {
                continue;
            }
            ReplyForm one = made(name, () -> form(body, name, value));
            if (one != null && form != null) {
                throw ApiException.invalid(
                        name, "'" + name + "' and '" + given + "' both say how the reply must look: give one of them");
            }
            given = one == null ? given : name;
            form = one == null ? form : one;
        }
        ReplyForms tools = mayCall ? tools(body) : new ReplyForms(null, List.of());
        if (tools.form != null && form != null) {
            throw ApiException.invalid(
                    given,
                    "'" + given + "' and 'tools' both say how the reply must look: give one of them, or"
                            + " 'tool_choice': \"none\"");
        }
        return form == null ? tools : new ReplyForms(form, tools.tools);
    }

    /** The same with a form, where there is none and no tools. */
    ReplyForms orElse(@Nullable ReplyForm other) {
        return form == null && tools.isEmpty() ? new ReplyForms(other, tools) : this;
    }

    private interface Maker {
        @Nullable
        ReplyForm make();
    }

    private static @Nullable ReplyForm made(String name, Maker maker) {
        try {
            return maker.make();
        } catch (UsageException e) {
            throw ApiException.invalid(name, "'" + name + "': " + e.getMessage());
        }
    }

    private static @Nullable ReplyForm form(JsonFields body, String name, JsonNode value) {
        return switch (name) {
            case "response_format" -> format(body, value);
            case "json_schema", "guided_json" -> JsonForm.of(value.isString() ? value.asString() : value.toString());
            case "guided_choice" -> {
                if (!value.isArray() || value.isEmpty() || !value.valueStream().allMatch(JsonNode::isString)) {
                    throw body.wrong(name, "an array of texts, one of which is the reply");
                }
                yield GrammarForm.ofChoices(
                        value.valueStream().map(JsonNode::asString).toList());
            }
            default -> {
                if (!value.isString()) {
                    throw body.wrong(name, "a grammar (GBNF) as a text");
                }
                yield GrammarForm.of(value.asString());
            }
        };
    }

    private static @Nullable ReplyForm format(JsonFields body, JsonNode format) {
        String type = format.path("type").asString("");
        return switch (type) {
            case "text" -> null;
            case "json_object" ->
                format.has("schema") ? JsonForm.of(format.get("schema").toString()) : JsonForm.anyObject();
            case "json_schema" -> {
                JsonNode schema = format.path("json_schema").path("schema");
                JsonNode flat = schema.isMissingNode() ? format.path("schema") : schema;
                if (flat.isMissingNode()) {
                    throw body.wrong(
                            "response_format",
                            "{\"type\": \"json_schema\", \"json_schema\": {\"name\": …, \"schema\": {…}}}");
                }
                yield JsonForm.of(flat.toString());
            }
            default -> throw body.wrong("response_format", "of type text, json_object or json_schema");
        };
    }

    private static ReplyForms tools(JsonFields body) {
        JsonNode given = body.get("tools");
        JsonNode wanted = body.get("tool_choice");
        Boolean parallel = body.flag("parallel_tool_calls");
        String choice = wanted == null ? "auto" : wanted.isString() ? wanted.asString() : "named";
        if (!List.of("none", "auto", "required", "any", "named").contains(choice)) {
            throw body.wrong(
                    "tool_choice", "none, auto, required, or {\"type\": \"function\", \"function\": {\"name\": …}}");
        }
        if (given == null || (given.isArray() && given.isEmpty())) {
            if (choice.equals("required") || choice.equals("any") || choice.equals("named")) {
                throw ApiException.invalid("tool_choice", "'tool_choice' wants a call, but there are no 'tools'");
            }
            return new ReplyForms(null, List.of());
        }
        List<Tool> tools = read(body, given);
        if (choice.equals("none")) {
            return new ReplyForms(null, List.of());
        }
        if (choice.equals("named") && wanted != null) {
            String name = wanted.path("function")
                    .path("name")
                    .asString(wanted.path("name").asString(""));
            List<Tool> named =
                    tools.stream().filter(tool -> tool.name().equals(name)).toList();
            if (named.isEmpty()) {
                throw ApiException.invalid("tool_choice", "'tool_choice' names a tool that is not among 'tools'");
            }
            tools = named;
        }
        List<Tool> callable = tools;
        ToolForm.Choice how = choice.equals("auto") ? ToolForm.Choice.AUTO : ToolForm.Choice.REQUIRED;
        ReplyForm form = made(
                "tools", () -> ToolForm.of(callable, how, !choice.equals("named") && !Boolean.FALSE.equals(parallel)));
        return new ReplyForms(form, Json.MAPPER.convertValue(given, List.class));
    }

    private static List<Tool> read(JsonFields body, JsonNode given) {
        if (!given.isArray() || given.size() > MOST_TOOLS) {
            throw body.wrong("tools", "an array of " + MOST_TOOLS + " tools at most");
        }
        List<Tool> tools = new ArrayList<>();
        for (JsonNode tool : given) {
            JsonNode function = tool.path("function");
            if (!function.path("name").isString()) {
                throw body.wrong(
                        "tools",
                        "an array of {\"type\": \"function\", \"function\": {\"name\": …, \"parameters\": {…}}}");
            }
            JsonNode parameters = function.get("parameters");
            boolean any = parameters == null || parameters.isNull() || parameters.isEmpty();
            tools.add(new Tool(function.path("name").asString(), any ? null : parameters.toString()));
        }
        return tools;
    }
}
