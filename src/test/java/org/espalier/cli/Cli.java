package org.espalier.cli;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command line, run in this process with its streams caught. */
record Cli(int code, String out, String err) {
    static Cli run(String... args) {
        return caught(() -> Main.run(args));
    }

    /** With the configuration of a user. */
    static Cli run(Map<String, String> environment, Path home, String... args) {
        return caught(() -> Main.run(environment, home, args));
    }

    private static Cli caught(IntSupplier run) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream caughtOut = new ByteArrayOutputStream();
        ByteArrayOutputStream caughtErr = new ByteArrayOutputStream();
        System.setOut(new PrintStream(caughtOut, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(caughtErr, true, StandardCharsets.UTF_8));
        try {
            int code = run.getAsInt();
            return new Cli(
                    code, caughtOut.toString(StandardCharsets.UTF_8), caughtErr.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    static Cli runWithInput(InputStream input, String... args) {
        InputStream in = System.in;
        System.setIn(input);
        try {
            return run(args);
        } finally {
            System.setIn(in);
        }
    }

    static Cli solve(String... args) {
        return run(Stream.concat(Stream.of("solve"), Stream.of(args)).toArray(String[]::new));
    }

    /** Standard error without the lines that only say that the run goes on, which come where a machine is busy. */
    String complaints() {
        return err.replaceAll("(?m)^espalier: \\d+:\\d{2}, .*\\R", "");
    }

    JsonNode json() {
        return Objects.requireNonNull(JsonMapper.builder().build().readTree(out));
    }
}
