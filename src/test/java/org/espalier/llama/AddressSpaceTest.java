package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AddressSpaceTest {
    @TempDir
    private Path folder;

    private String hint(String limit) throws IOException {
        String limits = "Limit                     Soft Limit           Hard Limit           Units     \n"
                + "Max locked memory         8388608              8388608              bytes     \n"
                + "Max address space         %-20s unlimited            bytes     \n".formatted(limit);
        return AddressSpace.hint(Files.writeString(folder.resolve("limits"), limits));
    }

    @Test
    void aLimitIsNamed() throws IOException {
        assertThat(hint("3145728000")).contains("3000 MiB of memory", "ulimit -v");
        assertThat(hint("unlimited")).isEmpty();
        assertThat(hint("99999999999999999999")).isEmpty();
        assertThat(AddressSpace.hint(folder.resolve("none"))).isEmpty();
    }
}
