package org.espalier.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.espalier.model.Excerpt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Past runs in a folder that only its user can read: a compressed file each, whose first line is a summary and whose second
 * is the run. There are so many at most, of so many bytes together; the oldest go first. Several servers may share a folder.
 */
final class HistoryStore {
    static final int MOST_RUNS = 500;
    static final long MOST_BYTES = 256L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(HistoryStore.class);
    private static final String SUFFIX = ".json.gz";
    private static final Pattern ID = Pattern.compile("\\d{13}-[0-9a-f]{8}");
    private static final int MOST_OF_A_TEXT = 4000;
    /** Three texts of control characters, which take six places each, and the rest. */
    private static final int MOST_OF_A_SUMMARY = 96 << 10;

    private final Path folder;
    private final int mostRuns;
    private final long mostBytes;
    /** By id; of files that have been read. */
    private final Map<String, Entry> known = new ConcurrentHashMap<>();

    /**
     * What a list says about a run.
     *
     * @param created in milliseconds since 1970
     * @param model the policy, as the request called it; null if it did not choose one
     * @param answer null if there is none
     * @param millis that it took
     * @param reply the beginning of the completion that stands for the answer
     */
    record Summary(
            String id,
            long created,
            @Nullable String model,
            String problem,
            String method,
            int n,
            @Nullable String answer,
            long millis,
            String reply) {
        /** Whether it says what it must, and is of this run: a file may be another's. */
        boolean isOf(String run) {
            return run.equals(id) && Stream.of(problem, method, reply).allMatch(Objects::nonNull);
        }

        /** The same with texts that are no longer than a summary's. */
        Summary bounded() {
            return new Summary(
                    id,
                    created,
                    model,
                    cut(problem),
                    method,
                    n,
                    answer == null ? null : cut(answer),
                    millis,
                    cut(reply));
        }

        private static String cut(String text) {
            return Excerpt.of(text, MOST_OF_A_TEXT);
        }
    }

    /** @param words that are looked for, in lower case */
    private record Entry(Summary summary, String words) {
        static Entry of(Summary summary) {
            String all = String.join(
                    "\n",
                    summary.problem,
                    summary.method,
                    Objects.requireNonNullElse(summary.model, ""),
                    Objects.requireNonNullElse(summary.answer, ""),
                    summary.reply);
            return new Entry(summary, all.toLowerCase(Locale.ROOT));
        }
    }

    HistoryStore(Path folder) {
        this(folder, MOST_RUNS, MOST_BYTES);
    }

    HistoryStore(Path folder, int mostRuns, long mostBytes) {
        this.folder = folder;
        this.mostRuns = mostRuns;
        this.mostBytes = mostBytes;
    }

    /** An id for a run that has ended now; later ones are greater. */
    static String newId(long millis) {
        return "%013d-%08x".formatted(millis, ThreadLocalRandom.current().nextInt());
    }

