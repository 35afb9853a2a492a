package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ConvertersTest {
    @ParameterizedTest
    @CsvSource({"30s, 30000", "1500ms, 1500", "2m, 120000", "0.5h, 1800000", "7, 7000", "1.5S, 1500"})
    void durations(String text, long millis) {
        assertThat(new DurationConverter().convert(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-3s", "1d", "1e9s", "99999999999999s"})
    void whatIsNoDuration(String text) {
        assertThatThrownBy(() -> new DurationConverter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("such as 1500ms");
    }

    @ParameterizedTest
    @CsvSource({"512m, 536870912", "2g, 2147483648", "1.5GiB, 1610612736", "100, 100", "8kb, 8192"})
    void amountsOfMemory(String text, long bytes) {
        assertThat(new Bytes().convert(text)).isEqualTo(bytes);
    }

    @Test
    void amountsAreWrittenInReadableUnits() {
        assertThat(Bytes.format(900)).isEqualTo("900 B");
        assertThat(Bytes.format(98 << 20)).isEqualTo("98 MiB");
        assertThat(Bytes.format(1_610_612_736L)).isEqualTo("1.5 GiB");
        assertThatThrownBy(() -> new Bytes().convert("lots")).isInstanceOf(TypeConversionException.class);
    }
}
