package espalier;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Lives in a sandbox and does what its caller says, in frames that begin with a secret of the caller's. With the argument "compile" it
 * compiles whatever comes; otherwise it runs one program, or the tests of one, and ends. A program that takes this over can
 * give no more than return values, which it could do honestly as well.
 */
public final class Worker {
    private static final int KEPT_OUTPUT = 1 << 16;
    private static final int LOOK_MILLIS = 50;
    /** Functions that call themselves go deep. */
    private static final long STACK_BYTES = 64L << 20;

    private final InputStream in = System.in;
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private final BlockingQueue<Map<String, Object>> messages = new LinkedBlockingQueue<>();
    private final Captured written = new Captured();
    private final Captured complaints = new Captured();
    private volatile long began = System.nanoTime();
    private String nonce = "";
    private boolean over;
    private volatile int code;
    private volatile long outputBytes = Long.MAX_VALUE;

    /** What a program writes; the beginning is kept. */
    private final class Captured extends OutputStream {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private long bytes;

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] data, int from, int count) {
            bytes += count;
            kept.write(data, from, Math.min(count, KEPT_OUTPUT - kept.size()));
            if (bytes > outputBytes) {
                end("output");
            }
        }

        synchronized String text() {
            return kept.toString(StandardCharsets.UTF_8);
        }
    }

    public static void main(String[] arguments) throws Exception {
        new Worker().live(arguments.length > 0 && arguments[0].equals("compile"));
    }

    private void live(boolean compiles) throws Exception {
        nonce = line();
        String folder = System.getenv("TMPDIR");
        if (folder != null) {
            System.setProperty("java.io.tmpdir", folder);
        }
        System.setIn(new ByteArrayInputStream(new byte[0]));
        System.setOut(new PrintStream(written, false, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(complaints, true, StandardCharsets.UTF_8));
        if (compiles) {
            new Compile().warm();
        } else {
            // It stays open; a program finds an empty folder.
            File archive = new File(System.getProperty("java.class.path"));
            boolean unused = archive.delete() && archive.getParentFile().delete();
        }
        send('H', Map.of("apart", compiles, "java", System.getProperty("java.version")));
        for (String line = line(); line != null; line = line()) {
            if (line.startsWith("S ")) {
                Map<String, Object> spec = Json.object(line.substring(2));
                if (compiles) {
                    compile(spec);
                } else {
                    run(spec);
                }
            } else if (line.startsWith("M ")) {
                messages.add(Json.object(line.substring(2)));
            } else if (line.equals("K") && !compiles) {
                end("asked");
            }
        }
        Runtime.getRuntime().halt(0);
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return null;
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    /** Sends a frame. */
    synchronized void send(char kind, Map<String, ?> body) {
        try {
            if (!over) {
                out.write((nonce + " " + kind + " " + Json.write(body) + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        } catch (IOException gone) {
            Runtime.getRuntime().halt(0);
        }
    }

    /** The next message of the caller. */
    Map<String, Object> hear() {
        try {
            return messages.take();
        } catch (InterruptedException e) {
            return null;
        }
    }

    private void compile(Map<String, Object> spec) {
        Map<String, Object> compiled = new LinkedHashMap<>();
        Thread compiling = new Thread(null, () -> compiled.putAll("beginning".equals(spec.get("role")) ? new Compile().beginning(spec) : new Compile().answer(spec)), "compile", STACK_BYTES);
        compiling.setDaemon(true);
        compiling.setUncaughtExceptionHandler((thread, thrown) -> {
            compiled.put("error", thrown.getClass().getSimpleName());
            compiled.put("message", "the compiler fails");
        });
        compiling.start();
        try {
            compiling.join((long) (((Number) spec.get("wallSeconds")).doubleValue() * 1000));
        } catch (InterruptedException e) {
            return;
        }
        if (compiling.isAlive()) {
            end("time");
        }
        send('R', compiled);
        send('E', Map.of("ended", "exit", "code", 0, "cpuSeconds", 0, "wallSeconds", 0));
    }

    private void run(Map<String, Object> spec) {
        began = System.nanoTime();
        outputBytes = ((Number) spec.get("outputBytes")).longValue();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end("exit")));
        Thread watch = new Thread(() -> watch(spec), "watch");
        watch.setDaemon(true);
        watch.start();
        Thread running = new Thread(
                null,
                () -> {
                    try {
                        new Program(this, spec).run();
                    } catch (Throwable thrown) {
                        code = 1;
                        String trace = Program.trace(thrown, String.valueOf(spec.get("source")));
                        System.err.println(trace + "\n" + thrown);
                    }
                    System.out.flush();
                    end("exit");
                },
                "program",
                STACK_BYTES);
        running.setDaemon(true);
        running.start();
    }

    private void watch(Map<String, Object> spec) {
        double cpu = ((Number) spec.get("cpuSeconds")).doubleValue();
        double wall = ((Number) spec.get("wallSeconds")).doubleValue();
        while (true) {
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                continue;
            }
            if (cpuSeconds() > cpu) {
                end("cpu");
            } else if ((System.nanoTime() - began) / 1e9 > wall) {
                end("time");
            }
        }
    }

    private static double cpuSeconds() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3;
    }

    /** Says that the run has ended, and ends. */
    private void end(String how) {
        synchronized (this) {
            if (!over) {
                Map<String, Object> result = new HashMap<>();
                result.put("ended", how);
                result.put("code", code);
                result.put("cpuSeconds", cpuSeconds());
                result.put("wallSeconds", (System.nanoTime() - began) / 1e9);
                result.put("stdout", written.text());
                result.put("stderr", complaints.text());
                send('E', result);
                over = true;
            }
        }
        Runtime.getRuntime().halt(0);
    }
}
