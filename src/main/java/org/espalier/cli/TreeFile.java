package org.espalier.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.espalier.catalog.WholeFile;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.espalier.picture.RecordedTree;
import org.espalier.picture.RecordedTree.Ending;
import org.espalier.picture.RecordedTree.Node;
import org.espalier.picture.RecordedTree.Run;
import org.espalier.picture.TreePicture;
import org.espalier.search.SearchNode;
import org.espalier.search.SearchNode.Fate;
import org.espalier.search.Solution;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A search's tree in a file. As JSON lines: a node a line, parents first, the prompt as node 0, which has the {@code
 * run} as well; a node where a completion ends has that {@code completion}. Times are since the run's start. Or, if
 * the name ends in {@code .svg}, as a picture, which cannot be read again.
 */
final class TreeFile {
    private static final String PICTURE = ".svg";

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private record Line(
            int id,
            @Nullable Integer parent,
            int child,
            int depth,
            @Nullable String text,
            int tokens,
            @Nullable Double score,
            double logProb,
            @Nullable Double meanEntropy,
            @Nullable String fate,
            @Nullable String stopReason,
            @Nullable String seed,
            long proposedMillis,
            long scoredMillis,
            long decidedMillis,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Ending completion,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Run run) {}

    private TreeFile() {}

    private static boolean isPicture(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(PICTURE);
    }

    /**
     * To be called before a search whose tree is to be written.
     *
     * @throws UsageException if that cannot work
     */
    static void checkWritable(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null
                || !Files.isDirectory(folder)
                || !Files.isWritable(folder)
                || Files.isDirectory(file)
                || (Files.exists(file) && !Files.isWritable(file))) {
            throw new UsageException("cannot write the tree to " + file + ": give a file in a folder that exists");
        }
    }

    /** @throws EspalierException if the file cannot be written */
    static void write(Path file, Solution solution) {
        RecordedTree tree = RecordedTree.of(solution);
        if (isPicture(file)) {
            draw(file, tree);
            return;
        }
        try {
            WholeFile.write(file, out -> {
                for (SearchNode node : solution.tree().nodes()) {
                    Ending completion = tree.nodes().get(node.id()).ending();
                    out.write(MAPPER.writeValueAsBytes(line(node, completion, node.id() == 0 ? tree.run() : null)));
                    out.write('\n');
                }
            });
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    /** @throws EspalierException if the file cannot be written */
    static void draw(Path file, RecordedTree tree) {
        try {
            WholeFile.write(file, TreePicture.draw(tree));
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    /** @throws UsageException if the file cannot be read, or holds anything but a tree */
    static RecordedTree read(Path file) {
        List<Node> nodes = new ArrayList<>();
        Run run = null;
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                Line line = parse(file, nodes.size(), text);
                run = nodes.isEmpty() ? line.run : run;
                nodes.add(node(file, line));
            }
            return new RecordedTree(run, nodes);
        } catch (IllegalArgumentException e) {
            throw new UsageException(file + " is not a search tree: " + e.getMessage());
        } catch (NoSuchFileException e) {
            throw new UsageException("cannot read the tree from " + file + ": there is no such file");
        } catch (CharacterCodingException e) {
            throw new UsageException("cannot read the tree from " + file + ": it is not UTF-8 text");
        } catch (IOException e) {
            throw new UsageException("cannot read the tree from " + file + ": " + Reason.of(e));
        }
    }

    private static Line parse(Path file, int id, String text) {
        Line line;
        try {
            line = MAPPER.readValue(text, Line.class);
        } catch (DatabindException e) {
            // Its message names Java's classes.
            String field = e.getPath().stream()
                    .map(JacksonException.Reference::getPropertyName)
                    .filter(Objects::nonNull)
                    .collect(Collectors.joining("."));
            throw notANode(file, id, field.isEmpty() ? "it is not an object" : "its " + field + " is of another kind");
        } catch (JacksonException e) {
            throw notANode(file, id, "it is not JSON");
        }
        if (line == null || line.text == null || line.fate == null || isIncomplete(line.run)) {
            throw notANode(file, id, "a field is missing");
        }
        if (line.id != id) {
            throw notANode(file, id, "its id is " + line.id);
        }
        return line;
    }

    /** Whether a field is missing that a written run always has. */
    private static boolean isIncomplete(@Nullable Run run) {
        return run != null
                && (run.problem() == null
                        || run.method() == null
                        || run.stoppedBy() == null
                        || run.votes() == null
                        || run.votes().stream().anyMatch(vote -> vote == null || vote.key() == null));
    }

    private static Node node(Path file, Line line) {
        Fate fate;
        try {
            fate = Fate.valueOf(Objects.requireNonNull(line.fate).toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw notANode(file, line.id, "its fate is '" + line.fate + "'");
        }
        return new Node(
                line.parent == null ? RecordedTree.NONE : line.parent,
                line.child,
                Objects.requireNonNull(line.text),
                line.tokens,
                line.score == null ? Double.NaN : line.score,
                fate,
                line.completion);
    }

    private static Line line(SearchNode node, @Nullable Ending completion, @Nullable Run run) {
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
                node.decidedMillis(),
                completion,
                run);
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private static UsageException notANode(Path file, int id, String why) {
        return new UsageException(file + " is not a search tree as --tree writes it: line " + (id + 1) + " is not node "
                + id + ": " + why);
    }

    private static EspalierException cannotWrite(Path file, IOException cause) {
        return new EspalierException("cannot write the tree to " + file + ": " + Reason.of(cause), cause);
    }
}
