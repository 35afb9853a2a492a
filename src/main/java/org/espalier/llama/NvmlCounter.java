package org.espalier.llama;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** An NVIDIA GPU's counter, through the library that comes with the driver (NVML). Those before Volta have none. */
final class NvmlCounter implements EnergyCounter {
    private static final int SUCCESS = 0;
    private static final long MICROJOULES_PER_MILLIJOULE = 1000;

    private final Nvml nvml;
    private final Pointer device;
    private final String name;

    /** The functions that are called, spelled and typed as in nvml.h; all return 0 if they succeed. */
    interface Nvml extends Library {
        int nvmlInit_v2();

        int nvmlDeviceGetCount_v2(IntByReference count);

        int nvmlDeviceGetHandleByIndex_v2(int index, PointerByReference device);

        int nvmlDeviceGetTotalEnergyConsumption(Pointer device, LongByReference millijoules);
    }

    private NvmlCounter(Nvml nvml, Pointer device, String name) {
        this.nvml = nvml;
        this.device = device;
        this.name = name;
    }

    /**
     * The GPUs that count. The library stays loaded and its connection to the driver open, without which a driver that
     * nobody uses may start all counts from 0.
     *
     * @param library its name, or its path
     * @return none if there is no such library, or the driver does not answer
     */
    static List<EnergyCounter> all(String library) {
        List<EnergyCounter> counters = new ArrayList<>();
        try {
            Nvml nvml = Native.load(library, Nvml.class);
            IntByReference count = new IntByReference();
            if (nvml.nvmlInit_v2() != SUCCESS || nvml.nvmlDeviceGetCount_v2(count) != SUCCESS) {
                return List.of();
            }
            for (int i = 0; i < count.getValue(); i++) {
                PointerByReference device = new PointerByReference();
                if (nvml.nvmlDeviceGetHandleByIndex_v2(i, device) == SUCCESS) {
                    NvmlCounter counter = new NvmlCounter(nvml, device.getValue(), "gpu-" + i);
                    if (counter.microjoules().isPresent()) {
                        counters.add(counter);
                    }
                }
            }
        } catch (LinkageError e) {
            return List.of();
        }
        return counters;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public OptionalLong microjoules() {
        try {
            LongByReference millijoules = new LongByReference();
            return nvml.nvmlDeviceGetTotalEnergyConsumption(device, millijoules) == SUCCESS
                    ? OptionalLong.of(millijoules.getValue() * MICROJOULES_PER_MILLIJOULE)
                    : OptionalLong.empty();
        } catch (LinkageError e) {
            return OptionalLong.empty();
        }
    }

    @Override
    public long range() {
        return 0;
    }
}
