package org.espalier.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.espalier.wire.SearchOutcome.Model;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers what is asked about the models that are there, in OpenAI's words and in Ollama's. */
final class ModelRoutes {
    static final String PATH = "/v1/models";

    /** Of Ollama's API that is followed here; clients look at it for what they may ask. */
    private static final String OLLAMA_VERSION = "0.12.11";

    /** As Ollama says of a model that stays. */
    private static final Duration NEVER = Duration.ofDays(365 * 100);

    private final ModelPool models;
    private final IntSupplier maxN;
    private final long created = System.currentTimeMillis() / 1000;

    /** @param maxN most completions of one search */
    ModelRoutes(ModelPool models, IntSupplier maxN) {
        this.models = models;
        this.maxN = maxN;
    }

    void list(HttpExchange exchange, String path, Reply reply) throws IOException {
        ObjectNode list = Json.MAPPER.createObjectNode().put("object", "list");
        ArrayNode data = list.putArray("data");
        Map<String, List<Model>> files = models.files();
        ModelName.listed(List.copyOf(files.keySet())).forEach(id -> data.add(describe(id, files)));
        // Anthropic's clients read these.
        list.put("has_more", false)
                .put("first_id", data.get(0).path("id").asString())
                .put("last_id", data.get(data.size() - 1).path("id").asString());
        reply.json(200, list);
    }

    void one(HttpExchange exchange, String path, Reply reply) throws IOException {
        Map<String, List<Model>> files = models.files();
        String id = path.substring(PATH.length() + 1);
        ModelName.parse(id, () -> List.copyOf(files.keySet()), maxN.getAsInt());
        reply.json(200, describe(id, files));
    }

    /** Without several to choose among, whatever is named is the one there is. */
    private static List<Model> filesOf(String name, Map<String, List<Model>> files) {
        return files.getOrDefault(name, files.values().iterator().next());
    }

    private ObjectNode describe(String id, Map<String, List<Model>> files) {
        String name = models.meant(id);
        ObjectNode model = Json.MAPPER
                .createObjectNode()
                .put("id", id)
                .put("object", "model")
                .put("type", "model")
                .put("created", created)
                .put("created_at", Instant.ofEpochSecond(created).toString())
                .put("display_name", id)
                .put("owned_by", "espalier");
        // As llama.cpp's router has it.
        model.putObject("status").put("value", models.state(name));
        ObjectNode own = model.putObject("espalier");
        own.set("models", Json.MAPPER.valueToTree(filesOf(name, files)));
        own.put("bytes", models.bytes(name)).put("contextTokens", models.contextTokens(name));
        models.refusal(name).ifPresent(why -> own.put("refusal", why));
        return model;
    }

    void version(HttpExchange exchange, String path, Reply reply) throws IOException {
        reply.json(200, Json.MAPPER.createObjectNode().put("version", OLLAMA_VERSION));
    }

    void tags(HttpExchange exchange, String path, Reply reply) throws IOException {
        ObjectNode list = Json.MAPPER.createObjectNode();
        ArrayNode listed = list.putArray("models");
        Map<String, List<Model>> files = models.files();
        for (String id : ModelName.listed(List.copyOf(files.keySet()))) {
            listed.add(tag(id, files)
                    .put("modified_at", Instant.ofEpochSecond(created).toString()));
        }
        reply.json(200, list);
    }

    private ObjectNode tag(String id, Map<String, List<Model>> files) {
        String name = models.meant(id);
        List<Model> own = filesOf(name, files);
        ObjectNode model = Json.MAPPER
                .createObjectNode()
                .put("name", id)
                .put("model", id)
                .put("size", models.bytes(name))
                .put("digest", own.isEmpty() ? null : own.get(0).sha256());
        model.set("details", details());
        return model;
    }

    /** Those that are loaded. */
    void running(HttpExchange exchange, String path, Reply reply) throws IOException {
        ObjectNode list = Json.MAPPER.createObjectNode();
        ArrayNode listed = list.putArray("models");
        Map<String, List<Model>> files = models.files();
        for (String id : files.keySet()) {
            String name = models.meant(id);
            if (models.state(name).equals("loaded")) {
                listed.add(tag(id, files)
                        .put(
                                "expires_at",
                                Instant.ofEpochSecond(created).plus(NEVER).toString())
                        .put("size_vram", 0)
                        .put("context_length", models.contextTokens(name)));
            }
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
        ModelName.parse(asked, models::names, maxN.getAsInt());
        String name = models.meant(asked);
        ObjectNode shown = Json.MAPPER
                .createObjectNode()
                .put("modelfile", "")
                .put("parameters", "")
                .put("template", "")
                .put("modified_at", Instant.ofEpochSecond(created).toString());
        shown.set("details", details());
        shown.putObject("model_info")
                .put("general.architecture", "espalier")
                .put("general.basename", models.shown(name))
                .put("espalier.context_length", models.contextTokens(name));
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
