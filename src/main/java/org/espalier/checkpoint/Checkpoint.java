package org.espalier.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.espalier.safetensors.SafetensorsFile;
import org.espalier.safetensors.SafetensorsFile.Tensor;
import org.espalier.safetensors.SplitHead;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A model as it is published: a folder with {@code config.json}, a tokenizer, and its weights in safetensors files. */
public final class Checkpoint {
    static final String CONFIG = "config.json";
    static final String INDEX = "model.safetensors.index.json";
    private static final String SINGLE = "model.safetensors";
    private static final String ADAPTER = "adapter_config.json";
    private static final String CAUSAL = "ForCausalLM";
    /** TRL saves a model with a value head in this drawer. */
    private static final String DRAWER = "pretrained_model.";

    private static final List<String> TOKENIZERS = List.of("tokenizer.json", "tokenizer.model", "vocab.json");
    /** Python writes infinite numbers into configurations. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    /** The causal language model under a reward model, by {@code model_type}. */
    private static final Map<String, String> BASES = Map.of(
            "llama", "LlamaForCausalLM",
            "mistral", "MistralForCausalLM",
            "qwen2", "Qwen2ForCausalLM",
            "qwen3", "Qwen3ForCausalLM",
            "granite", "GraniteForCausalLM",
            "gemma2", "Gemma2ForCausalLM",
            "phi3", "Phi3ForCausalLM");

    private final Path folder;
    private final ObjectNode config;
    private final List<SafetensorsFile> files;

    private Checkpoint(Path folder, ObjectNode config, List<SafetensorsFile> files) {
        this.folder = folder;
        this.config = config;
        this.files = List.copyOf(files);
    }

