package org.espalier.catalog;

import java.io.IOException;
import java.net.Authenticator;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Opens files of web servers: through the user's proxies, following redirects, with the hub's token for the hub alone.
 * Nothing is asked for when {@code HF_HUB_OFFLINE} is set.
 */
final class HttpSource {
    private static final int CONNECT_MILLIS = 20_000;
    /** A server that sends nothing for so long has forgotten us. */
    static final int SILENCE_MILLIS = 60_000;

    private static final int RANGE_NOT_SATISFIABLE = 416;

    private static final int MAX_PORT = 65_535;
    private static final int MOST_REDIRECTS = 10;
    private static final List<Integer> REDIRECTS = List.of(301, 302, 303, 307, 308);
    private static final Pattern SHA256 = Pattern.compile("\"?([0-9a-f]{64})\"?");

    static {
        // Java would not give a proxy the password that its user put into https_proxy.
        if (System.getProperty("jdk.http.auth.tunneling.disabledSchemes") == null) {
            System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
        }
    }

    private final Map<String, String> environment;
    private final HttpProxies proxies;
    private final URI hub;
    private final int silenceMillis;

    /**
     * @param environment the variables of the user's shell
     * @param hub where {@code HF_TOKEN} may be shown
     */
    HttpSource(Map<String, String> environment, URI hub) {
        this(environment, hub, SILENCE_MILLIS);
    }

    /** @param silenceMillis after which a server that sends nothing, or hardly anything, is given up */
    HttpSource(Map<String, String> environment, URI hub, int silenceMillis) {
        this.environment = environment;
        this.hub = hub;
        this.silenceMillis = silenceMillis;
        proxies = new HttpProxies(environment);
    }

    /**
     * An answer whose body is still to be read.
     *
     * @param from where in the file the body begins; 0 unless the server goes on where it was asked to
     * @param to where in the file the body ends; -1 if the server does not say
     * @param total bytes of the whole file; -1 if the server does not say
     * @param validator changes with the file; null if the server gives none
     * @param sha256 that the hub states; null elsewhere
     */
    record Answer(
            HttpURLConnection connection,
            long from,
            long to,
            long total,
            @Nullable String validator,
            @Nullable String sha256) {}

    int silenceMillis() {
        return silenceMillis;
    }

    /**
     * Asks for a file, from a position on.
     *
     * @param validator that the file had when its beginning was fetched; null to have what is there now
     * @throws EspalierException if the server refuses; the message is the reason alone
     * @throws UnreachableException if trying again may help
     */
    Answer open(URI address, long from, @Nullable String validator) throws UnreachableException {
        return open(address, from, -1, validator);
    }

    /**
     * Asks for a part of a file. A server that sends parts sends no more than that; another one may send all.
     *
     * @param to where the part ends, exclusive; -1 for the file's end
     */
    Answer open(URI address, long from, long to, @Nullable String validator) throws UnreachableException {
        if (!List.of("", "0", "false")
                .contains(environment.getOrDefault("HF_HUB_OFFLINE", "").toLowerCase(Locale.ROOT))) {
            throw new EspalierException("HF_HUB_OFFLINE is set, so nothing is fetched from the hub");
        }
        try {
            return follow(address, from, to, validator);
        } catch (UnreachableException e) {
            throw e;
        } catch (UnknownHostException e) {
            throw new UnreachableException("there is no host " + e.getMessage() + ": is the network up?", e);
        } catch (ConnectException e) {
            throw new UnreachableException(unreachable(address, Reason.of(e)), e);
        } catch (IOException e) {
            throw new UnreachableException("no connection to %s: %s".formatted(host(address), Reason.of(e)), e);
        }
    }

    /** A proxy that does not answer is named: it is what has to be mended. */
    private String unreachable(URI address, String reason) {
        SocketAddress proxy = proxies.routeTo(address).proxy().address();
        return proxy instanceof InetSocketAddress at
                ? "no connection to the proxy %s:%d (of %s_proxy): %s"
                        .formatted(at.getHostString(), at.getPort(), address.getScheme(), reason)
                : "no connection to %s: %s".formatted(host(address), reason);
    }

