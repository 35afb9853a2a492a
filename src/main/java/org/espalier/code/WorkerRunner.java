package org.espalier.code;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.espalier.code.TestRun.Check;
import org.espalier.code.TestRun.Status;
import org.espalier.code.Worker.Frame;
import org.espalier.model.EspalierException;
import org.espalier.sandbox.Limits;
import org.espalier.sandbox.Sandbox;
import org.espalier.sandbox.SandboxedProcess.Cause;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs programs and tests in two workers that cannot reach each other. A call of the tests comes here, goes to the program,
 * and its value goes back: of what a program writes nothing but values arrives at the tests.
 */
final class WorkerRunner implements ProgramRunner {
    /** So that a program that takes too long is found out before the tests that wait for it. */
    private static final Duration TESTS_LONGER = Duration.ofSeconds(5);

    private final Language language;
    private final Worker programs;
    private final Worker tests;
    private final @Nullable Worker compiler;

    WorkerRunner(Language language, Sandbox sandbox, Limits limits) {
        this.language = language;
        programs = new Worker(language, sandbox, limits, language.run());
        tests = new Worker(language, sandbox, limits.withWall(limits.wall().plus(TESTS_LONGER)), language.run());
        compiler = language.compiles() ? new Worker(language, sandbox, limits, language.compile()) : null;
    }

    @Override
    public TestRun run(String program, TestSuite suite) {
        TestRun called = suite.tests().isBlank() ? null : call(program, suite);
        if (suite.examples().isEmpty()) {
            return called == null ? load(program) : called;
        }
        TestRun read = examples(program, suite.examples());
        return called == null ? read : Runs.joined(called, read);
    }

    @Override
    public Beginning begin(String lines) {
        Worker by = compiler == null ? programs : compiler;
        by.begin(spec("beginning", lines));
        Frame said = by.next();
        if (said == null || said.isEnd()) {
            // What cannot be told in time is found out when the program is run.
            return new Beginning(null, "");
        }
        JsonNode body = said.body();
        toEnd(by, by == programs ? by.finish() : by.next());
        return new Beginning(
                body.has("error") ? error(body) : null, body.path("closed").asString(""));
    }

    /** Passes over what a worker still says. */
    private static void toEnd(Worker by, @Nullable Frame first) {
        Frame said = first;
        while (said != null && !said.isEnd()) {
            said = by.next();
        }
    }

    private static ObjectNode spec(String role, String program) {
        return Worker.JSON.createObjectNode().put("role", role).put("source", program);
    }

    /**
     * What a compiler has made of a program and its tests.
     *
     * @param made the classes of both, and what the tests are called; null where sources are run as they are
     * @param failed why there are none; null if there are
     */
    private record Compiled(
            @Nullable JsonNode made, @Nullable Start failed) {
        static final Compiled NOTHING = new Compiled(null, null);

        List<String> units() {
            List<String> units = new ArrayList<>();
            if (made != null) {
                made.path("units").forEach(unit -> units.add(unit.asString("")));
            }
            return units;
        }

        /** What a worker is to run, with the classes of one kind. */
        ObjectNode with(ObjectNode spec, String kind) {
            if (made != null) {
                spec.set("classes", made.path(kind));
                spec.set("units", made.path("units"));
            }
            return spec;
        }
    }

    /** @throws BrokenTestsException if the tests are none */
    private Compiled compiled(String program, TestSuite suite) {
        Worker by = compiler;
        if (by == null) {
            return Compiled.NOTHING;
        }
        programs.launch();
        by.begin(spec("compile", program)
                .put("tests", suite.tests())
                .put("setup", suite.setup())
                .put("values", suite.values()));
        Frame frame = by.next();
        if (frame == null || frame.isEnd()) {
            by.close();
            String why = frame == null ? "the compiler has ended" : "the compiler took too much time";
            return new Compiled(null, new Start(null, Status.BROKEN, why, null));
        }
        toEnd(by, by.next());
        JsonNode made = frame.body();
        JsonNode broken = made.get("broken");
        if (broken != null) {
            throw new BrokenTestsException("the tests cannot be run: " + broken.asString(""));
        }
        String failure = made.has("error") ? error(made) : program.isBlank() ? "there is no program" : null;
        return new Compiled(made, failure == null ? null : new Start(null, Status.BROKEN, failure, null));
    }

