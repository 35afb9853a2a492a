package org.espalier.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.espalier.model.UsageException;
import org.espalier.picture.RecordedTree;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code espalier tree}: the picture of a recorded tree. */
@Command(
        name = "tree",
        description = "Draws a search tree that 'solve --tree' recorded, and prints where the picture is.",
        sortOptions = false,
        footer = {
            "",
            "The picture is an SVG for light and dark backgrounds. From left to right: the problem, and each",
            "step that the policy wrote, with its score. The path that gave the answer is bold, pruned steps",
            "are faint; in a browser, pointing at a step shows all of it.",
            "",
            "Equal steps of one parent are drawn as one, marked with their number. Lookahead steps are not drawn.",
            "Of a large tree, more than 120 boxes, the pruned steps of each parent are folded into '+12 pruned';",
            "if more than 400 are left, each parent keeps its 12 best branches.",
            "",
            "Example:",
            "  espalier solve --file problem.txt --tree search.jsonl",
            "  espalier tree search.jsonl --out search.svg",
        })
final class TreeCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The recorded tree, as JSON lines.")
    private @Nullable Path file;

    @Option(
            names = "--out",
            paramLabel = "FILE.svg",
            description = "The picture (default: beside the tree, with its name and .svg).")
    private @Nullable Path out;

    @Override
    public Integer call() throws IOException {
        Path source = Objects.requireNonNull(file);
        RecordedTree tree = TreeFile.read(source);
        Path picture = out == null ? beside(source) : out;
        TreeFile.checkWritable(picture);
        if (Files.exists(picture) && Files.isSameFile(source, picture)) {
            throw new UsageException("--out " + picture + " is the tree itself: give another file for the picture");
        }
        TreeFile.draw(picture, tree);
        System.out.println(picture);
        return ExitCode.ANSWERED;
    }

    private static Path beside(Path source) {
        String name = source.getFileName().toString();
        return source.resolveSibling(name.replaceFirst("(?<=.)\\.[^.]*$", "") + ".svg");
    }
}
