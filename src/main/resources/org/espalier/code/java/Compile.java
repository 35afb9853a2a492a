package espalier;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Compiles a program, and its tests against stand-ins for the program's classes: each method of one asks the program, which is
 * elsewhere. One request.
 */
final class Compile {
    private static final String PROGRAM = "Program.java";
    private static final String TESTS = "EspalierTests.java";
    private static final Pattern IMPORT = Pattern.compile("(?m)^[ \\t]*import[ \\t]+[\\w.* \\t]+;");
    private static final Pattern UNENDED = Pattern.compile("(?m)^([ \\t]*assert\\b.*[^;\\s])[ \\t]*$");
    private static final Pattern PACKAGE = Pattern.compile("(?m)^[ \\t]*package[ \\t]+[\\w.]+[ \\t]*;");
    static final String USUAL_IMPORTS = "import java.util.*; import java.util.function.*; import java.util.stream.*;"
            + " import java.math.*; import java.io.*; ";
    private static final int MOST_ROUNDS = 8;

    /** Errors that a text may have because more is to follow. */
    private static final Set<String> UNFINISHED = Set.of(
            "compiler.err.premature.eof",
            "compiler.err.unclosed.comment",
            "compiler.err.unclosed.text.block",
            "compiler.err.try.without.catch.finally.or.resource.decls");

    private static final JavaCompiler JAVAC = ToolProvider.getSystemJavaCompiler();
    private static final StandardJavaFileManager FILES = JAVAC.getStandardFileManager(null, Locale.ROOT, null);

