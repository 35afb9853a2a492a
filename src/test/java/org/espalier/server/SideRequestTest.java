package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SideRequestTest {
    /** From the templates of Open WebUI, LibreChat, LobeChat, NextChat, Continue, Cherry Studio and of coding agents. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "### Task:\nGenerate a concise, 3-5 word title with an emoji summarizing the chat history.\n### Guidelines:\n- x",
                "### Task:\nGenerate 1-3 broad tags categorizing the main themes of the chat history, along with 1-3 more",
                "### Task:\nPredict 3-5 useful messages this user might naturally send next to advance their current objective.",
                "### Task:\nSuggest 3-5 relevant follow-up questions or prompts that the user might naturally ask next",
                "### Task:\nAnalyze the chat history to determine the necessity of generating search queries, in the language",
                "Please generate a concise, 5-word-or-less title for the conversation, using its same language",
                "Provide a concise, 5-word-or-less title for the conversation, using title case conventions.",
                "Please generate a four to five word title summarizing our conversation without any lead-in",
                "Given the following conversation, please reply with a title for the chat that is 3-4 words in length",
                "You need to summarize the user's conversation into a title of 10 words or less",
                "### Task:\nYou are an autocompletion system. Continue the text in `<text>` based on the **completion type**",
                "### Task:\nGenerate a detailed prompt for am image generation task based on the given language and context.",
                "Your task is to reflect the speaker's likely facial expression through a fitting emoji. Interpret",
                "Available Tools: []\n\nYour task is to choose and return the correct tool(s) from the list of available tools",
                "Analyze this conversation and provide:\n1. The detected language of the conversation\n2. A concise title",
                "Write a concise title for this conversation in the given language. Title in 5 Words or Less.",
                "Detect the language used in the following text.",
                "Summarize the conversation by integrating new lines into the current summary.\n\nEXAMPLE:",
                "You are a professional conversation summarizer. Generate a concise title that captures the essence of the",
                "You are an assistant skilled at extracting conversation tags. Distill the user's input into classification",
                "You are a sidecar that extracts 0-4 quick-reply suggestions from the last assistant message.",
                "You are an autocomplete engine for a chat input box. The user is composing a message",
                "Given the following conversation and a follow-up question, rephrase the follow up question to be a standalone"
                        + " question, in its original language.",
                "Identify the language of the user's input and output the result as an international standard locale code.",
                "You're an assistant who's good at extracting key takeaways from conversations and summarizing them.",
                "You are a conversation summarizer. Your task is to create a concise summary of the conversation",
                "Summarize the conversation for future reference.\n\nRequirements:\n- Use the same primary language",
                "Summarize the discussion briefly in 200 words or less to use as a prompt for future context.",
                "Analyze if this message indicates a new conversation topic. If it does, extract a 2-3 word title",
                "Please write a 5-10 word title for the following conversation:",
                "Generate a concise, sentence-case title (3-7 words) that captures the main topic or goal of this coding session",
                "You are a title generator. You output ONLY a thread title. Nothing else.",
                "Generate a short title (four words or less) that describes the topic of the user's message",
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
                "Write a birthday message with a title.",
                "Which language is this text in: amo, amas, amat?",
                "Give three tools that a carpenter needs.",
                "Summarize the proof that the square root of 2 is irrational.",
                "How many titles did the champion win, if each match gives 3 points?",
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
