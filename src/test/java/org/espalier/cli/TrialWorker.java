package org.espalier.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.espalier.engine.Batch;
import org.espalier.llama.ContextOptions;
import org.espalier.llama.LlamaModelRunner;
import org.espalier.llama.ModelOptions;
import org.espalier.llama.ModelTrial;
import org.espalier.llama.ModelTrial.Files;
import org.espalier.llama.NativeModel;
import org.espalier.model.EspalierException;
import org.espalier.prm.DenseHead;
import org.espalier.runtime.HeadFile;

/** Tries one file after another and says of each what comes of it, so that the last one named is the one that ended it. */
final class TrialWorker {
    static final String NONE = "-";

    private TrialWorker() {}

    /** Reads lines of a model, an adapter and a head, separated by tabs; the last two may be {@value #NONE}. */
    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split("\t", -1);
            try {
                if (words[2].equals(NONE)) {
                    Path adapter = words[1].equals(NONE) ? null : Path.of(words[1]);
                    ModelTrial.run(
                            new Files(Path.of(words[0]), adapter, true),
                            ModelOptions.DEFAULT,
                            1,
                            stage -> say(String.valueOf(stage)));
                } else {
                    read(Path.of(words[0]), Path.of(words[2]));
                }
                say("ran");
            } catch (EspalierException e) {
                say("refused " + e.getMessage());
            } catch (RuntimeException | Error e) {
                say("internal " + e);
            }
        }
    }

    private static void read(Path model, Path file) {
        DenseHead head = HeadFile.open(file).read();
        ContextOptions options = ContextOptions.of(256, 1).withThreads(1);
        try (NativeModel loaded = NativeModel.open(model, ModelOptions.DEFAULT);
                LlamaModelRunner runner = LlamaModelRunner.open(loaded, options, head, null)) {
            Batch batch = runner.batch();
            batch.clear();
            batch.head(batch.add(1, 0, 0));
            runner.run(Long.MAX_VALUE);
        }
    }

    private static void say(String line) {
        System.out.println("= " + line.replace('\n', ' '));
        System.out.flush();
    }
}