    /** A source in memory. */
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String name, String text) {
            super(URI.create("memory:///" + name), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean lenient) {
            return text;
        }

        @Override
        public boolean isNameCompatible(String simpleName, Kind kind) {
            return kind == Kind.SOURCE;
        }
    }

    /** Keeps classes in memory. */
    private static final class Outputs extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> classes = new TreeMap<>();

        Outputs() {
            super(FILES);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            classes.put(name, bytes);
            return new SimpleJavaFileObject(URI.create("memory:///" + name + ".class"), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return bytes;
                }
            };
        }

        Map<String, Object> encoded() {
            Map<String, Object> all = new LinkedHashMap<>();
            classes.forEach((name, bytes) -> all.put(name, Base64.getEncoder().encodeToString(bytes.toByteArray())));
            return all;
        }
    }

    /** A run of the compiler. */
    static final class Run {
        final DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        private final Outputs outputs = new Outputs();
        final JavacTask task;

        Run(Source... sources) {
            task = (JavacTask) JAVAC.getTask(
                    new StringWriter(),
                    outputs,
                    found,
                    List.of("-proc:none", "-nowarn", "-XDuseUnsharedTable=true", "-g:source,lines", "-Xmaxerrs", "50"),
                    null,
                    List.of(sources));
        }

        /** Parses the sources, which is done once, and gives the first. */
        CompilationUnitTree parsed() {
            try {
                return task.parse().iterator().next();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        List<Diagnostic<? extends JavaFileObject>> errors() {
            return found.getDiagnostics().stream()
                    .filter(one -> one.getKind() == Diagnostic.Kind.ERROR)
                    .toList();
        }
    }

    /** A run that parses a text alone. */
    static Run parsing(String text) {
        return new Run(new Source(TESTS, text));
    }

    /** A source without its imports, which are added to others; what is left stands on the lines where it stood. */
    private static String hoisted(String source, StringBuilder imports) {
        Matcher matcher = IMPORT.matcher(PACKAGE.matcher(source).replaceAll(""));
        StringBuilder rest = new StringBuilder();
        while (matcher.find()) {
            if (!matcher.group().contains("org.junit")) {
                imports.append(matcher.group().strip()).append(' ');
            }
            matcher.appendReplacement(rest, "");
        }
        return matcher.appendTail(rest).toString();
    }

    /** Compiles something, so that the next time is quick. */
    void warm() {
        Map<String, Object> unused = answer(Map.of(
                "source", "class A { static int f(List<Integer> x) { return x.size(); } }", "tests", "assert f(List.of(1)) == 1;"));
    }

    /** The classes of a program and of its tests, or what is wrong with them. */
    Map<String, Object> answer(Map<String, Object> spec) {
        String source = String.valueOf(spec.get("source"));
        Map<String, Object> answer = new LinkedHashMap<>();
        Suite suite = suite(spec);
        if (suite != null && suite.broken() != null) {
            answer.put("broken", suite.broken());
            return answer;
        }
        if (suite != null) {
            answer.put("units", suite.units());
        }
        Run run = program(source);
        Stubs stubs = new Stubs();
        try {
            Iterable<? extends Element> elements = run.task.analyze();
            if (run.errors().isEmpty()) {
                elements.forEach(element -> {
                    if (element instanceof TypeElement type) {
                        stubs.add(type, run.task);
                    }
                });
                run.task.generate();
            }
        } catch (IOException | RuntimeException e) {
            answer.put("error", "CompileError");
            answer.put("message", "the compiler fails: " + e);
            return answer;
        }
        if (!run.errors().isEmpty()) {
            Diagnostic<?> first = run.errors().get(0);
            long line = first.getLineNumber();
            List<String> lines = source.lines().toList();
            answer.put("error", "CompileError");
            answer.put("message", message(first));
            answer.put("trace", line >= 1 && line <= lines.size() ? "line " + line + ": " + lines.get((int) line - 1).strip() : "");
            return answer;
        }
        answer.put("classes", run.outputs.encoded());
        if (suite != null) {
            answer.put("tests", tests(suite, stubs));
        }
        return answer;
    }

    /** Why no further lines can make a program of a source; no error if they may. */
    Map<String, Object> beginning(Map<String, Object> spec) {
        String source = String.valueOf(spec.get("source"));
        StringBuilder imports = new StringBuilder();
        String bare = hoisted(source, imports);
        Diagnostic<?> error = null;
        for (String begin : List.of("", "class Program { ")) {
            Run run = parsing(begin + bare);
            run.parsed();
            error = run.errors().stream()
                    .filter(one -> !mayBeMended(one, (begin + bare).stripTrailing().length()))
                    .findFirst()
                    .orElse(null);
            if (error == null) {
                return Map.of();
            }
        }
        return Map.of("error", "CompileError", "message", message(error));
    }

    /** Whether an error is only that the text is not complete. */
    private static boolean mayBeMended(Diagnostic<?> error, int end) {
        return UNFINISHED.contains(error.getCode()) || error.getEndPosition() >= end;
    }

    /** The tests that were sent; null if none were. */
    private static Suite suite(Map<String, Object> spec) {
        String tests = text(spec, "tests");
        if (tests.isBlank()) {
            return null;
        }
        String setup = text(spec, "setup");
        StringBuilder imports = new StringBuilder();
        String bare = hoisted(setup.isEmpty() ? tests : setup + "\n" + tests, imports);
        boolean values = Boolean.TRUE.equals(spec.get("values"));
        Suite suite = Suite.read(bare, imports.toString(), values);
        if (suite.broken() == null) {
            return suite;
        }
        // Examples in a problem's text are written without semicolons.
        Suite ended = Suite.read(UNENDED.matcher(bare).replaceAll("$1;"), imports.toString(), values);
        return ended.broken() == null ? ended : suite;
    }

    private static String text(Map<String, Object> spec, String name) {
        return spec.get(name) == null ? "" : String.valueOf(spec.get(name));
    }

    /** Parsed as it is, or in a class where it is functions alone; missing imports are the usual ones. */
    private static Run program(String source) {
        StringBuilder imports = new StringBuilder();
        String bare = hoisted(source, imports);
        Run asIs = new Run(new Source(PROGRAM, USUAL_IMPORTS + imports + bare));
        CompilationUnitTree unit = asIs.parsed();
        boolean classes = asIs.errors().isEmpty()
                && unit.getTypeDecls().stream().noneMatch(one -> one.getKind() == com.sun.source.tree.Tree.Kind.METHOD);
        if (!classes && !bare.isBlank()) {
            Run wrapped = new Run(new Source(PROGRAM, USUAL_IMPORTS + imports + "class Program { " + bare + "\n}"));
            wrapped.parsed();
            if (wrapped.errors().isEmpty()) {
                return wrapped;
            }
        }
        return asIs;
    }

    /** Units that do not compile with this program fail, and the others are run. */
    private static Map<String, Object> tests(Suite suite, Stubs stubs) {
        Map<Integer, String> unfit = new TreeMap<>();
        String whole = null;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Suite.Text text = suite.text(unfit, whole, stubs.functions(suite.ownNames()));
            Run run = new Run(new Source(TESTS, text.source()), new Source("Stubs.java", stubs.classes(suite.ownNames())));
            try {
                run.task.call();
            } catch (RuntimeException e) {
                whole = "the compiler fails: " + e;
                continue;
            }
            if (run.errors().isEmpty()) {
                return run.outputs.encoded();
            }
            for (Diagnostic<? extends JavaFileObject> error : run.errors()) {
                boolean ofTests = error.getSource() != null && error.getSource().getName().endsWith(TESTS);
                int unit = ofTests ? text.unitAt(error.getPosition()) : -1;
                String message = "it does not fit the program: " + message(error);
                if (unit >= 0) {
                    unfit.putIfAbsent(unit, message);
                } else {
                    whole = message;
                }
            }
        }
        return Map.of();
    }

    static String message(Diagnostic<?> error) {
        String text = error.getMessage(Locale.ROOT).strip().replaceAll("\\s*\\n\\s*", ", ");
        return "line %d: %s".formatted(error.getLineNumber(), text.replace(", location: class EspalierTests", ""));
    }
}
