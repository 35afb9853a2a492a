package org.espalier.llama;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.espalier.catalog.NativeFolder;

/**
 * Writes the native tests' models of random weights: 265 tokens, of which 5.. are the bytes and the last three make "Yes"
 * and "No" one token each, and a ChatML template.
 */
public final class TinyGguf {
    static final int END_OF_TURN = 4;
    static final int FIRST_BYTE = 5;
    static final int VOCABULARY = 265;

    private TinyGguf() {}

    /** @param kind llama, llama-tied (in half precision, without an output head of its own), qwen2, qwen2-tied, mamba or lfm2 */
    public static Path write(String kind, Path directory) throws IOException, InterruptedException {
        return write(directory.resolve(kind + ".gguf"), kind);
    }

    /** A model in which the embedding of a token is not a number. */
    public static Path writeSpoilt(String kind, int token, Path directory) throws IOException, InterruptedException {
        return write(directory.resolve(kind + "-without-" + token + ".gguf"), kind, Integer.toString(token));
    }

    private static Path write(Path file, String kind, String... token) throws IOException, InterruptedException {
        Path tool = Path.of(System.getProperty(NativeFolder.PROPERTY, "target/native"), "make-tiny-gguf");
        List<String> command = new ArrayList<>(List.of(tool.toString(), kind, file.toString()));
        command.addAll(List.of(token));
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0 || !Files.isRegularFile(file)) {
            throw new IOException(tool + " failed");
        }
        return file;
    }
}