    /**
     * Reads the headers of a checkpoint.
     *
     * @throws UsageException if the folder is none
     * @throws EspalierException if something of it is missing or damaged
     */
    public static Checkpoint open(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new UsageException("there is no folder " + folder);
        }
        if (Files.exists(folder.resolve(ADAPTER)) && Files.notExists(folder.resolve(CONFIG))) {
            throw new UsageException(folder + " is a LoRA adapter: merge it into its base model, or convert it with"
                    + " llama.cpp's convert_lora_to_gguf.py");
        }
        ObjectNode config = config(folder);
        if (TOKENIZERS.stream().map(folder::resolve).noneMatch(Files::isRegularFile)) {
            throw new EspalierException("%s has no tokenizer: get one of %s from the same repository"
                    .formatted(folder, String.join(", ", TOKENIZERS)));
        }
        List<SafetensorsFile> files = new ArrayList<>();
        for (String name : weightFiles(folder)) {
            Path file = folder.resolve(name);
            if (!Files.isRegularFile(file)) {
                throw new EspalierException("%s lacks %s: get it from the same repository".formatted(folder, name));
            }
            files.add(SafetensorsFile.open(file));
        }
        return new Checkpoint(folder, config, files);
    }

    private static ObjectNode config(Path folder) {
        Path file = folder.resolve(CONFIG);
        if (!Files.isRegularFile(file)) {
            throw new UsageException(
                    "%s has no %s: name the folder of a downloaded checkpoint".formatted(folder, CONFIG));
        }
        if (json(file) instanceof ObjectNode object) {
            return object;
        }
        throw new EspalierException(file + " is not a JSON object");
    }

    static JsonNode json(Path file) {
        try {
            return JSON.readTree(Files.readString(file));
        } catch (JacksonException e) {
            throw new EspalierException(file + " is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new EspalierException("cannot read %s: %s".formatted(file, Reason.of(e)), e);
        }
    }

    /** Those that the index names, else the only one. */
    private static List<String> weightFiles(Path folder) {
        Path index = folder.resolve(INDEX);
        if (Files.isRegularFile(index)) {
            TreeSet<String> names = new TreeSet<>();
            json(index).path("weight_map").forEach(name -> names.add(name.asString("")));
            for (String name : names) {
                if (name.isEmpty() || !Path.of(name).equals(Path.of(name).getFileName())) {
                    throw new EspalierException("%s names a file '%s' outside its folder".formatted(index, name));
                }
            }
            return List.copyOf(names);
        }
        if (Files.isRegularFile(folder.resolve(SINGLE))) {
            return List.of(SINGLE);
        }
        try (Stream<Path> all = Files.list(folder)) {
            boolean pickled = all.anyMatch(file -> file.toString().endsWith(".bin"));
            throw new EspalierException(
                    pickled
                            ? folder + " has its weights pickled (.bin), which could run code and is not read: save the"
                                    + " checkpoint as safetensors (save_pretrained of transformers does)"
                            : folder + " has no " + SINGLE + " and no " + INDEX);
        } catch (IOException e) {
            throw new EspalierException("cannot read %s: %s".formatted(folder, Reason.of(e)), e);
        }
    }

    Path folder() {
        return folder;
    }

    List<SafetensorsFile> files() {
        return files;
    }

    float[] read(Tensor tensor) {
        return files.stream()
                .filter(file -> file.tensors().contains(tensor))
                .findFirst()
                .orElseThrow()
                .read(tensor);
    }

    ObjectNode config() {
        return config;
    }

    /** The class of the model, as {@code architectures} in its configuration says; empty if it does not. */
    public String architecture() {
        return config.path("architectures").path(0).asString("");
    }

    /** Names by which a profile may know the model: of its folder, and of what it was trained from. */
    public List<String> names() {
        return Stream.of(
                        String.valueOf(folder.toAbsolutePath().normalize().getFileName()),
                        config.path("_name_or_path").asString(""))
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /** Returns what its GGUF file's architecture will be called. */
    public String ggufArchitecture() {
        String type = config.path("model_type").asString("");
        return type.equals("mistral") ? "llama" : type;
    }

    /** Bytes of its weights. */
    public long bytes() {
        return files.stream()
                .flatMap(file -> file.tensors().stream())
                .mapToLong(tensor -> tensor.end() - tensor.begin())
                .sum();
    }

    /** Returns what the head is like, such as "two layers, 2 classes"; empty for a causal language model. */
    public Optional<String> headDescription() {
        return head().map(SplitHead::describe);
    }

    /** @throws EspalierException if there has to be a head, and none of a known name is there */
    Optional<SplitHead> head() {
        if (architecture().endsWith(CAUSAL)) {
            return Optional.empty();
        }
        List<Tensor> tensors =
                files.stream().flatMap(file -> file.tensors().stream()).toList();
        Optional<SplitHead> head =
                SplitHead.find(tensors, config.path("hidden_size").asLong(0));
        if (head.isEmpty()) {
            throw new EspalierException(
                    "%s is a %s, whose head is not a known one; its tensors outside the layers are %s"
                            .formatted(
                                    folder,
                                    architecture().isEmpty() ? "model of no stated architecture" : architecture(),
                                    tensors.stream()
                                            .map(Tensor::name)
                                            .filter(name -> !name.contains(".layers."))
                                            .sorted()
                                            .limit(8)
                                            .toList()));
        }
        return head;
    }

    /**
     * The class of the causal language model that is left without the head.
     *
     * @throws EspalierException if none is known for this kind of model
     */
    String baseArchitecture() {
        if (architecture().endsWith(CAUSAL)) {
            return architecture();
        }
        String type = config.path("model_type").asString("");
        String base = BASES.get(type);
        if (base == null) {
            throw new EspalierException("%s is a %s of model_type '%s', for which no base is known: known are %s"
                    .formatted(folder, architecture(), type, new TreeSet<>(BASES.keySet())));
        }
        return base;
    }

    /** Returns whether the tensors are in the drawer that TRL puts them into. */
    boolean isInDrawer() {
        return files.stream()
                .flatMap(file -> file.tensors().stream())
                .anyMatch(tensor -> tensor.name().startsWith(DRAWER));
    }

    static String withoutDrawer(String name) {
        return name.startsWith(DRAWER) ? name.substring(DRAWER.length()) : name;
    }

    boolean hasTensor(String name) {
        return files.stream()
                .flatMap(file -> file.tensors().stream())
                .anyMatch(tensor -> withoutDrawer(tensor.name()).equals(name));
    }
}
