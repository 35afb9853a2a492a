package org.espalier.catalog;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.espalier.catalog.HttpFetch.Progress;
import org.espalier.catalog.HttpSource.MissingException;
import org.espalier.catalog.ModelFetch.SpaceProbe;
import org.espalier.gguf.HeadFormat;
import org.espalier.model.EspalierException;
import org.espalier.safetensors.GgufMaker;
import org.espalier.safetensors.HeadWriter;
import org.espalier.safetensors.SafetensorsFile;
import org.espalier.safetensors.SafetensorsFile.Tensor;
import org.espalier.safetensors.SplitHead;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One fetch of a model that a hub has as safetensors, by one thread. The headers are read by range, then the bytes of the
 * tensors that are wanted; a GGUF file is made of them as they arrive, and a file of the head. What is made stays when the
 * fetch ends early, and the next one goes on at the tensor that it was at.
 */
final class CheckpointFetch {
    private static final String MODEL = "model";
    private static final String JOURNAL = "journal";
    private static final int MOST_JSON = 64 << 20;
    private static final long SLACK_BYTES = 16_000_000;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private final HttpSource source;
    private final String repository;
    private final URI hub;
    private final Path folder;
    private final long pauseMillis;

    /** Where a tensor's bytes are. */
    private record Place(RemoteFile file, long data) {}

    /**
     * @param repository {@code hub:owner/repository}, with {@code @revision} if it is not the main one
     * @param folder for what is made; it outlives a fetch that fails
     */
    CheckpointFetch(HttpSource source, String repository, URI hub, Path folder, long pauseMillis) {
        this.source = source;
        this.repository = repository;
        this.hub = hub;
        this.folder = folder;
        this.pauseMillis = pauseMillis;
    }

    /**
     * What was made.
     *
     * @param head its file; empty for a causal language model
     */
    record Made(Path model, Optional<Path> head) {}

    /**
     * Fetches and makes a whole model.
     *
     * @throws EspalierException if the repository has no such model; the message is the reason alone
     */
    Made model(String name, Optional<String> profile, SpaceProbe space, Progress progress) throws IOException {
        Files.createDirectories(folder);
        Map<Tensor, Place> places = places();
        GgufMaker maker = GgufMaker.plan(
                name,
                json("config.json"),
                json("tokenizer.json"),
                json("tokenizer_config.json"),
                List.copyOf(places.keySet()));
        Path model = folder.resolve(MODEL);
        long there = Files.isRegularFile(model) ? Files.size(model) : 0;
        space.require(folder, maker.bytes() - there + SLACK_BYTES, "model that is made");
        long total = maker.tensors().stream()
                .mapToLong(one -> one.end() - one.begin())
                .sum();
        Set<String> done = resumed(places, maker);
        long received = 0;
        try (FileChannel out =
                FileChannel.open(model, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            maker.begin(out);
            for (Tensor tensor : maker.tensors()) {
                long before = received;
                if (!done.contains(tensor.name())) {
                    Place place = Objects.requireNonNull(places.get(tensor));
                    copy(tensor, place, maker, out, bytes -> progress.received(before + bytes, total));
                    Files.writeString(folder.resolve(JOURNAL), tensor.name() + "\n", StandardOpenOption.APPEND);
                }
                received += tensor.end() - tensor.begin();
                progress.received(received, total);
            }
            out.force(false);
        }
        Optional<Path> head =
                maker.head().isPresent() ? Optional.of(head(maker.head().get(), places, profile)) : Optional.empty();
        return new Made(model, head);
    }

    /**
     * Fetches the head alone.
     *
     * @param profile of the PRM, for its file
     * @throws EspalierException if the repository has no model with a head of a known name
     */
    Path head(Optional<String> profile) throws IOException {
        Files.createDirectories(folder);
        Map<Tensor, Place> places = places();
        SplitHead head = SplitHead.find(
                        List.copyOf(places.keySet()),
                        json("config.json").path("hidden_size").asLong(0))
                .orElseThrow(() -> new EspalierException(repository + " has no head of a known name"));
        return head(head, places, profile);
    }

    private Path head(SplitHead head, Map<Tensor, Place> places, Optional<String> profile) throws IOException {
        Path file = folder.resolve(MODEL + HeadFormat.EXTENSION);
        Map<Tensor, float[]> numbers = new HashMap<>();
        for (Map.Entry<Tensor, Place> entry : places.entrySet()) {
            if (head.names().contains(entry.getKey().name())) {
                Tensor tensor = entry.getKey();
                Place place = entry.getValue();
                byte[] bytes = place.file().part(place.data() + tensor.begin(), place.data() + tensor.end());
                numbers.put(
                        tensor,
                        SafetensorsFile.values(
                                tensor, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), path(place.file())));
            }
        }
        HeadWriter.write(file, head, profile, tensor -> Objects.requireNonNull(numbers.get(tensor)));
        return file;
    }

