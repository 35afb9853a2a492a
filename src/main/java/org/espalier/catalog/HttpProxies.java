package org.espalier.catalog;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;

/**
 * The proxies of the variables that command-line tools share: {@code http_proxy}, {@code https_proxy}, {@code all_proxy}
 * and {@code no_proxy}, in lower or upper case, the lower one first.
 */
final class HttpProxies {
    private static final int DEFAULT_PORT = 8080;

    private final Map<String, String> environment;

    HttpProxies(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * The way to an address.
     *
     * @param proxy {@link Proxy#NO_PROXY} for none
     * @param credentials {@code name:password}, or a name alone; null for none
     */
    record Route(Proxy proxy, @Nullable String credentials) {
        static final Route DIRECT = new Route(Proxy.NO_PROXY, null);
    }

    /** @throws UsageException if a variable holds no address of a proxy */
    Route routeTo(URI target) {
        String scheme = String.valueOf(target.getScheme()).toLowerCase(Locale.ROOT);
        String proxy = value(scheme + "_proxy");
        proxy = proxy.isEmpty() ? value("all_proxy") : proxy;
        return proxy.isEmpty() || isExempt(target) ? Route.DIRECT : route(scheme, proxy);
    }

    private String value(String name) {
        String lower = environment.getOrDefault(name, "");
        return lower.isEmpty() ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "") : lower;
    }

    private boolean isExempt(URI target) {
        String host = Objects.requireNonNullElse(target.getHost(), "").toLowerCase(Locale.ROOT);
        List<String> exempt = Arrays.stream(
                        value("no_proxy").toLowerCase(Locale.ROOT).split("[,\\s]+"))
                .filter(entry -> !entry.isEmpty())
                .toList();
        return exempt.stream().anyMatch(entry -> matches(entry, host, target.getPort()));
    }

    private static boolean matches(String entry, String host, int port) {
        if (entry.equals("*")) {
            return true;
        }
        int colon = entry.lastIndexOf(':');
        boolean hasPort = colon > 0 && entry.substring(colon + 1).matches("\\d+");
        if (hasPort && !entry.substring(colon + 1).equals(String.valueOf(port))) {
            return false;
        }
        String name = (hasPort ? entry.substring(0, colon) : entry).replaceFirst("^\\*?\\.", "");
        return host.equals(name) || host.endsWith("." + name);
    }

    private static Route route(String scheme, String address) {
        try {
            URI uri = new URI(address.contains("://") ? address : "http://" + address);
            if (uri.getHost() == null) {
                throw new URISyntaxException(address, "no host");
            }
            boolean socks = String.valueOf(uri.getScheme()).startsWith("socks");
            int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
            Proxy proxy = new Proxy(
                    socks ? Proxy.Type.SOCKS : Proxy.Type.HTTP,
                    InetSocketAddress.createUnresolved(uri.getHost(), port));
            return new Route(proxy, uri.getUserInfo());
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new UsageException(
                    "%s_proxy is not an address such as http://host:8080: correct or unset it".formatted(scheme));
        }
    }
}
