package org.espalier.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.espalier.model.Answer;
import org.espalier.model.Excerpt;
import org.espalier.model.Problem;
import org.espalier.model.UsageException;
import org.espalier.model.Verifier;
import org.espalier.model.Verifier.Candidate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The lines that are exchanged with a verifier's process, as {@code docs/verifiers.md} has them. Stateless. */
public final class VerifierProtocol {
    private static final int SHOWN = 80;
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private VerifierProtocol() {}

    /**
     * A question, with the end of its line.
     *
     * @param id that the answer may repeat
     * @param more questions that follow at once
     */
    static String question(Candidate candidate, long id, int more) {
        List<String> steps = candidate.steps();
        ObjectNode line = MAPPER.createObjectNode()
                .put("id", id)
                .put("more", more)
                .put("problem", candidate.problem().text());
        ArrayNode path = line.putArray("path");
        steps.subList(0, steps.size() - 1).forEach(path::add);
        line.put("candidate", candidate.step()).put("ended", candidate.ended());
        line.put(
                "answer",
                candidate.answer().filter(Answer::stated).map(Answer::text).orElse(null));
        return MAPPER.writeValueAsString(line) + "\n";
    }

    /**
     * What a verifier answers to a question, without the end of the line: the other side of the protocol.
     *
     * @throws UsageException if it is none
     */
    public static String answer(String question, Verifier verifier) {
        JsonNode asked;
        try {
            asked = MAPPER.readTree(question);
        } catch (JacksonException e) {
            asked = MAPPER.missingNode();
        }
        JsonNode problem = asked.path("problem");
        if (!problem.isString()
                || problem.asString().isBlank()
                || !asked.path("candidate").isString()) {
            throw new UsageException(
                    "this line is no question to a verifier, which has a problem, a path and a candidate: "
                            + Excerpt.within(question.strip(), SHOWN));
        }
        List<String> steps = new ArrayList<>();
        asked.path("path").forEach(step -> steps.add(step.asString("")));
        steps.add(asked.path("candidate").asString());
        Candidate candidate = new Candidate(
                Problem.of(problem.asString()), steps, asked.path("ended").asBoolean(false), text -> Optional.empty());
        ObjectNode answer = MAPPER.createObjectNode();
        answer.set("id", asked.path("id").isMissingNode() ? MAPPER.nullNode() : asked.path("id"));
        return MAPPER.writeValueAsString(answer.put("score", verifier.score(candidate)));
    }

    /**
     * The score in an answer: a number, true or false, or an object with one of these as its {@code score}.
     *
     * @param id of the question, which the answer must not contradict
     * @return empty if it is none in 0..1
     */
    static OptionalDouble score(String line, long id) {
        JsonNode answer;
        try {
            answer = MAPPER.readTree(line);
        } catch (JacksonException e) {
            return OptionalDouble.empty();
        }
        if (answer.isObject()) {
            if (answer.hasNonNull("id")
                    && (!answer.get("id").isIntegralNumber() || answer.get("id").asLong() != id)) {
                return OptionalDouble.empty();
            }
            answer = answer.path("score");
        }
        if (answer.isBoolean()) {
            return OptionalDouble.of(answer.asBoolean() ? 1 : 0);
        }
        double score = answer.isNumber() ? answer.asDouble() : Double.NaN;
        return score >= 0 && score <= 1 ? OptionalDouble.of(score) : OptionalDouble.empty();
    }
}
