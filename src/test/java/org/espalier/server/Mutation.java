package org.espalier.server;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** JSON that something happened to. */
final class Mutation {
    private static final List<String> PIECES = List.of(
            "null",
            "-1",
            "1e999",
            "[]",
            "{}",
            "\"",
            "\\u0000",
            "{\"a\":",
            "[[[[",
            "true",
            ",",
            ":",
            "}",
            "\u00ff",
            "99999999999999999999");

    private Mutation() {}

    /** One to three changes: a byte, a stretch that is missing or doubled, or a piece that does not belong there. */
    static byte[] of(byte[] json, Random random) {
        byte[] changed = json;
        for (int i = random.nextInt(3); i >= 0; i--) {
            changed = change(changed, random);
        }
        return changed;
    }

    private static byte[] change(byte[] json, Random random) {
        int from = random.nextInt(json.length + 1);
        int to = Math.min(json.length, from + random.nextInt(12));
        byte[] middle = switch (random.nextInt(4)) {
            case 0 -> new byte[] {(byte) random.nextInt(256)};
            case 1 -> new byte[0];
            case 2 -> twice(Arrays.copyOfRange(json, from, to));
            default -> PIECES.get(random.nextInt(PIECES.size())).getBytes(StandardCharsets.UTF_8);
        };
        ByteArrayOutputStream changed = new ByteArrayOutputStream();
        changed.write(json, 0, from);
        changed.writeBytes(middle);
        changed.write(json, to, json.length - to);
        return changed.toByteArray();
    }

    private static byte[] twice(byte[] bytes) {
        byte[] both = Arrays.copyOf(bytes, 2 * bytes.length);
        System.arraycopy(bytes, 0, both, bytes.length, bytes.length);
        return both;
    }
}
