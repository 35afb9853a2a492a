package org.espalier.code;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.model.EspalierException;
import org.espalier.sandbox.Limits;
import org.espalier.sandbox.Sandbox;
import org.espalier.sandbox.SandboxedProcess;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A process in the sandbox that runs programs. It speaks in frames that begin with a secret of its own; a line without it is
 * none. Where it can keep runs apart (by a fork with namespaces or a domain of Landlock of its own), the next one begins in the same
 * process; elsewhere in a new one, which is started as soon as the one before has ended.
 */
final class Worker implements AutoCloseable {
    static final JsonMapper JSON = JsonMapper.shared();

    private static final Duration BEGIN = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(15);
    private static final Pattern NAME = Pattern.compile("\\{(\\w+)}");
    private static final HexFormat HEX = HexFormat.of();
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Language language;
    private final Sandbox sandbox;
    private final Limits limits;
    private final List<String> template;
    private final Map<String, String> names = new HashMap<>();
    private final List<Path> readable;
    private @Nullable SandboxedProcess process;
    private String nonce = "";
    private boolean apart;
    private boolean used;
    private boolean running;
    private boolean greeted;
    private SandboxedProcess.@Nullable Cause last;

    /**
     * What a worker says.
     *
     * @param kind H when it has begun, R for what the run says, E for the run's end
     * @param body of R whatever the run chose to write
     */
    record Frame(char kind, JsonNode body) {
        boolean isEnd() {
            return kind == 'E';
        }
    }

    /** @param command with names in braces for what stands in their place */
    Worker(Language language, Sandbox sandbox, Limits limits, List<String> command) {
        this.language = language;
        this.sandbox = sandbox;
        this.limits = limits;
        readable = language.readable();
        template = command;
        language.programs().forEach((name, place) -> names.put(name, place.toString()));
        names.put("worker", language.workerText());
        names.put("cpuSeconds", Integer.toString(limits.cpuSeconds() + 1));
        names.put("fileBytes", Long.toString(limits.fileBytes()));
        names.put("openFiles", Integer.toString(limits.openFiles()));
        names.put("heapMiB", Long.toString((limits.memoryBytes() * 3 / 5) >> 20));
    }

    private List<String> command() {
        names.put("processes", Integer.toString(sandbox.processes(limits)));
        return template.stream()
                .map(part -> NAME.matcher(part)
                        .replaceAll(name -> Matcher.quoteReplacement(names.getOrDefault(name.group(1), name.group()))))
                .toList();
    }

    /**
     * Begins a run.
     *
     * @param spec with its role and sources; limits are added
     * @throws EspalierException if the sandbox cannot be started
     */
    void begin(ObjectNode spec) {
        launch();
        greet();
        used = true;
        running = true;
        spec.put("cpuSeconds", limits.cpuSeconds())
                .put("wallSeconds", limits.wall().toMillis() / 1e3)
                .put("memoryBytes", limits.memoryBytes())
                .put("processes", sandbox.processes(limits))
                .put("diskBytes", limits.diskBytes())
                .put("fileBytes", limits.fileBytes())
                .put("outputBytes", limits.outputBytes())
                .put("openFiles", limits.openFiles());
        say("S " + JSON.writeValueAsString(spec));
    }

    /** Starts a process, if there is none that nobody has used, and does not wait for it. */
    void launch() {
        if (process != null && process.isAlive() && (!used || apart)) {
            return;
        }
        close();
        SandboxedProcess begun = SandboxedProcess.start(sandbox, command(), readable, limits);
        process = begun;
        used = false;
        greeted = false;
        byte[] secret = new byte[16];
        RANDOM.nextBytes(secret);
        nonce = HEX.formatHex(secret);
        boolean unused = begun.send(nonce + "\n");
    }

    private void greet() {
        if (greeted) {
            return;
        }
        Frame hello = receive(BEGIN);
        if (hello == null || hello.kind() != 'H') {
            String said = process == null ? "" : process.errors().lines().reduce("", (before, line) -> line);
            close();
            throw new EspalierException("%s does not start in the sandbox %s: %s"
                    .formatted(language.name(), sandbox.name(), said.isBlank() ? "it says nothing" : said));
        }
        apart = hello.body().path("apart").asBoolean(false);
        greeted = true;
    }

    /** Whether runs are kept apart from each other. */
    boolean isApart() {
        return apart;
    }

    /** Hands the run a line. */
    void tell(JsonNode message) {
        say("M " + JSON.writeValueAsString(message));
    }

    private void say(String line) {
        SandboxedProcess to = process;
        if (to != null) {
            boolean unused = to.send(line + "\n");
        }
    }

    /** The next frame of the run; null if the sandbox has ended or does not answer in time. */
    @Nullable
    Frame next() {
        Frame frame = receive(limits.wall().plus(GRACE));
        if (frame == null) {
            close();
        } else if (frame.isEnd()) {
            running = false;
            // A worker that cannot clear up after a run is no more used either.
            apart = apart && !frame.body().path("last").asBoolean(false);
            if (!apart) {
                // Whatever the run has left goes with its sandbox, and the next one need not wait for another.
                launch();
            }
        }
        return frame;
    }

    private @Nullable Frame receive(Duration most) {
        SandboxedProcess from = process;
        while (from != null) {
            String line = from.receive(most);
            if (line == null) {
                return null;
            }
            if (line.startsWith(nonce + " ") && line.length() > nonce.length() + 3) {
                try {
                    String body = line.substring(nonce.length() + 3);
                    return new Frame(line.charAt(nonce.length() + 1), JSON.readTree(body));
                } catch (JacksonException notJson) {
                    return new Frame('R', JSON.createObjectNode());
                }
            }
        }
        return null;
    }

    /** Ends the run, if it has not ended, and returns what it took; null if the sandbox has ended. */
    @Nullable
    Frame finish() {
        if (!running) {
            return null;
        }
        say("K");
        Frame frame = next();
        while (frame != null && !frame.isEnd()) {
            frame = next();
        }
        return frame;
    }

    /** Why the sandbox was ended from outside; null if it was not. */
    SandboxedProcess.@Nullable Cause cause() {
        SandboxedProcess ended = process;
        return ended == null ? last : ended.cause().orElse(null);
    }

    @Override
    public void close() {
        SandboxedProcess open = process;
        running = false;
        if (open != null) {
            last = open.cause().orElse(null);
            open.close();
            process = null;
        }
    }
}
