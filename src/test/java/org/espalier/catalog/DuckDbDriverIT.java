package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.espalier.model.FetchListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the Maven of this machine. */
class DuckDbDriverIT {
    @TempDir
    Path folder;

    @Test
    void theDriverIsFetched() {
        Path jar = new DuckDbDriver(folder, new MavenSource(), DuckDbDriver.SHA256).fetch(FetchListener.NONE);

        assertThat(jar).isEqualTo(folder.resolve(DuckDbDriver.FILE)).hasSize(DuckDbDriver.BYTES);
    }
}
