package org.espalier.javallama;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.espalier.model.EspalierException;
import org.espalier.peer.TextJudge;

/**
 * A judge in a process of its own. Two models that compute at the same time in one process spoil each other's results:
 * with sixteen slots each most texts are garbage, with one of the models alone none is. The reason is most likely that
 * b4916's product of floating point matrices hands out its work through a static variable ({@code current_chunk} of
 * tinyBLAS), which llama.cpp v0.5.0 no longer does.
 */
public final class JavaLlamaProcess implements TextJudge {
    private final Process process;
    private final DataOutputStream questions;
    private final Map<Integer, CompletableFuture<Verdict>> asked = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();

    /** Loads a model as {@link JavaLlama#JavaLlama} does, and waits until that is done. */
    public JavaLlamaProcess(Path file, JavaLlama.Setting setting) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                JavaLlamaProcess.class.getName(),
                file.toString()));
        command.addAll(setting.arguments());
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        questions = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
        Thread answers = new Thread(this::readAnswers, "java-llama-answers");
        answers.setDaemon(true);
        answers.start();
        tokens("");
    }

    @Override
    public CompletableFuture<Verdict> judge(String prompt, String positive, String negative) {
        int id = ids.getAndIncrement();
        CompletableFuture<Verdict> answer = new CompletableFuture<>();
        asked.put(id, answer);
        try {
            synchronized (questions) {
                questions.writeInt(id);
                questions.writeUTF(prompt);
                questions.writeUTF(positive);
                questions.writeUTF(negative);
                questions.flush();
            }
        } catch (IOException e) {
            answer.completeExceptionally(e);
        }
        return answer;
    }

    /** A question without tokens to choose from is one for the number of tokens. */
    @Override
    public int tokens(String text) {
        return judge(text, "", "").join().promptTokens();
    }

    private void readAnswers() {
        try (DataInputStream answers = new DataInputStream(process.getInputStream())) {
            while (true) {
                CompletableFuture<Verdict> answer = asked.remove(answers.readInt());
                Verdict verdict = new Verdict(answers.readDouble(), answers.readInt(), UNKNOWN);
                if (answer != null) {
                    answer.complete(verdict);
                }
            }
        } catch (IOException e) {
            asked.values()
                    .forEach(answer ->
                            answer.completeExceptionally(new EspalierException("java-llama's process ended", e)));
        }
    }

    @Override
    public void close() {
        process.destroy();
    }

    /** The process. */
    public static void main(String[] arguments) throws IOException {
        OutputStream out = System.out;
        System.setOut(new PrintStream(System.err, true));
        List<String> setting = List.of(arguments).subList(1, arguments.length);
        try (JavaLlama model = new JavaLlama(Path.of(arguments[0]), JavaLlama.Setting.parse(setting));
                DataInputStream questions = new DataInputStream(System.in);
                DataOutputStream answers = new DataOutputStream(new BufferedOutputStream(out))) {
            while (true) {
                int id = questions.readInt();
                String prompt = questions.readUTF();
                String positive = questions.readUTF();
                String negative = questions.readUTF();
                if (positive.isEmpty()) {
                    answer(answers, id, new Verdict(Double.NaN, model.tokens(prompt), UNKNOWN));
                } else {
                    CompletableFuture<?> unused =
                            model.judge(prompt, positive, negative).thenAccept(verdict -> answer(answers, id, verdict));
                }
            }
        } catch (EOFException e) {
            System.exit(0);
        }
    }

    private static void answer(DataOutputStream answers, int id, Verdict verdict) {
        synchronized (answers) {
            try {
                answers.writeInt(id);
                answers.writeDouble(verdict.positive());
                answers.writeInt(verdict.promptTokens());
                answers.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
