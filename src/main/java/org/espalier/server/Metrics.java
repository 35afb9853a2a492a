package org.espalier.server;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;

/** Counts what the server does, and writes it in Prometheus's text format. Safe from any thread. */
final class Metrics {
    private record Request(String path, int status) {}

    private final Map<Request, LongAdder> requests = new ConcurrentHashMap<>();
    private final LongAdder requestNanos = new LongAdder();
    private final LongAdder searches = new LongAdder();
    private final LongAdder searchNanos = new LongAdder();
    private final LongAdder cancelled = new LongAdder();
    private final LongAdder promptTokens = new LongAdder();
    private final LongAdder policyTokens = new LongAdder();
    private final LongAdder prmTokens = new LongAdder();

    /** @param path that the server knows: strangers must not be able to make up new ones */
    void answered(String path, int status, long nanos) {
        requests.computeIfAbsent(new Request(path, status), key -> new LongAdder())
                .increment();
        requestNanos.add(nanos);
    }

    /** A search has ended, whatever came of it. */
    void searched(Meter meter) {
        searches.increment();
        searchNanos.add(meter.elapsed().toNanos());
        promptTokens.add(meter.get(Count.PROMPT_TOKENS));
        policyTokens.add(meter.get(Count.POLICY_TOKENS));
        prmTokens.add(meter.get(Count.PRM_TOKENS));
    }

    /** A search's client has gone. */
    void cancelled() {
        cancelled.increment();
    }

    /** Mean time of a search in seconds; 1 before the first. */
    double meanSearchSeconds() {
        long count = searches.sum();
        return count == 0 ? 1 : searchNanos.sum() / 1e9 / count;
    }

    /** @param gauges what is to be written as well, by name */
    String write(int inFlight, int queued, Map<String, Long> gauges) {
        StringBuilder text = new StringBuilder();
        head(text, "espalier_requests_total", "counter", "Requests answered.");
        requests.forEach((request, count) -> text.append("espalier_requests_total{path=\"")
                .append(request.path)
                .append("\",status=\"")
                .append(request.status)
                .append("\"} ")
                .append(count.sum())
                .append('\n'));
        one(
                text,
                "espalier_request_seconds_total",
                "counter",
                "Time until they were answered.",
                requestNanos.sum() / 1e9);
        one(text, "espalier_requests_in_flight", "gauge", "Searches that are running.", inFlight);
        one(text, "espalier_requests_queued", "gauge", "Requests that wait for their turn.", queued);
        one(text, "espalier_searches_total", "counter", "Searches that have ended.", searches.sum());
        one(text, "espalier_search_seconds_total", "counter", "Time that they took.", searchNanos.sum() / 1e9);
        one(text, "espalier_searches_cancelled_total", "counter", "Of them, their client went away.", cancelled.sum());
        head(
                text,
                "espalier_tokens_total",
                "counter",
                "Tokens of searches that have ended: read as prompts, sampled, judged.");
        text.append("espalier_tokens_total{kind=\"prompt\"} ")
                .append(promptTokens.sum())
                .append('\n');
        text.append("espalier_tokens_total{kind=\"policy\"} ")
                .append(policyTokens.sum())
                .append('\n');
        text.append("espalier_tokens_total{kind=\"prm\"} ")
                .append(prmTokens.sum())
                .append('\n');
        new TreeMap<>(gauges).forEach((name, value) -> {
            text.append("# TYPE ").append(name).append(" gauge\n");
            text.append(name).append(' ').append(value).append('\n');
        });
        return text.toString();
    }

    private static void head(StringBuilder text, String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void one(StringBuilder text, String name, String type, String help, Number value) {
        head(text, name, type, help);
        text.append(name).append(' ').append(value).append('\n');
    }
}
