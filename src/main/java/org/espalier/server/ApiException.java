package org.espalier.server;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.model.UsageException;
import org.espalier.model.Violation;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A request that is not served. It is answered in the shape of OpenAI's errors. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final String INVALID = "invalid_request_error";

    private static final FieldSpelling FIELDS = new FieldSpelling();

    private final int status;
    /** What OpenAI calls a text that is too long for a model. */
    static final String TOO_LONG = "context_length_exceeded";

    private final String type;
    private final @Nullable String param;
    private final @Nullable String code;

    /**
     * @param type of error, as OpenAI names them
     * @param param the field that is wrong; null if none is
     * @param code a more precise name; null if there is none
     */
    ApiException(int status, String type, @Nullable String param, @Nullable String code, String message) {
        super(message);
        this.status = status;
        this.type = type;
        this.param = param;
        this.code = code;
    }

    /** A field has a value that cannot be. */
    static ApiException invalid(@Nullable String param, String message) {
        return new ApiException(400, INVALID, param, null, message);
    }

    /** The search that a request asks for cannot be. */
    static ApiException invalid(UsageException refused) {
        List<Violation> violations = refused.violations();
        return violations.isEmpty()
                ? invalid("espalier", "'espalier' asks for what cannot be: " + refused.spelled(FIELDS))
                : invalid(FieldSpelling.path(violations.get(0).parameter()), refused.spelled(FIELDS));
    }

    /** A field asks for something that this server does not do. */
    static ApiException unsupported(String param, String message) {
        return new ApiException(400, INVALID, param, "unsupported_parameter", message);
    }

    /** The request cannot be served as it came, whatever its fields say. */
    static ApiException refused(int status, @Nullable String code, String message) {
        return new ApiException(status, INVALID, null, code, message);
    }

    static ApiException noSuchModel(String message) {
        return new ApiException(404, INVALID, "model", "model_not_found", message);
    }

    static ApiException busy(String message) {
        return new ApiException(429, "rate_limit_error", null, "queue_full", message);
    }

    static ApiException loading(String message) {
        return new ApiException(503, "server_error", null, "loading_models", message);
    }

    /** There is nothing that programs could be run with. */
    static ApiException cannotRun(String message) {
        return new ApiException(503, "server_error", null, "no_sandbox", message);
    }

    static ApiException stopping() {
        return new ApiException(503, "server_error", null, "stopping", "the server is shutting down");
    }

    static ApiException failed(String message) {
        return new ApiException(500, "server_error", null, null, message);
    }

    /**
     * The same with other names for fields.
     *
     * @param names by the names that stand here
     */
    ApiException renamed(Map<String, String> names) {
        String where = param;
        String text = String.valueOf(getMessage());
        for (Map.Entry<String, String> name : names.entrySet()) {
            Pattern whole = Pattern.compile("(?<=^|')" + Pattern.quote(name.getKey()) + "(?=$|['.\\[])");
            String other = Matcher.quoteReplacement(name.getValue());
            text = whole.matcher(text).replaceAll(other);
            where = where == null ? null : whole.matcher(where).replaceAll(other);
        }
        return new ApiException(status, type, where, code, text);
    }

    int status() {
        return status;
    }

    ObjectNode body() {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.putObject("error")
                .put("message", getMessage())
                .put("type", type)
                .put("param", param)
                .put("code", code);
        return body;
    }
}
