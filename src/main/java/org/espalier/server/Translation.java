package org.espalier.server;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A request of another protocol, put into the words of {@code /v1/chat/completions}. What it does not move stays where it is. */
final class Translation {
    private final ObjectNode chat;
    /** What the client calls a field of the chat. */
    private final Map<String, String> names = new LinkedHashMap<>();

    Translation(ObjectNode body) {
        chat = body.deepCopy();
    }

    /** The request in the chat's words. */
    ObjectNode chat() {
        return chat;
    }

    /** Takes a field out, by which the other protocol means something of its own; null if it is absent or null. */
    @Nullable
    JsonNode take(String name) {
        JsonNode value = chat.remove(name);
        return value == null || value.isNull() ? null : value;
    }

    /** Gives a field its name in the chat. */
    void move(String name, String inChat) {
        JsonNode value = take(name);
        if (value != null) {
            put(inChat, value, name);
        }
    }

    /** Sets a field of the chat that the client has under another name. */
    void put(String inChat, JsonNode value, String name) {
        chat.set(inChat, value);
        names.put(inChat, name);
    }

    /** Begins the chat's messages, which the client has under another name. */
    ArrayNode messages(String name) {
        names.put("messages", name);
        return chat.putArray("messages");
    }

    /**
     * Puts the client's tools into the chat.
     *
     * @param what the protocol calls them, for errors
     * @param isOwn whether the client runs a tool itself
     * @param describe puts a tool's fields into a function of the chat
     * @return whether there are any
     * @throws ApiException if they cannot be, or one would be run elsewhere
     */
    boolean tools(String what, Predicate<JsonNode> isOwn, BiConsumer<JsonNode, ObjectNode> describe) {
        JsonNode tools = take("tools");
        if (tools != null && !tools.isArray()) {
            throw Parts.wrong("tools", "an array of " + what);
        }
        if (tools == null || tools.isEmpty()) {
            return false;
        }
        ArrayNode functions = Json.MAPPER.createArrayNode();
        for (int i = 0; i < tools.size(); i++) {
            if (!isOwn.test(tools.get(i))) {
                String where = "tools[" + i + "].type";
                throw ApiException.unsupported(
                        where, "'" + where + "' is not supported: only " + what + " of the client's own are called");
            }
            ObjectNode tool = functions.addObject().put("type", "function");
            describe.accept(tools.get(i), tool.putObject("function"));
        }
        put("tools", functions, "tools");
        return true;
    }

    /** The chat's choice of one tool. */
    static ObjectNode choiceOf(JsonNode name) {
        ObjectNode choice = Json.MAPPER.createObjectNode().put("type", "function");
        choice.putObject("function").set("name", name);
        return choice;
    }

    /** The chat's form of a reply that is of a schema. */
    static ObjectNode schema(String name, JsonNode schema) {
        ObjectNode format = Json.MAPPER.createObjectNode().put("type", "json_schema");
        format.putObject("json_schema").put("name", name).put("strict", true).set("schema", schema);
        return format;
    }

    /** Whether a stream tells people how the search goes, unless the request's own object says so already. */
    void showProgress(boolean shown) {
        JsonNode own = chat.get("espalier");
        if (own == null || own.isNull()) {
            chat.putObject("espalier").put("progress", shown);
        } else if (own instanceof ObjectNode object && !object.has("progress")) {
            object.put("progress", shown);
        }
    }

    /** What a request's fields are called by its client. */
    SolveRequest named(SolveRequest request) {
        return request.withIgnored(request.ignored().stream()
                .map(name -> names.getOrDefault(name, name))
                .toList());
    }

    /** Does something with the chat, and says what is wrong with it in the client's words. */
    <T> T read(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (ApiException e) {
            throw e.renamed(names);
        }
    }
}
