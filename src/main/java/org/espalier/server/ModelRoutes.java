package org.espalier.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.function.IntSupplier;
import org.espalier.wire.SearchOutcome.Model;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers what is asked about the models that are there, in OpenAI's words and in Ollama's. */
final class ModelRoutes {
    static final String PATH = "/v1/models";

    /** Of Ollama's API that is followed here; clients look at it for what they may ask. */
    private static final String OLLAMA_VERSION = "0.12.11";

    private final Backend backend;
    private final IntSupplier maxN;
    private final long created = System.currentTimeMillis() / 1000;

    /** @param maxN most completions of one search */
    ModelRoutes(Backend backend, IntSupplier maxN) {
        this.backend = backend;
        this.maxN = maxN;
    }

    /** What clients call the policy. */
    String policy() {
        return policy(backend.models());
    }

    private static String policy(List<Model> models) {
        return models.stream()
                .findFirst()
                .map(model -> ModelName.of(model.name()))
                .orElse(ModelName.DEFAULT);
    }

    void list(HttpExchange exchange, String path, Reply reply) throws IOException {
        ObjectNode list = Json.MAPPER.createObjectNode().put("object", "list");
        List<Model> here = backend.models();
        JsonNode models = Json.MAPPER.valueToTree(here);
        ArrayNode data = list.putArray("data");
        ModelName.listed(policy(here)).forEach(id -> data.add(describe(id, models)));
        // Anthropic's clients read these.
        list.put("has_more", false)
                .put("first_id", data.get(0).path("id").asString())
                .put("last_id", data.get(data.size() - 1).path("id").asString());
        reply.json(200, list);
    }

    void one(HttpExchange exchange, String path, Reply reply) throws IOException {
        ModelName name = ModelName.parse(path.substring(PATH.length() + 1), this::policy, maxN.getAsInt());
        reply.json(200, describe(name.id(), Json.MAPPER.valueToTree(backend.models())));
    }

    private ObjectNode describe(String id, JsonNode models) {
        ObjectNode model = Json.MAPPER
                .createObjectNode()
                .put("id", id)
                .put("object", "model")
                .put("type", "model")
                .put("created", created)
                .put("created_at", Instant.ofEpochSecond(created).toString())
                .put("display_name", id)
                .put("owned_by", "espalier");
        model.putObject("espalier").set("models", models);
        return model;
    }

    void version(HttpExchange exchange, String path, Reply reply) throws IOException {
        reply.json(200, Json.MAPPER.createObjectNode().put("version", OLLAMA_VERSION));
    }

    void tags(HttpExchange exchange, String path, Reply reply) throws IOException {
        List<Model> here = backend.models();
        ObjectNode list = Json.MAPPER.createObjectNode();
        ArrayNode models = list.putArray("models");
        for (String id : ModelName.listed(policy(here))) {
            ObjectNode model = models.addObject()
                    .put("name", id)
                    .put("model", id)
                    .put("modified_at", Instant.ofEpochSecond(created).toString())
                    .put("size", 0)
                    .put("digest", here.isEmpty() ? null : here.get(0).sha256());
            model.set("details", details());
        }
        reply.json(200, list);
    }

    void show(HttpExchange exchange, String path, Reply reply) throws IOException {
        JsonFields fields = new JsonFields("", Json.object(Body.read(exchange)));
        String model = fields.text("model");
        String older = fields.text("name");
        @Nullable String asked = model == null ? older : model;
        if (asked == null) {
            throw ApiException.invalid("model", "'model' is missing: give one of /api/tags");
        }
        ModelName.parse(asked, this::policy, maxN.getAsInt());
        ObjectNode shown = Json.MAPPER
                .createObjectNode()
                .put("modelfile", "")
                .put("parameters", "")
                .put("template", "")
                .put("modified_at", Instant.ofEpochSecond(created).toString());
        shown.set("details", details());
        shown.putObject("model_info")
                .put("general.architecture", "espalier")
                .put("general.basename", policy())
                .put("espalier.context_length", backend.contextTokens());
        shown.putArray("capabilities").add("completion");
        reply.json(200, shown);
    }

    private static ObjectNode details() {
        ObjectNode details = Json.MAPPER
                .createObjectNode()
                .put("parent_model", "")
                .put("format", "gguf")
                .put("family", "espalier")
                .put("parameter_size", "")
                .put("quantization_level", "");
        details.putArray("families").add("espalier");
        return details;
    }
}
