package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryIT {
    @TempDir
    Path directory;

    private static URLClassLoader another() throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    @Test
    void severalClassLoadersLoadItAndShareLlama() throws Exception {
        List<String> here = NativeLibrary.description();
        try (URLClassLoader one = another();
                URLClassLoader other = another()) {
            for (ClassLoader loader : List.of(one, other)) {
                Class<?> library = loader.loadClass(NativeLibrary.class.getName());
                assertThat(library).isNotSameAs(NativeLibrary.class);
                List<?> there = (List<?>) library.getMethod("description").invoke(null);
                assertThat(there).as("devices are not listed twice").hasSameSizeAs(here);
            }
        }
        assertThat(NativeLibrary.description()).hasSameSizeAs(here);
    }

    @Test
    void theReasonOfAFailureReachesTheClassLoaderThatAsked() throws Exception {
        Path file = TinyGguf.write("llama", directory);
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        Files.writeString(file, bytes.replace("output_norm.weight", "output_nerm.weight"), StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> NativeModel.open(file, ModelOptions.DEFAULT))
                .hasMessageContaining("output_norm.weight");
        try (URLClassLoader other = another()) {
            assertThatThrownBy(() -> openFrom(other, file)).hasStackTraceContaining("output_norm.weight");
            assertThatThrownBy(() -> NativeModel.open(file, ModelOptions.DEFAULT))
                    .as("after another one has taken llama.cpp's log")
                    .hasMessageContaining("output_norm.weight");
        }
    }

    private static void openFrom(ClassLoader loader, Path file) throws Throwable {
        Class<?> options = loader.loadClass(ModelOptions.class.getName());
        try {
            loader.loadClass(NativeModel.class.getName())
                    .getMethod("open", Path.class, options)
                    .invoke(null, file, options.getField("DEFAULT").get(null));
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
