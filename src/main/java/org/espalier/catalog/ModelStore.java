package org.espalier.catalog;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.espalier.gguf.GgufHeader;
import org.espalier.gguf.HeadFormat;
import org.espalier.model.EspalierException;
import org.espalier.model.FetchListener;
import org.espalier.model.Parameter;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.espalier.model.Wording;
import org.jspecify.annotations.Nullable;

/**
 * The models on this machine: those that came with Espalier, the catalogue's others in one folder, fetched when they
 * are first asked for, and any GGUF file by its path.
 */
public final class ModelStore {
    private static final String EXTENSION = ".gguf";

    private final Catalog bundled;
    private volatile Catalog catalog;
    private final UserModels userModels;
    private final FoundModels found;

    /** Of {@link #found()}: who asks for each model of the catalogue would look through the disk as often. */
    private volatile @Nullable List<FoundModel> seen;

    private final Map<String, String> environment;
    private final Path folder;
    private final StoredFiles files;
    private final PipSource source;
    private final ModelFetch.SpaceProbe space;
    private final BundledModels bundle;

    /** @param folder where the catalogue's models lie; made when the first one is fetched */
    public ModelStore(Catalog catalog, Path folder, PipSource source) {
        this(
                catalog,
                folder,
                source,
                where -> Files.getFileStore(where).getUsableSpace(),
                new BundledModels(),
                StoreEnvironment.of(Map.of()));
    }

    /**
     * What lies outside the store.
     *
     * @param environment the variables of the user's shell: mirror, token, proxies
     * @param found what other tools have downloaded
     */
    record StoreEnvironment(Map<String, String> environment, FoundModels found) {
        /** Without any other tool's models. */
        static StoreEnvironment of(Map<String, String> environment) {
            return new StoreEnvironment(environment, new FoundModels(environment, Path.of("/nowhere")));
        }
    }

    ModelStore(
            Catalog catalog,
            Path folder,
            PipSource source,
            ModelFetch.SpaceProbe space,
            BundledModels bundle,
            StoreEnvironment around) {
        bundled = catalog;
        this.folder = folder.toAbsolutePath().normalize();
        files = new StoredFiles(this.folder);
        userModels = new UserModels(this.folder);
        this.catalog = catalog.with(userModels.read());
        environment = around.environment();
        found = around.found();
        this.source = source;
        this.space = space;
        this.bundle = bundle;
    }

    /** The bundled catalogue and the user's own models, in the user's own folder. */
    public static ModelStore open() {
        return new ModelStore(
                Catalog.bundled(),
                CacheFolder.own().resolve("models"),
                new PipSource(),
                where -> Files.getFileStore(where).getUsableSpace(),
                new BundledModels(),
                new StoreEnvironment(System.getenv(), FoundModels.onThisMachine()));
    }

    public Catalog catalog() {
        return catalog;
    }

    public Path folder() {
        return folder;
    }

    /** Where what is fetched is kept, the folder of models among it. */
    public Path cacheFolder() {
        return Objects.requireNonNullElse(folder.getParent(), folder);
    }

    /** Where a model of the catalogue lies once it is in the folder: fetched, or copied out of a jar. */
    public Path path(CatalogEntry entry) {
        return files.path(entry);
    }

