package org.espalier.catalog;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.catalog.CatalogEntry.Role;
import org.espalier.catalog.HttpFetch.Fetched;
import org.espalier.gguf.GgufHeader;
import org.espalier.gguf.HeadFormat;
import org.espalier.model.EspalierException;
import org.espalier.model.FetchListener;
import org.espalier.model.Parameter;
import org.espalier.model.PieceName;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.espalier.model.Wording;
import org.jspecify.annotations.Nullable;

/**
 * Adds a model that no catalogue knows to a user's own ones: a file of the hub, of any web server or of this machine.
 * Where nobody states its digest, the one of the first fetch is what every later use is checked against.
 */
public final class ModelAdder {
    private static final String EXTENSION = ".gguf";

    /** Tells PRMs from other models. */
    @FunctionalInterface
    public interface Profiles {
        /**
         * The profile that a PRM is read by.
         *
         * @param called what its file is called where it comes from
         * @return empty if it is no PRM, or nothing says how it is read
         */
        Optional<String> of(GgufHeader header, Path called);
    }

    private final ModelStore store;
    private final Profiles profiles;
    private final FetchListener listener;
    private final long pauseMillis;

    /** To a store. */
    public ModelAdder(ModelStore store, Profiles profiles, FetchListener listener) {
        this(store, profiles, listener, HttpFetch.PAUSE_MILLIS);
    }

    ModelAdder(ModelStore store, Profiles profiles, FetchListener listener, long pauseMillis) {
        this.store = store;
        this.profiles = profiles;
        this.listener = listener;
        this.pauseMillis = pauseMillis;
    }

    /**
     * A model that has been added.
     *
     * @param trustedAtFirstUse whether nobody had stated its digest before
     */
    public record Added(ModelFile file, String sha256, boolean trustedAtFirstUse) {}

    /** Returns whether a text means a file to add, or one of the pieces of a model, and not a name of the catalogue. */
    public static boolean isSource(String text) {
        return ModelAddress.isAddress(text) || text.endsWith(EXTENSION) || text.contains("/");
    }

    /**
     * Fetches and adds a model, and the head that lies beside a PRM on this machine.
     *
     * @param source {@code hub:owner/repository/file}, a URL or a path
     * @param name under which it is known from now on; null for its file's name
     * @param sha256 that it is to have; null if that is not known
     * @throws UsageException if the source or the name cannot be one
     * @throws EspalierException if it cannot be fetched or is no GGUF file
     */
    public Added add(String source, @Nullable String name, @Nullable String sha256) {
        return add(source, name, sha256, null);
    }

