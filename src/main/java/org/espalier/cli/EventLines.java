package org.espalier.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body line by line as it arrives, and no more of it than is allowed. A line goes on to a listener, which says
 * whether more are wanted; the connection is given up when not.
 */
final class EventLines implements BodySubscriber<Void> {
    private final int mostLineBytes;
    private final long mostBytes;
    private final Runnable heard;
    private final Predicate<String> listener;
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private @Nullable Subscription subscription;
    private long bytes;

    /**
     * @param heard is called whenever something has arrived
     * @param listener gets each line, without its end; returns false if no more are wanted
     */
    EventLines(int mostLineBytes, long mostBytes, Runnable heard, Predicate<String> listener) {
        this.mostLineBytes = mostLineBytes;
        this.mostBytes = mostBytes;
        this.heard = heard;
        this.listener = listener;
    }

    /** The body has more than is allowed, or is no text. */
    static final class UnreadableException extends IOException {
        private static final long serialVersionUID = 1;

        UnreadableException(String message) {
            super(message);
        }
    }

    @Override
    public CompletionStage<Void> getBody() {
        return end;
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        if (end.isDone()) {
            return;
        }
        heard.run();
        Subscription source = Objects.requireNonNull(subscription);
        try {
            for (ByteBuffer buffer : buffers) {
                if (!read(buffer)) {
                    source.cancel();
                    end.complete(null);
                    return;
                }
            }
            source.request(1);
        } catch (IOException | RuntimeException e) {
            source.cancel();
            end.completeExceptionally(e);
        }
    }

    private boolean read(ByteBuffer buffer) throws UnreadableException {
        bytes += buffer.remaining();
        if (bytes > mostBytes) {
            throw new UnreadableException("more than " + mostBytes + " bytes");
        }
        while (buffer.hasRemaining()) {
            byte next = buffer.get();
            if (next == '\n') {
                if (!listener.test(text())) {
                    return false;
                }
            } else {
                line.write(next);
                if (line.size() > mostLineBytes) {
                    throw new UnreadableException("a line of more than " + mostLineBytes + " bytes");
                }
            }
        }
        return true;
    }

    private String text() throws UnreadableException {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line.toByteArray()))
                    .toString();
            line.reset();
            return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        } catch (CharacterCodingException e) {
            throw new UnreadableException("what is not UTF-8");
        }
    }

    @Override
    public void onError(Throwable failure) {
        end.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        try {
            if (!end.isDone() && line.size() > 0) {
                boolean unused = listener.test(text());
            }
            end.complete(null);
        } catch (IOException | RuntimeException e) {
            end.completeExceptionally(e);
        }
    }
}
