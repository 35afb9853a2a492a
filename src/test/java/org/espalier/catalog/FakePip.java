package org.espalier.catalog;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A pip of a few lines of shell, whose index is a folder with one wheel for each requirement. */
final class FakePip {
    private static final String SCRIPT = """
            #!/bin/sh
            root=$(dirname "$0")
            while [ $# -gt 1 ]; do
              if [ "$1" = --dest ]; then dest=$2; fi
              shift
            done
            echo "$1" >>"$root/calls"
            if [ -f "$root/fails/$1" ]; then
              cat "$root/fails/$1"
              exit 1
            fi
            cp "$root/$1.whl" "$dest/downloaded.whl"
            """;

    private final Path folder;

    FakePip(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        Files.createDirectories(folder.resolve("fails"));
        Files.writeString(script(), SCRIPT);
        if (!script().toFile().setExecutable(true)) {
            throw new IOException("cannot make " + script() + " executable");
        }
    }

    private Path script() {
        return folder.resolve("pip");
    }

    PipSource source() {
        return new PipSource(List.of(List.of(script().toString())));
    }

    /** A model of random bytes in parts of a few hundred kilobytes, all of them in the index. */
    CatalogEntry publish(String name, int parts) throws IOException {
        Random random = new Random(1);
        MessageDigest whole = Sha256.digest();
        List<CatalogEntry.Part> list = new ArrayList<>();
        long total = 0;
        for (int i = 1; i <= parts; i++) {
            byte[] bytes = new byte[300_000 + i];
            random.nextBytes(bytes);
            whole.update(bytes);
            total += bytes.length;
            MessageDigest digest = Sha256.digest();
            digest.update(bytes);
            String requirement = "%s-part%d==1.0".formatted(name, i);
            String member = "data/part" + i;
            Path wheel = wheel(requirement);
            write(wheel, member, bytes);
            list.add(new CatalogEntry.Part(requirement, Files.size(wheel), member, bytes.length, Sha256.hex(digest)));
        }
        return new CatalogEntry(
                name,
                "for tests",
                CatalogEntry.Role.POLICY,
                "none",
                total,
                Sha256.hex(whole),
                list,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    Path wheel(String requirement) {
        return folder.resolve(requirement + ".whl");
    }

    static void write(Path wheel, String member, byte[] bytes) throws IOException {
        try (OutputStream out = Files.newOutputStream(wheel);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("other/__init__.py"));
            zip.putNextEntry(new ZipEntry(member));
            zip.write(bytes);
        }
    }

    /** Calls for this requirement end with this output and exit code 1. */
    void fail(String requirement, String output) throws IOException {
        Files.writeString(folder.resolve("fails").resolve(requirement), output);
    }

    void recover(String requirement) throws IOException {
        Files.delete(folder.resolve("fails").resolve(requirement));
    }

    /** What was asked for, in order; forgotten by this call. */
    List<String> calls() throws IOException {
        Path calls = folder.resolve("calls");
        if (!Files.exists(calls)) {
            return List.of();
        }
        List<String> lines = Files.readAllLines(calls, StandardCharsets.UTF_8);
        Files.delete(calls);
        return lines;
    }
}
