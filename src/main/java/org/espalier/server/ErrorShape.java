package org.espalier.server;

import tools.jackson.databind.node.ObjectNode;

/** How a protocol writes that a request is not served. */
enum ErrorShape {
    OPENAI {
        @Override
        ObjectNode of(ApiException e) {
            return e.body();
        }
    },
    ANTHROPIC {
        @Override
        ObjectNode of(ApiException e) {
            ObjectNode body = Json.MAPPER.createObjectNode().put("type", "error");
            body.putObject("error").put("type", type(e.status())).put("message", e.getMessage());
            return body.putNull("request_id");
        }

        private static String type(int status) {
            return switch (status) {
                case 401 -> "authentication_error";
                case 403 -> "permission_error";
                case 404 -> "not_found_error";
                case 413 -> "request_too_large";
                case 429 -> "rate_limit_error";
                case 503 -> "overloaded_error";
                default -> status < 500 ? "invalid_request_error" : "api_error";
            };
        }
    },
    OLLAMA {
        @Override
        ObjectNode of(ApiException e) {
            return Json.MAPPER.createObjectNode().put("error", e.getMessage());
        }
    };

    /** What a client reads that asks for a path where nothing is, by how the path begins. */
    static ErrorShape ofPath(String path) {
        return path.startsWith("/api/") ? OLLAMA : path.startsWith("/v1/messages/") ? ANTHROPIC : OPENAI;
    }

    /** The body that says it. */
    abstract ObjectNode of(ApiException e);
}
