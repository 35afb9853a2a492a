package org.espalier.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.List;
import org.espalier.model.Excerpt;
import org.espalier.server.ModelLoading.Step;
import org.espalier.server.ModelMenu.Offer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Answers what is asked about the models that may be loaded, and loads them. */
final class EngineRoutes {
    static final String PATH = "/v1/engine";
    static final String OFFERS = "/v1/engine/models";

    private static final String SELF = "self";

    private final @Nullable ModelMenu menu;
    private final @Nullable ModelLoading loading;

    /** @param menu null if the server keeps the models it has */
    EngineRoutes(@Nullable ModelMenu menu, @Nullable ModelLoading loading) {
        this.menu = menu;
        this.loading = loading;
    }

    /** Says whether other models may be loaded, what is being loaded, and why the last ones were not. */
    void state(HttpExchange exchange, String path, Reply reply) throws IOException {
        ObjectNode state = Json.MAPPER.createObjectNode().put("switchable", loading != null);
        Step step = loading == null ? null : loading.current();
        state.set("loading", Json.MAPPER.valueToTree(step));
        state.put("failure", loading == null ? null : loading.failure());
        reply.json(200, state);
    }

    /** Lists the models that may be loaded. */
    void offers(HttpExchange exchange, String path, Reply reply) throws IOException {
        ObjectNode list = Json.MAPPER.createObjectNode().put("object", "list");
        list.set("data", Json.MAPPER.valueToTree(menu == null ? List.of() : menu.offers()));
        reply.json(200, list);
    }

    /** Begins to load the models that a request names. */
    void load(HttpExchange exchange, String path, Reply reply) throws IOException {
        JsonFields fields = new JsonFields("", Json.object(Body.read(exchange)));
        String policy = fields.text("policy");
        String prm = fields.text("prm");
        Boolean fetch = fields.flag("fetch");
        fields.refuseOthers();
        if (menu == null || loading == null) {
            throw ApiException.refused(403, null, "this server keeps the models that it was started with");
        }
        if (policy == null) {
            throw ApiException.invalid("policy", "'policy' is missing: give the name of a model of " + OFFERS);
        }
        // Names of the list alone: a path would have the server open any file.
        List<Offer> offers = menu.offers();
        require(offers, policy, "policy");
        if (prm != null && !prm.equals(SELF)) {
            require(offers, prm, "prm");
        }
        loading.begin(policy, prm, Boolean.TRUE.equals(fetch));
        reply.json(202, Json.MAPPER.createObjectNode().put("loading", true));
    }

    private static void require(List<Offer> offers, String name, String field) {
        if (offers.stream().noneMatch(offer -> offer.name().equals(name))) {
            String shown = Excerpt.of(name, 80);
            throw new ApiException(
                    404,
                    "invalid_request_error",
                    field,
                    "model_not_found",
                    "there is no model '" + shown + "' to load: " + OFFERS + " lists what there is");
        }
    }
}
