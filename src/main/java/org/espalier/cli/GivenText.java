package org.espalier.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import org.espalier.eval.Utf8Text;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;

/** Texts in files that the user names. */
final class GivenText {
    private GivenText() {}

    /**
     * Reads a file.
     *
     * @param what it should hold, or the option that names it, for the message
     * @throws UsageException if it cannot be read, or is not text
     */
    static String read(String what, Path file) {
        try {
            return Utf8Text.read(file);
        } catch (CharacterCodingException e) {
            throw new UsageException("cannot read %s from %s: %s".formatted(what, file, Utf8Text.reason(e)));
        } catch (IOException e) {
            throw new UsageException("cannot read %s from %s: %s".formatted(what, file, Reason.of(e)));
        }
    }
}
