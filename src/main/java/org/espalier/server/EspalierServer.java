package org.espalier.server;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.espalier.model.EspalierException;
import org.espalier.model.Parameter;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.espalier.model.Violation;
import org.espalier.model.Wording;
import org.jspecify.annotations.Nullable;

/**
 * The server. It takes its port before it has anything to serve, so that a port that is in use is found out before models
 * are loaded; clients that come meanwhile wait.
 */
public final class EspalierServer implements AutoCloseable {
    private static final int BACKLOG = 256;
    private static final int GRACE_MILLIS = 10_000;

    private final HttpServer http;
    /** As the user calls it, and the address that is meant. */
    private final String host;

    private final InetAddress address;
    private final ExecutorService threads;
    private @Nullable Router router;
    private boolean stopped;

    private EspalierServer(HttpServer http, String host, InetAddress address) {
        this.http = http;
        this.host = host;
        this.address = address;
        AtomicInteger count = new AtomicInteger();
        // As many as there are connections, which are limited.
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "espalier-http-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        http.setExecutor(threads);
    }

    /**
     * Takes a port.
     *
     * @param port 0 for any that is free
     * @throws UsageException if the host is not known
     * @throws EspalierException if the port cannot be had
     */
    public static EspalierServer bind(String host, int port) {
        HttpLimits.set();
        try {
            InetAddress address = InetAddress.getByName(host);
            HttpServer http = HttpServer.create(new InetSocketAddress(address, port), BACKLOG);
            return new EspalierServer(http, host, address);
        } catch (UnknownHostException e) {
            throw new UsageException(List.of(Violation.of("host", "%s %s is not an address of this machine", host)));
        } catch (IOException e) {
            throw new EspalierException(
                    Wording.of(
                            "cannot listen on %s port %d: %s; choose another %s or %s",
                            host, port, Reason.of(e), Parameter.of("port"), Parameter.of("host")),
                    e);
        }
    }

    /** Where it listens, such as {@code http://127.0.0.1:8080}. */
    public String url() {
        String name = address instanceof Inet6Address ? "[" + address.getHostAddress() + "]" : address.getHostAddress();
        return "http://" + name + ":" + http.getAddress().getPort();
    }

    /** Whether only this machine can reach it. */
    public boolean isLocal() {
        return address.isLoopbackAddress();
    }

    /** Begins to serve these models alone, and keeps no history. */
    public void start(Backend backend, ServerSettings settings) {
        start(backend, settings, null, null);
    }

    /**
     * Begins to serve.
     *
     * @param history folder that past runs are kept in, where a request wants it; null for none
     * @param menu other models that may be loaded in the place of these; null for none
     */
    public synchronized void start(
            Backend backend, ServerSettings settings, @Nullable Path history, @Nullable ModelMenu menu) {
        start(new ModelPool(backend, settings), settings, history, menu);
    }

    /**
     * Begins to serve models that requests choose among. The first is loaded at once.
     *
     * @param settings what requests get, whatever their model
     * @param history as above
     * @throws UsageException if clients would call two models the same, or as {@link ModelSource#load} does
     */
    public synchronized void start(ModelSource source, ServerSettings settings, @Nullable Path history) {
        ModelPool pool = new ModelPool(source);
        pool.loadFirst();
        start(pool, settings, history, null);
    }

    private void start(ModelPool pool, ServerSettings settings, @Nullable Path history, @Nullable ModelMenu menu) {
        Set<String> names = new HashSet<>(settings.hosts());
        names.add(host.toLowerCase(Locale.ROOT));
        Router serving = new Router(
                pool,
                settings,
                new AccessCheck(settings.apiKey(), address, names),
                history == null ? null : new HistoryStore(history),
                menu);
        router = serving;
        http.createContext("/", serving);
        http.start();
    }

    /** Like {@link #stop()}. */
    @Override
    public void close() {
        stop();
    }

    /**
     * Refuses what comes, ends the searches that run with what they have, and waits until they have been answered; a second call
     * does nothing.
     */
    public synchronized void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        boolean interrupted = false;
        try {
            if (router != null) {
                router.stop(GRACE_MILLIS);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        http.stop(0);
        threads.shutdownNow();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
