package org.espalier.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.espalier.catalog.CatalogEntry;
import org.espalier.catalog.ModelPieces;
import org.espalier.gguf.GgufArray;
import org.espalier.gguf.GgufHeader;
import org.espalier.gguf.GgufTensor;
import org.espalier.gguf.HeadFormat;
import org.espalier.model.EspalierException;
import org.espalier.prm.PrmProfiles;
import org.espalier.runtime.HeadFile;
import org.espalier.runtime.ProfileFit;
import org.jspecify.annotations.Nullable;

/**
 * What a GGUF file says about itself and what that means here.
 *
 * @param layers null where the file does not say, as the other numbers
 * @param specialTokens text by what it is for
 * @param template of chats: what it looks like, "not known" or "none"
 * @param profiles by which it may be read as a PRM
 * @param head the sidecar file with a dense head beside it; null if there is none
 * @param warnings sentences
 */
record ModelReport(
        String file,
        long bytes,
        @Nullable String name,
        @Nullable String architecture,
        long parameters,
        String quantisation,
        @Nullable Long layers,
        @Nullable Long width,
        @Nullable Long context,
        @Nullable Long vocabulary,
        @Nullable Long cacheBytesPerToken,
        Map<String, String> specialTokens,
        String template,
        List<ProfileFit> profiles,
        @Nullable String head,
        List<String> warnings) {
    private static final Pattern REWARD_MODEL =
            Pattern.compile("(?i)(^|[^a-z])(prm|orm|rm)([^a-z]|$)|reward|math-shepherd|reasoneval");

    /** Parts of a template by which its family is told. */
    private static final Map<String, String> TEMPLATES = new LinkedHashMap<>();

    static {
        TEMPLATES.put("<|start_of_role|>", "Granite");
        TEMPLATES.put("<|im_start|>", "ChatML");
        TEMPLATES.put("<|start_header_id|>", "Llama 3");
        TEMPLATES.put("<start_of_turn>", "Gemma");
        TEMPLATES.put("<|channel|>", "Harmony");
        TEMPLATES.put("<\uff5cAssistant\uff5c>", "DeepSeek");
        TEMPLATES.put("<|assistant|>", "Phi or Zephyr");
        TEMPLATES.put("[INST]", "Mistral or Llama 2");
    }

    /** @param entry of the catalogue; null for another file */
    static ModelReport of(Path file, @Nullable CatalogEntry entry) {
        Path first = ModelPieces.first(file);
        return ofFirst(Files.isRegularFile(first) ? first : file, entry);
    }

    private static ModelReport ofFirst(Path file, @Nullable CatalogEntry entry) {
        GgufHeader header = GgufHeader.readWithVocabulary(file);
        List<String> tokens = tokens(header);
        List<GgufTensor> tensors = ModelPieces.tensors(file);
        List<String> warnings = new ArrayList<>();
        String headFile = HeadFormat.beside(file).map(Path::toString).orElse(null);
        List<ProfileFit> profiles = profiles(header, file, tokens, entry, warnings);
        warn(header, file, profiles, headFile, warnings);
        return new ModelReport(
                file.toString(),
                ModelPieces.bytes(file),
                header.name().orElse(null),
                header.architecture().orElse(null),
                tensors.stream().mapToLong(GgufTensor::elements).sum(),
                GgufHeader.quantisation(tensors),
                boxed(header.layers()),
                boxed(header.embeddingLength()),
                boxed(header.contextLength()),
                boxed(header.vocabularySize()),
                boxed(header.cacheBytesPerToken()),
                specialTokens(header, tokens),
                template(header),
                profiles,
                headFile,
                warnings);
    }

    private static List<ProfileFit> profiles(
            GgufHeader header, Path file, List<String> tokens, @Nullable CatalogEntry entry, List<String> warnings) {
        if (tokens.isEmpty()) {
            return List.of();
        }
        Optional<Path> head = HeadFormat.beside(file);
        Optional<String> ofHead = Optional.empty();
        try {
            ofHead = head.map(HeadFile::open).flatMap(HeadFile::profile);
        } catch (EspalierException e) {
            warnings.add(e.spelled(new FlagSpelling()));
        }
        List<ProfileFit> certain =
                ProfileFit.certain(header, file, Optional.ofNullable(entry).flatMap(CatalogEntry::profile), ofHead);
        // What its vocabulary would allow says nothing about a head.
        return certain.isEmpty() && head.isEmpty() ? ProfileFit.possible(new HashSet<>(tokens)) : certain;
    }

    private static String stem(Path file) {
        return String.valueOf(file.getFileName()).replaceFirst("\\.gguf$", "");
    }

    private static @Nullable Long boxed(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }

    private static List<String> tokens(GgufHeader header) {
        return header.metadata().get("tokenizer.ggml.tokens") instanceof GgufArray tokens
                ? tokens.values().stream().map(String::valueOf).toList()
                : List.of();
    }

    private static Map<String, String> specialTokens(GgufHeader header, List<String> tokens) {
        Map<String, String> special = new LinkedHashMap<>();
        for (String use : List.of("bos", "eos", "eot", "padding", "unknown")) {
            if (header.metadata().get("tokenizer.ggml." + use + "_token_id") instanceof Long id) {
                String text = id >= 0 && id < tokens.size() ? tokens.get((int) (long) id) : "not in the vocabulary";
                special.put(use, id + " " + text);
            }
        }
        return special;
    }

    private static String template(GgufHeader header) {
        return header.chatTemplate()
                .map(text -> TEMPLATES.entrySet().stream()
                        .filter(known -> text.contains(known.getKey()))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElse("not known"))
                .orElse("none");
    }

    private static void warn(
            GgufHeader header, Path file, List<ProfileFit> profiles, @Nullable String headFile, List<String> warnings) {
        if (HeadFormat.ARCHITECTURE.equals(header.architecture().orElse(""))) {
            warnings.add("this is the dense head of a PRM, not a model: it is used with the file beside it");
            return;
        }
        try {
            header.requireLoadable();
        } catch (EspalierException e) {
            warnings.add(String.valueOf(e.getMessage()));
        }
        if (header.metadata().get("general.type") instanceof String type && !type.equals("model")) {
            warnings.add("this is not a whole model: its type is " + type);
        }
        ModelPieces.problem(file, header).ifPresent(warnings::add);
        if (header.vocabularySize().isEmpty()) {
            warnings.add("it has no vocabulary, so it cannot write or judge steps");
        }
        boolean certain = profiles.stream().anyMatch(ProfileFit::certain);
        List<String> names = List.of(stem(file), header.name().orElse(""));
        boolean called =
                names.stream().anyMatch(text -> REWARD_MODEL.matcher(text).find());
        boolean readsHead = profiles.stream()
                .filter(ProfileFit::certain)
                .flatMap(fit -> PrmProfiles.find(fit.profile()).stream())
                .anyMatch(profile -> profile.head() != null);
        if (headFile == null && readsHead) {
            warnings.add(
                    "this is a dense-head PRM without its head, as converters leave it: `espalier models import` makes"
                            + " both files of the original checkpoint; --prm-head names a head that is elsewhere");
        } else if (headFile == null && called && !certain) {
            warnings.add(
                    "this file looks like a dense-head PRM without its head: its name says reward model, and nothing"
                            + " says how it is read. Converters drop such heads: `espalier models import` makes both files of the"
                            + " original checkpoint; a PRM that answers with tokens needs --prm-profile only");
        }
        if (header.chatTemplate().isEmpty() && header.vocabularySize().isPresent() && !certain) {
            warnings.add(
                    "it has no chat template: as a policy it is prompted as a base model (--template chatml for turns)");
        }
    }
}
