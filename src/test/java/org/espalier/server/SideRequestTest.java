package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SideRequestTest {
    /** From the templates of Open WebUI, LibreChat, NextChat, Continue and LobeChat. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "### Task:\nGenerate a concise, 3-5 word title with an emoji summarizing the chat history.\n### Guidelines:\n- x",
                "### Task:\nGenerate 1-3 broad tags categorizing the main themes of the chat history, along with 1-3 more",
                "### Task:\nSuggest 3-5 relevant follow-up questions or prompts that the user might naturally ask next",
                "### Task:\nAnalyze the chat history to determine the necessity of generating search queries, in the language",
                "Please generate a concise, 5-word-or-less title for the conversation, using its same language",
                "Provide a concise, 5-word-or-less title for the conversation, using title case conventions.",
                "Please generate a four to five word title summarizing our conversation without any lead-in",
                "Given the following conversation, please reply with a title for the chat that is 3-4 words in length",
                "You need to summarize the user's conversation into a title of 10 words or less",
            })
    void whatFrontEndsAskBesideAConversationIsKnown(String text) {
        assertThat(SideRequest.asks(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Start with 12, then multiply by 7, then subtract 5. What is the result?",
                "Solve the following math problem efficiently and clearly:",
                "What is the title of the first chapter of Moby-Dick?",
                "Write a poem about a conversation between two trees.",
                "### Task:\nProve that the sum of two odd numbers is even.",
                "Generate 5 prime numbers above 1000 and give each a name.",
            })
    void problemsAreNone(String text) {
        assertThat(SideRequest.asks(text)).isFalse();
    }

    @Test
    void aLongConversationIsReadAtItsEndsAlone() {
        String chat = "x ".repeat(500_000);
        assertThat(SideRequest.asks(chat + "\nGenerate a title for this conversation."))
                .isTrue();
        assertThat(SideRequest.asks(chat)).isFalse();
    }
}
