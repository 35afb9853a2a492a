package org.espalier.server;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a response of {@code /v1/responses} was asked, as {@code /v1/responses/ID/input_items} lists it. */
final class InputItems {
    private static final int USUALLY_LISTED = 20;
    private static final int MOST_LISTED = 100;

    private InputItems() {}

    /**
     * The items of a request's input, each with an id, its type and its parts.
     *
     * @param input a text of the user's, or items
     */
    static List<ObjectNode> of(JsonNode input) {
        if (!input.isArray()) {
            ObjectNode turn = Json.MAPPER.createObjectNode().put("role", "user");
            turn.set("content", input);
            return List.of(item(turn));
        }
        List<ObjectNode> items = new ArrayList<>();
        for (JsonNode one : input) {
            if (one instanceof ObjectNode given) {
                items.add(item(given));
            }
        }
        return items;
    }

    private static ObjectNode item(ObjectNode given) {
        String type = given.path("type").asString("message");
        ObjectNode item = Json.MAPPER.createObjectNode().put("type", type);
        item.put("id", given.path("id").isString() ? given.path("id").asString() : AnswerIds.next(prefix(type)));
        item.put("status", given.path("status").asString("completed"));
        given.properties().stream()
                .filter(field -> !item.has(field.getKey()))
                .forEach(field -> item.set(field.getKey(), field.getValue()));
        if (type.equals("message") && given.path("content").isString()) {
            boolean said = given.path("role").asString("").equals("assistant");
            ObjectNode part = Json.MAPPER
                    .createObjectNode()
                    .put("type", said ? "output_text" : "input_text")
                    .put("text", given.path("content").asString());
            if (said) {
                part.putArray("annotations");
            }
            item.putArray("content").add(part);
        }
        return item;
    }

    private static String prefix(String type) {
        return switch (type) {
            case "function_call" -> "fc_";
            case "function_call_output" -> "fco_";
            case "reasoning" -> "rs_";
            default -> "msg_";
        };
    }

    /**
     * A page of the list.
     *
     * @param items the earliest first
     * @param query {@code limit} (1 to 100, 20 usually), {@code order} ({@code desc} usually), {@code after} an item of that id,
     *     and {@code include}, which changes nothing
     * @throws ApiException if it asks for what there is not
     */
    static ObjectNode page(List<ObjectNode> items, Query query) {
        String order = query.get("order");
        if (order != null && !order.equals("asc") && !order.equals("desc")) {
            throw ApiException.invalid("order", "'order' must be asc or desc");
        }
        List<ObjectNode> all = new ArrayList<>(items);
        if (!"asc".equals(order)) {
            Collections.reverse(all);
        }
        int limit = query.limit(USUALLY_LISTED, MOST_LISTED);
        int begin = begin(all, query.get("after"));
        int end = Math.min(all.size(), begin + limit);
        ObjectNode page = Json.MAPPER.createObjectNode().put("object", "list");
        ArrayNode data = page.putArray("data");
        all.subList(begin, end).forEach(data::add);
        page.set("first_id", data.path(0).get("id"));
        page.set("last_id", data.path(data.size() - 1).get("id"));
        return page.put("has_more", end < all.size());
    }

    private static int begin(List<ObjectNode> all, @Nullable String after) {
        if (after == null) {
            return 0;
        }
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).path("id").asString("").equals(after)) {
                return i + 1;
            }
        }
        throw ApiException.invalid("after", "'after' names no item of this response");
    }
}
