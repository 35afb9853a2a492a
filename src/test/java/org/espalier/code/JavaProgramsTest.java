package org.espalier.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import org.espalier.code.TestRun.Check;
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
import org.junit.jupiter.params.provider.ValueSource;

/** Programs in Java: each is compiled and run as it is. */
@Timeout(300)
class JavaProgramsTest {
    private static final Limits LIMITS = Limits.USUAL.withSeconds(4);
    private static final String ADD = "class Solution { public static int add(int a, int b) { return a + b; } }";

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

    private static TestRun run(String program, String tests) {
        return runner.run(program, TestSuite.of(tests, null));
    }

    static Stream<Arguments> passing() {
        return Stream.of(
                arguments("a static method of a class", ADD, "assert add(1, 2) == 3;"),
                arguments("by its class", ADD, "assert Solution.add(1, 2) == 3;"),
                arguments(
                        "check",
                        ADD,
                        "check(add(1, 2) == 3);\nassertEquals(3, add(1, 2));\nassertTrue(add(1, 1) == 2);"),
                arguments("a method alone", "int add(int a, int b) {\n    return a + b;\n}", "assert add(1, 2) == 3;"),
                arguments(
                        "methods alone with imports",
                        "import java.util.List;\npublic static int sum(List<Integer> all) { return all.stream().mapToInt(i -> i).sum(); }\nstatic int two() { return 2; }",
                        "assert sum(List.of(1, 2)) == two() + 1;"),
                arguments(
                        "an instance's method",
                        "public class Solution { private int n = 1; public int next(int k) { return n + k; } }",
                        "assert next(1) == 2;\nassert new Solution().next(2) == 3;"),
                arguments("without semicolons", ADD, "assert add(1, 2) == 3\nassert add(2, 2) == 4"),
                arguments(
                        "texts",
                        "class S { static String up(String s) { return s.toUpperCase(); } }",
                        "assert up(\"ä\\n\").equals(\"Ä\\n\");\nassert up(\"b\") == \"B\";"),
                arguments(
                        "lists, maps, sets, arrays",
                        "import java.util.*;\nclass S { static Map<String, List<Integer>> m(int[] a, Set<Character> s) { Map<String, List<Integer>> m = new HashMap<>(); for (int x : a) m.computeIfAbsent(\"\" + s.size(), k -> new ArrayList<>()).add(x); return m; } static int[][] grid() { return new int[][] {{1}, {2, 3}}; } }",
                        "assert m(new int[] {1, 2}, Set.of('a', 'b')).equals(Map.of(\"2\", List.of(1, 2)));\nassert Arrays.deepEquals(grid(), new int[][] {{1}, {2, 3}});\nassert grid()[1][1] == 3;"),
                arguments(
                        "numbers of other kinds",
                        "class S { static long l(int x) { return x * 10_000_000_000L; } static double d(float f) { return f / 2; } static char c(byte b) { return (char) b; } static java.math.BigInteger big() { return java.math.BigInteger.TWO.pow(70); } }",
                        "assert l(2) == 20_000_000_000L;\nassert d(1f) == 0.5;\nassert c((byte) 65) == 'A';\nassert Math.abs(d(3f) - 1.5) < 1e-9;\nassert big().equals(new BigInteger(\"1180591620717411303424\"));"),
                arguments(
                        "an argument that is changed",
                        "class S { static void sort(int[] a) { java.util.Arrays.sort(a); } static void add(java.util.List<Integer> l) { l.add(7); } }",
                        "int[] a = {3, 1, 2};\nsort(a);\nassert a[0] == 1 && a[2] == 3;\nList<Integer> l = new ArrayList<>();\nadd(l);\nassert l.get(0) == 7;"),
                arguments(
                        "generic methods and several arguments",
                        "import java.util.*;\nclass S { static <T extends Comparable<T>> T max(List<T> all) { return Collections.max(all); } static int sum(int... all) { return Arrays.stream(all).sum(); } }",
                        "assert max(List.of(3, 5, 4)) == 5;\nassert sum(1, 2, 3) == 6;\nassert sum() == 0;"),
                arguments(
                        "what is thrown",
                        "class S { static class Mine extends RuntimeException { Mine(String m) { super(m); } } static int f(int x) { if (x < 0) throw new IllegalArgumentException(\"below\"); if (x == 0) throw new Mine(\"zero\"); return x; } }",
                        "assertThrows(IllegalArgumentException.class, () -> f(-1));\nassertThrows(S.Mine.class, () -> f(0));\nassert f(1) == 1;"),
                arguments(
                        "objects of the program",
                        "class Stack { private final java.util.Deque<Integer> all = new java.util.ArrayDeque<>(); void push(int x) { all.push(x); } int pop() { return all.pop(); } boolean isEmpty() { return all.isEmpty(); } Stack self() { return this; } }",
                        "Stack stack = new Stack();\nstack.push(1);\nstack.push(2);\nassert stack.pop() == 2;\nassert stack.self().pop() == 1;\nassert stack.isEmpty();"),
                arguments(
                        "records, enums and interfaces",
                        "record Point(int x, int y) { int sum() { return x + y; } } enum Color { RED, GREEN } interface Shape { double area(); } class Square implements Shape { private final double a; Square(double a) { this.a = a; } public double area() { return a * a; } } class F { static Point move(Point p) { return new Point(p.x() + 1, p.y()); } static Color next(Color c) { return c == Color.RED ? Color.GREEN : Color.RED; } static Shape shape(double a) { return new Square(a); } }",
                        "assert move(new Point(1, 2)).equals(new Point(2, 2));\nassert new Point(1, 2).sum() == 3;\nassert next(Color.RED) == Color.GREEN;\nShape s = new Square(3);\nassert s.area() == 9;\nassert shape(2).area() == 4.0;"),
                arguments(
                        "a class with main",
                        ADD,
                        "public class Main {\n    public static void main(String[] args) {\n        assert add(1, 2) == 3 : \"sum\";\n        for (int i = 0; i < 3; i++) assert Solution.add(i, 0) == i;\n    }\n}"),
                arguments(
                        "methods test…",
                        ADD,
                        "import org.junit.jupiter.api.Test;\nimport static org.junit.jupiter.api.Assertions.*;\nclass AddTest {\n    @Test\n    void adds() { assertEquals(3, add(1, 2)); }\n    void testMore() { assertNotEquals(4, add(1, 2), \"\"); }\n}"
                                .replace(", \"\")", ")")),
                arguments("a package", "package a.b;\n" + ADD, "assert add(1, 2) == 3;"),
                arguments(
                        "deep recursion",
                        "class S { static int depth(int n) { return n == 0 ? 0 : 1 + depth(n - 1); } }",
                        "assert depth(100000) == 100000;"),
                arguments("loops over tests", ADD, "for (int i = 0; i < 5; i++) {\n    assert add(i, i) == 2 * i;\n}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("passing")
    void rightProgramsPass(String what, String program, String tests) {
        TestRun run = run(program, tests);
        assertThat(run.passedAll()).as("%s", run).isTrue();
        assertThat(run.status()).isEqualTo(Status.RAN);
        assertThat(run.cpuSeconds()).isPositive();
    }

    @Test
    void eachTestIsJudgedAlone() {
        TestRun run = run(
                "class S { static int f(int x) { return 10 / x; } static int[] g() { return new int[] {1, 2}; } }",
                "assert f(5) == 2;\nassert f(5) == 3;\nassert f(0) == 1;\nassert h(1) == 1;\nassert f(\"a\") == 1;\nassert f(2) > 9;\nassertArrayEquals(new int[] {1, 3}, g());\nassert f(1) == 10;");
        assertThat(run.checks())
                .extracting(Check::passed)
                .containsExactly(true, false, false, false, false, false, false, true);
        assertThat(run.checks().get(1).text()).isEqualTo("assert f(5) == 3;");
        assertThat(run.checks().get(1).why()).isEqualTo("2 is not 3");
        assertThat(run.checks().get(2).why())
                .startsWith("ArithmeticException: / by zero\nline 1, in f: class S { static int f(int x)");
        assertThat(run.checks().get(3).why()).startsWith("it does not fit the program: line 4: cannot find symbol");
        assertThat(run.checks().get(4).why())
                .contains("incompatible types: java.lang.String cannot be converted to int");
        assertThat(run.checks().get(5).why()).isEqualTo("it does not hold");
        assertThat(run.checks().get(6).why()).isEqualTo("[1, 2] is not [1, 3]");
    }

    @Test
    void whatDoesNotCompileSaysWhere() {
        TestRun run = run("class S {\n    static int f(int x) {\n        return x +;\n    }\n}", "assert f(1) == 2;");
        assertThat(run.status()).isEqualTo(Status.BROKEN);
        assertThat(run.failure()).isEqualTo("CompileError: line 3: illegal start of expression\nline 3: return x +;");
        assertThat(run.checks()).singleElement().extracting(Check::passed).isEqualTo(false);
        assertThat(run("static int f(int x) {\n    return y;\n}", "assert f(1) == 2;")
                        .failure())
                .startsWith("CompileError: line 2: cannot find symbol");
    }

    @Test
    void expressionsAreRunForTheirValues() {
        TestRun run = runner.run(
                "class S { static double f(double x) { return x / 3; } static java.util.Set<String> g() { return java.util.Set.of(\"a\", \"b\"); } }",
                TestSuite.values(List.of("f(1)", "g()", "f()"), "f"));
        assertThat(run.checks()).extracting(Check::value).containsExactly("3.333333333e-01", "set(\"a\",\"b\")", null);
        assertThat(run.checks().get(2).passed()).isFalse();
    }

    @Test
    void aProgramReadsAndWrites() {
        String program =
                "import java.util.*;\npublic class Main { public static void main(String[] a) { Scanner s = new Scanner(System.in); System.out.println(s.nextInt() + s.nextInt()); if (a.length > 9) System.exit(0); } }";
        TestRun run = runner.run(
                program,
                TestSuite.of(List.of(new Example("1 2", "3"), new Example("2 2", "5"), new Example("x", "1"))));
        assertThat(run.checks()).extracting(Check::passed).containsExactly(true, false, false);
        assertThat(run.checks().get(1).why()).isEqualTo("it writes \"4\" instead of \"5\"");
        assertThat(run.checks().get(2).why()).contains("InputMismatchException");
    }

    @ParameterizedTest
    @ValueSource(strings = {"assert f(1 == 2;", "int x = ;", "assert"})
    void testsThatDoNotParseAreRefused(String tests) {
        assertThatExceptionOfType(BrokenTestsException.class)
                .isThrownBy(() -> run(ADD, tests))
                .withMessageStartingWith("the tests cannot be run: line ");
    }

    @Test
    void functionsAreFoundInATextAndInAProgram() {
        Language java = Language.parse("java");
        assertThat(java.definedIn("Write this.\npublic static int add(int a, int b)\n"))
                .containsExactly("add");
        assertThat(
                        java.definedIn(
                                "class S {\n  static <T> List<T> f(List<T> x) {\n    if (x == null) {\n      return g(x);\n    } else if (a) {\n    }\n    while (true) {\n    }\n  }\n  int[] h() throws IOException {"))
                .containsExactly("f", "h");
        assertThat(java.definedIn("Solve it (quickly)\nreturn add(a);\nnew Foo(a) {\n"))
                .isEmpty();
    }
}
