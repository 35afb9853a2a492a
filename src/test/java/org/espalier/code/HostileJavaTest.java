package org.espalier.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.espalier.code.TestRun.Status;
import org.espalier.harness.SandboxHere;
import org.espalier.sandbox.Limits;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs in Java that try to pass without solving, to harm the host, or to stay. Each is run as it is. */
@Timeout(300)
class HostileJavaTest {
    private static final String TESTS =
            "assert f(1) == 2;\nassertEquals(21, f(20));\nassert Math.abs(f(3) - 4) < 1;\nassert List.of(f(4)).equals(Arrays.asList(5));";
    private static final String HONEST = "class S { static int f(int x) { return x + 1; } }";
    private static final Limits LIMITS = Limits.USUAL.withSeconds(2).withMemory(400L << 20);

    private static @Nullable ProgramRunner runner;

    @BeforeAll
    static void open() {
        runner = new WorkerRunner(Language.parse("java"), SandboxHere.required(), LIMITS);
    }

    @AfterAll
    static void close() {
        if (runner != null) {
            runner.close();
        }
    }

    private static TestRun run(String program) {
        return runner.run(program, TestSuite.of(TESTS, null));
    }

    private static String withF(String body, String more) {
        return "import java.io.*; import java.nio.file.*; import java.util.*; class S { static int f(int x) throws Exception { "
                + body + " } " + more + " }";
    }

