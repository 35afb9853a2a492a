package org.espalier.code;

import static org.assertj.core.api.Assertions.assertThat;

import org.espalier.model.Problem;
import org.junit.jupiter.api.Test;

class CodeBlocksTest {
    private static final Language PYTHON = Language.parse("python");
    private static final String F = "def f(x):\n    return x + 1\n";
    private static final String BEGUN =
            "from typing import List\n\n\ndef helper(x):\n    return x\n\n\ndef f(x: int) -> int:\n    \"\"\" Adds one. \"\"\"\n";

    private static String cut(String reply, String entry, String begun) {
        return CodeBlocks.program(
                reply, new CodeTask(Problem.of("p"), PYTHON, entry.isEmpty() ? null : entry, begun, TestSuite.NONE));
    }

    @Test
    void aBlockIsCutOutOfProse() {
        assertThat(cut("Here it is:\n\n```python\n" + F + "```\nIt adds one.", "f", ""))
                .isEqualTo(F);
        assertThat(cut("~~~py\n" + F + "~~~", "f", "")).isEqualTo(F);
        assertThat(cut("```\n" + F + "```", "f", "")).isEqualTo(F);
    }

    @Test
    void theEndOfABlockMayLack() {
        assertThat(cut("Sure!\n```python\n" + F, "f", "")).isEqualTo(F);
    }

    @Test
    void ofSeveralBlocksTheOneWithTheFunctionIsTaken() {
        String reply = "```bash\npip install x\n```\n```python\nimport math\n" + F
                + "```\nUse it:\n```python\nprint(f(1))\n```";
        assertThat(cut(reply, "f", "")).isEqualTo("import math\n" + F);
    }

    @Test
    void aHelperInAnotherBlockComesAlong() {
        String reply = "```python\ndef g(x):\n    return x\n```\nand\n```python\ndef f(x):\n    return g(x)\n```";
        assertThat(cut(reply, "f", "")).contains("def g(x)").contains("def f(x)");
    }

    @Test
    void theLastVersionCounts() {
        String reply = "```python\ndef f(x):\n    return 0\n```\nNo, rather:\n```python\n" + F + "```";
        assertThat(cut(reply, "f", "")).isEqualTo(F);
    }

    @Test
    void proseWithoutFencesIsLeftOut() {
        assertThat(cut("The function is\n\n" + F + "\nThis adds one to x.", "f", ""))
                .isEqualTo(F);
    }

    @Test
    void trialsAtTheEndAreLeftOut() {
        assertThat(cut("```python\n" + F + "\n# Test it\nprint(f(input()))\nassert f(1) == 3\n```", "f", ""))
                .isEqualTo(F);
        assertThat(cut("```python\n" + F + "\nif __name__ == '__main__':\n    print(f(1))\n```", "f", ""))
                .isEqualTo(F);
    }

    @Test
    void aWholeProgramKeepsItsEnd() {
        String program = "n = int(input())\nprint(n + 1)\n";
        assertThat(cut("```python\n" + program + "```", "", "")).isEqualTo(program);
    }

    @Test
    void whatTheProblemBeganComesBeforeIt() {
        assertThat(cut("```python\n" + F + "```", "f", BEGUN))
                .startsWith("from typing import List")
                .contains("def helper")
                .endsWith(F);
        assertThat(cut("    return helper(x) + 1\n\nprint(f(1))\n", "f", BEGUN))
                .isEqualTo(BEGUN + "    return helper(x) + 1\n\n");
        assertThat(cut("```python\nreturn x + 1\n```", "f", BEGUN)).isEqualTo(BEGUN + "    return x + 1\n");
    }

    @Test
    void aReplyWithoutCodeHasNoProgram() {
        assertThat(cut("", "f", "")).isEmpty();
        assertThat(cut("```bash\nls\n```", "f", "")).isEmpty();
    }

    @Test
    void commentsAndSpacesMakeNoDifference() {
        String other = "# Adds.\ndef f(x):   \n\n    # one more\n    return x + 1\n\n";
        assertThat(ProgramText.normalised(other, PYTHON)).isEqualTo(ProgramText.normalised(F, PYTHON));
        assertThat(ProgramText.normalised("def f(x):\n    return x - 1\n", PYTHON))
                .isNotEqualTo(ProgramText.normalised(F, PYTHON));
    }
}
