package org.espalier.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A server that sends the bytes that it is told to, HTTP or not, and notes what it was asked. */
public final class HostileServer implements AutoCloseable {
    /** What it does with a connection. */
    @FunctionalInterface
    public interface Reply {
        /**
         * Answers, and leaves the connection to be closed.
         *
         * @param request the head of what was asked
         * @param number of the connection, from 0
         */
        void to(String request, int number, Wire wire) throws IOException, InterruptedException;
    }

    /** The way back to the client. */
    public static final class Wire {
        private final OutputStream out;

        private Wire(OutputStream out) {
            this.out = out;
        }

        /** Sends a text, of which each character is a byte. */
        public Wire send(String text) throws IOException {
            return send(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        /** Sends bytes. */
        public Wire send(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
            return this;
        }

        /** Sends the same until the client has gone. */
        public void forEver(String text) throws IOException {
            byte[] many = text.repeat(Math.max(1, 8192 / text.length())).getBytes(StandardCharsets.ISO_8859_1);
            while (true) {
                out.write(many);
            }
        }

        /** Sends the same now and again until the client has gone. */
        public void drip(String text, long millis) throws IOException, InterruptedException {
            while (true) {
                send(text);
                Thread.sleep(millis);
            }
        }

        /** Keeps the connection and says nothing. */
        public void silence() throws InterruptedException {
            Thread.sleep(600_000);
        }
    }

    private final ServerSocket socket;
    private final Reply reply;
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** Listens at a free port. */
    public HostileServer(Reply reply) throws IOException {
        this.reply = reply;
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    private void start(Runnable work) {
        Thread thread = new Thread(work, "hostile-server");
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void accept() {
        try {
            for (int number = 0; ; number++) {
                Socket client = socket.accept();
                int place = number;
                start(() -> answer(client, place));
            }
        } catch (IOException closed) {
            return;
        }
    }

    private void answer(Socket client, int number) {
        open.add(client);
        try (client) {
            String request = head(client.getInputStream());
            requests.add(request);
            reply.to(request, number, new Wire(client.getOutputStream()));
            // Closed with bytes unread, the connection would be reset and what was sent lost.
            client.shutdownOutput();
            client.setSoTimeout(200);
            client.getInputStream().readNBytes(1 << 20);
        } catch (IOException | InterruptedException gone) {
            return;
        } finally {
            open.remove(client);
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the client has gone");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    /** Its address, with a path that begins with a slash. */
    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort() + path);
    }

    /** The heads of the requests so far. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() throws IOException {
        socket.close();
        threads.forEach(Thread::interrupt);
        for (Socket client : open) {
            client.close();
        }
    }
}
