package org.espalier.structure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.espalier.model.ReplyForm.Field;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Votes over documents part by part, from the outside in: of what kind a value is, which keys an object has and how long a
 * list is, and then what each of them holds. Only documents that agree with what was decided about a part vote on what is
 * within it: where three say that there is an address and two that there is none, the three alone say which.
 *
 * <ul>
 *   <li>A number, a text, a truth value: the value with the greatest weight.
 *   <li>An object: each key that those have who hold more than half of the weight, in the order of the first that has it.
 *   <li>A list: the length with the greatest weight, then item by item among the lists of this length.
 * </ul>
 *
 * Ties go to what was seen first. The result may be a document that nobody wrote; whoever calls this checks it.
 */
final class FieldVote {
    private record Opinion(JsonNode value, double weight) {}

    /** What was decided, and how much agrees: the parts that hold no others, in the document's order. */
    record Result(JsonNode document, List<Field> fields) {}

    private final List<Field> fields = new ArrayList<>();

    private FieldVote() {}

    /**
     * @param documents one or more
     * @param weights one each, 0 or more; where all are 0 each document counts the same
     */
    static Result of(List<JsonNode> documents, List<Double> weights) {
        boolean equal = weights.stream().allMatch(weight -> weight <= 0);
        List<Opinion> opinions = new ArrayList<>();
        for (int i = 0; i < documents.size(); i++) {
            opinions.add(new Opinion(documents.get(i), equal ? 1 : weights.get(i)));
        }
        FieldVote vote = new FieldVote();
        return new Result(vote.decide("$", opinions), List.copyOf(vote.fields));
    }

    private JsonNode decide(String path, List<Opinion> opinions) {
        List<Opinion> kind = heaviest(opinions, FieldVote::kind);
        JsonNode first = kind.get(0).value;
        if (first.isObject() && !first.isEmpty()) {
            return object(path, kind);
        }
        if (first.isArray() && !first.isEmpty()) {
            return list(path, kind, opinions);
        }
        List<Opinion> winners = heaviest(kind, opinion -> StrictJson.canonical(opinion.value));
        JsonNode value = winners.get(0).value;
        fields.add(new Field(path, StrictJson.write(value), weight(winners) / weight(opinions)));
        return value;
    }

    /** Empty objects and lists are of kinds of their own: they have nothing to decide about. */
    private static String kind(Opinion opinion) {
        JsonNode value = opinion.value;
        boolean empty = value.isContainer() && value.isEmpty();
        return (value.isObject() ? "object" : value.isArray() ? "list" : "value") + (empty ? " empty" : "");
    }

    private JsonNode object(String path, List<Opinion> opinions) {
        Map<String, List<Opinion>> members = new LinkedHashMap<>();
        for (Opinion opinion : opinions) {
            opinion.value
                    .properties()
                    .forEach(entry -> members.computeIfAbsent(entry.getKey(), key -> new ArrayList<>())
                            .add(new Opinion(entry.getValue(), opinion.weight)));
        }
        double all = weight(opinions);
        ObjectNode decided = JsonNodeFactory.instance.objectNode();
        members.forEach((key, having) -> {
            String inner = path + (key.matches("[A-Za-z_][A-Za-z0-9_]*") ? "." + key : "[\"" + key + "\"]");
            double share = weight(having) / all;
            if (share > 0.5) {
                decided.set(key, decide(inner, having));
            } else {
                fields.add(new Field(inner, null, 1 - share));
            }
        });
        return decided;
    }

    private JsonNode list(String path, List<Opinion> lists, List<Opinion> all) {
        List<Opinion> same = heaviest(lists, opinion -> String.valueOf(opinion.value.size()));
        ArrayNode decided = JsonNodeFactory.instance.arrayNode();
        int length = same.get(0).value.size();
        fields.add(new Field(path + ".length", String.valueOf(length), weight(same) / weight(all)));
        for (int i = 0; i < length; i++) {
            int index = i;
            decided.add(decide(
                    path + "[" + i + "]",
                    same.stream()
                            .map(opinion -> new Opinion(opinion.value.get(index), opinion.weight))
                            .toList()));
        }
        return decided;
    }

    private static List<Opinion> heaviest(List<Opinion> opinions, Function<Opinion, String> group) {
        Map<String, List<Opinion>> groups = new LinkedHashMap<>();
        for (Opinion opinion : opinions) {
            groups.computeIfAbsent(group.apply(opinion), key -> new ArrayList<>())
                    .add(opinion);
        }
        // Of equals the first.
        return groups.values().stream()
                .max(Comparator.comparingDouble(FieldVote::weight))
                .orElseThrow();
    }

    private static double weight(List<Opinion> opinions) {
        return opinions.stream().mapToDouble(Opinion::weight).sum();
    }
}
