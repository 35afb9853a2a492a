package org.espalier.server;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/** The files of the page, which are in the jar: plain modules, as they were written. */
final class PageFiles {
    static final String PREFIX = "/page/";

    private static final String FRONT = "index.html";

    /** Names without a dot but the last: no path leads out of the folder. */
    private static final Pattern NAME = Pattern.compile("(?:[a-z0-9-]+/){0,3}[A-Za-z0-9_-]+\\.([a-z0-9]+)");

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "woff2", "font/woff2",
            "txt", "text/plain; charset=utf-8");

    private final Map<String, PageFile> read = new ConcurrentHashMap<>();

    /** A file as it is sent. */
    static final class PageFile {
        private final String type;
        private final byte[] content;
        private final String tag;

        private PageFile(String type, byte[] content) {
            this.type = type;
            this.content = content;
            CRC32C sum = new CRC32C();
            sum.update(content);
            tag = '"' + Long.toHexString(sum.getValue()) + '"';
        }

        /** What it is, as HTTP's Content-Type. */
        String type() {
            return type;
        }

        /** Not to be written to. */
        byte[] content() {
            return content;
        }

        /** Changes when the content does; quoted, as HTTP's ETag. */
        String tag() {
            return tag;
        }
    }

    /** What is at a path such as {@code /} or {@code /page/app.js}. */
    Optional<PageFile> find(String path) {
        String name = path.equals("/") ? FRONT : path.startsWith(PREFIX) ? path.substring(PREFIX.length()) : "";
        Matcher parts = NAME.matcher(name);
        String type = parts.matches() ? TYPES.get(parts.group(1)) : null;
        if (type == null) {
            return Optional.empty();
        }
        PageFile known = read.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        try (InputStream in = PageFiles.class.getResourceAsStream("page/" + name)) {
            if (in == null) {
                return Optional.empty();
            }
            PageFile file = new PageFile(type, in.readAllBytes());
            read.put(name, file);
            return Optional.of(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
