package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.espalier.runtime.TriedFiles.Use;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TriedFilesTest {
    @TempDir
    private Path folder;

    private Path file(String name) throws IOException {
        return Files.writeString(folder.resolve(name), "model");
    }

    private TriedFiles tried() {
        return new TriedFiles(folder.resolve("ran"));
    }

    private void ran(Use use) throws IOException {
        tried().add(use, use.identity());
    }

    @Test
    void whatRanIsKnownAfterwards() throws IOException {
        Use use = new Use(List.of(file("a"), file("b")), "1");
        assertThat(tried().contains(use)).isFalse();
        ran(use);
        assertThat(tried().contains(use)).isTrue();
    }

    @Test
    void anotherUseOrVersionIsNot() throws IOException {
        Path one = file("a");
        ran(new Use(List.of(one), "1"));
        assertThat(tried().contains(new Use(List.of(one), "2"))).isFalse();
        assertThat(tried().contains(new Use(List.of(one, file("b")), "1"))).isFalse();
    }

    @Test
    void aFileThatChangesIsNotAndTakesItsPlace() throws IOException {
        Path one = file("a");
        Use use = new Use(List.of(one), "1");
        ran(use);
        Files.setLastModifiedTime(one, FileTime.fromMillis(1_000_000));
        assertThat(tried().contains(use)).isFalse();
        ran(use);
        assertThat(tried().contains(use)).isTrue();
        Files.writeString(one, "longer than before");
        assertThat(tried().contains(use)).isFalse();
        assertThat(folder.resolve("ran")).isDirectoryContaining("glob:**.ran");
        assertThat(Files.list(folder.resolve("ran"))).hasSize(1);
    }

    /** The same bytes at the same time under another inode. */
    @Test
    void aFileThatIsReplacedIsNot() throws IOException {
        Path one = file("a");
        Use use = new Use(List.of(one), "1");
        ran(use);
        FileTime changed = Files.getLastModifiedTime(one);
        Path other = file("other");
        Files.setLastModifiedTime(other, changed);
        Files.move(other, one, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThat(tried().contains(use)).isFalse();
    }

    @Test
    void whatIsGoneIsForgotten() throws IOException {
        Path one = file("a");
        ran(new Use(List.of(one), "1"));
        Files.delete(one);
        ran(new Use(List.of(file("b")), "1"));
        assertThat(Files.list(folder.resolve("ran"))).hasSize(1);
    }

    @Test
    void aFolderThatCannotBeMadeIsNoMatter() throws IOException {
        Path taken = file("taken");
        Use use = new Use(List.of(file("a")), "1");
        TriedFiles tried = new TriedFiles(taken);
        tried.add(use, use.identity());
        assertThat(tried.contains(use)).isFalse();
    }
}
