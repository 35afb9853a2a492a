package org.espalier.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.catalog.FileTree;
import org.espalier.catalog.ProcessLock;
import org.espalier.catalog.ProgramRun;
import org.espalier.catalog.ProgramRun.Outcome;
import org.espalier.model.EspalierException;
import org.espalier.model.Excerpt;
import org.jspecify.annotations.Nullable;

/**
 * llama.cpp's own converter, from the source of the release that this build is pinned to, in a Python environment of its
 * own. Both are made when they are first needed:
 *
 * <ul>
 *   <li>the source, by {@code scripts/fetch-llama --source}, its Python files compared with their digest each time; {@code ESPALIER_LLAMA_SOURCE} names one that is there already
 *   <li>the environment, by {@code python3 -m venv} and pip, with the wheels whose digests {@code convert-requirements.txt} has;
 *       {@code ESPALIER_PYTHON} names a Python that has them already
 * </ul>
 */
final class LlamaConverter {
    static final String SCRIPT = "convert_hf_to_gguf.py";
    private static final String SOURCE = "ESPALIER_LLAMA_SOURCE";
    private static final String PYTHON = "ESPALIER_PYTHON";
    private static final String REQUIREMENTS = "convert-requirements.txt";
    private static final String COMPLETE = "complete";
    /** Of the Python files of llama.cpp v0.5.0's source, as {@link CodeDigest} has it. */
    static final String SOURCE_SHA256 = "670400eef64a4abe32ea90832f6843cd8ca3268aa7d819260a8f64e5f2a50c4a";

    private static final int LONGEST_REASON = 300;

    /** What the converter says, and what that means. */
    private static final Map<Pattern, String> KNOWN_FAILURES = Map.of(
            Pattern.compile("BPE pre-tokenizer was not recognized"),
                    "llama.cpp v0.5.0 does not know its tokenizer; check that the tokenizer's files are the model's own",
            Pattern.compile("Model (\\S+) is not supported"), "llama.cpp v0.5.0 does not know the architecture $1",
            Pattern.compile("Can not map tensor '([^']+)'"), "llama.cpp v0.5.0 has no place for its tensor $1",
            Pattern.compile("File not found: ([^\\s{}]*tokenizer[^\\s{}]*)"),
                    "its tokenizer is incomplete: $1 is missing",
            Pattern.compile("No space left on device"), "the disk is full");

    private final Path cache;
    private final Map<String, String> environment;
    private final @Nullable Path checkout;
    private final Consumer<String> stages;

    /**
     * @param cache where the source and the environment are kept
     * @param environment the variables of the user's shell
     * @param checkout the root of the checkout that this build is from; null if it is not in one
     * @param stages hears what is being done
     */
    LlamaConverter(Path cache, Map<String, String> environment, @Nullable Path checkout, Consumer<String> stages) {
        this.cache = cache;
        this.environment = environment;
        this.checkout = checkout;
        this.stages = stages;
    }

    /**
     * Converts.
     *
     * @param name that the file is to give the model
     * @param type of the weights, in the converter's words
     * @param target appears complete or not at all
     * @throws EspalierException if Python or the source cannot be had, or the converter refuses; the message says why
     */
    void convert(Path checkpoint, String name, String type, Path target) throws IOException {
        Path source = source();
        String python = python();
        Path partial = target.resolveSibling(target.getFileName() + ".partial");
        Path log = target.resolveSibling(target.getFileName() + ".log");
        stages.accept("Converting to " + type);
        Path empty = target.resolveSibling("empty");
        FileTree.delete(empty);
        ProcessBuilder program = IsolatedPython.program(
                python,
                Files.createDirectories(empty),
                source.resolve(SCRIPT),
                checkpoint,
                List.of("--outfile", partial.toAbsolutePath().toString(), "--outtype", type, "--model-name", name));
        Outcome outcome = ProgramRun.run(program, log, () -> {});
        if (outcome == null || outcome.isMissing()) {
            throw new EspalierException("there is no program " + python);
        }
        if (outcome.exitCode() != 0) {
            Files.deleteIfExists(partial);
            throw new EspalierException("%s (log: %s)".formatted(reason(outcome), log));
        }
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        Files.deleteIfExists(log);
    }

    private static String reason(Outcome outcome) {
        if (outcome.output().contains(IsolatedPython.REFUSED)) {
            return "its conversion wants to " + lastLine(outcome).replaceFirst(".*" + IsolatedPython.REFUSED, "")
                    + ", which no checkpoint may";
        }
        for (Map.Entry<Pattern, String> known : KNOWN_FAILURES.entrySet()) {
            Matcher matcher = known.getKey().matcher(outcome.output());
            if (matcher.find()) {
                return matcher.groupCount() == 0
                        ? known.getValue()
                        : known.getValue().replace("$1", matcher.group(1));
            }
        }
        return "llama.cpp's converter failed: " + lastLine(outcome);
    }

