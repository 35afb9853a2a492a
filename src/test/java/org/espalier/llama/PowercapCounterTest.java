package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PowercapCounterTest {
    @TempDir
    private Path folder;

    private Path zone(String folderName, String name, String energy) throws IOException {
        Path zone = Files.createDirectories(folder.resolve(folderName));
        Files.writeString(zone.resolve("name"), name + "\n");
        Files.writeString(zone.resolve("max_energy_range_uj"), "262143328850\n");
        return Files.writeString(zone.resolve("energy_uj"), energy);
    }

    private List<EnergyCounter> counters() {
        return PowercapCounter.all(folder);
    }

    @Test
    void packagesAreCountedAndNothingTwice() throws IOException {
        zone("intel-rapl:1", "package-1", "2000000\n");
        zone("intel-rapl:0", "package-0", "1000000\n");
        zone("intel-rapl:0:0", "core", "400000\n");
        zone("intel-rapl:2", "psys", "9000000\n");
        zone("intel-rapl-mmio:0", "package-0", "1000000\n");
        Files.createDirectory(folder.resolve("intel-rapl"));

        assertThat(counters()).extracting(EnergyCounter::name).containsExactly("package-0", "package-1");
        assertThat(counters()).extracting(EnergyCounter::range).containsOnly(262_143_328_850L);
        assertThat(counters().get(1).microjoules()).hasValue(2_000_000);
    }

    @Test
    void whatCannotBeReadIsNoCounter() throws IOException {
        assertThat(PowercapCounter.all(folder.resolve("none"))).isEmpty();
        // Root may read any file; a folder in its place nobody.
        Path energy = zone("intel-rapl:0", "package-0", "");
        Files.delete(energy);
        Files.createDirectory(energy);
        zone("intel-rapl:1", "package-1", "many\n");
        Files.writeString(zone("intel-rapl:2", "package-2", "1\n").resolveSibling("max_energy_range_uj"), "0\n");
        Files.createDirectory(folder.resolve("intel-rapl:3"));

        assertThat(counters()).isEmpty();
    }

    @Test
    void aFileThatVanishesIsNoCount() throws IOException {
        Path energy = zone("intel-rapl:0", "package-0", "1\n");
        EnergyCounter counter = counters().get(0);
        Files.delete(energy);

        assertThat(counter.microjoules()).isEmpty();
    }

    @Test
    void theMeterReadsThem() throws IOException {
        Path energy = zone("intel-rapl:0", "package-0", "262143000000\n");
        try (EnergyMeter meter = EnergyMeter.start(folder, null)) {
            Files.writeString(energy, "171150\n");
            assertThat(meter.joules()).hasValue(0.5);
            Files.writeString(energy, "2171150\n");
            assertThat(meter.joules()).hasValue(2.5);
            Files.delete(energy);
            assertThat(meter.joules()).isEmpty();
        }
    }
}
