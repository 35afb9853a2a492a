package org.espalier.catalog;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.espalier.catalog.HttpFetch.Fetched;
import org.espalier.catalog.HttpFetch.Progress;
import org.espalier.catalog.ModelFetch.SpaceProbe;
import org.espalier.model.EspalierException;
import org.espalier.model.PieceName;
import org.jspecify.annotations.Nullable;

/**
 * All files of a model, fetched over HTTP: the one that an address names, or every piece of the model that it names one
 * of.
 *
 * @param pieces in order
 */
record WholeFetch(List<Fetched> pieces) {
    /**
     * Fetches what is missing, each piece in a folder of its own.
     *
     * @param folder for what is unfinished
     * @param sha256 that the model is to have, see {@link ModelPieces#digest}; null if that is not known
     * @throws EspalierException as {@link HttpFetch#run}
     */
    static WholeFetch run(
            HttpSource source,
            URI address,
            Path folder,
            SpaceProbe space,
            Progress progress,
            long pauseMillis,
            @Nullable String sha256)
            throws IOException {
        List<URI> addresses = addresses(address);
        boolean single = addresses.size() == 1;
        List<Fetched> pieces = new ArrayList<>();
        long before = 0;
        for (URI each : addresses) {
            long done = before;
            Fetched piece = new HttpFetch(
                            source,
                            each,
                            single ? folder : folder.resolve(String.valueOf(pieces.size() + 1)),
                            space,
                            (received, total) -> progress.received(done + received, single ? total : -1),
                            pauseMillis)
                    .run(single ? sha256 : null);
            before += piece.bytes();
            pieces.add(piece);
        }
        WholeFetch whole = new WholeFetch(pieces);
        if (sha256 != null && !sha256.equals(whole.sha256())) {
            FileTree.delete(folder);
            throw new EspalierException("the pieces of %s have SHA-256 %s together, not %s"
                    .formatted(address.getPath(), whole.sha256(), sha256));
        }
        return whole;
    }

    /** The address, or those of all pieces of the model that it names one of. */
    static List<URI> addresses(URI address) {
        String text = address.toString();
        String path = address.getRawPath();
        String name = path.substring(path.lastIndexOf('/') + 1);
        int at = text.lastIndexOf(name);
        return PieceName.filesOf(Path.of(name)).stream()
                .map(piece -> URI.create(text.substring(0, at) + piece + text.substring(at + name.length())))
                .toList();
    }

    long bytes() {
        return pieces.stream().mapToLong(Fetched::bytes).sum();
    }

    String sha256() {
        return ModelPieces.digest(pieces.stream().map(Fetched::sha256).toList());
    }

    /** Returns whether the server stated the digest of every piece. */
    boolean stated() {
        return pieces.stream().allMatch(Fetched::stated);
    }

    /** Puts them where they are looked for; the first one comes last, so that it is never there without the others. */
    void moveTo(Path first) throws IOException {
        List<Path> targets = PieceName.filesOf(first);
        for (int i = pieces.size() - 1; i >= 0; i--) {
            Files.move(pieces.get(i).file(), targets.get(i), StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
