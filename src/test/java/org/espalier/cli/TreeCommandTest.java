package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TreeCommandTest {
    private static final String ROOT = """
            {"id":0,"parent":null,"child":0,"depth":0,"text":"","tokens":0,"score":null,"logProb":0.0,"meanEntropy":null,\
            "fate":"proposed","stopReason":null,"seed":"2a","proposedMillis":-1,"scoredMillis":-1,"decidedMillis":-1,\
            "run":{"problem":"How much is 3 + 4?","method":"beam","n":1,"answer":"7","selected":1,\
            "votes":[{"answer":"7","key":"7","count":1,"weight":0.9}],"agreement":1.0,"stoppedBy":"completed",\
            "policyTokens":9,"prmTokens":20,"wallMillis":12}}
            """;
    private static final String STEP = """
            {"id":1,"parent":0,"child":0,"depth":1,"text":"So $\\\\boxed{7}$","tokens":9,"score":0.9,"logProb":-1.5,\
            "meanEntropy":0.2,"fate":"completed","stopReason":"end_of_turn","seed":"2b","proposedMillis":5,\
            "scoredMillis":7,"decidedMillis":7,"completion":{"answer":"7","key":"7","votes":1}}
            """;

    @TempDir
    private Path folder;

    private Path tree;

    @BeforeEach
    void recordATree() throws IOException {
        tree = Files.writeString(folder.resolve("search.jsonl"), ROOT + STEP);
    }

    private static void assertRefused(Cli cli, int code, String message) {
        assertThat(cli.code()).as(cli.err()).isEqualTo(code);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.err().lines())
                .singleElement()
                .asString()
                .startsWith("espalier: ")
                .contains(message);
        assertThat(cli.err()).doesNotContain("Exception");
    }

    @Test
    void aRecordedTreeIsDrawnBesideIt() throws IOException {
        Path picture = folder.resolve("search.svg");
        Cli cli = Cli.run("tree", tree.toString());
        assertThat(cli.err()).isEmpty();
        assertThat(cli.code()).isZero();
        assertThat(cli.out().strip()).isEqualTo(picture.toString());
        assertThat(Files.readString(picture)).contains("Answer 7", "beam, n = 1", "1 of 1 vote", "0.90");
    }

    @Test
    void orWhereItIsWanted() {
        Path picture = folder.resolve("other.svg");
        assertThat(Cli.run("tree", tree.toString(), "--out", picture.toString()).code())
                .isZero();
        assertThat(picture).isNotEmptyFile();
    }

    @Test
    void aTreeRecordedWithoutItsRunIsDrawnAsWell() throws IOException {
        Files.writeString(tree, ROOT.replaceFirst(",\"run\":.*", "}") + STEP);
        assertThat(Cli.run("tree", tree.toString()).code()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not JSON",
                "[1, 2]",
                "{}",
                "null",
                "{\"answer\": \"7\"}",
                "{\"id\":0,\"child\":0,\"depth\":0,\"text\":\"\",\"tokens\":0,\"logProb\":0,\"fate\":\"eaten\","
                        + "\"proposedMillis\":0,\"scoredMillis\":0,\"decidedMillis\":0}",
            })
    void whatIsNotATreeIsRefused(String line) throws IOException {
        Files.writeString(tree, line);
        assertRefused(Cli.run("tree", tree.toString()), ExitCode.BAD_USAGE, "line 1 is not node 0");
        assertThat(folder.resolve("search.svg")).doesNotExist();
    }

    @Test
    void aBrokenLineIsNamed() throws IOException {
        Files.writeString(tree, ROOT + STEP.substring(0, 60));
        assertRefused(Cli.run("tree", tree.toString()), ExitCode.BAD_USAGE, "line 2 is not node 1");
        Files.writeString(tree, ROOT + STEP.replace("\"parent\":0", "\"parent\":5"));
        assertRefused(Cli.run("tree", tree.toString()), ExitCode.BAD_USAGE, "node 1 has no parent");
        Files.writeString(tree, "");
        assertRefused(Cli.run("tree", tree.toString()), ExitCode.BAD_USAGE, "it has no nodes");
        Files.write(tree, new byte[] {(byte) 0x89, 'P', 'N', 'G', (byte) 0xFF});
        assertRefused(Cli.run("tree", tree.toString()), ExitCode.BAD_USAGE, "not UTF-8");
    }

    @Test
    void filesThatCannotBeReadOrWrittenAreNamed() {
        assertRefused(Cli.run("tree", folder.resolve("none").toString()), ExitCode.BAD_USAGE, "there is no such file");
        assertRefused(Cli.run("tree", folder.toString()), ExitCode.BAD_USAGE, "cannot read the tree");
        assertRefused(
                Cli.run("tree", tree.toString(), "--out", "/no/such/folder/a.svg"), ExitCode.BAD_USAGE, "cannot write");
        assertRefused(
                Cli.run("tree", tree.toString(), "--out", tree.toString()), ExitCode.BAD_USAGE, "is the tree itself");
    }

    @Test
    void helpExplainsThePicture() {
        assertThat(Cli.run("tree", "--help").out()).contains("+12 pruned", "--out");
    }
}
