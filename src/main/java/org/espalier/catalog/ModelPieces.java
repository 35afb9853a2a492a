package org.espalier.catalog;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.gguf.GgufHeader;
import org.espalier.gguf.GgufTensor;
import org.espalier.model.EspalierException;
import org.espalier.model.PieceName;

/**
 * The files of a model on this disk, one or several. A model in pieces is meant by any of them and used by its first.
 */
public final class ModelPieces {
    private static final String COUNT = "split.count";

    private ModelPieces() {}

    /** The file that llama.cpp is given. */
    public static Path first(Path file) {
        return PieceName.filesOf(file).get(0);
    }

    /** A model's name by its file: without the extension, and without what makes it a piece. */
    public static String stem(String fileName) {
        return PieceName.of(fileName).map(PieceName::stem).orElseGet(() -> fileName.replaceFirst("(?i)\\.gguf$", ""));
    }

    /** Bytes of all files that are there. */
    public static long bytes(Path file) {
        return PieceName.filesOf(file).stream()
                .mapToLong(piece -> piece.toFile().length())
                .sum();
    }

    /** Tensors of all files that are there. */
    public static List<GgufTensor> tensors(Path file) {
        List<GgufTensor> tensors = new ArrayList<>();
        PieceName.filesOf(file).stream()
                .filter(Files::isRegularFile)
                .forEach(piece -> tensors.addAll(GgufHeader.read(piece).tensors()));
        return tensors;
    }

    /**
     * Returns what keeps the files from being a whole model, but for damage that {@link GgufHeader} finds in the first.
     *
     * @param first of the model, with its header
     */
    public static Optional<String> problem(Path first, GgufHeader header) {
        List<Path> files = PieceName.filesOf(first);
        long stated = header.metadata().get(COUNT) instanceof Long count ? count : 1;
        if (stated > 1 && stated != files.size()) {
            return Optional.of("%s is one of %d pieces, which its name does not say: call them as they were, such as %s"
                    .formatted(
                            first,
                            stated,
                            new PieceName(stem(String.valueOf(first.getFileName())), 1, (int) Math.min(stated, 99_999))
                                    .fileName()));
        }
        for (Path file : files) {
            if (!Files.isRegularFile(file)) {
                return Optional.of(
                        "the model %s is in %d pieces, and %s is missing in %s: get all of them into one folder"
                                .formatted(
                                        stem(String.valueOf(first.getFileName())),
                                        files.size(),
                                        file.getFileName(),
                                        first.toAbsolutePath().getParent()));
            }
        }
        return Optional.empty();
    }

    /**
     * Refuses a model of which a piece is missing or cut off.
     *
     * @param first of its files, with its header
     * @throws EspalierException if so
     */
    public static void requireWhole(Path first, GgufHeader header) {
        problem(first, header).ifPresent(problem -> {
            throw new EspalierException(problem);
        });
        List<Path> files = PieceName.filesOf(first);
        files.subList(1, files.size()).forEach(file -> GgufHeader.read(file).requireLoadable());
    }

    /**
     * A digest of all files: the only one's SHA-256, or the SHA-256 of those of all of them as lines of text.
     *
     * @param each file's
     */
    static String digest(List<String> each) {
        if (each.size() == 1) {
            return each.get(0);
        }
        MessageDigest digest = Sha256.digest();
        each.forEach(line -> digest.update((line + "\n").getBytes(StandardCharsets.US_ASCII)));
        return Sha256.hex(digest);
    }

    /** The {@link #digest} of files on this disk; reads them all. */
    static String digest(Path file) throws IOException {
        List<String> each = new ArrayList<>();
        for (Path piece : PieceName.filesOf(file)) {
            each.add(Sha256.of(piece));
        }
        return digest(each);
    }
}
