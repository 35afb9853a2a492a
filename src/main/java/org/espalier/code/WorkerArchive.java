package org.espalier.code;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.espalier.model.EspalierException;

/**
 * A worker that is written in Java, as an archive that a command line can carry: a sandbox shows no file of Espalier's. It is
 * compiled once, by the JDK that will run it. Stateless but for that.
 */
final class WorkerArchive {
    private static final Map<List<String>, String> BUILT = new ConcurrentHashMap<>();

    private WorkerArchive() {}

    /**
     * The archive in Base64.
     *
     * @param sources resources
     * @throws EspalierException if they cannot be compiled
     */
    static String of(List<String> sources, Path jdk) {
        return BUILT.computeIfAbsent(sources, all -> built(all, jdk));
    }

    private static String built(List<String> sources, Path jdk) {
        try {
            Path folder = Files.createTempDirectory("espalier-worker-");
            try {
                return built(sources, jdk, folder);
            } finally {
                delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EspalierException("interrupted while the worker of Java was compiled", e);
        }
    }

    private static String built(List<String> sources, Path jdk, Path folder) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                jdk.resolve("bin/javac").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC",
                "-nowarn",
                "-proc:none",
                "-d",
                folder.resolve("classes").toString()));
        for (String source : sources) {
            Path file = folder.resolve(Objects.requireNonNull(Path.of(source).getFileName()));
            Files.writeString(file, Language.resource(source));
            command.add(file.toString());
        }
        Path said = folder.resolve("said");
        Process javac = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        javac.getOutputStream().close();
        if (javac.waitFor() != 0) {
            throw new EspalierException("the worker of Java cannot be compiled: "
                    + Files.readString(said, StandardCharsets.UTF_8)
                            .lines()
                            .findFirst()
                            .orElse("javac says nothing"));
        }
        return Base64.getEncoder().encodeToString(archive(folder.resolve("classes")));
    }

    private static byte[] archive(Path classes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                jar.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, jar);
            }
        }
        return bytes.toByteArray();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
