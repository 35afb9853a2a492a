package org.espalier.cli;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.espalier.catalog.ModelStore;
import org.espalier.llama.AttentionTrial;
import org.espalier.llama.AvailableMemory;
import org.espalier.llama.NativeLibrary;
import org.espalier.llama.Processors;
import org.espalier.model.EspalierException;
import org.espalier.model.FetchListener;
import org.espalier.runtime.EspalierVersion;
import org.espalier.sandbox.Sandbox;
import org.espalier.sandbox.Sandboxes;
import picocli.CommandLine.Command;

/** {@code espalier doctor}: what this machine and this installation have. */
@Command(
        name = "doctor",
        description = "Says what Espalier finds here: Java, llama.cpp and its devices, memory, models.")
final class DoctorCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        boolean healthy = true;
        line("Espalier", EspalierVersion.own());
        line("Java", "%s (%s)".formatted(Runtime.version(), System.getProperty("java.home")));
        line(
                "Machine",
                "%s, %s, %d processors"
                        .formatted(
                                System.getProperty("os.name"),
                                System.getProperty("os.arch"),
                                Runtime.getRuntime().availableProcessors()));
        line("Threads", threads());
        line(
                "Memory",
                "%s, %s of it free"
                        .formatted(Bytes.format(AvailableMemory.totalBytes()), Bytes.format(AvailableMemory.bytes())));
        try {
            List<String> description = NativeLibrary.description();
            line("Engine", description.get(0));
            description.stream().skip(1).forEach(device -> line("Device", device));
            OptionalLong gpu = AvailableMemory.onGpu();
            line(
                    "GPU",
                    gpu.isPresent()
                            ? Bytes.format(gpu.getAsLong()) + " free; --gpu-layers 0 leaves it alone"
                            : "none that this llama.cpp can use");
        } catch (EspalierException e) {
            line("Engine", "does not work: " + e.getMessage());
            healthy = false;
        }
        line("Sandbox", sandbox());
        ModelStore store = ModelStore.open();
        healthy = healthy && attention(store);
        line("Models", "%s; others are fetched to %s".formatted(present(store), store.folder()));
        return healthy ? ExitCode.ANSWERED : ExitCode.FAILED;
    }

    /** What programs that a model wrote run in. */
    private static String sandbox() {
        Sandboxes.Finding found = Sandboxes.find();
        Sandbox sandbox = found.sandbox();
        return sandbox == null
                ? "none, programs are not run: " + found.lack()
                : sandbox.name() + ": " + sandbox.description();
    }

    private static String threads() {
        int cores = Processors.cores();
        String upTo = cores == 1 ? "1" : "1 to %d, as many as are quickest at each moment".formatted(cores);
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return load < 0
                ? upTo
                : String.format(Locale.ROOT, "%s; the machine's load was %.1f in the last minute", upTo, load);
    }

    /** Tried with the policy that comes with Espalier. */
    private static boolean attention(ModelStore store) {
        try {
            line(
                    "Attention",
                    AttentionTrial.of(
                            store.resolve(store.catalog().defaultPolicy().name(), FetchListener.NONE)
                                    .path()));
            return true;
        } catch (EspalierException e) {
            line("Attention", "does not work: " + e.getMessage());
            return false;
        }
    }

    private static String present(ModelStore store) {
        return String.join(
                ", ",
                store.catalog().entries().stream()
                        .filter(store::isPresent)
                        .map(entry -> entry.name())
                        .toList());
    }

    private static void line(String what, String found) {
        System.out.printf(Locale.ROOT, "%-9s %s%n", what, found);
    }
}
