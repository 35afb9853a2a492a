package org.espalier.catalog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds the models that other tools keep on this disk: the hub's cache ({@code HF_HUB_CACHE}, {@code HF_HOME}), Ollama's
 * store ({@code OLLAMA_MODELS}) and LM Studio's folders. Nothing there is changed, and what cannot be read is left out.
 *
 * <p>A file of the hub's cache or of LM Studio is called by its file name without the extension, or with its repository
 * before it where two files would have the same name; a model of Ollama is called as Ollama calls it.
 */
public final class FoundModels {
    private static final String EXTENSION = ".gguf";
    private static final int DEPTH = 8;
    private static final String OLLAMA_MODEL = "application/vnd.ollama.image.model";
    /** Ollama leaves it out of names: it is where its own models are. */
    private static final String OLLAMA_OWN = "library";

    private static final Pattern PIECE = Pattern.compile("(?i)-(\\d{5})-of-\\d{5}\\.gguf$");

    private final Map<String, String> environment;
    private final Path home;

    FoundModels(Map<String, String> environment, Path home) {
        this.environment = environment;
        this.home = home;
    }

    /** On this machine, for the user that runs this process. */
    public static FoundModels onThisMachine() {
        return new FoundModels(System.getenv(), CacheFolder.home());
    }

    /** Before names are made unique. */
    private record Candidate(String shortName, String longName, String tool, Path path, long bytes) {}

    /** All of them, by name. Reads folders and Ollama's manifests, not the models. */
    public List<FoundModel> all() {
        List<Candidate> candidates =
                Stream.of(hub(), ollama(), lmStudio()).flatMap(List::stream).toList();
        Map<String, Long> uses = candidates.stream()
                .collect(Collectors.groupingBy(
                        candidate -> candidate.shortName().toLowerCase(Locale.ROOT), Collectors.counting()));
        return candidates.stream()
                .map(candidate -> new FoundModel(
                        uses.getOrDefault(candidate.shortName().toLowerCase(Locale.ROOT), 0L) == 1
                                ? candidate.shortName()
                                : candidate.longName(),
                        candidate.tool(),
                        candidate.path(),
                        candidate.bytes()))
                .sorted(Comparator.comparing(FoundModel::name, String.CASE_INSENSITIVE_ORDER))
                .toList();
    }

    /** The one of that name, in any case of letters; its repository may stand before it in any case. */
    public Optional<FoundModel> find(String name) {
        List<FoundModel> all = all();
        return all.stream()
                .filter(model -> model.name().equalsIgnoreCase(name))
                .findFirst()
                .or(() -> all.stream()
                        .filter(model -> name.toLowerCase(Locale.ROOT)
                                .endsWith("/" + model.name().toLowerCase(Locale.ROOT)))
                        .filter(model -> model.path()
                                .toString()
                                .replace("models--", "")
                                .replace("--", "/")
                                .toLowerCase(Locale.ROOT)
                                .contains(
                                        name.substring(0, name.lastIndexOf('/')).toLowerCase(Locale.ROOT)))
                        .findFirst());
    }

    private Path folder(String variable, Path otherwise) {
        String value = environment.getOrDefault(variable, "");
        return value.isEmpty()
                ? otherwise
                : Path.of(value.replaceFirst("^~(?=/|$)", Matcher.quoteReplacement(home.toString())));
    }

    private List<Candidate> hub() {
        Path cache = folder("XDG_CACHE_HOME", home.resolve(".cache"));
        Path hub = folder(
                "HF_HUB_CACHE", folder("HF_HOME", cache.resolve("huggingface")).resolve("hub"));
        List<Candidate> found = new ArrayList<>();
        for (Path repository : children(hub)) {
            String folder = String.valueOf(repository.getFileName());
            if (folder.startsWith("models--")) {
                String name = folder.substring("models--".length()).replace("--", "/");
                snapshot(repository).ifPresent(snapshot -> found.addAll(files(snapshot, name, "Hugging Face")));
            }
        }
        return found;
    }

