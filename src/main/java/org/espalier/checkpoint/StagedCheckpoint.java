package org.espalier.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.espalier.safetensors.SafetensorsFile;
import org.espalier.safetensors.SafetensorsFile.Tensor;
import org.espalier.safetensors.SplitHead;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Lays out a checkpoint for the converter: a folder of links in which the head is gone and the model is called what it is
 * without it. Only files that held a part of the head are copied. Nothing in it names Python code to run, and there is
 * none: transformers, which the converter calls with {@code trust_remote_code}, finds nothing to trust.
 */
final class StagedCheckpoint {
    private static final JsonMapper JSON =
            JsonMapper.builder().disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS).build();
    /** What speaks of the head. */
    private static final List<String> OF_HEAD =
            List.of("num_labels", "id2label", "label2id", "problem_type", "classifier_dropout");

    /** What names code of the checkpoint's repository or of another one. */
    private static final List<String> OF_CODE = List.of(
            "auto_map",
            "custom_pipelines",
            "custom_generate",
            "trust_remote_code",
            "attn_implementation",
            "_attn_implementation",
            "experts_implementation",
            "_experts_implementation");

    /** Names a class of transformers; anything but a plain name is something else. */
    private static final Set<String> CLASSES = Set.of("tokenizer_class", "processor_class", "image_processor_type");

    private static final Pattern PLAIN = Pattern.compile("\\w+");
    /** Whose keys are tokens, any of them; transformers reads no settings from these. */
    private static final Set<String> VOCABULARIES = Set.of("tokenizer.json", "vocab.json", "added_tokens.json");

    private StagedCheckpoint() {}

    /**
     * Stages.
     *
     * @param target exists and is empty
     * @return the settings that named code and were left out
     */
    static Set<String> stage(Checkpoint checkpoint, Path target) throws IOException {
        Set<String> left = new TreeSet<>();
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
        Files.writeString(
                target.resolve(Checkpoint.CONFIG), JSON.writeValueAsString(withoutCode(config(checkpoint), left)));
        Path index = checkpoint.folder().resolve(Checkpoint.INDEX);
        if (Files.isRegularFile(index)) {
            Files.writeString(target.resolve(Checkpoint.INDEX), JSON.writeValueAsString(index(index, head)));
        }
        try (Stream<Path> files = Files.list(checkpoint.folder())) {
            for (Path file : files.filter(StagedCheckpoint::isOfTokenizer).toList()) {
                stage(file, target.resolve(file.getFileName()), left);
            }
        }
        return left;
    }

    private static void stage(Path file, Path target, Set<String> left) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (!name.endsWith(".json") || VOCABULARIES.contains(name)) {
            link(file, target);
        } else {
            Files.writeString(
                    target,
                    JSON.writeValueAsString(withoutCode(Checkpoint.json(file).deepCopy(), left)));
        }
    }

    /** Takes out, at any depth, what names code. */
    private static JsonNode withoutCode(JsonNode node, Set<String> left) {
        if (node instanceof ObjectNode object) {
            List<String> named = object.properties().stream()
                    .filter(entry -> OF_CODE.contains(entry.getKey())
                            || (CLASSES.contains(entry.getKey())
                                    && entry.getValue().isString()
                                    && !PLAIN.matcher(entry.getValue().asString())
                                            .matches()))
                    .map(Map.Entry::getKey)
                    .toList();
            left.addAll(named);
            object.remove(named);
        }
        node.forEach(child -> withoutCode(child, left));
        return node;
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
        config.remove(OF_HEAD);
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
