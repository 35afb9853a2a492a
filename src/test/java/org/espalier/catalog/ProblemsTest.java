package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProblemsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "999, 999 B",
        "1000, 1.0 kB",
        "98362432, 98.4 MB",
        "999949999, 999.9 MB",
        "999950000, 1.0 GB",
        "4000000000000000, 4000.0 TB"
    })
    void writesSizesInDecimalUnits(long bytes, String text) {
        assertThat(Problems.size(bytes)).isEqualTo(text);
    }

    @Test
    void saysWhatAnErrorMeans() {
        assertThat(Problems.reason(new NoSuchFileException("/x"))).isEqualTo("no such file");
        assertThat(Problems.reason(new AccessDeniedException("/x"))).isEqualTo("permission denied");
        assertThat(Problems.reason(new FileSystemException("/x", null, "No space left on device")))
                .isEqualTo("No space left on device");
        assertThat(Problems.reason(new FileSystemException("/x"))).isEqualTo("input or output failed");
        assertThat(Problems.reason(new IOException("odd"))).isEqualTo("odd");
    }
}
