package org.espalier.catalog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.model.PieceName;
import org.jspecify.annotations.Nullable;
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
    private static final String OLLAMA = "Ollama";
    /** Ollama leaves it out of names: it is where its own models are. */
    private static final String OLLAMA_OWN = "library";

    /** How other tools write a model of a hub: an optional host, the repository, and a tag that stands for a file of it. */
    private static final Pattern TAGGED =
            Pattern.compile("(?:[\\w-]+(?:\\.[\\w-]+)+/)?([\\w.-]+/[\\w.-]+?)(?::([\\w.-]+))?");

    /** What these tools take where there is no tag. */
    private static final String USUAL_TAG = "Q4_K_M";

    private static final String LATEST = ":latest";

    private final Map<String, String> environment;
    private final Path home;

    FoundModels(Map<String, String> environment, Path home) {
        this.environment = environment;
        this.home = home;
    }

    /** On this machine, for the user that runs this process. */
    public static FoundModels onThisMachine() {
        return new FoundModels(System.getenv(), UserFolder.home());
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

    /**
     * The one of that name, in any case of letters; its repository may stand before it in any case. A model in pieces is
     * also known by the name of its first file, and one of Ollama without {@code :latest}. Of a hub's repository a name may
     * give the host and a tag: {@code host/owner/repository:Q4_K_M} is the file of it whose name ends so.
     */
    public Optional<FoundModel> find(String name) {
        List<FoundModel> all = all();
        String whole = ModelPieces.stem(name + EXTENSION);
        return Stream.of(name, whole, name + LATEST)
                .flatMap(known -> all.stream().filter(model -> model.name().equalsIgnoreCase(known)))
                .findFirst()
                .or(() -> inRepository(all, whole))
                .or(() -> tagged(all, name));
    }

    private static Optional<FoundModel> inRepository(List<FoundModel> all, String name) {
        return all.stream()
                .filter(model -> name.toLowerCase(Locale.ROOT)
                        .endsWith("/" + model.name().toLowerCase(Locale.ROOT)))
                .filter(model -> isIn(model, name.substring(0, name.lastIndexOf('/'))))
                .findFirst();
    }

    private static boolean isIn(FoundModel model, String repository) {
        return model.path()
                .toString()
                .replace("models--", "")
                .replace("--", "/")
                .toLowerCase(Locale.ROOT)
                .contains(repository.toLowerCase(Locale.ROOT));
    }

    private static Optional<FoundModel> tagged(List<FoundModel> all, String name) {
        Matcher matcher = TAGGED.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String repository = matcher.group(1);
        String tag = matcher.group(2);
        // Ollama keeps what it gets from a hub under the repository's name, with the tag as it was asked for.
        String asOllama = repository + ":" + Objects.requireNonNullElse(tag, "latest");
        List<FoundModel> ofRepository = all.stream()
                .filter(model -> !model.tool().equals(OLLAMA) && isIn(model, "/" + repository + "/"))
                .toList();
        Pattern end = Pattern.compile("(?i).*[-._/]" + Pattern.quote(Objects.requireNonNullElse(tag, USUAL_TAG)));
        return all.stream()
                .filter(model -> model.name().equalsIgnoreCase(asOllama))
                .findFirst()
                .or(() -> ofRepository.stream()
                        .filter(model -> end.matcher(model.name()).matches())
                        .findFirst())
                .or(() ->
                        tag == null && ofRepository.size() == 1 ? Optional.of(ofRepository.get(0)) : Optional.empty());
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
        } catch (IOException | InvalidPathException noSuchReference) {
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
        } catch (IOException | InvalidPathException noPointer) {
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
        return filesBelow(folder).stream()
                .filter(FoundModels::isModel)
                .map(path -> {
                    String stem = ModelPieces.stem(String.valueOf(path.getFileName()));
                    return new Candidate(stem, repository + "/" + stem, tool, path, ModelPieces.bytes(path));
                })
                .sorted(Comparator.comparing(Candidate::longName))
                .toList();
    }

    /** Through links. A folder that cannot be read, or a link that leads nowhere or back, hides nothing but itself. */
    private static List<Path> filesBelow(Path folder) {
        List<Path> files = new ArrayList<>();
        FileVisitor<Path> visitor = new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile()) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException unreadable) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException unreadable) {
                return FileVisitResult.CONTINUE;
            }
        };
        try {
            Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEPTH, visitor);
        } catch (IOException unreadable) {
            return files;
        }
        return files;
    }

    /**
     * One file of a model in pieces stands for all, the first one that is there; what reads pictures for a model is none.
     */
    private static boolean isModel(Path path) {
        String name = String.valueOf(path.getFileName());
        boolean later = PieceName.filesOf(path).stream()
                .takeWhile(piece -> !piece.equals(path))
                .anyMatch(Files::isRegularFile);
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(EXTENSION) && !later && !lower.contains("mmproj");
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
                                        OLLAMA,
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
        } catch (IOException | UncheckedIOException noFolder) {
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
