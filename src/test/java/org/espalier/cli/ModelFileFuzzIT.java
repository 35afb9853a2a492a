package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.espalier.cli.TrialProcess.Result;
import org.espalier.gguf.AdapterChecks;
import org.espalier.gguf.EditableGguf;
import org.espalier.gguf.GgufHeader;
import org.espalier.gguf.GgufMutants;
import org.espalier.gguf.GgufMutants.Mutant;
import org.espalier.gguf.HeadFormat;
import org.espalier.llama.LoraGguf;
import org.espalier.llama.TinyGguf;
import org.espalier.model.EspalierException;
import org.espalier.runtime.HeadFile;
import org.espalier.runtime.LoadCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files changed in one field: what the reader lets pass is loaded and decoded in processes of its own, as {@link LoadCheck}
 * does before a search. A crash there ends no search, but is one that the reader could have known.
 */
class ModelFileFuzzIT {
    private static final long SEED = 20261129;
    private static final int MODELS = 2001;
    private static final int ADAPTERS = 300;
    private static final int HEADS = 100;
    private static final int PROCESSES = 2;

    @TempDir
    private Path folder;

    /** How the files ended. */
    private static final class Tally {
        final AtomicInteger refusedByReader = new AtomicInteger();
        final AtomicInteger refusedByLlama = new AtomicInteger();
        final AtomicInteger ran = new AtomicInteger();
        final List<String> crashed = Collections.synchronizedList(new ArrayList<>());
        final List<String> internal = Collections.synchronizedList(new ArrayList<>());

        void count(String name, Result result) {
            if (result.crashed()) {
                crashed.add(name + ": " + result.text());
            } else if (result.internal()) {
                internal.add(name + ": " + result.text());
            } else if (result.ran()) {
                ran.incrementAndGet();
            } else {
                refusedByLlama.incrementAndGet();
            }
        }

        void print(String what) {
            System.out.printf(
                    "ModelFileFuzzIT: %s (seed %d): the reader refused %d, llama.cpp %d, %d ran, %d crashed %s%n",
                    what, SEED, refusedByReader.get(), refusedByLlama.get(), ran.get(), crashed.size(), crashed);
        }
    }

    /** Reads a file as a search does before it is loaded. */
    private interface Reader {
        void read(Path file);
    }

    /** Tries a file that was read. */
    private interface Trial {
        Result run(TrialProcess process, Path file) throws IOException, InterruptedException;
    }

    private Tally all(List<Mutant> mutants, Reader reader, Trial trial) throws Exception {
        Tally tally = new Tally();
        AtomicInteger next = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(PROCESSES);
        try {
            List<Callable<Void>> workers = new ArrayList<>();
            for (int i = 0; i < PROCESSES; i++) {
                Path file = folder.resolve("mutant-" + i + ".gguf");
                workers.add(() -> {
                    try (TrialProcess process = new TrialProcess()) {
                        for (int at = next.getAndIncrement(); at < mutants.size(); at = next.getAndIncrement()) {
                            Mutant mutant = mutants.get(at);
                            // A new file each time: the old one may be mapped.
                            Files.deleteIfExists(file);
                            Files.write(file, mutant.bytes().get());
                            try {
                                reader.read(file);
                            } catch (EspalierException e) {
                                assertThat(e.getMessage()).as(mutant.name()).matches("\\P{Cntrl}+");
                                tally.refusedByReader.incrementAndGet();
                                continue;
                            }
                            tally.count(mutant.name(), trial.run(process, file));
                        }
                    }
                    return null;
                });
            }
            for (Future<Void> done : threads.invokeAll(workers)) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
        return tally;
    }

    private static List<Mutant> some(List<Mutant> mutants, int count) {
        List<Mutant> drawn = new ArrayList<>(mutants);
        Collections.shuffle(drawn, new Random(SEED));
        return drawn.subList(0, Math.min(count, drawn.size()));
    }

    @Test
    void noModelThatTheReaderLetsPassEndsTheProcess() throws Exception {
        List<Mutant> mutants = new ArrayList<>();
        for (EditableGguf base : List.of(
                EditableGguf.read(TinyGguf.write("llama", folder)),
                BytePairs.in(EditableGguf.read(TinyGguf.write("qwen2", folder))),
                EditableGguf.read(TinyGguf.write("lfm2", folder)))) {
            mutants.addAll(some(GgufMutants.ofModel(base), MODELS / 3));
        }
        Tally tally = all(
                mutants,
                file -> GgufHeader.read(file).requireLoadable(),
                (process, file) -> process.run(file, null, null));
        tally.print(mutants.size() + " models");
        assertThat(mutants).hasSize(MODELS);
        assertThat(tally.internal).isEmpty();
        assertThat(tally.crashed).isEmpty();
        assertThat(tally.ran.get()).isGreaterThan(MODELS / 4);
        assertThat(tally.refusedByReader.get()).isGreaterThan(MODELS / 10);
    }

    @Test
    void noAdapterThatTheReaderLetsPassEndsTheProcess() throws Exception {
        Path base = TinyGguf.write("llama", folder);
        Path lora = LoraGguf.over(base, 4, 8, SEED, List.of("0.attn_q", "1.ffn_down", "output"))
                .write(folder.resolve("lora.gguf"));
        List<Mutant> mutants = some(GgufMutants.ofPart(EditableGguf.read(lora)), ADAPTERS);
        Tally tally = all(
                mutants, file -> AdapterChecks.require(base, file), (process, file) -> process.run(base, file, null));
        tally.print(mutants.size() + " adapters");
        assertThat(mutants).hasSize(ADAPTERS);
        assertThat(tally.internal).isEmpty();
        assertThat(tally.crashed).isEmpty();
        assertThat(tally.ran.get()).isGreaterThan(ADAPTERS / 30);
    }

    @Test
    void noHeadThatTheReaderLetsPassEndsTheProcess() throws Exception {
        Path base = TinyGguf.write("llama", folder);
        EditableGguf head = new EditableGguf()
                .set("general.architecture", EditableGguf.STRING, HeadFormat.ARCHITECTURE)
                .set(HeadFormat.PROFILE, EditableGguf.STRING, "trl-prm")
                .with(HeadFormat.DENSE_WEIGHT, 0.1f, 64, 8)
                .with(HeadFormat.DENSE_BIAS, 0.1f, 8)
                .with(HeadFormat.OUT_WEIGHT, 0.1f, 8, 2)
                .with(HeadFormat.OUT_BIAS, 0.1f, 2);
        List<Mutant> mutants = some(GgufMutants.ofPart(head), HEADS);
        Tally tally =
                all(mutants, file -> HeadFile.open(file).read(), (process, file) -> process.run(base, null, file));
        tally.print(mutants.size() + " heads");
        assertThat(mutants).hasSize(HEADS);
        assertThat(tally.internal).isEmpty();
        assertThat(tally.crashed).isEmpty();
        assertThat(tally.ran.get()).isGreaterThan(HEADS / 20);
    }
}
