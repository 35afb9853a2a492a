package org.espalier.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.espalier.catalog.NativeFolder;

/** A process in which files are tried; started again after one that ended it. Used by one thread. */
final class TrialProcess implements AutoCloseable {
    private static final int LIMIT_SECONDS = 60;

    private Process process;
    private BufferedReader out;

    /** What came of a file: {@code ran}, {@code refused …}, {@code internal …} or {@code crashed …}. */
    record Result(String text) {
        boolean ran() {
            return text.equals("ran");
        }

        boolean crashed() {
            return text.startsWith("crashed");
        }

        boolean internal() {
            return text.startsWith("internal");
        }
    }

    /**
     * Tries files.
     *
     * @param adapter null for none
     * @param head null for none
     */
    Result run(Path model, Path adapter, Path head) throws IOException, InterruptedException {
        if (process == null) {
            start();
        }
        Process running = process;
        CompletableFuture<Void> limit = new CompletableFuture<>();
        limit.orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).whenComplete((done, late) -> {
            if (late != null) {
                running.destroyForcibly();
            }
        });
        List<String> said = new ArrayList<>();
        try {
            Writer in = process.outputWriter(StandardCharsets.UTF_8);
            in.write(model + "\t" + text(adapter) + "\t" + text(head) + "\n");
            in.flush();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.matches("= (ran|refused|internal).*")) {
                    return new Result(line.substring(2));
                }
                said.add(line);
            }
        } catch (IOException brokenPipe) {
            said.add(brokenPipe.getMessage());
        } finally {
            limit.complete(null);
        }
        process.waitFor();
        Result result = new Result("crashed " + process.exitValue() + " "
                + said.stream()
                        .filter(line ->
                                line.matches("= .*|.*(GGML_ASSERT|SIG[A-Z]{3}|what\\(\\)|\\.c(pp)?:\\d).*|# C .*"))
                        .toList());
        process = null;
        return result;
    }

    private static String text(Path path) {
        return path == null ? TrialWorker.NONE : path.toString();
    }

    private void start() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=/dev/null"));
        String directory = System.getProperty(NativeFolder.PROPERTY);
        if (directory != null) {
            command.add("-D" + NativeFolder.PROPERTY + "=" + directory);
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), TrialWorker.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("GGML_NO_BACKTRACE", "1");
        process = builder.start();
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
