package org.espalier.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The name of one of the files of a model in pieces, such as {@code big-00001-of-00003.gguf}. llama.cpp is given the
 * first one and finds the others beside it by these names, and by no others.
 *
 * @param stem what all of them begin with
 * @param number of this one, from 1 to count
 * @param count 2 or more
 */
@Internal
public record PieceName(String stem, int number, int count) {
    private static final Pattern FORM = Pattern.compile("(.+)-(\\d{5})-of-(\\d{5})\\.gguf");

    /** Parses a file's name, without its folder. Empty if it names a whole model. */
    public static Optional<PieceName> of(String fileName) {
        Matcher matcher = FORM.matcher(fileName);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        PieceName piece =
                new PieceName(matcher.group(1), Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(3)));
        return piece.count < 2 || piece.number < 1 || piece.number > piece.count
                ? Optional.empty()
                : Optional.of(piece);
    }

    /**
     * All files of the model that a file is of, in order, whether they are there or not: the file itself if it is
     * whole.
     */
    public static List<Path> filesOf(Path file) {
        return of(String.valueOf(file.getFileName()))
                .map(piece -> IntStream.rangeClosed(1, piece.count)
                        .mapToObj(i -> file.resolveSibling(piece.withNumber(i).fileName()))
                        .toList())
                .orElse(List.of(file));
    }

    /** Bytes of all files of the model that a file is of; those that are not there count as none. */
    public static long bytesOf(Path file) {
        return filesOf(file).stream()
                .mapToLong(piece -> piece.toFile().length())
                .sum();
    }

    /** Returns the same model's piece of another number. */
    public PieceName withNumber(int other) {
        return new PieceName(stem, other, count);
    }

    /** Returns the same piece of a model that is called otherwise. */
    public PieceName withStem(String other) {
        return new PieceName(other, number, count);
    }

    /** Returns the file's name as llama.cpp expects it. */
    public String fileName() {
        return "%s-%05d-of-%05d.gguf".formatted(stem, number, count);
    }
}
