package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheFolderTest {
    @Test
    void isWhereTheEnvironmentSays() {
        Path home = Path.of("/home/u");
        assertThat(CacheFolder.of(Map.of("ESPALIER_CACHE", "/e", "XDG_CACHE_HOME", "/x"), home))
                .isEqualTo(Path.of("/e"));
        assertThat(CacheFolder.of(Map.of("ESPALIER_CACHE", "", "XDG_CACHE_HOME", "/x"), home))
                .isEqualTo(Path.of("/x/espalier"));
        assertThat(CacheFolder.of(Map.of("XDG_CACHE_HOME", "relative"), home))
                .isEqualTo(Path.of("/home/u/.cache/espalier"));
    }
}
