package org.espalier.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The digest that pins a model's bytes. */
final class Sha256 {
    private static final int CHUNK = 1 << 18;

    private Sha256() {}

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The digest's value in lower-case hexadecimal; the digest starts afresh. */
    static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Copies a stream into a file, which it replaces; returns the digest of what was copied. */
    static String copying(InputStream in, Path file) throws IOException {
        MessageDigest digest = digest();
        Files.copy(new DigestInputStream(in, digest), file, StandardCopyOption.REPLACE_EXISTING);
        return hex(digest);
    }

    /** @throws InterruptedIOException if the thread is interrupted, whose flag stays set */
    static String of(Path file) throws IOException {
        MessageDigest digest = digest();
        byte[] chunk = new byte[CHUNK];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                digest.update(chunk, 0, read);
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("interrupted while " + file + " was being read");
                }
            }
        }
        return hex(digest);
    }
}
