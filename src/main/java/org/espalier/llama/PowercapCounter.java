package org.espalier.llama;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * A processor package's counter, as Linux shows those of Intel and AMD (RAPL). Where only root may read it, nobody else
 * has one.
 *
 * @param energy the file that holds the count
 */
record PowercapCounter(String name, Path energy, long range) implements EnergyCounter {
    /** Zones with a second number are parts of a package, and counted with it. */
    private static final String ZONE = "intel-rapl:\\d+";

    /** Zones of another name are the whole platform ({@code psys}), with the packages in it. */
    private static final String PACKAGE = "package";

    /** The packages whose count can be read; none if there is no such folder. */
    static List<EnergyCounter> all(Path folder) {
        String[] zones = folder.toFile().list((parent, name) -> name.matches(ZONE));
        return Stream.of(zones == null ? new String[0] : zones)
                .sorted()
                .map(zone -> of(folder.resolve(zone)))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<EnergyCounter> of(Path zone) {
        try {
            String name = Files.readString(zone.resolve("name")).strip();
            long range = number(zone.resolve("max_energy_range_uj"));
            EnergyCounter counter = new PowercapCounter(name, zone.resolve("energy_uj"), range);
            boolean usable = name.startsWith(PACKAGE)
                    && range > 0
                    && counter.microjoules().isPresent();
            return usable ? Optional.of(counter) : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static long number(Path file) throws IOException {
        return Long.parseLong(Files.readString(file).strip());
    }

    @Override
    public OptionalLong microjoules() {
        try {
            return OptionalLong.of(number(energy));
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
