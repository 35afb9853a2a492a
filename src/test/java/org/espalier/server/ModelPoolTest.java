package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.espalier.harness.Waiting;
import org.espalier.model.UsageException;
import org.espalier.server.ModelPool.Use;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ModelPoolTest {
    private static Map<String, Long> sizes(Object... namesAndSizes) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        for (int i = 0; i < namesAndSizes.length; i += 2) {
            sizes.put((String) namesAndSizes[i], ((Integer) namesAndSizes[i + 1]).longValue());
        }
        return sizes;
    }

    private static void use(ModelPool pool, String name) throws Exception {
        pool.obtain(name, () -> {}).close();
    }

    @Test
    void theOneUsedLongestAgoMakesRoom() throws Exception {
        try (ScriptedModels models = new ScriptedModels(10, sizes("a", 4, "b", 4, "c", 4));
                ModelPool pool = new ModelPool(models)) {
            assertThat(pool.names()).containsExactly("a", "b", "c");
            use(pool, "a");
            use(pool, "b");
            use(pool, "a");
            assertThat(pool.state("a") + " " + pool.state("b") + " " + pool.state("c"))
                    .isEqualTo("loaded loaded unloaded");
            use(pool, "c");
            assertThat(models.log).containsExactly("+a", "+b", "-b", "+c");
            use(pool, "b");
            assertThat(models.log).containsExactly("+a", "+b", "-b", "+c", "-a", "+b");
        }
    }

    @Test
    void asManyMakeRoomAsAreNeededAndNoMore() throws Exception {
        try (ScriptedModels models = new ScriptedModels(10, sizes("a", 2, "b", 3, "c", 3, "wide", 7));
                ModelPool pool = new ModelPool(models)) {
            use(pool, "a");
            use(pool, "b");
            use(pool, "c");
            use(pool, "wide");
            assertThat(models.log).containsExactly("+a", "+b", "+c", "-a", "-b", "+wide");
        }
    }

    @Test
    void whatIsInUseStays() throws Exception {
        try (ScriptedModels models = new ScriptedModels(6, sizes("a", 4, "b", 4));
                ModelPool pool = new ModelPool(models)) {
            Use used = pool.obtain("a", () -> {});
            CountDownLatch waited = new CountDownLatch(2);
            CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
                try {
                    pool.obtain("b", waited::countDown).close();
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            waited.await();
            assertThat(models.log).containsExactly("+a");
            assertThat(pool.state("b")).isEqualTo("loading");
            used.close();
            used.close();
            other.join();
            assertThat(models.log).containsExactly("+a", "-a", "+b");
        }
    }

    @Test
    void whoeverWantsTheSameModelHasItLoadedOnce() throws Exception {
        try (ScriptedModels models = new ScriptedModels(6, sizes("a", 4));
                ModelPool pool = new ModelPool(models)) {
            CountDownLatch gate = models.gate("a");
            CompletableFuture<?>[] all = new CompletableFuture<?>[8];
            for (int i = 0; i < all.length; i++) {
                all[i] = CompletableFuture.runAsync(() -> {
                    try {
                        use(pool, "a");
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
            }
            Waiting.until("it is being loaded", () -> pool.state("a").equals("loading"));
            gate.countDown();
            CompletableFuture.allOf(all).join();
            assertThat(models.log).containsExactly("+a");
        }
    }

    @Test
    void whoGoesAwayLeavesTheModelToTheNext() throws Exception {
        try (ScriptedModels models = new ScriptedModels(6, sizes("a", 4));
                ModelPool pool = new ModelPool(models)) {
            CountDownLatch gate = models.gate("a");
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> pool.obtain("a", () -> {
                        throw new IOException("gone");
                    }));
            gate.countDown();
            use(pool, "a");
            assertThat(models.log).containsExactly("+a");
        }
    }

    @Test
    void whatCannotBeThereIsRefusedWithWhatCan() throws Exception {
        try (ScriptedModels models = new ScriptedModels(6, sizes("a", 4, "huge", 40, "b", 2));
                ModelPool pool = new ModelPool(models)) {
            assertThatExceptionOfType(ApiException.class)
                    .isThrownBy(() -> pool.requirePossible("huge"))
                    .withMessage(
                            "the model 'huge' does not fit into the memory of this server: it takes 40, and there is 6;"
                                    + " of its models these fit: a, b")
                    .satisfies(e -> assertThat(e.status()).isEqualTo(400));
            pool.requirePossible("a");
        }
    }

    @Test
    void oneThatCannotBeLoadedIsRefusedAndTheOthersGoOn() throws Exception {
        try (ScriptedModels models = new ScriptedModels(6, sizes("a", 4, "broken", 1));
                ModelPool pool = new ModelPool(models)) {
            use(pool, "a");
            assertThatExceptionOfType(ApiException.class)
                    .isThrownBy(() -> pool.obtain("broken", () -> {}))
                    .withMessage("the model 'broken' cannot be loaded: its file is damaged");
            assertThat(pool.state("broken")).isEqualTo("unloaded");
            use(pool, "a");
            assertThat(models.log).containsExactly("+a");
        }
    }

    @Test
    void clientsWouldNotKnowTwoOfTheSameNameApart() {
        try (ScriptedModels models = new ScriptedModels(6, sizes("my model", 4, "my@model", 1))) {
            assertThatExceptionOfType(UsageException.class)
                    .isThrownBy(() -> new ModelPool(models))
                    .withMessageContaining("called my-model");
        }
    }

    @Test
    void aNameMeansTheModelOrTheDefault() {
        try (ScriptedModels models = new ScriptedModels(6, sizes("a", 4, "b", 1));
                ModelPool pool = new ModelPool(models)) {
            assertThat(pool.meant("B@dvts-16")).isEqualTo("b");
            assertThat(pool.meant("default@greedy")).isEqualTo("a");
            assertThat(pool.meant(null)).isEqualTo("a");
        }
    }
}