    /**
     * Keeps a run, and lets go of the oldest ones if there are too many.
     *
     * @throws IOException if it cannot be written
     */
    void keep(Summary summary, JsonNode run) throws IOException {
        createFolder();
        Summary bounded = summary.bounded();
        Path begun = Files.createTempFile(folder, "run", ".part");
        try {
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(begun))) {
                out.write(Json.bytes(Json.MAPPER.valueToTree(bounded)));
                out.write('\n');
                out.write(Json.bytes(run));
                out.write('\n');
            }
            Files.move(begun, file(bounded.id), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(begun);
        }
        known.put(bounded.id, Entry.of(bounded));
        bound();
    }

    private void createFolder() throws IOException {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] own = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
        Files.createDirectories(folder, own);
    }

    /**
     * Finds runs, the newest first.
     *
     * @param query words that all have to be in the problem, the answer, the reply, or the method's or the model's name; all
     *     runs if it is blank
     */
    List<Summary> find(String query, int most) {
        List<String> words = Arrays.stream(query.toLowerCase(Locale.ROOT).split("\\s+"))
                .filter(word -> !word.isEmpty())
                .toList();
        Set<String> there = new HashSet<>(ids());
        known.keySet().retainAll(there);
        return there.stream()
                .sorted(Comparator.reverseOrder())
                .map(this::entry)
                .flatMap(Optional::stream)
                .filter(entry -> words.stream().allMatch(entry.words::contains))
                .limit(most)
                .map(Entry::summary)
                .toList();
    }

    /** The ids of the runs that are there. */
    private List<String> ids() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .filter(HistoryStore::isId)
                    .toList();
        } catch (IOException | UncheckedIOException noFolder) {
            return List.of();
        }
    }

    /** Empty if the file is gone, or is not what this has written. */
    private Optional<Entry> entry(String id) {
        Entry entry = known.get(id);
        if (entry != null) {
            return Optional.of(entry);
        }
        try (BufferedReader lines = open(id)) {
            @Nullable Summary summary = Json.MAPPER.readValue(firstLine(lines), Summary.class);
            if (summary == null || !summary.isOf(id)) {
                return Optional.empty();
            }
            Entry read = Entry.of(summary.bounded());
            known.put(id, read);
            return Optional.of(read);
        } catch (IOException | JacksonException e) {
            warn(id, e);
            return Optional.empty();
        }
    }

    private void warn(String id, Exception e) {
        String why = e instanceof JacksonException json ? json.getOriginalMessage() : e.getMessage();
        LOG.warn("the history's file {} cannot be read: {}", file(id), why);
    }

    private static String firstLine(BufferedReader lines) throws IOException {
        char[] read = new char[MOST_OF_A_SUMMARY];
        int length = 0;
        for (int more = lines.read(read); more > 0; more = lines.read(read, length, read.length - length)) {
            for (int i = length; i < length + more; i++) {
                if (read[i] == '\n') {
                    return new String(read, 0, i);
                }
            }
            length += more;
        }
        throw new IOException("it has no summary");
    }

    /**
     * Returns a run: what was kept of it.
     *
     * @return empty if there is none with this id
     */
    Optional<JsonNode> read(String id) {
        if (!isId(id)) {
            return Optional.empty();
        }
        try (BufferedReader lines = open(id)) {
            String summary = lines.readLine();
            String run = lines.readLine();
            if (summary == null || run == null) {
                throw new IOException("it has no run");
            }
            return Optional.of(Json.MAPPER.readTree(run));
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        } catch (IOException | JacksonException e) {
            warn(id, e);
            return Optional.empty();
        }
    }

    private BufferedReader open(String id) throws IOException {
        InputStream file = Files.newInputStream(file(id));
        try {
            return new BufferedReader(new InputStreamReader(new GZIPInputStream(file), StandardCharsets.UTF_8));
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Lets go of a run; returns false if there is none with this id. */
    boolean delete(String id) {
        if (!isId(id)) {
            return false;
        }
        known.remove(id);
        try {
            return Files.deleteIfExists(file(id));
        } catch (IOException e) {
            LOG.warn("the history's file {} cannot be deleted: {}", file(id), e.getMessage());
            return false;
        }
    }

    /** Lets go of all runs, and returns how many there were. */
    int clear() {
        return (int) ids().stream().filter(this::delete).count();
    }

    /** Lets go of the oldest while there are too many. The newest one stays, however large it is. */
    private void bound() {
        List<String> newestFirst =
                ids().stream().sorted(Comparator.reverseOrder()).toList();
        long bytes = 0;
        for (int i = 0; i < newestFirst.size(); i++) {
            String id = newestFirst.get(i);
            bytes += file(id).toFile().length();
            if (i > 0 && (i >= mostRuns || bytes > mostBytes)) {
                delete(id);
            }
        }
    }

    private static boolean isId(String id) {
        return ID.matcher(id).matches();
    }

    private Path file(String id) {
        return folder.resolve(id + SUFFIX);
    }
}