    private TestRun load(String program) {
        Compiled compiled = compiled(program, TestSuite.NONE);
        Start broken = compiled.failed();
        if (broken != null) {
            return ended(List.of(), broken);
        }
        programs.begin(compiled.with(spec("program", program), "classes"));
        return ended(List.of(), first(programs.next()));
    }

    /** What the program does as it begins: the names that it defines, or why it does not begin. */
    private Start first(@Nullable Frame frame) {
        if (frame == null || frame.isEnd()) {
            return new Start(null, statusOf(frame), describe(frame, programs), frame);
        }
        JsonNode error = frame.body().get("error");
        return error == null
                ? new Start(frame.body(), Status.RAN, null, null)
                : new Start(null, Status.BROKEN, error(frame.body()), null);
    }

    private record Start(
            @Nullable JsonNode names,
            Status status,
            @Nullable String failure,
            @Nullable Frame end) {}

    private TestRun call(String program, TestSuite suite) {
        Compiled compiled = compiled(program, suite);
        Start broken = compiled.failed();
        if (broken != null) {
            // Of a program that the compiler does not come to an end with, the tests are asked for again, without it.
            List<String> called = compiled.made() == null ? compiled("", suite).units() : compiled.units();
            return failed(called, broken);
        }
        ObjectNode asked = compiled.with(spec("tests", ""), "tests")
                .put("tests", suite.tests())
                .put("setup", suite.setup())
                .put("values", suite.values());
        tests.begin(asked);
        Frame hello = tests.next();
        List<String> units = new ArrayList<>();
        requireTests(hello).path("units").forEach(unit -> units.add(unit.asString("")));
        programs.begin(compiled.with(spec("program", program), "classes"));
        Start begun = first(programs.next());
        JsonNode names = begun.names();
        if (names == null) {
            Frame unused = tests.finish();
            return failed(units, begun);
        }
        ObjectNode start = Worker.JSON.createObjectNode();
        start.set("callables", names.path("callables"));
        start.set("modules", names.path("modules"));
        start.put("entry", suite.entry());
        tests.tell(start);
        return judge(units);
    }

    private TestRun failed(List<String> units, Start begun) {
        String why = Objects.requireNonNullElse(begun.failure(), "the program does not begin");
        return ended(
                units.stream().map(unit -> new Check(unit, false, why, null)).toList(), begun);
    }

    /** The descriptions of the tests; of tests that are none, why. */
    private JsonNode requireTests(@Nullable Frame frame) {
        if (frame == null || frame.isEnd()) {
            Frame unused = programs.finish();
            throw new EspalierException("the sandbox ended while the tests were read: " + describe(frame, tests));
        }
        JsonNode broken = frame.body().get("broken");
        if (broken != null) {
            Frame unused = programs.finish();
            unused = tests.finish();
            throw new BrokenTestsException("the tests cannot be run: " + broken.asString(""));
        }
        return frame.body();
    }

    private TestRun judge(List<String> units) {
        List<Check> checks = new ArrayList<>();
        Start state = new Start(null, Status.RAN, null, null);
        while (true) {
            Frame frame = tests.next();
            if (frame == null || frame.isEnd() || frame.body().has("done")) {
                String stopped = "the tests took too much: " + describe(frame, tests);
                for (int i = checks.size(); i < units.size(); i++) {
                    checks.add(
                            new Check(units.get(i), false, Objects.requireNonNullElse(state.failure(), stopped), null));
                }
                Frame unused = tests.finish();
                return ended(checks, state);
            }
            JsonNode message = frame.body();
            if (message.has("broken")) {
                requireTests(frame);
            } else if (message.has("call")) {
                state = answer(message.path("call"), state);
            } else if (message.has("passed") && checks.size() < units.size()) {
                boolean passed = message.path("passed").asBoolean(false);
                String why = passed ? null : message.path("why").asString("it fails");
                String value =
                        message.path("value").isString() ? message.path("value").asString() : null;
                checks.add(new Check(units.get(checks.size()), passed, why, value));
            }
        }
    }

