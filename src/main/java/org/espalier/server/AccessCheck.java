package org.espalier.server;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a request may be answered. With an API key, only requests that send it are. Without one, the Host header must be
 * an address or a name of this machine. That stops DNS rebinding: a stranger's page, in a browser of this network, that
 * reaches this server under the stranger's own name. An address cannot be rebound, and a page does not know the key.
 */
final class AccessCheck {
    private static final String BEARER = "bearer ";
    private static final Pattern HOST = Pattern.compile("([^:\\[\\]]+|\\[[0-9a-f:.]+])(?::\\d{1,5})?");
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}|\\[.*]");

    private final byte @Nullable [] key;
    private final Set<String> names;

    /**
     * @param apiKey that clients must give; null for none
     * @param address that the server listens at
     * @param hosts names that are allowed as well, in lower case
     */
    AccessCheck(@Nullable String apiKey, InetAddress address, Set<String> hosts) {
        key = apiKey == null ? null : digest(apiKey);
        names = new HashSet<>(hosts);
        names.add("localhost");
        if (!address.isLoopbackAddress()) {
            addOwnNames(names);
        }
    }

    private static void addOwnNames(Set<String> names) {
        try {
            String own = InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
            names.add(own);
            names.add(own + ".local");
        } catch (UnknownHostException e) {
            // A machine without a name is called by its address.
            return;
        }
    }

    /** @throws ApiException if the key is missing or wrong */
    void checkKey(HttpExchange exchange) {
        Headers headers = exchange.getRequestHeaders();
        if (key != null
                && !hasKey(headers.getFirst("Authorization"), key)
                && !isKey(headers.getFirst("X-Api-Key"), key)) {
            throw ApiException.refused(
                    401,
                    "invalid_api_key",
                    "the API key is missing or wrong: send Authorization: Bearer KEY (or X-Api-Key: KEY)");
        }
    }

    /**
     * Whether a client may see what is the user's own: who has the key, or, without one, who is at this machine. Others that
     * reach the server may use it, and no more.
     */
    boolean isOwner(HttpExchange exchange) {
        return key != null || exchange.getRemoteAddress().getAddress().isLoopbackAddress();
    }

    /** @throws ApiException if the client is not at this machine, and there is no key that it could have shown */
    void checkOwner(HttpExchange exchange) {
        if (!isOwner(exchange)) {
            throw ApiException.refused(
                    403, null, "without an API key this is for clients at the server's own machine only");
        }
    }

    /** @throws ApiException if nothing but a name that a stranger chose stands between their page and this machine */
    void checkHost(HttpExchange exchange) {
        if (key == null && !isAllowed(exchange.getRequestHeaders().getFirst("Host"))) {
            throw ApiException.refused(
                    403,
                    null,
                    "the Host header must be an address or a name of this machine:"
                            + " its operator can allow another, or any that gives a key");
        }
    }

    private static boolean hasKey(@Nullable String authorization, byte[] key) {
        if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            return false;
        }
        return isKey(authorization.substring(BEARER.length()), key);
    }

    /** Digests have one length, and are compared in constant time. */
    private static boolean isKey(@Nullable String given, byte[] key) {
        return given != null && MessageDigest.isEqual(key, digest(given.strip()));
    }

    private boolean isAllowed(@Nullable String host) {
        Matcher parts = HOST.matcher(host == null ? "" : host.toLowerCase(Locale.ROOT));
        return parts.matches()
                && (names.contains(parts.group(1))
                        || ADDRESS.matcher(parts.group(1)).matches());
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
