package org.espalier.runtime;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.catalog.NativeFolder;
import org.espalier.catalog.ProgramRun;
import org.espalier.catalog.ProgramRun.Outcome;
import org.espalier.llama.ModelTrial;
import org.espalier.model.EspalierException;
import org.espalier.model.Excerpt;
import org.jspecify.annotations.Nullable;

/** Starts {@link TrialMain} and says how it ended. */
final class TrialRun {
    /** Options of this process that its child needs too: where its classes lie in memory, and how it reads file names. */
    private static final List<String> INHERITED =
            List.of("-XX:SharedArchiveFile=", "-Dsun.jnu.encoding=", "-Dfile.encoding=");

    private static final Pattern PLACE = Pattern.compile("(?:\\S*/)?([\\w.-]+\\.(?:c|cpp|h|hpp|m|cu)):(\\d+): (.+)");
    private static final Pattern SIGNAL = Pattern.compile("#\\s+(SIG[A-Z]+) ");
    private static final Pattern FRAME = Pattern.compile("# C\\s+\\[([^+\\]]+).*");
    private static final int SIGNALLED = 128;

    private TrialRun() {}

    /** How a trial ended. */
    enum End {
        /** Everything worked. */
        RAN,
        /** llama.cpp refused something as it should, or nothing could be tried: to be seen where it is used. */
        REFUSED
    }

    /**
     * Tries files in a process of their own.
     *
     * @param poll is called about ten times a second, and may throw what ends the trial
     * @throws EspalierException if the process crashed
     */
    static End run(ModelTrial.Files files, int gpuLayers, int threads, Runnable poll) {
        Path log = null;
        try {
            log = Files.createTempFile("espalier-trial", ".log");
            Outcome outcome = ProgramRun.run(program(files, gpuLayers, threads), log, poll);
            if (outcome == null || outcome.exitCode() == TrialMain.REFUSED) {
                return End.REFUSED;
            }
            if (outcome.exitCode() != 0) {
                throw new EspalierException(crash(files, outcome.exitCode(), outcome.output()));
            }
            return End.RAN;
        } catch (IOException noRoomForALog) {
            return End.REFUSED;
        } finally {
            delete(log);
        }
    }

    private static void delete(@Nullable Path log) {
        if (log != null && !log.toFile().delete()) {
            log.toFile().deleteOnExit();
        }
    }

    private static ProcessBuilder program(ModelTrial.Files files, int gpuLayers, int threads) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                // As the launchers have it: an archive of classes that does not fit is no matter to speak of.
                "-Xlog:cds*=off",
                "-Xms8m",
                "-Xmx512m",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=/dev/null"));
        ProcessHandle.current().info().arguments().stream()
                .flatMap(Arrays::stream)
                .filter(argument -> INHERITED.stream().anyMatch(argument::startsWith))
                .forEach(command::add);
        String libraries = System.getProperty(NativeFolder.PROPERTY);
        if (libraries != null) {
            command.add("-D" + NativeFolder.PROPERTY + "=" + libraries);
        }
        command.addAll(List.of(
                "-cp",
                classPath(),
                TrialMain.class.getName(),
                files.model().toAbsolutePath().toString(),
                files.adapter() == null ? "" : files.adapter().toAbsolutePath().toString(),
                String.valueOf(files.readsHead()),
                String.valueOf(gpuLayers),
                String.valueOf(threads)));
        ProcessBuilder program = new ProcessBuilder(command);
        // Otherwise ggml starts a debugger, where there is one, to print a stack trace.
        program.environment().put("GGML_NO_BACKTRACE", "1");
        return program;
    }

    /** Our own jar, or folder of classes: nothing else is needed. */
    private static String classPath() {
        CodeSource source = TrialMain.class.getProtectionDomain().getCodeSource();
        try {
            return source == null
                    ? System.getProperty("java.class.path")
                    : Path.of(source.getLocation().toURI()).toString();
        } catch (URISyntaxException e) {
            return System.getProperty("java.class.path");
        }
    }

    /** One line that says what was being done, how it ended, and why if the output tells. */
    static String crash(ModelTrial.Files files, int exitCode, String output) {
        String stage = output.lines()
                .filter(line -> line.startsWith(TrialMain.STAGE))
                .reduce((first, second) -> second)
                .map(line ->
                        " while " + line.substring(TrialMain.STAGE.length()).toLowerCase(Locale.ROOT))
                .orElse("");
        String what = files.model() + (files.adapter() == null ? "" : " with the adapter " + files.adapter());
        String reason = reason(output).map(text -> " (" + text + ")").orElse("");
        return "llama.cpp cannot run %s: it ended with %s%s%s in a separate process: get the file again, or another one"
                .formatted(what, signal(exitCode, output), stage, reason);
    }

    private static String signal(int exitCode, String output) {
        Matcher named = SIGNAL.matcher(output);
        if (named.find()) {
            return named.group(1);
        }
        return switch (exitCode - SIGNALLED) {
            case 4 -> "SIGILL";
            case 6 -> "SIGABRT";
            case 7 -> "SIGBUS";
            case 8 -> "SIGFPE";
            case 9 -> "SIGKILL, as the system does where memory runs out,";
            case 11 -> "SIGSEGV";
            default -> exitCode > SIGNALLED ? "signal " + (exitCode - SIGNALLED) : "exit code " + exitCode;
        };
    }

    private static Optional<String> reason(String output) {
        for (String line : (Iterable<String>) output.lines()::iterator) {
            Matcher place = PLACE.matcher(line.strip());
            if (place.matches()) {
                return Optional.of(printable(place.group(1) + ":" + place.group(2) + ": " + place.group(3)));
            }
            int what = line.indexOf("what():");
            if (what >= 0) {
                return Optional.of(
                        printable(line.substring(what + "what():".length()).strip()));
            }
            Matcher frame = FRAME.matcher(line.strip());
            if (frame.matches()) {
                return Optional.of("in " + printable(frame.group(1)));
            }
        }
        return Optional.empty();
    }

    private static String printable(String text) {
        return Excerpt.of(text.replaceAll("\\p{Cntrl}", "?"), 200);
    }
}
