package org.espalier.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.espalier.model.UsageException;

/**
 * The command's arguments as they were typed. Java reads them by the locale's character set, and turns what that set lacks
 * into U+FFFD: with no locale, as in a cron job, everything outside ASCII. Linux keeps the bytes.
 */
final class Arguments {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

    private Arguments() {}

    /** The character set by which Java reads arguments and the names of files. */
    static Charset charset() {
        String name = System.getProperty("sun.jnu.encoding", "UTF-8");
        return Charset.isSupported(name) ? Charset.forName(name) : StandardCharsets.US_ASCII;
    }

    /**
     * The arguments as UTF-8 text.
     *
     * @param read by Java
     * @throws UsageException if they cannot be told, or are in another character set
     */
    static String[] exact(String[] read) {
        return exact(read, charset(), COMMAND_LINE);
    }

    static String[] exact(String[] read, Charset charset, Path commandLine) {
        boolean plain = true;
        for (String argument : read) {
            plain &= argument.chars().allMatch(character -> character < 0x80);
        }
        if (plain) {
            return read;
        }
        if (charset.equals(StandardCharsets.UTF_8)) {
            for (int i = 0; i < read.length; i++) {
                if (read[i].indexOf('\ufffd') >= 0) {
                    throw new UsageException("argument " + (i + 1) + " is not UTF-8 text");
                }
            }
            return read;
        }
        List<byte[]> typed = split(commandLine, charset);
        // The first ones are Java's own.
        int own = typed.size() - read.length;
        String[] exact = new String[read.length];
        for (int i = 0; i < read.length; i++) {
            if (own < 0 || !new String(typed.get(own + i), charset).equals(read[i])) {
                throw unreadable(charset);
            }
            try {
                exact[i] = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(typed.get(own + i)))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new UsageException("argument " + (i + 1) + " is not UTF-8 text");
            }
        }
        return exact;
    }

    /** Pieces of a file that each end with a byte 0. */
    private static List<byte[]> split(Path file, Charset charset) {
        byte[] all;
        try {
            all = Files.readAllBytes(file);
        } catch (IOException e) {
            throw unreadable(charset);
        }
        List<byte[]> pieces = new ArrayList<>();
        int from = 0;
        for (int at = 0; at < all.length; at++) {
            if (all[at] == 0) {
                byte[] piece = new byte[at - from];
                System.arraycopy(all, from, piece, 0, piece.length);
                pieces.add(piece);
                from = at + 1;
            }
        }
        return pieces;
    }

    private static UsageException unreadable(Charset charset) {
        return new UsageException("the locale's character set is " + charset
                + ", which lacks characters of these arguments: set LC_ALL=C.UTF-8");
    }

    /**
     * Checks that Java can find the files of a working directory and a home that it knows by name.
     *
     * @throws UsageException if the locale's character set lacks characters of such a name
     */
    static void checkFolders() {
        if (charset().equals(StandardCharsets.UTF_8)) {
            return;
        }
        for (String property : List.of("user.dir", "user.home")) {
            String name = System.getProperty(property, "");
            // What Java writes for such characters here.
            boolean mangled = name.indexOf('?') >= 0 || name.indexOf('\ufffd') >= 0;
            if (mangled && !Files.isDirectory(Path.of(name.replace('\ufffd', '?')))) {
                throw new UsageException(fileName(name.replace('\ufffd', '?')));
            }
        }
    }

    /** What to say of a file's name that Java cannot spell. */
    static String fileName(String name) {
        return charset().equals(StandardCharsets.UTF_8)
                ? "'" + name + "' is not a file name"
                : "the locale's character set is " + charset() + ", which lacks characters of the file name '" + name
                        + "': set LC_ALL=C.UTF-8";
    }
}
