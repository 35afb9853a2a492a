package org.espalier.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.espalier.model.Problem;
import org.espalier.search.ScoreAggregation;
import org.espalier.search.SolutionSteps;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Has the PRM read solutions that are there already: {@code /v1/score} step by step, {@code /v1/rerank} against each other. */
final class ScoreRoutes {
    private static final int MOST_SOLUTIONS = 256;
    private static final int MOST_STEPS = 512;

    private final ModelPool models;
    private final JudgeService judges;
    private final Supplier<ServerSettings> settings;
    private final @Nullable ModelLoading loading;

    /**
     * A solution's scores.
     *
     * @param steps each one's
     * @param whole of all of them, as a search puts them together
     */
    private record Scored(List<Double> steps, double whole) {}

    /** @param tokens that the PRM has read */
    private record Judged(List<Scored> solutions, long tokens) {}

    /** @param loading null if the models stay those they are */
    ScoreRoutes(
            ModelPool models, JudgeService judges, Supplier<ServerSettings> settings, @Nullable ModelLoading loading) {
        this.models = models;
        this.judges = judges;
        this.settings = settings;
        this.loading = loading;
    }

    /** Scores given steps. */
    void score(HttpExchange exchange, String path, Reply reply) throws IOException {
        JsonFields body = new JsonFields("", Json.object(Body.read(exchange)));
        String model = body.text("model");
        Problem problem = problem(body, "problem");
        String delimiter = body.text("delimiter");
        String between = delimiter == null || delimiter.isEmpty()
                ? settings.get().config().delimiter()
                : delimiter;
        JsonNode steps = body.get("steps");
        JsonNode given = body.get("solutions");
        if ((steps == null) == (given == null)) {
            throw ApiException.invalid(
                    "solutions", "give 'steps', the steps of one solution, or 'solutions', each a text or its steps");
        }
        List<List<String>> solutions = new ArrayList<>();
        if (steps != null) {
            solutions.add(steps(steps, "steps", between));
        } else {
            given = requireSome(given, "solutions");
            for (int i = 0; i < given.size(); i++) {
                solutions.add(steps(given.get(i), "solutions[" + i + "]", between));
            }
        }
        List<String> ignored = FieldRules.finish(body, settings.get().strict());
        Judged judged = judge(exchange, model, problem, solutions);
        List<Scored> scores = judged.solutions;
        ObjectNode answer = answer("score-", model, judged);
        ArrayNode data = answer.putArray("data");
        for (int i = 0; i < scores.size(); i++) {
            ObjectNode one = data.addObject().put("index", i).put("object", "score");
            one.set("scores", known(scores.get(i).steps));
            putScore(one, "score", scores.get(i).whole);
        }
        answer.putObject("espalier").set("ignored", Json.MAPPER.valueToTree(ignored));
        reply.json(200, answer);
    }

