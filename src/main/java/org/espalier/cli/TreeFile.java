package org.espalier.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.espalier.model.EspalierException;
import org.espalier.model.UsageException;
import org.espalier.search.SearchNode;
import org.espalier.search.SearchTree;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A search's tree as JSON lines: a node a line, parents first, the prompt as node 0. Times are since the run's start. */
final class TreeFile {
    private record Line(
            int id,
            @Nullable Integer parent,
            int child,
            int depth,
            String text,
            int tokens,
            @Nullable Double score,
            double logProb,
            @Nullable Double meanEntropy,
            String fate,
            @Nullable String stopReason,
            String seed,
            long proposedMillis,
            long scoredMillis,
            long decidedMillis) {}

    private TreeFile() {}

    /**
     * To be called before a search whose tree is to be written.
     *
     * @throws UsageException if that cannot work
     */
    static void checkWritable(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder) || Files.isDirectory(file)) {
            throw new UsageException("cannot write the tree to " + file + ": give a file in a folder that exists");
        }
    }

    /** @throws EspalierException if the file cannot be written */
    static void write(Path file, SearchTree tree) {
        JsonMapper mapper = JsonMapper.builder().build();
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            for (SearchNode node : tree.nodes()) {
                writer.write(mapper.writeValueAsString(line(node)));
                writer.newLine();
            }
        } catch (IOException e) {
            throw new EspalierException("cannot write the tree to " + file + ": " + e, e);
        }
    }

    private static Line line(SearchNode node) {
        SearchNode parent = node.parent();
        return new Line(
                node.id(),
                parent == null ? null : parent.id(),
                node.childIndex(),
                node.depth(),
                node.text(),
                node.tokens(),
                finite(node.score()),
                node.logProb(),
                finite(node.meanEntropy()),
                node.fate().name().toLowerCase(Locale.ROOT),
                node.stopReason() == null ? null : node.stopReason().name().toLowerCase(Locale.ROOT),
                Long.toHexString(node.seed()),
                node.proposedMillis(),
                node.scoredMillis(),
                node.decidedMillis());
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