    /** Hears how much of a tensor has arrived. */
    @FunctionalInterface
    private interface Arrived {
        void bytes(long count);
    }

    private static void copy(Tensor tensor, Place place, GgufMaker maker, FileChannel out, Arrived arrived)
            throws IOException {
        long size = tensor.end() - tensor.begin();
        long rows = tensor.shape().size() < 2 ? 1 : tensor.shape().get(0);
        int rowBytes = (int) (size / rows);
        byte[] row = new byte[rowBytes];
        int[] filled = {0};
        long[] complete = {0};
        place.file().read(place.data() + tensor.begin(), place.data() + tensor.end(), (chunk, length) -> {
            for (int at = 0; at < length; ) {
                int taken = Math.min(length - at, rowBytes - filled[0]);
                System.arraycopy(chunk, at, row, filled[0], taken);
                filled[0] += taken;
                at += taken;
                if (filled[0] == rowBytes) {
                    maker.write(out, tensor, complete[0], ByteBuffer.wrap(row), path(place.file()));
                    complete[0]++;
                    filled[0] = 0;
                }
            }
            arrived.bytes(complete[0] * rowBytes + filled[0]);
        });
    }

    private static Path path(RemoteFile file) {
        return Path.of(file.address().getPath());
    }

    /** Names of the tensors that an earlier fetch of the same files has written. */
    private Set<String> resumed(Map<Tensor, Place> places, GgufMaker maker) throws IOException {
        StringBuilder identity = new StringBuilder().append(maker.bytes());
        Set<String> files = new TreeSet<>();
        places.values()
                .forEach(place ->
                        files.add(place.file().address() + "=" + place.file().validator()));
        files.forEach(file -> identity.append(' ').append(file));
        boolean told = places.values().stream()
                .noneMatch(place -> place.file().validator().isEmpty());
        Path journal = folder.resolve(JOURNAL);
        if (told && Files.isRegularFile(journal) && Files.isRegularFile(folder.resolve(MODEL))) {
            List<String> lines = Files.readAllLines(journal);
            if (!lines.isEmpty() && lines.get(0).equals(identity.toString())) {
                return new HashSet<>(lines.subList(1, lines.size()));
            }
        }
        Files.writeString(journal, identity + "\n");
        return Set.of();
    }

    /** The tensors of all files, with where they are. */
    private Map<Tensor, Place> places() throws IOException {
        Map<Tensor, Place> places = new LinkedHashMap<>();
        for (String name : files()) {
            RemoteFile file = file(name);
            long length = RemoteFile.number(file.part(0, Long.BYTES));
            if (length < 2 || length > SafetensorsFile.MAX_HEADER) {
                throw new EspalierException(
                        "%s is no safetensors file".formatted(file.address().getPath()));
            }
            String header = new String(file.part(Long.BYTES, Long.BYTES + length), StandardCharsets.UTF_8);
            for (Tensor tensor : SafetensorsFile.tensors(header, path(file))) {
                places.put(tensor, new Place(file, Long.BYTES + length));
            }
        }
        return places;
    }

    /** Those that the index names, else the only one. */
    private List<String> files() throws IOException {
        try {
            JsonNode index = JSON.readTree(file("model.safetensors.index.json").whole(MOST_JSON));
            Set<String> names = new TreeSet<>();
            index.path("weight_map").forEach(name -> names.add(name.asString("")));
            return new ArrayList<>(names);
        } catch (MissingException single) {
            return List.of("model.safetensors");
        } catch (JacksonException e) {
            throw new EspalierException("the index of its files is not JSON", e);
        }
    }

    private JsonNode json(String name) throws IOException {
        try {
            return JSON.readTree(file(name).whole(MOST_JSON));
        } catch (JacksonException e) {
            throw new EspalierException("its %s is not JSON".formatted(name), e);
        }
    }

    private RemoteFile file(String name) {
        return new RemoteFile(
                source, ModelAddress.of(repository + "/" + name, hub).uri(), pauseMillis, null);
    }
}
