package org.espalier.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.charset.MalformedInputException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.IIOException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReasonTest {
    @TempDir
    private Path folder;

    private static String reason(ThrowingCallable action) {
        return Reason.of(catchThrowableOfType(IOException.class, action));
    }

    @Test
    void whatTheFileSystemSays() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        Path loop = Files.createSymbolicLink(folder.resolve("loop"), folder.resolve("loop"));
        assertThat(reason(() -> Files.readString(folder.resolve("none")))).isEqualTo("there is no such file");
        assertThat(reason(() -> Files.readString(folder))).isEqualTo("it is a folder");
        assertThat(reason(() -> Files.list(file).close())).isEqualTo("it is not a folder");
        assertThat(reason(() -> Files.createFile(file))).isEqualTo("it exists already");
        assertThat(reason(() -> Files.delete(folder))).isEqualTo("the folder is not empty");
        assertThat(reason(() -> Files.readString(loop))).contains("symbolic links");
    }

    @Test
    void neverTheNameOfAClass() {
        assertThat(Reason.of(new IOException())).isEqualTo("input or output failed");
        assertThat(Reason.of(new FileSystemException("file"))).isEqualTo("input or output failed");
        assertThat(Reason.of(new MalformedInputException(1))).isEqualTo("it is not UTF-8 text");
        assertThat(Reason.of(new ConnectException())).isEqualTo("connection refused");
        assertThat(Reason.of(new UnknownHostException("nowhere"))).isEqualTo("there is no host nowhere");
        assertThat(Reason.of(
                        new IIOException("I/O error writing PNG file!", new IOException("No space left on device"))))
                .isEqualTo("No space left on device");
        assertThat(Reason.of(new IOException(null, new ConnectException()))).isEqualTo("connection refused");
    }

    @Test
    void namesTheFileOnce() {
        assertThat(Reason.withFile(new FileSystemException("a.txt", null, "No space left on device")))
                .isEqualTo("a.txt: No space left on device");
        assertThat(Reason.withFile(new IOException("No space left on device"))).isEqualTo("No space left on device");
    }
}
