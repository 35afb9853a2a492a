package org.espalier.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.espalier.gguf.GgufHeader;
import org.espalier.javallama.JavaLlama;
import org.espalier.javallama.JavaLlamaProcess;
import org.espalier.llamaserver.LlamaServer;
import org.espalier.model.UsageException;
import org.espalier.nodellama.NodeLlama;
import org.espalier.peer.TextJudge;
import org.espalier.peer.TextWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a peer is set up. What is not given is what was fastest: README.md has the figures. */
final class PeerOptions {
    /** Cells for a prompt. */
    private static final int PROMPT_CELLS = 512;

    @Option(
            names = "--peer-threads",
            description =
                    "Of each of a peer's two models, which compute at the same time (default: half of --threads, which"
                            + " keeps them from spinning against each other).")
    private @Nullable Integer threads;

    @Option(names = "--slots", description = "Of a peer's policy: requests at a time.")
    private @Nullable Integer slots;

    @Option(names = "--prm-slots", description = "Of a peer's PRM.")
    private @Nullable Integer prmSlots;

    @Option(
            names = "--together",
            defaultValue = "4",
            description = "Siblings in one request to llama-server (default: ${DEFAULT-VALUE}).")
    private int together;

    @Option(
            names = "--choices",
            defaultValue = "1",
            description = "Binary choices that javallama makes for a verdict (default: ${DEFAULT-VALUE}).")
    private int choices;

    @Option(
            names = "--similarity",
            defaultValue = "0.5",
            description = "Of prompts that share a slot in javallama; 0 for any (default: ${DEFAULT-VALUE}).")
    private float similarity;

    @Option(
            names = "--flash-attention",
            negatable = true,
            description = "In javallama (default) and node-llama-cpp (not by default).")
    private @Nullable Boolean flashAttention;

    @Option(
            names = "--server-options",
            split = " ",
            defaultValue = "--no-kv-unified --flash-attn off --cache-ram 0",
            description = "More options for llama-server (default: ${DEFAULT-VALUE}).")
    private List<String> serverOptions = List.of();

    @Option(names = "--server", description = "The program llama-server.")
    private Path server = Path.of("llama-server");

    @Option(names = "--node-program", description = "The program model.mjs.")
    private Path nodeProgram = Path.of("model.mjs");

    @Option(names = "--node-folder", description = "Where npm has put node-llama-cpp.")
    private Path nodeFolder = Path.of("");

    /** Loads both models. */
    PeerModels open(Peer peer, SearchSetting search, Path policyFile, Path prmFile) {
        int writing = slots == null ? usualSlots(peer) : slots;
        int judging = prmSlots == null ? usualPrmSlots(peer, search) : prmSlots;
        int each = threads == null ? Math.max(1, search.threads() / 2) : threads;
        int cells = slotCells(policyFile, search);
        int prmCells = slotCells(prmFile, search);
        boolean flash = flashAttention == null ? peer == Peer.JAVALLAMA : flashAttention;
        List<String> settings =
                new ArrayList<>(List.of("threads=2x" + each, "slots=" + writing, "prm-slots=" + judging));
        TextWriter policy;
        TextJudge prm;
        switch (peer) {
            case JAVALLAMA -> {
                settings.addAll(List.of("choices=" + choices, "similarity=" + similarity, "flash-attention=" + flash));
                policy = new JavaLlama(policyFile, javaSetting(writing, cells, each, flash));
                prm = new JavaLlamaProcess(prmFile, javaSetting(judging, prmCells, each, flash));
            }
            case LLAMA_SERVER -> {
                settings.add("together=" + together);
                settings.addAll(serverOptions);
                policy = new LlamaServer(server, policyFile, writing, cells, each, serverOptions);
                prm = new LlamaServer(server, prmFile, judging, prmCells, each, serverOptions);
            }
            case NODE_LLAMA -> {
                settings.add("flash-attention=" + flash);
                policy = new NodeLlama(nodeProgram, nodeFolder, policyFile, writing, cells, each, flash);
                prm = new NodeLlama(nodeProgram, nodeFolder, prmFile, judging, prmCells, each, flash);
            }
            default -> throw new UsageException("the engine is not a peer of its own");
        }
        boolean java = peer == Peer.JAVALLAMA;
        return new PeerModels(
                peer,
                String.join(" ", settings),
                policy,
                prm,
                peer == Peer.LLAMA_SERVER ? together : 1,
                !java,
                (long) writing * cells);
    }

    private JavaLlama.Setting javaSetting(int slots, int cells, int threads, boolean flash) {
        return new JavaLlama.Setting(slots, cells, threads, choices, similarity, flash);
    }

    private static int usualSlots(Peer peer) {
        return peer == Peer.JAVALLAMA ? 1 : 64;
    }

    private static int usualPrmSlots(Peer peer, SearchSetting search) {
        return peer == Peer.JAVALLAMA ? 4 : 16 * search.inFlight();
    }

    private static int slotCells(Path file, SearchSetting search) {
        long trained = GgufHeader.read(file).contextLength().orElse(Integer.MAX_VALUE);
        return (int) Math.min(trained, PROMPT_CELLS + search.maxTokens());
    }
}