    private static String lastLine(Outcome outcome) {
        String last = outcome.output()
                .lines()
                .filter(line -> !line.isBlank())
                .reduce("exit code " + outcome.exitCode(), (before, line) -> line)
                .strip();
        return Excerpt.of(last, LONGEST_REASON);
    }

    /** The folder of llama.cpp's source. */
    private Path source() throws IOException {
        String named = environment.getOrDefault(SOURCE, "");
        if (!named.isEmpty()) {
            if (Files.isRegularFile(Path.of(named, SCRIPT))) {
                return Path.of(named).toAbsolutePath();
            }
            throw new EspalierException("%s=%s has no %s".formatted(SOURCE, named, SCRIPT));
        }
        Path folder = cache.resolve("llama-v0.5.0-source");
        return alone("llama-v0.5.0-source.lock", "llama.cpp's source", () -> {
            if (Files.isRegularFile(folder.resolve(COMPLETE)) && isPinned(folder.resolve("source"))) {
                return folder.resolve("source");
            }
            Path script = checkout == null ? null : checkout.resolve("scripts/fetch-llama");
            if (script == null || !Files.isExecutable(script)) {
                throw new EspalierException(
                        "llama.cpp's converter is not here: unpack the source of llama.cpp v0.5.0 and"
                                + " name its folder in " + SOURCE);
            }
            stages.accept("Unpacking llama.cpp's source");
            FileTree.delete(folder);
            Files.createDirectories(folder);
            run(
                    ProgramRun.apart(
                            folder,
                            List.of(
                                    script.toAbsolutePath().toString(),
                                    "--source",
                                    folder.toAbsolutePath().toString())),
                    folder.resolve("log"),
                    "fetch-llama");
            if (!isPinned(folder.resolve("source"))) {
                throw new EspalierException("the source that was unpacked at " + folder + " is not llama.cpp v0.5.0's");
            }
            Files.writeString(folder.resolve(COMPLETE), "");
            return folder.resolve("source");
        });
    }

    private static boolean isPinned(Path source) throws IOException {
        return Files.isDirectory(source) && CodeDigest.of(source).equals(SOURCE_SHA256);
    }

    /** A Python that has what the converter imports. */
    private String python() throws IOException {
        String named = environment.getOrDefault(PYTHON, "");
        if (!named.isEmpty()) {
            return named.contains("/") ? Path.of(named).toAbsolutePath().toString() : named;
        }
        String requirements = requirements();
        Path folder = cache.toAbsolutePath()
                .resolve("python")
                .resolve("convert-" + Integer.toHexString(requirements.hashCode()));
        String python = folder.resolve("bin/python").toString();
        return alone("python-convert.lock", "Python's packages", () -> {
            if (Files.isRegularFile(folder.resolve(COMPLETE))) {
                return python;
            }
            stages.accept("Installing what llama.cpp's converter needs (PyTorch: up to 3 GB, once); " + PYTHON
                    + " names a Python that has it");
            Files.createDirectories(folder);
            Path log = folder.resolve("install.log");
            run(
                    ProgramRun.apart(folder, List.of("python3", "-I", "-m", "venv", folder.toString())),
                    log,
                    "python3 -m venv");
            Path list = Files.writeString(folder.resolve(REQUIREMENTS), requirements);
            ProcessBuilder pip = ProgramRun.apart(
                    folder,
                    List.of(
                            python,
                            "-I",
                            "-m",
                            "pip",
                            "install",
                            "--quiet",
                            "--no-input",
                            "--disable-pip-version-check",
                            // No code of a package runs, and each is the pinned one.
                            "--require-hashes",
                            "--no-deps",
                            "--only-binary=:all:",
                            "--requirement",
                            list.toString()));
            // On small machines the system's temporary folder is in memory, and PyTorch does not fit.
            Path temporary = Files.createDirectories(folder.resolve("tmp"));
            pip.environment().put("TMPDIR", temporary.toString());
            run(pip, log, "pip");
            FileTree.delete(temporary);
            Files.writeString(folder.resolve(COMPLETE), "");
            return python;
        });
    }

    private static String requirements() throws IOException {
        try (InputStream in = Objects.requireNonNull(LlamaConverter.class.getResourceAsStream(REQUIREMENTS))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private <T> T alone(String lock, String what, ProcessLock.Work<T> work) throws IOException {
        Files.createDirectories(cache);
        return ProcessLock.holding(
                cache.resolve(lock), () -> stages.accept("Waiting for another import to get " + what), work);
    }

    private static void run(ProcessBuilder program, Path log, String name) throws IOException {
        Outcome outcome = ProgramRun.run(program, log, () -> {});
        if (outcome == null || outcome.isMissing()) {
            throw new EspalierException(
                    "%s is missing, which importing needs (Debian: apt-get install python3-venv)".formatted(name));
        }
        if (outcome.exitCode() != 0) {
            throw new EspalierException("%s failed: %s (log: %s)".formatted(name, lastLine(outcome), log));
        }
    }
}
