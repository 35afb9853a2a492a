package org.espalier.grade;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The reference answers of the bundled data sets, with the solutions they come from. */
final class ReferenceAnswers {

    /** @param id the data set's own name of the problem, or its line number */
    record Reference(String id, String answer, String solution) {}

    private static final JsonMapper JSON = new JsonMapper();

    private ReferenceAnswers() {}

    static List<Reference> math500() {
        return lines("math500.jsonl").stream()
                .map(node -> new Reference(
                        node.get("unique_id").asString(),
                        node.get("answer").asString(),
                        node.get("solution").asString()))
                .toList();
    }

    /** GSM8K keeps the answer behind {@code ####} at the end of the solution. */
    static List<Reference> gsm8k() {
        List<JsonNode> nodes = lines("gsm8k-test.jsonl");
        return IntStream.range(0, nodes.size())
                .mapToObj(i -> {
                    String solution = nodes.get(i).get("answer").asString();
                    String answer =
                            solution.substring(solution.lastIndexOf("####") + 4).strip();
                    return new Reference("line " + (i + 1), answer, solution);
                })
                .toList();
    }

    private static List<JsonNode> lines(String name) {
        var stream = Objects.requireNonNull(Answer.class.getResourceAsStream("/org/espalier/data/" + name), name);
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            return reader.lines().map(JSON::readTree).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
