package org.espalier.server;

import com.sun.net.httpserver.HttpExchange;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Who may ask. */
final class Gate {
    private static final String BEARER = "bearer ";
    /** Not a name that a stranger can have pointed at this machine, so that their page may talk to it. */
    private static final Pattern OWN_HOST = Pattern.compile(
            "(?:localhost|\\d{1,3}(?:\\.\\d{1,3}){3}|\\[[0-9a-f:.]+])(?::\\d{1,5})?", Pattern.CASE_INSENSITIVE);

    private final byte @Nullable [] key;
    private final boolean localOnly;

    /**
     * @param apiKey that clients must give; null for none
     * @param address that the server listens at
     */
    Gate(@Nullable String apiKey, InetAddress address) {
        key = apiKey == null ? null : digest(apiKey);
        localOnly = address.isLoopbackAddress();
    }

    /** @throws ApiException if the key is missing or wrong */
    void checkKey(HttpExchange exchange) {
        if (key != null && !hasKey(exchange.getRequestHeaders().getFirst("Authorization"), key)) {
            throw ApiException.refused(
                    401, "invalid_api_key", "the API key is missing or wrong: send Authorization: Bearer KEY");
        }
    }

    /** @throws ApiException if nothing but a name that a stranger chose stands between their page and this machine */
    void checkHost(HttpExchange exchange) {
        if (key == null && localOnly && !isLocal(exchange.getRequestHeaders().getFirst("Host"))) {
            throw ApiException.refused(
                    403, null, "the Host header must be localhost or an address; with --api-key any will do");
        }
    }

    private static boolean hasKey(@Nullable String authorization, byte[] key) {
        if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            return false;
        }
        // Digests have one length, and are compared in constant time.
        return MessageDigest.isEqual(
                key, digest(authorization.substring(BEARER.length()).strip()));
    }

    private static boolean isLocal(@Nullable String host) {
        return host != null && OWN_HOST.matcher(host).matches();
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