    /** The revision that {@code refs/main} names, else the newest one. */
    private static Optional<Path> snapshot(Path repository) {
        Path snapshots = repository.resolve("snapshots");
        try {
            Path main = snapshots.resolve(
                    Files.readString(repository.resolve("refs/main")).strip());
            if (Files.isDirectory(main)) {
                return Optional.of(main);
            }
        } catch (IOException noSuchReference) {
            // A download of one revision leaves none.
        }
        return children(snapshots).stream()
                .max(Comparator.comparing(path -> path.toFile().lastModified()));
    }

    private List<Candidate> lmStudio() {
        Path root = home.resolve(".lmstudio");
        try {
            root = Path.of(
                    Files.readString(home.resolve(".lmstudio-home-pointer")).strip());
        } catch (IOException noPointer) {
            // It is where it is by default.
        }
        List<Candidate> found = new ArrayList<>();
        for (Path models : List.of(root.resolve("models"), home.resolve(".cache/lm-studio/models"))) {
            for (Path publisher : children(models)) {
                for (Path repository : children(publisher)) {
                    found.addAll(
                            files(repository, publisher.getFileName() + "/" + repository.getFileName(), "LM Studio"));
                }
            }
        }
        return found;
    }

    private static List<Candidate> files(Path folder, String repository, String tool) {
        try (Stream<Path> files = Files.find(
                folder, DEPTH, (path, attributes) -> attributes.isRegularFile(), FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(FoundModels::isModel)
                    .map(path -> {
                        String file = String.valueOf(path.getFileName());
                        String stem = file.substring(0, file.length() - EXTENSION.length());
                        return new Candidate(stem, repository + "/" + stem, tool, path, size(path));
                    })
                    .sorted(Comparator.comparing(Candidate::longName))
                    .toList();
        } catch (IOException | UncheckedIOException unreadable) {
            return List.of();
        }
    }

    /** The first file of a model in pieces stands for all; what reads pictures for a model is none. */
    private static boolean isModel(Path path) {
        String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
        Matcher piece = PIECE.matcher(name);
        boolean later = piece.find() && Integer.parseInt(piece.group(1)) > 1;
        return name.endsWith(EXTENSION) && !later && !name.contains("mmproj");
    }

    /** {@code manifests/HOST/NAMESPACE/MODEL/TAG} name a file of {@code blobs} each. */
    private List<Candidate> ollama() {
        Path store = folder("OLLAMA_MODELS", home.resolve(".ollama/models"));
        List<Candidate> found = new ArrayList<>();
        for (Path host : children(store.resolve("manifests"))) {
            for (Path namespace : children(host)) {
                for (Path model : children(namespace)) {
                    for (Path tag : children(model)) {
                        String name = model.getFileName() + ":" + tag.getFileName();
                        String owned = namespace.getFileName() + "/" + name;
                        boolean own = String.valueOf(namespace.getFileName()).equals(OLLAMA_OWN);
                        weights(tag, store)
                                .ifPresent(blob -> found.add(new Candidate(
                                        own ? name : owned,
                                        host.getFileName() + "/" + owned,
                                        "Ollama",
                                        blob,
                                        size(blob))));
                    }
                }
            }
        }
        return found;
    }

    private static Optional<Path> weights(Path manifest, Path store) {
        try {
            JsonNode layers = Objects.requireNonNull(
                            JsonMapper.builder().build().readTree(Files.readString(manifest)))
                    .path("layers");
            for (JsonNode layer : layers) {
                String digest = layer.path("digest").asString("");
                if (layer.path("mediaType").asString("").equals(OLLAMA_MODEL)
                        && digest.matches("sha256:[0-9a-f]{64}")) {
                    return Optional.of(store.resolve("blobs").resolve(digest.replace(':', '-')))
                            .filter(Files::isRegularFile);
                }
            }
        } catch (IOException | JacksonException unreadable) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static List<Path> children(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException noFolder) {
            return List.of();
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException gone) {
            return 0;
        }
    }
}
