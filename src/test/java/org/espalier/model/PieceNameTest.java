package org.espalier.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PieceNameTest {
    @Test
    void piecesAreToldByTheirNames() {
        assertThat(PieceName.of("m-Q4-00002-of-00003.gguf")).contains(new PieceName("m-Q4", 2, 3));
        for (String name : List.of(
                "m.gguf",
                "m-00001-of-00001.gguf",
                "m-00000-of-00002.gguf",
                "m-00003-of-00002.gguf",
                "m-1-of-2.gguf",
                "-00001-of-00002.gguf",
                "m-00001-of-00002.bin")) {
            assertThat(PieceName.of(name)).as(name).isEmpty();
        }
    }

    @Test
    void allFilesAreNamedAfterOne() {
        assertThat(PieceName.filesOf(Path.of("a/m-00002-of-00003.gguf")))
                .containsExactly(
                        Path.of("a/m-00001-of-00003.gguf"),
                        Path.of("a/m-00002-of-00003.gguf"),
                        Path.of("a/m-00003-of-00003.gguf"));
        assertThat(PieceName.filesOf(Path.of("m.gguf"))).containsExactly(Path.of("m.gguf"));
    }
}
