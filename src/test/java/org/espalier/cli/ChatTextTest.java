package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.espalier.model.ChatMessage;
import org.espalier.model.Problem;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is typed, and what is remembered of it. */
class ChatTextTest {
    private static final String TYPED = "one\n\"\"\"\ntwo\n\nthree\n\"\"\"\nfour \\\nfive\n";
    private static final List<String> MEANT = List.of("one", "two\n\nthree", "four \nfive");

    @TempDir
    private Path folder;

    private static List<String> all(ChatInput input) {
        List<String> messages = new ArrayList<>();
        for (String next = input.next(); next != null; next = input.next()) {
            messages.add(next);
        }
        return messages;
    }

    private static ByteArrayInputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void messagesOfSeveralLinesComeThroughAPipe() {
        assertThat(all(new PipedLines(bytes(TYPED)))).isEqualTo(MEANT);
        assertThat(all(new PipedLines(bytes("\"\"\"\nnever closed")))).containsExactly("never closed");
    }

    @Test
    void messagesOfSeveralLinesAreTyped() throws Exception {
        Path history = folder.resolve("history");
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        DumbTerminal terminal = new DumbTerminal("test", "dumb", bytes(TYPED), shown, StandardCharsets.UTF_8);
        try (LineEditor editor = new LineEditor(terminal, List.of("/help"), history)) {
            assertThat(all(editor)).isEqualTo(MEANT);
        }
        assertThat(shown.toString(StandardCharsets.UTF_8)).contains("> ");
        assertThat(history).content(StandardCharsets.UTF_8).contains("one", "three");
    }

    @Test
    void aFollowUpQuestionHasWhatCameBefore() {
        Conversation conversation = new Conversation();
        conversation.add("a", "1");
        conversation.add("b", "2");
        Problem problem = conversation.ask("c", unused -> 10, 10);
        assertThat(problem.text()).isEqualTo("c");
        assertThat(problem.history())
                .containsExactly(
                        ChatMessage.user("a"),
                        ChatMessage.assistant("1"),
                        ChatMessage.user("b"),
                        ChatMessage.assistant("2"));
    }

    @Test
    void whatDoesNotFitIsForgottenTheEarliestFirst() {
        Conversation conversation = new Conversation();
        conversation.add("a", "1");
        conversation.add("b", "2");
        Problem problem = conversation.ask("c", asked -> 3 + asked.history().size(), 6);
        assertThat(problem.history()).containsExactly(ChatMessage.user("b"), ChatMessage.assistant("2"));
        assertThat(conversation.questions()).isEqualTo(1);
        assertThat(conversation.markdown()).isEqualTo("**You:** a\n\n1\n\n**You:** b\n\n2\n\n");
        conversation.clear();
        assertThat(conversation.ask("d", unused -> 1000, 1).history()).isEmpty();
        assertThat(conversation.markdown()).isEmpty();
    }
}
