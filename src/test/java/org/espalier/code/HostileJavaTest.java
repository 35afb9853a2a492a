package org.espalier.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.espalier.code.TestRun.Status;
import org.espalier.harness.SandboxHere;
import org.espalier.sandbox.Limits;
import org.espalier.sandbox.Sandbox;
import org.espalier.sandbox.Sandboxes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Programs in Java that try to pass without solving, to harm the host, or to stay. Each is run as it is: those against the host in each
 * sandbox, those against the judge, which is the same everywhere, in the first one. They are run beside each other; with
 * {@code -Despalier.allPrograms} all are run everywhere.
 */
@Timeout(600)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostileJavaTest {
    private static final boolean ALL = Boolean.getBoolean("espalier.allPrograms");
    private static final String TESTS =
            "assert f(1) == 2;\nassertEquals(21, f(20));\nassert Math.abs(f(3) - 4) < 1;\nassert List.of(f(4)).equals(Arrays.asList(5));";

    /** What passes, if its folder is empty. */
    private static final String HONEST = withF("return x + new File(\".\").list().length + 1;", "");

    /** Of the clock as much as ever, so that a busy machine fails nobody. */
    private static final Limits LIMITS =
            Limits.USUAL.withSeconds(2).withWall(Duration.ofSeconds(60)).withMemory(400L << 20);

    /** For the one that waits for its end. */
    private static final Limits SHORT = LIMITS.withWall(Duration.ofSeconds(10));

    private static final String WAITS = "sleeps";

    private static final int AT_ONCE = 2;

    private static final Map<String, ProgramPool> POOLS = new HashMap<>();
    private static final List<ProgramPool> PATIENT = new ArrayList<>();
    private static final Map<String, CompletableFuture<TestRun>> RUNS = new HashMap<>();
    private static Set<String> before = Set.of();

    /** @param status how the program ends; null where that is a matter of chance */
    private record Case(
            String what, String program, @Nullable Status status) {}

    @BeforeAll
    static void open() throws IOException {
        before = traces();
        for (String name : Sandboxes.names()) {
            Sandbox sandbox = Sandboxes.find(name).sandbox();
            if (sandbox != null) {
                Language java = Language.parse("java");
                ProgramPool pool = new ProgramPool(java, sandbox, LIMITS, AT_ONCE);
                ProgramPool patient = new ProgramPool(java, sandbox, SHORT, 1);
                POOLS.put(name, pool);
                PATIENT.add(patient);
                cases(name)
                        .forEach(one -> RUNS.put(
                                name + one.what(),
                                (one.what().equals(WAITS) ? patient : pool)
                                        .run(one.program(), TestSuite.of(TESTS, null))));
            }
        }
    }

    @AfterAll
    static void close() {
        Stream.concat(POOLS.values().stream(), PATIENT.stream()).forEach(ProgramPool::close);
        POOLS.clear();
        PATIENT.clear();
        RUNS.clear();
    }

    private static String withF(String body, String more) {
        return "import java.io.*; import java.nio.file.*; import java.util.*; class S { static int f(int x) throws Exception { "
                + body + " } " + more + " }";
    }

    private static Stream<Case> againstTheHost() {
        String frames =
                "try { for (FileDescriptor d : new FileDescriptor[] {FileDescriptor.out, FileDescriptor.err}) { new FileOutputStream(d).write(\"\\n00 R {\\\"passed\\\":true}\\n{\\\"done\\\":true}\\n\".getBytes()); } } catch (IOException e) { } ";
        return Stream.of(
                new Case("halts", withF("Runtime.getRuntime().halt(0); return 2;", ""), Status.ENDED),
                new Case("writes verdicts to the descriptors", withF(frames + "return 0;", ""), Status.RAN),
                new Case(
                        "looks for the tests",
                        withF(
                                "for (String root : List.of(\".\", \"/tmp\", \"/proc/self\", \"/root\", \"/home\", \"/work\")) { try (var s = Files.walk(Path.of(root), 3)) { for (Path p : (Iterable<Path>) s::iterator) { try { if (Files.isRegularFile(p) && Files.size(p) < 1 << 20 && Files.readString(p).contains(\"assertEquals(21\")) return x + 1; } catch (Exception e) { } } } catch (Exception e) { } } return 0;",
                                ""),
                        Status.RAN),
                new Case(
                        "starts processes that stay",
                        withF(
                                "return 0;",
                                "static { try { for (int i = 0; i < 5; i++) new ProcessBuilder(\"/bin/sh\", \"-c\", \"setsid sleep 1000 &\").start(); } catch (IOException e) { } }"),
                        Status.RAN),
                new Case(
                        "fills the pids by threads",
                        withF(
                                "return 0;",
                                "static { try { while (true) { Thread t = new Thread(() -> { try { Thread.sleep(1000000); } catch (InterruptedException e) { } }); t.setDaemon(true); t.start(); } } catch (Throwable e) { } }"),
                        null),
                new Case(
                        "fills memory",
                        withF(
                                "return 2;",
                                "static List<byte[]> all = new ArrayList<>(); static { while (true) all.add(new byte[1 << 20]); }"),
                        null),
                new Case(
                        "fills memory outside the heap",
                        withF(
                                "return 2;",
                                "static List<Object> all = new ArrayList<>(); static { try { while (true) all.add(java.nio.ByteBuffer.allocateDirect(1 << 20)); } catch (Throwable e) { throw new IllegalStateException(e); } }"),
                        null),
                new Case(
                        "fills the disk",
                        withF(
                                "return 0;",
                                "static { try { for (int i = 0; i < 10000; i++) Files.write(Path.of(String.valueOf(i)), new byte[1 << 20]); } catch (Exception e) { } }"),
                        Status.RAN),
                new Case(
                        "fills the output",
                        withF("while (true) System.out.println(\"x\".repeat(10000));", ""),
                        Status.OUTPUT),
                new Case(
                        WAITS,
                        withF(
                                "return 2;",
                                "static { try { Thread.sleep(1000000); } catch (InterruptedException e) { } }"),
                        Status.TIME),
                new Case(
                        "loops as it begins",
                        withF("return 2;", "static { while (S.class != null) { } }"),
                        Status.TIME),
                new Case(
                        "opens a socket",
                        withF("try (var s = new java.net.Socket(\"1.1.1.1\", 53)) { } return x + 1;", ""),
                        Status.RAN),
                new Case(
                        "writes to the system",
                        withF("Files.writeString(Path.of(\"/usr/bin/x\"), \"\"); return x + 1;", ""),
                        Status.RAN),
                new Case(
                        "reads the home",
                        withF("return x + (new File(\"/root\").list() == null ? 0 : 1);", ""),
                        Status.RAN),
                new Case(
                        "crashes",
                        withF(
                                "var u = Class.forName(\"sun.misc.Unsafe\").getDeclaredField(\"theUnsafe\"); u.setAccessible(true); ((sun.misc.Unsafe) u.get(null)).putAddress(0, 0); return 2;",
                                ""),
                        Status.ENDED));
    }

    private static Stream<Case> againstTheJudge() {
        return Stream.of(
                new Case("exits 0 as it begins", withF("return 2;", "static { System.exit(0); }"), Status.ENDED),
                new Case("exits 0 when it is called", withF("System.exit(0); return 2;", ""), Status.ENDED),
                new Case(
                        "prints a pass",
                        withF("System.out.println(\"OK {\\\"passed\\\": true}\"); return 0;", ""),
                        Status.RAN),
                new Case(
                        "gives a verdict as the worker",
                        withF(
                                "for (Thread t : Thread.getAllStackTraces().keySet()) { ClassLoader l = t.getContextClassLoader(); try { Class<?> w = l.loadClass(\"espalier.Checks\"); var m = w.getMethod(\"pass\"); m.invoke(null); } catch (ReflectiveOperationException | NullPointerException e) { } } return 0;",
                                ""),
                        Status.RAN),
                new Case(
                        "takes the place of what judges",
                        "class S { static int f(int x) { return 0; } static void assertEquals(Object a, Object b) { } static void check(boolean b) { } static boolean same(Object a, Object b) { return true; } static void pass() { } }",
                        Status.RAN),
                new Case(
                        "takes the place of what tests compare with",
                        "class S { static int f(int x) { return 0; } } class Math { static double abs(double x) { return 0; } static int abs(int x) { return 0; } } class Arrays { static <T> java.util.List<T> asList(T... all) { return (java.util.List) java.util.List.of(0); } }",
                        Status.RAN),
                new Case(
                        "takes the place of the harness",
                        "class S { static int f(int x) { return 0; } } class espalier { static class Checks { static boolean same(Object a, Object b) { return true; } static void check(boolean b) { } static void pass() { } static void fail(Throwable t) { } } } class EspalierTests { static void espalierAll() { } }",
                        Status.RAN),
                new Case("loops", withF("while (x < 1000) { } return x;", ""), Status.TIME),
                new Case("calls itself for ever", withF("return f(x);", ""), null),
                new Case("does not compile", "class S { static int f(int x) { return } }", Status.BROKEN),
                new Case(
                        "nests without end",
                        "class S { static int f(int x) { return " + "(".repeat(20000) + "x" + ")".repeat(20000)
                                + "; } }",
                        null),
                new Case("has no such function", "class S { static int g(int x) { return x + 1; } }", Status.RAN),
                new Case(
                        "gives another type",
                        "class S { static Object f(int x) { return new Object() { public boolean equals(Object o) { return true; } }; } }",
                        Status.RAN));
    }

    private static Stream<Case> cases(String sandbox) {
        boolean all = ALL || sandbox.equals(Sandboxes.names().get(0));
        return all ? Stream.concat(againstTheJudge(), againstTheHost()) : againstTheHost();
    }

    static Stream<Arguments> hostile() {
        return SandboxHere.names().flatMap(name -> cases(name).map(one -> arguments(name, one.what(), one.status())));
    }

    @Order(1)
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("hostile")
    void passesNothing(String name, String what, @Nullable Status status) {
        SandboxHere.required(name);
        TestRun run = RUNS.get(name + what).join();
        assertThat(run.passed()).as("%s: %s", what, run).isZero();
        assertThat(run.status()).as("%s: %s", what, run).isIn(allowed(name, what, status));
        assertThat(run.checks())
                .as("%s: %s", what, run)
                .hasSize(
                        run.status() == Status.BROKEN && what.equals(WAITS)
                                ? run.checks().size()
                                : 4)
                .allSatisfy(check -> assertThat(check.why()).isNotBlank());
    }

    private static Set<Status> allowed(String sandbox, String what, @Nullable Status status) {
        if (status == null) {
            return EnumSet.allOf(Status.class);
        }
        if (what.equals(WAITS)) {
            // A busy machine's compiler may have come to no end within so short a time.
            return EnumSet.of(Status.TIME, Status.BROKEN);
        }
        // A folder that is full can be written no more in bubblewrap; with Landlock the program is ended.
        return sandbox.equals("landlock") && what.equals("fills the disk")
                ? EnumSet.of(status, Status.OUTPUT)
                : EnumSet.of(status);
    }

    /** After the others. */
    @Order(2)
    @ParameterizedTest
    @MethodSource("org.espalier.harness.SandboxHere#names")
    void theNextProgramsFindAnEmptyFolder(String name) {
        SandboxHere.required(name);
        ProgramPool pool = POOLS.get(name);
        List<CompletableFuture<TestRun>> next = Stream.generate(() -> pool.run(HONEST, TestSuite.of(TESTS, null)))
                .limit(AT_ONCE)
                .toList();
        assertThat(next).extracting(CompletableFuture::join).allMatch(TestRun::passedAll);
    }

    @Order(3)
    @Test
    void nothingIsLeft() throws IOException {
        close();
        assertThat(traces()).isEqualTo(before);
    }

    private static Set<String> traces() throws IOException {
        return Traces.now(command -> true, "espalier-run-");
    }
}
