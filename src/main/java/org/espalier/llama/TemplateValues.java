package org.espalier.llama;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A template's variables in the form that {@code chat_template.cpp} reads: a letter for the type, then numbers in the
 * machine's order and texts with their length ahead.
 */
final class TemplateValues {
    /** A value whose texts are a conversation's: no control token is read in them, whatever the template makes of them. */
    record Said(@Nullable Object value) {}

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private TemplateValues() {}

    /**
     * @param variables maps, collections, texts, numbers, truth values and null
     * @throws IllegalArgumentException if there is something else among them
     */
    static TemplateValues of(Map<String, ?> variables) {
        TemplateValues values = new TemplateValues();
        values.write(variables, false);
        return values;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    private void write(@Nullable Object value, boolean said) {
        if (value == null) {
            bytes.write('n');
        } else if (value instanceof Said words) {
            write(words.value(), true);
        } else if (value instanceof Boolean truth) {
            bytes.write(truth ? 't' : 'f');
        } else if (value instanceof String text) {
            text(text, said);
        } else if (value instanceof Number number) {
            number(number);
        } else if (value instanceof Map<?, ?> map) {
            bytes.write('o');
            integer(map.size());
            map.forEach((key, each) -> {
                text(String.valueOf(key), said);
                write(each, said);
            });
        } else if (value instanceof Collection<?> list) {
            bytes.write('a');
            integer(list.size());
            list.forEach(each -> write(each, said));
        } else {
            throw new IllegalArgumentException("a template cannot be told a " + value.getClass());
        }
    }

    private void text(String text, boolean said) {
        byte[] utf8 = text.getBytes(UTF_8);
        bytes.write(said ? 'c' : 's');
        integer(utf8.length);
        bytes.writeBytes(utf8);
    }

    private void number(Number number) {
        boolean whole = number instanceof Integer || number instanceof Long || number instanceof Short;
        bytes.write(whole ? 'i' : 'd');
        long bits = whole ? number.longValue() : Double.doubleToRawLongBits(number.doubleValue());
        bytes.writeBytes(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(bits)
                .array());
    }

    private void integer(int number) {
        bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(number)
                .array());
    }
}
