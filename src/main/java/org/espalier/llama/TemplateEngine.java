package org.espalier.llama;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.espalier.prompt.Fragment;
import org.jspecify.annotations.Nullable;

/**
 * llama.cpp's engine for chat templates (Jinja). A template is a program out of a model file: it runs within bounds of work,
 * text and depth, and what it does wrong ends in a line. Safe for use by several threads.
 */
final class TemplateEngine {
    private static final byte RENDERED = 0;
    private static final byte REFUSED = 1;

    /**
     * What became of a template.
     *
     * @param fragments what it wrote; control tokens are read in what is not the conversation's
     * @param refused whether the template itself says that it does not take such a conversation
     * @param message why it wrote nothing, in one line; null if it did
     */
    record Rendered(
            List<Fragment> fragments,
            boolean refused,
            @Nullable String message) {}

    private TemplateEngine() {}

    /** @param now what the template is told of the time */
    static Rendered render(String source, TemplateValues values, Instant now) {
        NativeLibrary.ensureLoaded();
        byte[] bytes = render(source.getBytes(UTF_8), values.bytes(), now.getEpochSecond());
        if (bytes == null) {
            throw StatusMapper.failure("render a chat template");
        }
        ByteBuffer read = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        byte status = read.get();
        if (status != RENDERED) {
            return new Rendered(List.of(), status == REFUSED, text(read, read.remaining()));
        }
        List<Fragment> fragments = new ArrayList<>();
        while (read.hasRemaining()) {
            boolean special = read.get() == 0;
            String text = text(read, read.getInt());
            if (!text.isEmpty()) {
                fragments.add(new Fragment(text, special));
            }
        }
        return new Rendered(fragments, false, null);
    }

    private static String text(ByteBuffer read, int length) {
        byte[] text = new byte[length];
        read.get(text);
        return new String(text, UTF_8);
    }

    private static native byte @Nullable [] render(byte[] source, byte[] values, long time);
}
