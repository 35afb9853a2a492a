package org.espalier.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Asks a person before something that takes long or much space. */
final class Consent {
    private Consent() {}

    /** Whether there is somebody to ask: input and messages are a terminal. */
    static boolean isPossible() {
        return Terminal.isInput() && Terminal.error().isTerminal();
    }

    /**
     * Asks, and waits for an answer.
     *
     * @param question without its question mark's options
     * @return whether the answer begins with y; false without asking if nobody is there, or at the input's end
     */
    static boolean ask(String question) {
        if (!isPossible()) {
            return false;
        }
        return isYes(prompt(question + " [y/N] "));
    }

    /** Prints a prompt on standard error and reads a line; empty at the input's end. */
    static String prompt(String prompt) {
        System.err.print(prompt);
        System.err.flush();
        return line(System.in);
    }

    static boolean isYes(String answer) {
        return answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
    }

    /** Byte by byte, so that what follows is left to whoever reads next. */
    static String line(InputStream in) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
                bytes.write(next);
            }
        } catch (IOException e) {
            return "";
        }
        return bytes.toString(StandardCharsets.UTF_8).strip();
    }
}
