package org.espalier.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** One SHA-256 of all files of a folder that Python would run: their names and their bytes. */
final class CodeDigest {
    private static final List<String> CODE = List.of(".py", ".pyc", ".pth", ".so", ".zip", ".egg");

    private CodeDigest() {}

    static String of(Path folder) throws IOException {
        MessageDigest digest = sha256();
        try (Stream<Path> all = Files.walk(folder)) {
            List<String> files = all.filter(CodeDigest::isCode)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
            for (String file : files) {
                digest.update(file.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
                digest.update(sha256().digest(Files.readAllBytes(folder.resolve(file))));
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static boolean isCode(Path file) {
        return CODE.stream().anyMatch(file.toString()::endsWith) && Files.isRegularFile(file);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
