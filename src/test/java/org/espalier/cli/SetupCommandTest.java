package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.espalier.catalog.Catalog;
import org.espalier.catalog.ModelStore;
import org.espalier.catalog.PipSource;
import org.espalier.gguf.GgufWriter;
import org.espalier.model.EspalierException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class SetupCommandTest {
    private static final long GB = 1_000_000_000;

    @TempDir
    private Path temporary;

    private List<SetupPair> pairs(long memory) {
        ModelStore store = new ModelStore(Catalog.bundled(), temporary.resolve("models"), new PipSource());
        return SetupPair.of(store, memory, 10e9);
    }

    @Test
    void proposesAPairOfEachTierWithWhatItCosts() {
        List<SetupPair> pairs = pairs(64 * GB);

        assertThat(pairs).extracting(SetupPair::tier).containsExactly("fast", "balanced", "best");
        SetupPair best = pairs.get(2);
        assertThat(best.policy()).isEqualTo("qwen3-4b");
        assertThat(best.prm()).isEqualTo("qwen2.5-math-prm-7b");
        assertThat(best.downloadBytes()).isEqualTo(2_497_280_256L + 14_170_000_000L);
        assertThat(best.memoryBytes()).isEqualTo(2_497_280_256L + 7_520_000_000L + 8192 * (147_456L + 57_344));
        assertThat(best.seconds()).isEqualTo((256 * 2.497280256 + 8 * 7.52) / 10, offset(1e-6));
        assertThat(pairs).allMatch(SetupPair::fits);
    }

    @Test
    void takesSmallerPairsWhereThereIsLessMemory() {
        List<SetupPair> pairs = pairs(6 * GB);
        assertThat(pairs).extracting(SetupPair::prm).containsOnly("skywork-o1-open-prm-1.5b");
        assertThat(pairs).extracting(SetupPair::policy).doesNotHaveDuplicates();
        assertThat(pairs).allMatch(SetupPair::fits);
        assertThat(pairs(3 * GB)).extracting(SetupPair::fits).containsExactly(true, false, false);
        assertThat(pairs(GB)).hasSize(3).noneMatch(SetupPair::fits);
    }

    @Test
    void measuresTheMemory() {
        assertThat(MemoryBandwidth.measure()).isBetween(1e7, 1e13);
    }

    @Test
    void makesAPairTheDefaultWhenBothModelsAreHere() throws IOException {
        byte[] model = new GgufWriter()
                .text("general.architecture", "llama")
                .tensor("t", 64)
                .toBytes();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        boolean[] lacksThePrm = {true};
        server.createContext("/", exchange -> {
            try (exchange) {
                boolean missing =
                        lacksThePrm[0] && exchange.getRequestURI().getPath().contains("prm");
                exchange.sendResponseHeaders(missing ? 404 : 200, missing ? -1 : model.length);
                if (!missing) {
                    exchange.getResponseBody().write(model);
                }
            }
        });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort();
            String yaml = """
                    defaultPolicy: a
                    pairs:
                      - {tier: fast, policy: a, prm: b}
                    models:
                      - {name: a, description: d, role: policy, licence: MIT, bytes: 9, from: '%s/a.gguf'}
                      - {name: b, description: d, role: prm, licence: MIT, bytes: 9, from: '%s/prm.gguf'}
                    """.formatted(url, url);
            ModelStore store = new ModelStore(
                            Catalog.read(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "test"),
                            temporary.resolve("models"),
                            new PipSource())
                    .withHub(url);
            SetupPair pair = SetupPair.of(store, GB, 1e9).get(0);
            Path place = ConfigFile.place(Map.of(), temporary);
            CommandLine line = Main.commandLine();
            line.setDefaultValueProvider(Configuration.none(place));
            CommandSpec setup = line.getSubcommands().get("setup").getCommandSpec();

            assertThatThrownBy(() -> SetupCommand.take(pair, store, setup))
                    .isInstanceOf(EspalierException.class)
                    .hasMessageContaining("cannot fetch b");
            assertThat(place).doesNotExist();

            lacksThePrm[0] = false;
            assertThat(SetupCommand.take(pair, store, setup)).isEqualTo(place);
            assertThat(place).hasContent("policy: a\nprm: b\n");
            assertThat(SetupPair.of(store, GB, 1e9).get(0).downloadBytes()).isZero();
        } finally {
            server.stop(0);
        }
    }
}
