package espalier;

import java.io.ByteArrayInputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Runs beside the program and calls its functions for whoever asks; or runs tests, whose functions ask. */
final class Program {
    private static final int MOST_TRACE = 2000;
    private static final int MOST_LINES = 6;

    private final Worker worker;
    private final Map<String, Object> spec;
    private final Loader classes;

    /** Defines the classes that were sent. */
    private static final class Loader extends ClassLoader {
        private final Map<String, byte[]> code = new LinkedHashMap<>();

        Loader(Object sent, ClassLoader parent) {
            super(parent);
            ((Map<?, ?>) sent).forEach((name, bytes) ->
                    code.put(String.valueOf(name), Base64.getDecoder().decode(String.valueOf(bytes))));
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = code.get(name);
            if (bytes == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
        }
    }

    Program(Worker worker, Map<String, Object> spec) {
        this.worker = worker;
        this.spec = spec;
        boolean tests = spec.get("role").equals("tests");
        ClassLoader parent = tests ? Program.class.getClassLoader() : ClassLoader.getPlatformClassLoader();
        classes = new Loader(spec.get("classes"), parent);
        Thread.currentThread().setContextClassLoader(classes);
    }

    void run() throws Throwable {
        switch (String.valueOf(spec.get("role"))) {
            case "program":
                answer();
                return;
            case "tests":
                test();
                return;
            default:
                readAndWrite();
        }
    }

    private void readAndWrite() throws Throwable {
        System.setIn(new ByteArrayInputStream(String.valueOf(spec.get("stdin")).getBytes(StandardCharsets.UTF_8)));
        Method main = null;
        for (String name : classes.code.keySet()) {
            for (Method method : classes.loadClass(name).getDeclaredMethods()) {
                boolean begins = method.getName().equals("main") && Modifier.isStatic(method.getModifiers());
                main = main == null && begins ? method : main;
            }
        }
        if (main == null) {
            throw new NoSuchMethodException("the program has no method main");
        }
        main.setAccessible(true);
        try {
            main.invoke(null, main.getParameterCount() == 0 ? new Object[0] : new Object[] {new String[0]});
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private void test() throws Throwable {
        List<?> units = (List<?>) spec.get("units");
        worker.send('R', Map.of("units", units));
        worker.hear();
        Checks.begin(worker);
        Remote.begin(worker, new Values(classes, false));
        String stopped = null;
        try {
            Method all = classes.loadClass("EspalierTests").getDeclaredMethod("espalierAll");
            all.setAccessible(true);
            all.invoke(null);
        } catch (InvocationTargetException e) {
            stopped = Checks.described(e.getCause());
        } catch (ReflectiveOperationException | LinkageError e) {
            stopped = "the tests cannot be run with this program: " + e;
        }
        while (Checks.told() < units.size()) {
            Checks.unfit(stopped == null ? "it was not reached" : stopped);
        }
        worker.send('R', Map.of("done", true));
    }

    private void answer() {
        Values values = new Values(classes, true);
        try {
            for (String name : classes.code.keySet()) {
                Class.forName(name, true, classes);
            }
        } catch (Throwable thrown) {
            worker.send('R', failure(thrown));
            return;
        }
        worker.send('R', Map.of("callables", List.of(), "modules", List.of()));
        while (true) {
            Map<String, Object> request = worker.hear();
            if (request == null) {
                return;
            }
            Map<String, Object> answer;
            try {
                answer = called(request, values);
            } catch (InvocationTargetException e) {
                answer = failure(e.getCause());
            } catch (Throwable thrown) {
                answer = failure(thrown);
            }
            System.out.flush();
            worker.send('R', answer);
        }
    }

    private Map<String, Object> called(Map<String, Object> request, Values values) throws Throwable {
        List<?> given = (List<?>) request.get("arguments");
        Object[] arguments = new Object[given.size()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = values.decode(given.get(i));
        }
        Class<?> type = classes.loadClass(String.valueOf(request.get("type")));
        String name = String.valueOf(request.get("name"));
        Executable target = name.equals("new")
                ? found(type.getDeclaredConstructors(), request)
                : found(type.getDeclaredMethods(), request);
        target.setAccessible(true);
        Object result;
        if (target instanceof Constructor<?> maker) {
            result = maker.newInstance(arguments);
        } else {
            Object on = values.decode(request.get("on"));
            if (on == null && !Modifier.isStatic(target.getModifiers())) {
                Constructor<?> maker = type.getDeclaredConstructor();
                maker.setAccessible(true);
                on = maker.newInstance();
            }
            result = ((Method) target).invoke(on, arguments);
        }
        Map<String, Object> answer = new HashMap<>();
        answer.put("value", values.encode(result));
        answer.put("arguments", changed(arguments, values));
        return answer;
    }

    /** What arguments are after a call, where a call may change them. */
    private static List<Object> changed(Object[] arguments, Values values) {
        List<Object> all = new ArrayList<>();
        for (Object argument : arguments) {
            boolean open = argument != null
                    && (argument.getClass().isArray()
                            || argument instanceof java.util.Collection
                            || argument instanceof Map
                            || argument instanceof StringBuilder);
            all.add(open ? values.encode(argument) : null);
        }
        return all;
    }

    private static Executable found(Executable[] all, Map<String, Object> request) throws NoSuchMethodException {
        for (Executable each : all) {
            String signature = Arrays.stream(each.getParameterTypes())
                    .map(Class::getCanonicalName)
                    .collect(Collectors.joining(","));
            boolean named = each instanceof Constructor || each.getName().equals(request.get("name"));
            if (named && signature.equals(request.get("signature")) && !each.isSynthetic()) {
                return each;
            }
        }
        throw new NoSuchMethodException("the program defines no " + request.get("name"));
    }

    private Map<String, Object> failure(Throwable thrown) {
        Throwable cause = thrown instanceof ExceptionInInitializerError && thrown.getCause() != null ? thrown.getCause() : thrown;
        Map<String, Object> answer = new HashMap<>();
        answer.put("error", cause.getClass().getSimpleName());
        answer.put("type", cause.getClass().getName());
        answer.put("message", shortened(String.valueOf(cause.getMessage())));
        answer.put("trace", trace(cause, String.valueOf(spec.get("source"))));
        return answer;
    }

    private static String shortened(String text) {
        return text.length() <= MOST_TRACE ? text : text.substring(0, MOST_TRACE);
    }

    /** The lines of the program that it went through, the innermost last. */
    static String trace(Throwable thrown, String source) {
        List<String> lines = source.lines().toList();
        List<String> trace = new ArrayList<>();
        for (StackTraceElement frame : thrown.getStackTrace()) {
            int number = frame.getLineNumber();
            if ("Program.java".equals(frame.getFileName()) && !frame.getClassName().startsWith("espalier.") && trace.size() < MOST_LINES) {
                String code = number >= 1 && number <= lines.size() ? lines.get(number - 1).strip() : "";
                trace.add(0, "line %d, in %s: %s".formatted(number, frame.getMethodName(), code));
            }
        }
        return shortened(String.join("\n", trace));
    }
}
