package org.espalier.server;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The responses that clients may go on from, the last ones of them, in memory alone. Safe from any thread. */
final class Responses {
    private static final int MOST = 1000;

    /** Characters of JSON, about. */
    private final long mostCharacters;

    /** The least recently used first. */
    private final Map<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);

    private long characters;

    /**
     * A response, and what led to it.
     *
     * @param turns of the chat up to it and with it
     * @param items of what it was asked, the earliest first
     */
    record Kept(ObjectNode response, List<JsonNode> turns, List<ObjectNode> items, long characters) {
        /** What it was asked, and what it says. */
        List<ObjectNode> conversation() {
            List<ObjectNode> all = new ArrayList<>(items);
            response.path("output").forEach(item -> all.add((ObjectNode) item));
            return all;
        }
    }

    /** @param mostCharacters of all together */
    Responses(long mostCharacters) {
        this.mostCharacters = mostCharacters;
    }

    /**
     * Keeps a response, and lets go of the oldest.
     *
     * @param turns of the chat up to its reply
     * @param items of what it was asked, with those of the responses that it follows
     */
    synchronized void keep(ObjectNode response, List<JsonNode> turns, List<ObjectNode> items) {
        List<JsonNode> all = new ArrayList<>(turns);
        all.addAll(replies(response));
        long size = response.toString().length()
                + Stream.concat(all.stream(), items.stream())
                        .mapToLong(turn -> turn.toString().length())
                        .sum();
        forget(response.path("id").asString());
        kept.put(response.path("id").asString(), new Kept(response, List.copyOf(all), List.copyOf(items), size));
        characters += size;
        Iterator<Kept> oldest = kept.values().iterator();
        while ((kept.size() > MOST || characters > mostCharacters) && oldest.hasNext()) {
            characters -= oldest.next().characters;
            oldest.remove();
        }
    }

    /** The turns that a response is, in a chat's words. */
    private static List<JsonNode> replies(ObjectNode response) {
        ObjectNode turn = Json.MAPPER.createObjectNode().put("role", "assistant");
        StringBuilder text = new StringBuilder();
        for (JsonNode item : response.path("output")) {
            switch (item.path("type").asString("")) {
                case "message" ->
                    item.path("content")
                            .forEach(part -> text.append(part.path("text").asString("")));
                case "function_call" -> {
                    ObjectNode call = turn.withArray("tool_calls").addObject();
                    call.set("id", item.path("call_id"));
                    ObjectNode function = call.put("type", "function").putObject("function");
                    function.set("name", item.path("name"));
                    function.set("arguments", item.path("arguments"));
                }
                default -> {}
            }
        }
        return List.of(turn.put("content", text.toString()));
    }

    /** The response of an id; empty if it is not kept. */
    synchronized Optional<Kept> find(String id) {
        return Optional.ofNullable(kept.get(id));
    }

    /** Returns false if it is not kept. */
    synchronized boolean forget(String id) {
        Kept gone = kept.remove(id);
        characters -= gone == null ? 0 : gone.characters;
        return gone != null;
    }
}
