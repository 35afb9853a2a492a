package org.espalier.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.espalier.model.EspalierException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads an object that a server sent, and believes nothing of it: a field that is missing or of another kind is named. */
final class ReplyReader {
    private final JsonNode object;
    private final String path;

    private ReplyReader(JsonNode object, String path) {
        this.object = object;
        this.path = path;
    }

    /**
     * Of a whole answer.
     *
     * @throws EspalierException as all methods of this class, if the answer is not as it has to be
     */
    static ReplyReader of(JsonNode report) {
        if (!report.isObject()) {
            throw unreadable("the report", "an object");
        }
        return new ReplyReader(report, "");
    }

    private static EspalierException unreadable(String place, String expected) {
        return new EspalierException(
                "the server's answer cannot be read: %s has to be %s; is it an Espalier of this version?"
                        .formatted(place, expected));
    }

    private JsonNode field(String name, String expected, Function<JsonNode, Boolean> fits) {
        JsonNode value = object.path(name);
        if (!fits.apply(value)) {
            throw unreadable(path + name, expected);
        }
        return value;
    }

    /** A text of its own. */
    String text(String name) {
        return field(name, "a text", JsonNode::isString).asString();
    }

    /** Null where the field is null. */
    @Nullable
    String textOrNull(String name) {
        JsonNode value = field(name, "a text or null", each -> each.isString() || each.isNull());
        return value.isNull() ? null : value.asString();
    }

    boolean flag(String name) {
        return field(name, "true or false", JsonNode::isBoolean).asBoolean();
    }

    /** A whole number from 0 on. */
    int count(String name) {
        return field(name, "a whole number, 0 or more", each -> each.isInt() && each.asInt() >= 0)
                .asInt();
    }

    /** A large whole number from 0 on. */
    long amount(String name) {
        return field(
                        name,
                        "a whole number, 0 or more",
                        each -> each.isIntegralNumber() && each.canConvertToLong() && each.asLong() >= 0)
                .asLong();
    }

    /** A whole number of either sign. */
    long whole(String name) {
        return field(name, "a whole number", each -> each.isIntegralNumber() && each.canConvertToLong())
                .asLong();
    }

    double number(String name) {
        return field(name, "a number", ReplyReader::isFinite).asDouble();
    }

    /** Null where the field is null. */
    @Nullable
    Double numberOrNull(String name) {
        JsonNode value = field(name, "a number or null", each -> each.isNull() || isFinite(each));
        return value.isNull() ? null : Double.valueOf(value.asDouble());
    }

    List<Double> numbers(String name) {
        List<Double> numbers = new ArrayList<>();
        for (JsonNode each : field(name, "a list of numbers", JsonNode::isArray)) {
            if (!isFinite(each)) {
                throw unreadable(path + name, "a list of numbers");
            }
            numbers.add(each.asDouble());
        }
        return List.copyOf(numbers);
    }

    /** Large whole numbers are read as such, and one without an end as infinite. */
    private static boolean isFinite(JsonNode value) {
        return value.isNumber() && Double.isFinite(value.doubleValue());
    }

    boolean has(String name) {
        return object.has(name);
    }

    ReplyReader object(String name) {
        return new ReplyReader(field(name, "an object", JsonNode::isObject), path + name + ".");
    }

    List<ReplyReader> objects(String name) {
        List<ReplyReader> objects = new ArrayList<>();
        for (JsonNode each : field(name, "a list of objects", JsonNode::isArray)) {
            if (!each.isObject()) {
                throw unreadable(path + name, "a list of objects");
            }
            objects.add(new ReplyReader(each, path + name + "[" + objects.size() + "]."));
        }
        return List.copyOf(objects);
    }
}
