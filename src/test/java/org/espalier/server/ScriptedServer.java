package org.espalier.server;

import java.util.List;

/** A server without a model at any free port, for tests of its clients in other packages. */
public final class ScriptedServer implements AutoCloseable {
    private final ScriptedBackend backend = new ScriptedBackend();
    private final EspalierServer server = EspalierServer.bind("127.0.0.1", 0);

    private ScriptedServer() {
        server.start(backend, RequestReaderTest.SETTINGS);
    }

    public static ScriptedServer start() {
        return new ScriptedServer();
    }

    public String url() {
        return server.url();
    }

    /** From now on its searches go on only once it is released. */
    public void hold() {
        backend.hold();
    }

    public void release() {
        backend.release();
    }

    /** The problems that have begun, in their order. */
    public List<String> asked() {
        return backend.asked();
    }

    /** Ends it: what it was searching for is answered with what there is. */
    public void stop() {
        server.stop();
    }

    @Override
    public void close() {
        backend.release();
        server.close();
        backend.close();
    }
}