    /**
     * Returns whether a file is one of the catalogue's own, whose SHA-256 this version names and which was checked to
     * have it when it came here.
     */
    public boolean isPinned(ModelFile file) {
        CatalogEntry entry = bundled.find(file.name()).orElse(null);
        try {
            return entry != null
                    && !entry.sha256().isEmpty()
                    && (file.path().equals(path(entry))
                            ? files.isVerified(entry)
                            : entry.isBundled()
                                    && bundle.inPlace(entry)
                                            .filter(file.path()::equals)
                                            .isPresent());
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns whether {@link #fetch} would have nothing to download. */
    public boolean isPresent(CatalogEntry entry) {
        return entry.isBundled() || files.isWhole(entry) || elsewhere(entry).isPresent();
    }

    /** Returns whether a model was added by the user. */
    public boolean isOwn(CatalogEntry entry) {
        return bundled.find(entry.name()).isEmpty();
    }

    /** What another tool has that is a model of the catalogue by its name and size; its digest is still to be seen. */
    private Optional<FoundModel> elsewhere(CatalogEntry entry) {
        if (entry.from().isEmpty() || entry.sha256().isEmpty()) {
            return Optional.empty();
        }
        String from = entry.from().get();
        String name = from.substring(from.lastIndexOf('/') + 1);
        String blob = "sha256-" + entry.sha256();
        return found().stream()
                .filter(model -> model.bytes() == entry.bytes())
                .filter(model -> {
                    String called = String.valueOf(model.path().getFileName());
                    return called.equalsIgnoreCase(name) || called.equals(blob);
                })
                .findFirst();
    }

    /**
     * Where another tool keeps a model of the catalogue that is not in this store, by its name and size; nothing of it is
     * read.
     */
    public Optional<Path> placeElsewhere(CatalogEntry entry) {
        return entry.isBundled() || files.isWhole(entry)
                ? Optional.empty()
                : elsewhere(entry).map(FoundModel::path);
    }

    /** As {@link #elsewhere}, if it has the catalogue's digest. Reads the whole file unless its digest is known. */
    private Optional<ModelFile> sameElsewhere(CatalogEntry entry) throws IOException {
        FoundModel model = elsewhere(entry).orElse(null);
        return model != null && FileDigests.own().of(model.path()).equals(entry.sha256())
                ? Optional.of(new ModelFile(entry.name(), model.path(), entry.sha256()))
                : Optional.empty();
    }

    /**
     * The model that a user names. What is a path (it has a separator, ends in {@code .gguf}, or names a file) is used
     * as it is, after a look at its header; everything else is a name of the catalogue, and fetched if it is not here,
     * or the name of a model that another tool has downloaded.
     *
     * @throws UsageException if there is no such file or model
     * @throws EspalierException if the file is not a complete GGUF file, or the model cannot be fetched
     */
    public ModelFile resolve(String nameOrPath, FetchListener listener) {
        if (nameOrPath.isBlank()) {
            throw new UsageException("the name of a model is empty: see `espalier models list`");
        }
        if (catalog.find(nameOrPath).isPresent()) {
            return fetch(catalog.get(nameOrPath), listener);
        }
        boolean path = looksLikePath(nameOrPath);
        if (path && Files.exists(Path.of(nameOrPath))) {
            return file(Path.of(nameOrPath));
        }
        Optional<FoundModel> elsewhere = found.find(nameOrPath);
        if (elsewhere.isPresent()) {
            return new ModelFile(
                    elsewhere.get().name(), file(elsewhere.get().path()).path(), null);
        }
        return path ? file(Path.of(nameOrPath)) : fetch(catalog.get(nameOrPath), listener);
    }

    /** This store with another hub, as if {@code ESPALIER_HUB} named it. */
    public ModelStore withHub(String address) {
        Map<String, String> changed = new HashMap<>(environment);
        changed.put(ModelAddress.OWN_MIRROR, address);
        return new ModelStore(bundled, folder, source, space, bundle, new StoreEnvironment(Map.copyOf(changed), found));
    }

    /** Models that other tools have downloaded to this machine: those that were there when this was first asked. */
    public List<FoundModel> found() {
        List<FoundModel> all = seen;
        if (all == null) {
            all = found.all();
            seen = all;
        }
        return all;
    }

    /**
     * Adds a file that is in the store's folder already to the models that are known by name.
     *
     * @throws EspalierException if it is no complete GGUF file, or the catalogue cannot be written
     */
    ModelFile register(CatalogEntry entry) {
        try {
            ModelPieces.requireWhole(path(entry), GgufHeader.read(path(entry)).requireLoadable());
            userModels.add(entry);
            files.markVerified(entry);
            catalog = bundled.with(userModels.read());
            return files.found(entry);
        } catch (IOException e) {
            throw new EspalierException("cannot add %s to %s: %s".formatted(entry.name(), folder, Reason.of(e)), e);
        }
    }

    Map<String, String> environment() {
        return environment;
    }

    ModelFetch.SpaceProbe space() {
        return space;
    }

    /**
     * A name that a model can be given.
     *
     * @throws UsageException if no model can have it, or one of Espalier's own has it
     */
    public String checkedName(String name) {
        if (!CatalogEntry.isName(name)) {
            throw new UsageException(Wording.of(
                    "'%s' cannot be the name of a model: lower-case letters, digits and ._- can be; give one with %s",
                    name, Parameter.of("name")));
        }
        if (bundled.find(name).isPresent()) {
            throw new UsageException(Wording.of(
                    "%s is the name of a model that Espalier knows: give another one with %s",
                    name, Parameter.of("name")));
        }
        return name;
    }

    /** The last part of a path without the extension, in letters that a name can have. */
    public static String nameOf(Path path) {
        String last = String.valueOf(path.toAbsolutePath().normalize().getFileName());
        return ModelPieces.stem(last)
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9._-]+", "-")
                .replaceFirst("^[^a-z0-9]+", "");
    }

    /**
     * Makes or fetches a model of a name while nobody else does.
     *
     * @param waiting called once if somebody else does
     * @throws EspalierException if the folder cannot be written
     */
    public <T> T alone(String name, Runnable waiting, ProcessLock.Work<T> work) {
        try {
            Files.createDirectories(folder);
            return ProcessLock.holding(folder.resolve(name + ".lock"), waiting, work);
        } catch (IOException e) {
            throw new EspalierException("cannot write to %s: %s".formatted(folder, Reason.of(e)), e);
        }
    }

    /**
     * Takes in a model that was made on this machine, in place of an own one of the same name.
     *
     * @throws EspalierException if it is no complete GGUF file, or cannot be moved
     */
    public ModelFile add(ImportedModel imported) {
        try {
            GgufHeader.read(imported.file()).requireLoadable();
            CatalogEntry entry = CatalogEntry.own(
                    imported.name(),
                    imported.description(),
                    imported.role(),
                    Files.size(imported.file()),
                    Sha256.of(imported.file()),
                    imported.from(),
                    imported.profile());
            keepHead(entry, imported.head());
            Files.move(imported.file(), path(entry), StandardCopyOption.ATOMIC_MOVE);
            ModelFile added = register(entry);
            FileTree.delete(Objects.requireNonNull(imported.file().getParent()));
            return added;
        } catch (IOException e) {
            throw new EspalierException("cannot add %s to %s: %s".formatted(imported.name(), folder, Reason.of(e)), e);
        }
    }

    /** Puts a copy of a head beside a model's place in the folder, in the place of the head that is there. */
    void keepHead(CatalogEntry entry, Optional<Path> head) throws IOException {
        Path kept = files.beside(entry, HeadFormat.EXTENSION);
        if (head.isPresent()) {
            WholeFile.write(kept, out -> Files.copy(head.get(), out));
        } else {
            Files.deleteIfExists(kept);
        }
    }

    private static boolean looksLikePath(String text) {
        try {
            Path path = Path.of(text);
            return path.getNameCount() > 1 || path.isAbsolute() || text.endsWith(EXTENSION) || Files.exists(path);
        } catch (InvalidPathException e) {
            // Where the locale lacks characters of a file's name, that is what its user has to be told.
            return text.contains("/") || text.endsWith(EXTENSION);
        }
    }

    private static ModelFile file(Path path) {
        if (Files.notExists(path)) {
            throw new UsageException("there is no file " + path);
        }
        Path first = ModelPieces.first(path);
        if (Files.exists(first)) {
            ModelPieces.requireWhole(first, GgufHeader.read(first).requireLoadable());
        } else {
            ModelPieces.requireWhole(first, GgufHeader.read(path));
        }
        return new ModelFile(ModelPieces.stem(String.valueOf(path.getFileName())), first, null);
    }

    /**
     * A model of the catalogue, fetched if it is not here. A file that somebody put into its place is checked against
     * the catalogue's SHA-256 once. Bundled models are never fetched: the file is the build's own, or a copy of it.
     *
     * @throws EspalierException if it cannot be fetched, or if the file in its place is another one
     */
    public ModelFile fetch(CatalogEntry entry, FetchListener listener) {
        try {
            Optional<Path> own = entry.isBundled() ? bundle.inPlace(entry) : Optional.empty();
            if (own.isPresent()) {
                return new ModelFile(entry.name(), own.get(), null);
            }
            if (files.isVerified(entry)) {
                return files.found(entry);
            }
            if (files.isWhole(entry) && !Files.isWritable(folder)) {
                files.verify(entry);
                return files.found(entry);
            }
            Optional<ModelFile> same = files.isWhole(entry) ? Optional.empty() : sameElsewhere(entry);
            if (same.isPresent()) {
                return same.get();
            }
            Files.createDirectories(folder);
            Path lockFile = files.beside(entry, ".lock");
            ProcessLock lock = ProcessLock.acquire(lockFile, () -> listener.waiting(entry.name()));
            try {
                return fetchLocked(entry, listener);
            } finally {
                lock.close();
            }
        } catch (IOException e) {
            throw failure(entry, "%s (in %s)".formatted(Reason.of(e), folder), e);
        }
    }

    private ModelFile fetchLocked(CatalogEntry entry, FetchListener listener) throws IOException {
        if (files.isVerified(entry)) {
            return files.found(entry);
        }
        if (entry.isBundled()) {
            bundle.unpack(entry, path(entry));
        } else if (files.isWhole(entry)) {
            files.verify(entry);
        } else {
            if (!listener.allows(entry.name(), entry.downloadBytes())) {
                throw new UsageException("%s is not on this disk: `espalier models fetch %s` gets it (%s)"
                        .formatted(entry.name(), entry.name(), ErrorText.size(entry.downloadBytes())));
            }
            try {
                if (entry.from().isPresent()) {
                    fetchFrom(entry, entry.from().get(), listener);
                } else if (entry.checkpoint().isPresent()) {
                    make(entry, entry.checkpoint().get(), listener);
                } else {
                    new ModelFetch(entry, path(entry), source, space, listener).run();
                }
            } catch (EspalierException e) {
                throw failure(entry, e.wording(), e);
            }
        }
        files.markVerified(entry);
        return files.found(entry);
    }

    private void fetchFrom(CatalogEntry entry, String from, FetchListener listener) throws IOException {
        if (!ModelAddress.isAddress(from)) {
            throw new EspalierException("it was made of " + from + ", and is gone; make it again from there");
        }
        URI hub = ModelAddress.hub(environment, catalog.hub());
        Path partial = files.beside(entry, ".partial");
        String expected = files.expected(entry);
        WholeFetch fetched = WholeFetch.run(
                new HttpSource(environment, hub),
                ModelAddress.of(from, hub).uri(),
                partial,
                space,
                (done, total) -> listener.progress(entry.name(), done, total > 0 ? total : entry.bytes()),
                HttpFetch.PAUSE_MILLIS,
                expected.isEmpty() ? null : expected);
        if (expected.isEmpty()) {
            requireModel(fetched, partial);
            files.keepFirstDigest(entry, fetched.sha256());
        }
        fetched.moveTo(path(entry));
        FileTree.delete(partial);
        listener.finished(entry.name());
        if (expected.isEmpty() && !fetched.stated()) {
            listener.trustedAtFirstUse(entry.name(), fetched.sha256());
        }
    }

    /** Makes a model of a repository's safetensors. The file is made here, so that nobody can have stated its digest. */
    private void make(CatalogEntry entry, String checkpoint, FetchListener listener) throws IOException {
        URI hub = ModelAddress.hub(environment, catalog.hub());
        Path partial = files.beside(entry, ".partial");
        CheckpointFetch fetch =
                new CheckpointFetch(new HttpSource(environment, hub), checkpoint, hub, partial, HttpFetch.PAUSE_MILLIS);
        CheckpointFetch.Made made = fetch.model(
                entry.name(), entry.profile(), space, (done, total) -> listener.progress(entry.name(), done, total));
        GgufHeader.read(made.model()).requireLoadable();
        String found = Sha256.of(made.model());
        String expected = files.expected(entry);
        if (!expected.isEmpty() && !expected.equals(found)) {
            FileTree.delete(partial);
            throw new EspalierException(
                    "what was made of %s has SHA-256 %s, not %s: it was published anew; delete %s to take it"
                            .formatted(checkpoint, found, expected, files.firstDigest(entry)));
        }
        keepHead(entry, made.head());
        files.keepFirstDigest(entry, found);
        Files.move(made.model(), path(entry), StandardCopyOption.ATOMIC_MOVE);
        FileTree.delete(partial);
        listener.finished(entry.name());
        if (expected.isEmpty()) {
            listener.trustedAtFirstUse(entry.name(), found);
        }
    }

    /** Whose digest nobody knew has to be a model at least, before its digest is what is expected. */
    private static void requireModel(WholeFetch fetched, Path partial) throws IOException {
        Path first = fetched.pieces().get(0).file();
        try {
            GgufHeader.read(first).requireLoadable();
        } catch (EspalierException e) {
            FileTree.delete(partial);
            throw new EspalierException(String.valueOf(e.getMessage()).replace(first.toString(), "what came"), e);
        }
    }

    /** @param reason a text or a {@link Wording} */
    private EspalierException failure(CatalogEntry entry, Object reason, Exception cause) {
        if (entry.isBundled()) {
            return new EspalierException(
                    Wording.of(
                            "cannot copy %s out of the jar: %s; name a folder that can be written with ESPALIER_CACHE",
                            entry.name(), reason),
                    cause);
        }
        String which = ErrorText.size(entry.bytes()) + (entry.sha256().isEmpty() ? "" : ", SHA-256 " + entry.sha256());
        return new EspalierException(
                Wording.of(
                        "cannot fetch %s: %s; to do without, put the GGUF file (%s) at %s",
                        entry.name(), reason, which, path(entry)),
                cause);
    }
}