    /**
     * As {@link #add(String, String, String)}, with the head of a repository's safetensors, of which only its own bytes are
     * fetched.
     *
     * @param headFrom {@code hub:owner/repository}; null for the head that lies beside a file of this machine, if one does
     */
    public Added add(String source, @Nullable String name, @Nullable String sha256, @Nullable String headFrom) {
        if (sha256 != null && !sha256.matches("[0-9a-f]{64}")) {
            throw new UsageException(
                    Wording.of("%s takes 64 hexadecimal digits in lower case", Parameter.of("sha256")));
        }
        boolean remote = ModelAddress.isAddress(source);
        URI hub = ModelAddress.hub(store.environment(), store.catalog().hub());
        ModelAddress address = remote ? ModelAddress.of(source, hub) : null;
        Path local = Path.of(remote ? "" : source).toAbsolutePath().normalize();
        if (!remote && !Files.isRegularFile(local)) {
            throw new UsageException(
                    "there is no file " + source + "; a file of the hub is hub:owner/repository/FILE.gguf");
        }
        if (!remote) {
            ModelPieces.problem(ModelPieces.first(local), GgufHeader.read(local))
                    .ifPresent(problem -> {
                        throw new EspalierException(problem);
                    });
        }
        Path called = address == null ? local : Path.of(address.uri().getPath());
        Optional<Path> beside = address == null ? HeadFormat.beside(local) : Optional.empty();
        String known = store.checkedName(name == null ? ModelStore.nameOf(called) : name);
        Path folder = store.folder().resolve(known + ".partial");
        try {
            Files.createDirectories(store.folder());
            return ProcessLock.holding(store.folder().resolve(known + ".lock"), () -> listener.waiting(known), () -> {
                WholeFetch fetched = address == null
                        ? copied(local, folder, known, sha256)
                        : WholeFetch.run(
                                new HttpSource(store.environment(), hub),
                                address.uri(),
                                folder,
                                store.space(),
                                (done, total) -> listener.progress(known, done, Math.max(done, total)),
                                pauseMillis,
                                sha256);
                GgufHeader header = header(fetched, folder);
                Optional<Path> head = headFrom == null
                        ? beside
                        : Optional.of(new CheckpointFetch(
                                        new HttpSource(store.environment(), hub),
                                        headFrom,
                                        hub,
                                        folder.resolve("head"),
                                        pauseMillis)
                                .head(profiles.of(header, Path.of(headFrom.replaceFirst("^.*[:/]", "")))
                                        .or(() -> profiles.of(header, called))));
                boolean prm = head.isPresent() || header.prmProfile().isPresent();
                // A head's own file says how it is read, if anything does.
                Optional<String> profile = head.isPresent() ? Optional.empty() : profiles.of(header, called);
                CatalogEntry entry = CatalogEntry.own(
                        known,
                        header.name().orElse(known),
                        prm || profile.isPresent() ? Role.PRM : Role.POLICY,
                        fetched.bytes(),
                        fetched.sha256(),
                        address == null ? ModelPieces.first(local).toString() : source,
                        profile);
                store.keepHead(entry, head);
                fetched.moveTo(store.path(entry));
                FileTree.delete(folder);
                listener.finished(known);
                return new Added(store.register(entry), fetched.sha256(), sha256 == null && !fetched.stated());
            });
        } catch (IOException e) {
            throw new EspalierException("cannot fetch %s: %s (in %s)".formatted(source, Reason.of(e), folder), e);
        } catch (EspalierException e) {
            if (e instanceof UsageException) {
                throw e;
            }
            throw new EspalierException(
                    Wording.of(
                            "cannot fetch %s: %s; to do without, get the file in another way and add it by its path with %s",
                            source, e.wording(), Parameter.of("name").with(known)),
                    e);
        }
    }

    private static GgufHeader header(WholeFetch fetched, Path folder) throws IOException {
        Path first = fetched.pieces().get(0).file();
        try {
            GgufHeader header = GgufHeader.read(first).requireLoadable();
            for (Fetched piece : fetched.pieces()) {
                GgufHeader.read(piece.file()).requireLoadable();
            }
            return header;
        } catch (EspalierException e) {
            FileTree.delete(folder);
            throw new EspalierException(String.valueOf(e.getMessage()).replace(first.toString(), "what came"), e);
        }
    }

    private WholeFetch copied(Path source, Path folder, String name, @Nullable String sha256) throws IOException {
        Files.createDirectories(folder);
        long bytes = ModelPieces.bytes(source);
        store.space().require(folder, bytes, "copy");
        listener.progress(name, 0, bytes);
        List<Fetched> copies = new ArrayList<>();
        for (Path file : PieceName.filesOf(source)) {
            Path copy = folder.resolve("model" + (copies.size() + 1));
            Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
            copies.add(new Fetched(copy, Files.size(copy), Sha256.of(copy), false));
        }
        WholeFetch whole = new WholeFetch(copies);
        if (sha256 != null && !sha256.equals(whole.sha256())) {
            FileTree.delete(folder);
            throw new EspalierException("%s has SHA-256 %s, not %s".formatted(source, whole.sha256(), sha256));
        }
        return whole;
    }
}