    /** Carries a call to the program and its value back. */
    private Start answer(JsonNode call, Start state) {
        if (state.status() != Status.RAN) {
            tests.tell(Worker.JSON.createObjectNode().put("ended", state.failure()));
            return state;
        }
        programs.tell(call);
        Frame frame = programs.next();
        if (frame == null || frame.isEnd()) {
            String why = describe(frame, programs);
            tests.tell(Worker.JSON.createObjectNode().put("ended", why));
            return new Start(null, statusOf(frame), why, frame);
        }
        tests.tell(frame.body().isObject() ? frame.body() : Worker.JSON.createObjectNode());
        return state;
    }

    private TestRun ended(List<Check> checks, Start state) {
        Frame end = state.end() == null ? programs.finish() : state.end();
        double cpu = end == null ? 0 : end.body().path("cpuSeconds").asDouble(0);
        double wall = end == null ? 0 : end.body().path("wallSeconds").asDouble(0);
        return new TestRun(checks, state.status(), state.failure(), cpu, wall);
    }

    private TestRun examples(String program, List<Example> examples) {
        List<Check> checks = new ArrayList<>();
        Status status = Status.RAN;
        String failure = null;
        double cpu = 0;
        double wall = 0;
        Compiled compiled = compiled(program, TestSuite.NONE);
        Start failed = compiled.failed();
        if (failed != null) {
            String why = failed.failure();
            return ended(
                    examples.stream()
                            .map(example -> Runs.check(example, "", why))
                            .toList(),
                    failed);
        }
        for (Example example : examples) {
            programs.begin(compiled.with(spec("main", program).put("stdin", example.input()), "classes"));
            Frame frame = programs.next();
            while (frame != null && !frame.isEnd()) {
                frame = programs.next();
            }
            cpu += frame == null ? 0 : frame.body().path("cpuSeconds").asDouble(0);
            wall += frame == null ? 0 : frame.body().path("wallSeconds").asDouble(0);
            JsonNode ended = frame == null ? MissingNode.getInstance() : frame.body();
            boolean over = ended.path("ended").asString("").equals("exit");
            String written = over ? ended.path("stdout").asString("") : "";
            boolean fine = over && ended.path("code").asInt(1) == 0;
            String why = fine ? null : describe(frame, programs);
            if (!fine) {
                status = statusOf(frame);
                failure = why;
            }
            checks.add(Runs.check(example, written, why));
        }
        return new TestRun(checks, status, failure, cpu, wall);
    }

    private static String error(JsonNode answer) {
        String trace = answer.path("trace").asString("");
        return "%s: %s%s"
                .formatted(
                        answer.path("error").asString(""),
                        answer.path("message").asString(""),
                        trace.isBlank() ? "" : "\n" + trace);
    }

    private Status statusOf(@Nullable Frame end) {
        if (end == null) {
            Cause cause = programs.cause();
            return cause == null
                    ? Status.ENDED
                    : switch (cause) {
                        case MEMORY -> Status.MEMORY;
                        case PROCESSES, OUTPUT -> Status.OUTPUT;
                        case TIME -> Status.TIME;
                    };
        }
        return switch (end.body().path("ended").asString("")) {
            case "time", "cpu" -> Status.TIME;
            case "output" -> Status.OUTPUT;
            default -> Status.ENDED;
        };
    }

    /** @param of where it ran, which knows why there is no end */
    private String describe(@Nullable Frame end, Worker of) {
        if (end == null) {
            Cause cause = of.cause();
            return cause == null
                    ? "the sandbox of %s has ended".formatted(language.name())
                    : switch (cause) {
                        case MEMORY -> "the program took too much memory";
                        case PROCESSES -> "the program took too many processes";
                        case OUTPUT -> "the program wrote too much";
                        case TIME -> "the program took too much time";
                    };
        }
        String errors = end.body().path("stderr").asString("").strip();
        return switch (end.body().path("ended").asString("")) {
            case "time", "cpu" -> "the program took too much time";
            case "output" -> "the program wrote too much";
            default ->
                errors.isEmpty()
                        ? "the program ended by itself"
                        : errors.lines()
                                .skip(Math.max(0, errors.lines().count() - 6))
                                .reduce("", (a, b) -> (a + "\n" + b).strip());
        };
    }

    @Override
    public void close() {
        programs.close();
        tests.close();
        if (compiler != null) {
            compiler.close();
        }
    }
}
