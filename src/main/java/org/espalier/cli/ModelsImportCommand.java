package org.espalier.cli;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.espalier.catalog.CatalogEntry.Role;
import org.espalier.catalog.ImportedModel;
import org.espalier.catalog.ModelFile;
import org.espalier.catalog.ModelStore;
import org.espalier.checkpoint.Checkpoint;
import org.espalier.checkpoint.CheckpointImport;
import org.espalier.checkpoint.CheckpointImport.Imported;
import org.espalier.prm.JudgeProfile;
import org.espalier.prm.JudgeProfiles;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code espalier models import}. */
@Command(
        name = "import",
        description = "Makes a GGUF model of a downloaded checkpoint, and adds it to the list.",
        sortOptions = false,
        footer = {
            "",
            "DIR holds config.json, a tokenizer and safetensors files. The dense head of a reward model becomes a file of its",
            "own beside the model. The conversion is llama.cpp's and needs Python: an environment is made once, or",
            "ESPALIER_PYTHON names one that has torch, transformers and sentencepiece.",
            "",
            "Example:",
            "  espalier models import Skywork-o1-Open-PRM-Qwen-2.5-1.5B --quantize q8_0",
        })
final class ModelsImportCommand implements Runnable {
    /** Types of weights. */
    enum Weights {
        F32,
        F16,
        BF16,
        Q8_0
    }

    @Parameters(paramLabel = "DIR", description = "The folder of the checkpoint.")
    private Path folder = Path.of("");

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "The name to list it under (default: the folder's name).")
    private @Nullable String name;

    @Option(
            names = "--quantize",
            paramLabel = "TYPE",
            defaultValue = "f16",
            description =
                    "Type of the weights: f32, f16, bf16 or q8_0 (default: ${DEFAULT-VALUE}). A head stays exact.")
    private Weights weights = Weights.F16;

    @Option(
            names = "--prm-profile",
            paramLabel = "PROFILE",
            description = "How the PRM is fed and read, where its name does not say.")
    private @Nullable String prmProfile;

    @Override
    public void run() {
        Checkpoint checkpoint = Checkpoint.open(folder);
        ModelStore store = ModelStore.open();
        String known = store.checkedName(name == null ? ModelStore.nameOf(folder) : name);
        Optional<String> profile = profile(checkpoint);
        boolean hasHead = checkpoint.headDescription().isPresent();
        if (hasHead && profile.isEmpty()) {
            System.err.println("Nothing says how this PRM is read: give --prm-profile now, or whenever it is used");
        }
        CheckpointImport importing = new CheckpointImport(
                store.cacheFolder(), System.getenv(), checkout(), line -> System.err.println(line));
        ModelFile file =
                store.alone(known, () -> System.err.println("Waiting for another process to finish " + known), () -> {
                    Imported made = importing.run(
                            checkpoint, weights.name().toLowerCase(Locale.ROOT), profile, store.folder(), known);
                    return store.add(new ImportedModel(
                            known,
                            checkpoint.architecture(),
                            hasHead || profile.isPresent() ? Role.PRM : Role.POLICY,
                            folder.toAbsolutePath().normalize().toString(),
                            profile,
                            made.model(),
                            Optional.ofNullable(made.head())));
                });
        System.out.println(file.path());
        System.err.println("Its name is " + known
                + profile.map(text -> ", read by " + text).orElse(""));
    }

    /** What the caller names, else the one whose model this is by its names. */
    private Optional<String> profile(Checkpoint checkpoint) {
        if (prmProfile != null) {
            return Optional.of(JudgeProfiles.named(prmProfile).name());
        }
        List<JudgeProfile> known = JudgeProfiles.recognise(checkpoint.names(), checkpoint.ggufArchitecture());
        return known.size() == 1 ? Optional.of(known.get(0).name()) : Optional.empty();
    }

    /** The root of the checkout that this build lies in: of {@code target/espalier.jar} or {@code target/classes}. */
    private static @Nullable Path checkout() {
        CodeSource source = ModelsImportCommand.class.getProtectionDomain().getCodeSource();
        try {
            Path target = Path.of(source.getLocation().toURI()).toAbsolutePath().getParent();
            return target == null ? null : target.getParent();
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