    /** Orders documents by how well they answer the query. */
    void rerank(HttpExchange exchange, String path, Reply reply) throws IOException {
        JsonFields body = new JsonFields("", Json.object(Body.read(exchange)));
        String model = body.text("model");
        Problem problem = problem(body, "query");
        JsonNode documents = requireSome(body.get("documents"), "documents");
        Integer top = body.integer("top_n", 1, Integer.MAX_VALUE);
        boolean returns = body.isSet("return_documents");
        List<String> texts = new ArrayList<>();
        List<List<String>> solutions = new ArrayList<>();
        String between = settings.get().config().delimiter();
        for (int i = 0; i < documents.size(); i++) {
            JsonNode document = documents.get(i);
            JsonNode text = document.isObject() ? document.path("text") : document;
            String where = "documents[" + i + "]";
            if (!text.isString() || text.asString().isBlank()) {
                throw Parts.wrong(where, "a text that is not empty, or an object with one");
            }
            texts.add(text.asString());
            solutions.add(steps(text, where, between));
        }
        List<String> ignored = FieldRules.finish(body, settings.get().strict());
        Judged judged = judge(exchange, model, problem, solutions);
        List<Double> scores = judged.solutions.stream().map(Scored::whole).toList();
        ObjectNode answer = answer("rerank-", model, judged);
        ArrayNode results = answer.putArray("results");
        IntStream.range(0, scores.size())
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> scores.get(i).isNaN())
                        .thenComparing(i -> -scores.get(i)))
                .limit(top == null ? scores.size() : top)
                .forEach(i -> {
                    ObjectNode result = results.addObject().put("index", i);
                    putScore(result, "relevance_score", scores.get(i));
                    if (returns) {
                        result.putObject("document").put("text", texts.get(i));
                    }
                });
        answer.putObject("espalier").set("ignored", Json.MAPPER.valueToTree(ignored));
        reply.json(200, answer);
    }

    /** @param asked model; null for the usual one */
    private ObjectNode answer(String idPrefix, @Nullable String asked, Judged judged) {
        ObjectNode answer = Json.MAPPER
                .createObjectNode()
                .put("id", AnswerIds.next(idPrefix))
                .put("object", "list")
                .put("model", asked == null ? models.shown(models.meant(null)) : asked);
        answer.putObject("usage").put("prompt_tokens", judged.tokens).put("total_tokens", judged.tokens);
        return answer;
    }

    private static Problem problem(JsonFields body, String name) {
        String text = body.text(name);
        if (text == null || text.isBlank()) {
            throw body.wrong(name, "a string that states the problem");
        }
        return Problem.of(text);
    }

    private static JsonNode requireSome(@Nullable JsonNode list, String name) {
        if (list == null || !list.isArray() || list.isEmpty() || list.size() > MOST_SOLUTIONS) {
            throw Parts.wrong(name, "an array of 1 to " + MOST_SOLUTIONS + " of them");
        }
        return list;
    }

    /** @param solution its text, or its steps */
    private static List<String> steps(JsonNode solution, String where, String delimiter) {
        List<String> steps = new ArrayList<>();
        if (solution.isString()) {
            steps.addAll(SolutionSteps.of(solution.asString(), delimiter));
        } else if (solution.isArray()) {
            for (JsonNode step : solution) {
                if (!step.isString()) {
                    throw Parts.wrong(where, "a text, or an array of texts, its steps");
                }
                steps.add(step.asString());
            }
        }
        if (steps.isEmpty() || steps.size() > MOST_STEPS || steps.stream().anyMatch(String::isBlank)) {
            throw Parts.wrong(where, "a text, or its 1 to " + MOST_STEPS + " steps, none of them empty");
        }
        return steps;
    }

    private Judged judge(HttpExchange exchange, @Nullable String model, Problem problem, List<List<String>> solutions)
            throws IOException {
        String address = AdmissionQueue.address(exchange);
        return ModelLoading.holding(loading, () -> judged(address, model, problem, solutions));
    }

    private Judged judged(String address, @Nullable String model, Problem problem, List<List<String>> solutions)
            throws IOException {
        ServerSettings now = settings.get();
        ScoreAggregation named = now.config().aggregation();
        JudgeService.Judged judged = judges.judge(
                address,
                models.meant(model),
                problem,
                solutions,
                now.budget(),
                now.config().delimiter());
        ScoreAggregation together = named == null ? judged.usual() : named;
        return new Judged(
                judged.steps().stream()
                        .map(steps -> new Scored(steps, together.of(steps)))
                        .toList(),
                judged.tokens());
    }

    private static ArrayNode known(List<Double> scores) {
        ArrayNode known = Json.MAPPER.createArrayNode();
        scores.forEach(score -> known.add(score.isNaN() ? null : score));
        return known;
    }

    private static void putScore(ObjectNode object, String name, double score) {
        object.put(name, Double.isNaN(score) ? null : Double.valueOf(score));
    }
}
