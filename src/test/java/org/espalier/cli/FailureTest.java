package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.util.concurrent.CompletionException;
import org.espalier.model.EspalierException;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.Test;

class FailureTest {
    @Test
    void codesAreThoseOfTheHelp() {
        assertThat(Failure.of(new UsageException("x"))).isEqualTo(new Failure("x", ExitCode.BAD_USAGE));
        assertThat(Failure.of(new EspalierException("x"))).isEqualTo(new Failure("x", ExitCode.FAILED));
        assertThat(Failure.of(new CompletionException(new UsageException("x")))).isEqualTo(new Failure("x", 2));
        assertThat(Failure.of(new IllegalStateException("x")))
                .isEqualTo(new Failure("internal error: java.lang.IllegalStateException: x", ExitCode.INTERNAL_ERROR));
    }

    @Test
    void memoryThatIsNotToBeHadIsNoInternalError() {
        Failure heap = Failure.of(new CompletionException(new OutOfMemoryError("Java heap space")));
        assertThat(heap.code()).isEqualTo(ExitCode.FAILED);
        assertThat(heap.message())
                .startsWith("out of memory (Java heap space): ")
                .contains("-Xmx");
        assertThat(Failure.of(new OutOfMemoryError("unable to create native thread"))
                        .message())
                .contains("ulimit -v");
    }

    @Test
    void inputAndOutputFailInWords() {
        FileSystemException full = new FileSystemException("out.json", null, "No space left on device");
        assertThat(Failure.of(full)).isEqualTo(new Failure("out.json: No space left on device", ExitCode.FAILED));
        assertThat(Failure.of(new UncheckedIOException(full))).isEqualTo(Failure.of(full));
        assertThat(Failure.of(new IOException()).message()).doesNotContain("java.io");
        assertThat(Failure.of(new InvalidPathException("a\0b", "Nul character not allowed")))
                .isEqualTo(new Failure("'a\0b' is not a file name", ExitCode.BAD_USAGE));
    }

    @Test
    void whatAPackageIsWithout() {
        assertThat(Failure.of(new NoClassDefFoundError("org/knowm/xchart/XYChart")))
                .extracting(Failure::code, failure -> failure.message().contains("lacks org.knowm.xchart.XYChart"))
                .containsExactly(ExitCode.FAILED, true);
        assertThat(Failure.of(new NoClassDefFoundError("Could not initialize class x.Y"))
                        .code())
                .isEqualTo(ExitCode.INTERNAL_ERROR);
    }
}