    static Stream<Arguments> hostile() {
        String frames =
                "try { for (FileDescriptor d : new FileDescriptor[] {FileDescriptor.out, FileDescriptor.err}) { new FileOutputStream(d).write(\"\\n00 R {\\\"passed\\\":true}\\n{\\\"done\\\":true}\\n\".getBytes()); } } catch (IOException e) { } ";
        return Stream.of(
                arguments("exits 0 as it begins", withF("return 2;", "static { System.exit(0); }"), Status.ENDED),
                arguments("exits 0 when it is called", withF("System.exit(0); return 2;", ""), Status.ENDED),
                arguments("halts", withF("Runtime.getRuntime().halt(0); return 2;", ""), Status.ENDED),
                arguments(
                        "prints a pass",
                        withF("System.out.println(\"OK {\\\"passed\\\": true}\"); return 0;", ""),
                        Status.RAN),
                arguments("writes verdicts to the descriptors", withF(frames + "return 0;", ""), Status.RAN),
                arguments(
                        "gives a verdict as the worker",
                        withF(
                                "for (Thread t : Thread.getAllStackTraces().keySet()) { ClassLoader l = t.getContextClassLoader(); try { Class<?> w = l.loadClass(\"espalier.Checks\"); var m = w.getMethod(\"pass\"); m.invoke(null); } catch (ReflectiveOperationException | NullPointerException e) { } } return 0;",
                                ""),
                        Status.RAN),
                arguments(
                        "takes the place of what judges",
                        "class S { static int f(int x) { return 0; } static void assertEquals(Object a, Object b) { } static void check(boolean b) { } static boolean same(Object a, Object b) { return true; } static void pass() { } }",
                        Status.RAN),
                arguments(
                        "takes the place of what tests compare with",
                        "class S { static int f(int x) { return 0; } } class Math { static double abs(double x) { return 0; } static int abs(int x) { return 0; } } class Arrays { static <T> java.util.List<T> asList(T... all) { return (java.util.List) java.util.List.of(0); } }",
                        Status.RAN),
                arguments(
                        "takes the place of the harness",
                        "class S { static int f(int x) { return 0; } } class espalier { static class Checks { static boolean same(Object a, Object b) { return true; } static void check(boolean b) { } static void pass() { } static void fail(Throwable t) { } } } class EspalierTests { static void espalierAll() { } }",
                        Status.RAN),
                arguments(
                        "looks for the tests",
                        withF(
                                "for (String root : List.of(\"/tmp\", \"/proc/self\", \"/root\", \"/home\", \"/work\")) { try (var s = Files.walk(Path.of(root), 3)) { for (Path p : (Iterable<Path>) s::iterator) { try { if (Files.isRegularFile(p) && Files.size(p) < 1 << 20 && Files.readString(p).contains(\"assertEquals(21\")) return x + 1; } catch (Exception e) { } } } catch (Exception e) { } } return 0;",
                                ""),
                        Status.RAN),
                arguments(
                        "starts processes that stay",
                        withF(
                                "return 0;",
                                "static { try { for (int i = 0; i < 5; i++) new ProcessBuilder(\"/bin/sh\", \"-c\", \"setsid sleep 1000 &\").start(); } catch (IOException e) { } }"),
                        Status.RAN),
                arguments(
                        "fills the pids by threads",
                        withF(
                                "return 0;",
                                "static { try { while (true) { Thread t = new Thread(() -> { try { Thread.sleep(1000000); } catch (InterruptedException e) { } }); t.setDaemon(true); t.start(); } } catch (Throwable e) { } }"),
                        null),
                arguments(
                        "fills memory",
                        withF(
                                "return 2;",
                                "static List<byte[]> all = new ArrayList<>(); static { while (true) all.add(new byte[1 << 20]); }"),
                        null),
                arguments(
                        "fills memory outside the heap",
                        withF(
                                "return 2;",
                                "static List<Object> all = new ArrayList<>(); static { try { while (true) all.add(java.nio.ByteBuffer.allocateDirect(1 << 20)); } catch (Throwable e) { throw new IllegalStateException(e); } }"),
                        null),
                arguments(
                        "fills the disk",
                        withF(
                                "return 0;",
                                "static { try { for (int i = 0; i < 10000; i++) Files.write(Path.of(\"/tmp/\" + i), new byte[1 << 20]); } catch (Exception e) { } }"),
                        Status.RAN),
                arguments(
                        "fills the output",
                        withF("while (true) System.out.println(\"x\".repeat(10000));", ""),
                        Status.OUTPUT),
                arguments(
                        "sleeps",
                        withF(
                                "return 2;",
                                "static { try { Thread.sleep(1000000); } catch (InterruptedException e) { } }"),
                        Status.TIME),
                arguments("loops", withF("while (x < 1000) { } return x;", ""), Status.TIME),
                arguments(
                        "loops as it begins",
                        withF("return 2;", "static { while (S.class != null) { } }"),
                        Status.TIME),
                arguments(
                        "opens a socket",
                        withF("try (var s = new java.net.Socket(\"1.1.1.1\", 53)) { } return x + 1;", ""),
                        Status.RAN),
                arguments(
                        "writes to the system",
                        withF("Files.writeString(Path.of(\"/usr/bin/x\"), \"\"); return x + 1;", ""),
                        Status.RAN),
                arguments(
                        "reads the home",
                        withF("return x + (new File(\"/root\").list() == null ? 0 : 1);", ""),
                        Status.RAN),
                arguments(
                        "crashes",
                        withF(
                                "var u = Class.forName(\"sun.misc.Unsafe\").getDeclaredField(\"theUnsafe\"); u.setAccessible(true); ((sun.misc.Unsafe) u.get(null)).putAddress(0, 0); return 2;",
                                ""),
                        Status.ENDED),
                arguments("calls itself for ever", withF("return f(x);", ""), null),
                arguments("does not compile", "class S { static int f(int x) { return } }", Status.BROKEN),
                arguments(
                        "nests without end",
                        "class S { static int f(int x) { return " + "(".repeat(20000) + "x" + ")".repeat(20000)
                                + "; } }",
                        null),
                arguments("has no such function", "class S { static int g(int x) { return x + 1; } }", Status.RAN),
                arguments(
                        "gives another type",
                        "class S { static Object f(int x) { return new Object() { public boolean equals(Object o) { return true; } }; } }",
                        Status.RAN));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void passesNothingAndLeavesTheNextAlone(String what, String program, @Nullable Status status) {
        TestRun run = run(program);
        assertThat(run.passed()).as("%s: %s", what, run).isZero();
        assertThat(run.status())
                .as("%s: %s", what, run)
                .isIn(status == null ? EnumSet.allOf(Status.class) : EnumSet.of(status));
        assertThat(run.checks())
                .as("%s: %s", what, run)
                .hasSize(4)
                .allSatisfy(check -> assertThat(check.why()).isNotBlank());
        TestRun next = run(withF("return x + new File(\"/tmp\").list().length + 1;", ""));
        assertThat(next.passedAll())
                .as("an empty folder after %s: %s", what, next)
                .isTrue();
    }

    @Test
    void manyRunsLeaveNothing() throws IOException {
        runner.close();
        Set<String> before = traces();
        for (int i = 0; i < 12; i++) {
            TestRun run = run(
                    i % 3 == 2
                            ? withF(
                                    "return x + 1;",
                                    "static { try { new ProcessBuilder(\"/bin/sleep\", \"1000\").start(); } catch (IOException e) { } }")
                            : HONEST);
            assertThat(run.passedAll()).as("run %d: %s", i, run).isTrue();
        }
        runner.close();
        assertThat(traces()).isEqualTo(before);
    }

    private static Set<String> traces() throws IOException {
        return Traces.now(command -> true, "espalier-worker");
    }
}
