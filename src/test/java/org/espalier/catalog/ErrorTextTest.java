package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorTextTest {
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
        assertThat(ErrorText.size(bytes)).isEqualTo(text);
    }
}
