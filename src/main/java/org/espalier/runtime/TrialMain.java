package org.espalier.runtime;

import java.io.IOException;
import java.nio.file.Path;
import org.espalier.llama.ModelOptions;
import org.espalier.llama.ModelTrial;
import org.espalier.llama.ModelTrial.Files;
import org.espalier.model.EspalierException;

/**
 * The process of its own in which {@link LoadCheck} has files tried. It writes a line for each stage that begins, so that the
 * last one tells where it ended.
 */
final class TrialMain {
    /** What a line of a stage begins with. */
    static final String STAGE = "stage ";

    /** That llama.cpp refuses the files as it should, which it will do again where they are loaded for use. */
    static final int REFUSED = 3;

    private TrialMain() {}

    /** Arguments: the model, the adapter or nothing, whether a head is read, layers on the GPU, threads. */
    public static void main(String[] args) {
        bearMemoryShortage();
        Files files =
                new Files(Path.of(args[0]), args[1].isEmpty() ? null : Path.of(args[1]), Boolean.parseBoolean(args[2]));
        ModelOptions options = new ModelOptions(Integer.parseInt(args[3]), true, true);
        try {
            ModelTrial.run(files, options, Integer.parseInt(args[4]), TrialMain::begins);
        } catch (EspalierException e) {
            System.out.println(e.getMessage());
            System.exit(REFUSED);
        }
        System.exit(0);
    }

    /** Where memory runs out, Linux is to end this process and no other. */
    private static void bearMemoryShortage() {
        try {
            java.nio.file.Files.writeString(Path.of("/proc/self/oom_score_adj"), "1000");
        } catch (IOException notLinux) {
            return;
        }
    }

    private static void begins(ModelTrial.Stage stage) {
        System.out.println(STAGE + stage);
        System.out.flush();
    }
}
