package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StalledWritesTest {
    @Test
    void aWriteThatNobodyReadsIsEnded() throws Exception {
        try (StalledWrites stalled = new StalledWrites(Duration.ofMillis(200));
                ServerSocketChannel listening = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
                SocketChannel client = SocketChannel.open(listening.getLocalAddress());
                SocketChannel server = listening.accept()) {
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
                while (true) {
                    stalled.limit(() -> server.write(ByteBuffer.allocate(1 << 20)));
                }
            });
            assertThat(server.isOpen()).isFalse();
            assertThat(Thread.currentThread().isInterrupted())
                    .as("the thread goes on with other clients")
                    .isFalse();
            assertThat(client.isOpen()).isTrue();
        }
    }

    @Test
    void whatIsWrittenInTimeIsLeftAlone() throws Exception {
        StalledWrites stalled = new StalledWrites(Duration.ofMillis(1));
        for (int i = 0; i < 300; i++) {
            stalled.limit(() -> {
                long end = System.nanoTime() + 1_000_000;
                while (System.nanoTime() < end && !Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait();
                }
            });
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
        stalled.close();
        stalled.limit(() -> {});
    }
}
