package org.espalier.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.espalier.checkpoint.SafetensorsFile.Tensor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Lays out a checkpoint for the converter: a folder of links in which the head is gone and the model is called what it is
 * without it. Only files that held a part of the head are copied.
 */
final class StagedCheckpoint {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    /** What speaks of the head or of Python files of the repository. */
    private static final List<String> LEFT_OUT =
            List.of("auto_map", "num_labels", "id2label", "label2id", "problem_type", "classifier_dropout");

    private StagedCheckpoint() {}

    /** @param target exists and is empty */
    static void stage(Checkpoint checkpoint, Path target) throws IOException {
        Set<String> head = checkpoint.head().map(SplitHead::names).orElse(Set.of());
        for (SafetensorsFile file : checkpoint.files()) {
            Path staged = target.resolve(file.path().getFileName());
            boolean touched = checkpoint.isInDrawer()
                    || file.tensors().stream().map(Tensor::name).anyMatch(head::contains);
            if (touched) {
                file.copy(name -> !head.contains(name), Checkpoint::withoutDrawer, staged);
            } else {
                link(file.path(), staged);
            }
        }
        Files.writeString(target.resolve(Checkpoint.CONFIG), JSON.writeValueAsString(config(checkpoint)));
        Path index = checkpoint.folder().resolve(Checkpoint.INDEX);
        if (Files.isRegularFile(index)) {
            Files.writeString(target.resolve(Checkpoint.INDEX), JSON.writeValueAsString(index(index, head)));
        }
        try (Stream<Path> files = Files.list(checkpoint.folder())) {
            for (Path file : files.filter(StagedCheckpoint::isOfTokenizer).toList()) {
                link(file, target.resolve(file.getFileName()));
            }
        }
    }

    /** The tokenizer's files and the templates; weights in other formats and code are left where they are. */
    private static boolean isOfTokenizer(Path file) {
        String name = String.valueOf(file.getFileName());
        boolean wanted = Stream.of(".json", ".model", ".txt", ".jinja").anyMatch(name::endsWith);
        return wanted
                && Files.isRegularFile(file)
                && !name.equals(Checkpoint.CONFIG)
                && !name.equals(Checkpoint.INDEX)
                && !name.endsWith(".bin.index.json");
    }

    private static void link(Path file, Path target) throws IOException {
        Path real = file.toRealPath();
        try {
            Files.createSymbolicLink(target, real);
        } catch (UnsupportedOperationException | IOException noLinks) {
            Files.copy(real, target);
        }
    }

    private static ObjectNode config(Checkpoint checkpoint) {
        ObjectNode config = checkpoint.config().deepCopy();
        ArrayNode architectures = config.putArray("architectures");
        architectures.add(checkpoint.baseArchitecture());
        config.remove(LEFT_OUT);
        if (!checkpoint.hasTensor("lm_head.weight")) {
            // Nothing is read from the vocabulary's scores, but the file has to have some.
            config.put("tie_word_embeddings", true);
        }
        return config;
    }

    private static JsonNode index(Path file, Set<String> head) {
        ObjectNode index = (ObjectNode) Checkpoint.json(file).deepCopy();
        ObjectNode map = JSON.createObjectNode();
        index.path("weight_map").properties().forEach(entry -> {
            if (!head.contains(entry.getKey())) {
                map.set(Checkpoint.withoutDrawer(entry.getKey()), entry.getValue());
            }
        });
        index.set("weight_map", map);
        return index;
    }
}