    private Answer follow(URI address, long from, long to, @Nullable String validator) throws IOException {
        URI at = address;
        String sha256 = null;
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            HttpURLConnection connection = connect(at, from, to, validator);
            int status = status(connection);
            sha256 = sha256 == null ? statedSha256(connection) : sha256;
            if (!REDIRECTS.contains(status)) {
                return answer(at, connection, status, new Part(from, to), validator, sha256);
            }
            URI next = next(at, connection.getHeaderField("Location"));
            connection.disconnect();
            if (isSecure(at) && !isSecure(next)) {
                throw new EspalierException(
                        "%s redirects to %s, which is not encrypted".formatted(host(at), host(next)));
            }
            at = next;
        }
        throw new EspalierException(host(address) + " redirects in a circle");
    }

    /** Waits for the status and the headers, all of them together for as long as one silence may last. */
    private int status(HttpURLConnection connection) throws IOException {
        CompletableFuture<Void> arrived = new CompletableFuture<>();
        CompletableFuture<Void> limit = arrived.copy().orTimeout(silenceMillis, TimeUnit.MILLISECONDS);
        CompletableFuture<Void> unused = limit.exceptionally(tooLate -> {
            connection.disconnect();
            return null;
        });
        try {
            int status = connection.getResponseCode();
            if (status < 0 || limit.isCompletedExceptionally()) {
                throw new IOException("its answer is not HTTP");
            }
            return status;
        } catch (StackOverflowError endless) {
            // Java's client calls itself for each of them.
            throw new IOException("it answers '100 Continue' again and again", endless);
        } catch (IOException e) {
            if (!limit.isCompletedExceptionally()) {
                throw e;
            }
            // Not as its cause: that the socket was closed is our own doing, and not the reason.
            IOException tooLate = new IOException("its headers do not end");
            tooLate.addSuppressed(e);
            throw tooLate;
        } finally {
            arrived.complete(null);
        }
    }

    private static URI next(URI at, @Nullable String location) {
        URI next;
        try {
            next = at.resolve(Objects.requireNonNullElse(location, "").strip());
        } catch (IllegalArgumentException notAnAddress) {
            throw new EspalierException(host(at) + " redirects to something that is not an address", notAnAddress);
        }
        if (location == null || location.isBlank()) {
            throw new EspalierException(host(at) + " redirects without an address");
        }
        String scheme = String.valueOf(next.getScheme()).toLowerCase(Locale.ROOT);
        if (next.getHost() == null || !List.of("http", "https").contains(scheme)) {
            throw new EspalierException(
                    "%s redirects to a %s: address, which is not followed".formatted(host(at), scheme));
        }
        return next;
    }

    private HttpURLConnection connect(URI at, long from, long to, @Nullable String validator) throws IOException {
        if (at.getPort() > MAX_PORT) {
            throw new EspalierException("there is no port " + at.getPort());
        }
        HttpProxies.Route route = proxies.routeTo(at);
        HttpURLConnection connection = (HttpURLConnection) at.toURL().openConnection(route.proxy());
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(silenceMillis);
        connection.setUseCaches(false);
        connection.setRequestProperty("User-Agent", "espalier");
        connection.setRequestProperty("Accept-Encoding", "identity");
        if (route.credentials() != null) {
            authenticate(connection, route.credentials());
        }
        String token = environment.getOrDefault("HF_TOKEN", "").strip();
        if (!token.isEmpty() && isHub(at)) {
            connection.setRequestProperty("Authorization", "Bearer " + token);
        }
        if (from > 0 || to >= 0) {
            connection.setRequestProperty("Range", "bytes=" + from + "-" + (to < 0 ? "" : to - 1));
            if (validator != null) {
                connection.setRequestProperty("If-Range", validator);
            }
        }
        return connection;
    }

    private static void authenticate(HttpURLConnection connection, String credentials) {
        String[] user = credentials.split(":", 2);
        connection.setAuthenticator(new Authenticator() {
            @Override
            protected @Nullable PasswordAuthentication getPasswordAuthentication() {
                return getRequestorType() == RequestorType.PROXY
                        ? new PasswordAuthentication(user[0], (user.length < 2 ? "" : user[1]).toCharArray())
                        : null;
            }
        });
    }

    /** The token goes to the hub's own host and port, over the hub's own scheme, and never where it sends on to. */
    private boolean isHub(URI at) {
        return Objects.equals(at.getScheme(), hub.getScheme())
                && Objects.equals(at.getHost(), hub.getHost())
                && at.getPort() == hub.getPort();
    }

    private static boolean isSecure(URI at) {
        return "https".equalsIgnoreCase(at.getScheme());
    }

    private static @Nullable String statedSha256(HttpURLConnection connection) {
        Matcher matcher = SHA256.matcher(Objects.requireNonNullElse(connection.getHeaderField("X-Linked-ETag"), ""));
        return matcher.matches() ? matcher.group(1) : null;
    }

    private Answer answer(
            URI at,
            HttpURLConnection connection,
            int status,
            Part part,
            @Nullable String asked,
            @Nullable String sha256)
            throws IOException {
        long from = part.from();
        String encoding = connection.getContentEncoding();
        if (encoding != null && !encoding.isBlank() && !encoding.equalsIgnoreCase("identity")) {
            connection.disconnect();
            throw new EspalierException("%s sends the file compressed (Content-Encoding: %s), which was not asked for"
                    .formatted(host(at), ErrorText.shortened(encoding)));
        }
        String etag = connection.getHeaderField("ETag");
        // A weak one does not promise the same bytes.
        String validator = etag == null || etag.startsWith("W/") ? connection.getHeaderField("Last-Modified") : etag;
        long length = connection.getContentLengthLong();
        if (status == HttpURLConnection.HTTP_OK) {
            return new Answer(connection, 0, length, length, validator, sha256);
        }
        if (status == HttpURLConnection.HTTP_PARTIAL) {
            if (asked != null && validator != null && !asked.equals(validator)) {
                connection.disconnect();
                throw new OtherFileException();
            }
            String stated = Objects.requireNonNullElse(connection.getHeaderField("Content-Range"), "");
            Range range = Range.of(stated);
            if (part.isAsked() && range != null && range.from() == from && range.agreesWith(length)) {
                return new Answer(connection, from, range.to(), range.total(), validator, sha256);
            }
            connection.disconnect();
            throw new EspalierException("%s was asked to continue at byte %d and sent '%s' with %d bytes"
                    .formatted(host(at), from, ErrorText.shortened(stated), length));
        }
        String size = Objects.requireNonNullElse(connection.getHeaderField("Content-Range"), "");
        connection.disconnect();
        if (status == RANGE_NOT_SATISFIABLE) {
            boolean whole = size.equals("bytes */" + from) && (asked == null || asked.equals(validator));
            throw new RangeRefusedException(whole);
        }
        throw refusal(at, status);
    }

    /** The part of a file that is asked for. */
    private record Part(long from, long to) {
        boolean isAsked() {
            return from > 0 || to >= 0;
        }
    }

    /**
     * The part of a file that a body holds.
     *
     * @param to behind the last byte
     * @param total -1 if it is not stated
     */
    private record Range(long from, long to, long total) {
        private static final Pattern HEADER = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

        /** Null if it is none, or one that cannot be. */
        static @Nullable Range of(String header) {
            Matcher matcher = HEADER.matcher(header);
            if (!matcher.matches()) {
                return null;
            }
            long from = Long.parseLong(matcher.group(1));
            long to = Long.parseLong(matcher.group(2)) + 1;
            long total = matcher.group(3).equals("*") ? -1 : Long.parseLong(matcher.group(3));
            return from < to && (total < 0 || to <= total) ? new Range(from, to, total) : null;
        }

        /** @param length of the body; -1 if it is not stated */
        boolean agreesWith(long length) {
            return length < 0 || length == to - from;
        }
    }

    private EspalierException refusal(URI at, int status) throws UnreachableException {
        String host = host(at);
        boolean tokenSent =
                isHub(at) && !environment.getOrDefault("HF_TOKEN", "").isBlank();
        if (status == 408 || status == 429 || status >= 500) {
            throw new UnreachableException("%s answers %d".formatted(host, status), null);
        }
        return switch (status) {
            case 401, 403 ->
                new EspalierException("%s answers %d: %s"
                        .formatted(
                                host,
                                status,
                                tokenSent
                                        ? "the token in HF_TOKEN may not read this; ask for access on the model's page"
                                        : "this needs a login; set HF_TOKEN to a token that may read it"));
            case 404 -> new MissingException("%s has no %s (404)".formatted(host, at.getPath()));
            case 407 -> new EspalierException("the proxy asks for a password (407): put it into https_proxy");
            default -> new EspalierException("%s answers %d".formatted(host, status));
        };
    }

    /** The server cannot be reached, or is in trouble, or the connection was cut. */
    static class UnreachableException extends IOException {
        private static final long serialVersionUID = 1;

        UnreachableException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The server has no such file. */
    static final class MissingException extends EspalierException {
        private static final long serialVersionUID = 1;

        MissingException(String message) {
            super(message);
        }
    }

    /** The server has no bytes behind those that were fetched: they are all, or another file's. */
    static final class RangeRefusedException extends EspalierException {
        private static final long serialVersionUID = 1;

        private final boolean whole;

        /** @param whole whether the server says that the file ends there, and that it is still the same */
        RangeRefusedException(boolean whole) {
            super("the server has nothing after the part that was fetched (416)");
            this.whole = whole;
        }

        boolean isWhole() {
            return whole;
        }
    }

    /** The server goes on with another file than the one whose beginning was fetched. */
    static final class OtherFileException extends EspalierException {
        private static final long serialVersionUID = 1;

        OtherFileException() {
            super("the file changed while it was fetched");
        }
    }

    private static String host(URI at) {
        return at.getHost() + (at.getPort() < 0 ? "" : ":" + at.getPort());
    }
}
