package org.espalier.llama;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The energy that processors and NVIDIA GPUs have consumed since it was started: all of the machine's that count it,
 * whoever uses them, without the memory, the fans and the rest. It never fails; what cannot be measured is not given.
 *
 * <p>A processor's counter starts from 0 again after 65 or 262 kJ, which takes some minutes at full power. Between two such
 * starts it must be read once; a thread reads it every minute, which is enough up to a kilowatt a package.
 */
public final class EnergyMeter implements AutoCloseable {
    private static final Path POWERCAP = Path.of("/sys/class/powercap");
    private static final String NVML = "libnvidia-ml.so.1";
    /** Exists where the driver is loaded; asking the library where there is none would take a tenth of a second. */
    private static final List<Path> NVIDIA = List.of(Path.of("/dev/nvidiactl"), Path.of("/dev/dxg"));

    private static final Duration BETWEEN_SAMPLES = Duration.ofMinutes(1);
    private static final double MICROJOULES_PER_JOULE = 1e6;

    private final List<Sum> sums;
    private final @Nullable ScheduledExecutorService sampler;
    private boolean complete = true;
    private boolean closed;

    /** What a counter has counted since the start. */
    private static final class Sum {
        private final EnergyCounter counter;
        private long last;
        private long microjoules;

        Sum(EnergyCounter counter, long now) {
            this.counter = counter;
            last = now;
        }

        /** False if the counter is gone, or has been set back. */
        boolean advance() {
            OptionalLong read = counter.microjoules();
            long step = read.orElse(last) - last;
            if (step < 0) {
                step += counter.range();
            }
            if (read.isEmpty() || step < 0) {
                return false;
            }
            last = read.getAsLong();
            microjoules += step;
            return true;
        }
    }

    /** @param betweenSamples less than the shortest time in which a counter can start from 0 twice */
    EnergyMeter(List<EnergyCounter> counters, Duration betweenSamples) {
        sums = new ArrayList<>();
        for (EnergyCounter counter : counters) {
            counter.microjoules().ifPresent(now -> sums.add(new Sum(counter, now)));
        }
        boolean wraps = sums.stream().anyMatch(sum -> sum.counter.range() > 0);
        sampler = wraps ? Executors.newSingleThreadScheduledExecutor(EnergyMeter::daemon) : null;
        if (sampler != null) {
            long nanos = betweenSamples.toNanos();
            Future<?> unused = sampler.scheduleWithFixedDelay(this::sample, nanos, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "espalier-energy");
        thread.setDaemon(true);
        return thread;
    }

    /** Begins to measure. */
    public static EnergyMeter start() {
        return start(POWERCAP, NVIDIA.stream().anyMatch(Files::exists) ? NVML : null);
    }

    /**
     * Begins to measure.
     *
     * @param powercap the folder of the processors' counters
     * @param nvml the name or path of the GPUs' library; null if there is none
     */
    static EnergyMeter start(Path powercap, @Nullable String nvml) {
        List<EnergyCounter> gpus = nvml == null ? List.of() : NvmlCounter.all(nvml);
        return new EnergyMeter(
                Stream.concat(PowercapCounter.all(powercap).stream(), gpus.stream())
                        .toList(),
                BETWEEN_SAMPLES);
    }

    /** Returns what is measured, such as {@code package-0} and {@code gpu-0}: the sum of other parts is another one. */
    public List<String> parts() {
        return sums.stream().map(sum -> sum.counter.name()).toList();
    }

    /**
     * Since the start, until now or until it was closed; empty if this machine has no counter that can be read, or one
     * of them was lost meanwhile.
     */
    public synchronized OptionalDouble joules() {
        sample();
        return complete && !sums.isEmpty()
                ? OptionalDouble.of(
                        sums.stream().mapToLong(sum -> sum.microjoules).sum() / MICROJOULES_PER_JOULE)
                : OptionalDouble.empty();
    }

    private synchronized void sample() {
        if (closed) {
            return;
        }
        for (Sum sum : sums) {
            complete &= sum.advance();
        }
    }

    /** Ends measuring. */
    @Override
    public synchronized void close() {
        sample();
        closed = true;
        if (sampler != null) {
            sampler.shutdownNow();
        }
    }
}
