package org.espalier.server;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.espalier.model.DrawnToken;
import org.espalier.model.DrawnToken.Expected;
import org.espalier.search.Solution;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The tokens of a reply's text or of a piece of it, as OpenAI's protocols tell their log-probabilities.
 *
 * @param tokens in the order of the text
 * @param begin characters of the reply before them
 */
record ReplyTokens(List<DrawnToken> tokens, int begin) {
    /** OpenAI's number for what is as good as impossible: JSON has no infinity. */
    private static final double LEAST = -9999;

    ReplyTokens {
        tokens = List.copyOf(tokens);
    }

    /** Those of a choice's text. There are none where calls take its place, or where no one completion is chosen. */
    static ReplyTokens of(Solution solution, Choice choice) {
        if (choice.place() < 0 || !choice.calls().isEmpty()) {
            return new ReplyTokens(List.of(), 0);
        }
        int node = solution.ballots().get(choice.place()).node();
        ReplyTokens all = new ReplyTokens(solution.tree().nodes().get(node).drawnTokens(), 0);
        return all.first(choice.text().getBytes(StandardCharsets.UTF_8).length);
    }

    /** Those that begin within so many bytes. */
    ReplyTokens first(int bytes) {
        int count = 0;
        int at = 0;
        while (count < tokens.size() && at < bytes) {
            at += tokens.get(count++).token().bytes().size();
        }
        return new ReplyTokens(tokens.subList(0, count), begin);
    }

    /** Those after the first so many. */
    ReplyTokens after(int count) {
        ReplyTokens before = new ReplyTokens(tokens.subList(0, count), begin);
        return new ReplyTokens(tokens.subList(count, tokens.size()), begin + before.characters());
    }

    /** Characters that begin in them. */
    int characters() {
        return tokens.stream().mapToInt(one -> characters(one.token())).sum();
    }

    private static int characters(Expected token) {
        return (int) token.bytes().stream().filter(one -> (one & 0xC0) != 0x80).count();
    }

    /** The field {@code logprobs} of a choice of {@code /v1/chat/completions}. */
    ObjectNode inChat() {
        ObjectNode logprobs = Json.MAPPER.createObjectNode();
        logprobs.set("content", content());
        return logprobs.putNull("refusal");
    }

    /** A list of tokens, as chats and responses have it. */
    ArrayNode content() {
        ArrayNode content = Json.MAPPER.createArrayNode();
        for (DrawnToken one : tokens) {
            ArrayNode others = put(content.addObject(), one.token()).putArray("top_logprobs");
            one.likeliest().forEach(other -> put(others.addObject(), other));
        }
        return content;
    }

    private static ObjectNode put(ObjectNode object, Expected token) {
        object.put("token", token.text()).put("logprob", finite(token.logProb()));
        ArrayNode bytes = object.putArray("bytes");
        token.bytes().forEach(bytes::add);
        return object;
    }

    /** The field {@code logprobs} of a choice of {@code /v1/completions}. */
    ObjectNode inText() {
        ObjectNode logprobs = Json.MAPPER.createObjectNode();
        ArrayNode texts = logprobs.putArray("tokens");
        ArrayNode own = logprobs.putArray("token_logprobs");
        ArrayNode top = logprobs.putArray("top_logprobs");
        ArrayNode offsets = logprobs.putArray("text_offset");
        int at = begin;
        for (DrawnToken one : tokens) {
            texts.add(one.token().text());
            own.add(finite(one.token().logProb()));
            ObjectNode others = top.addObject();
            one.likeliest().forEach(other -> putOnce(others, other));
            putOnce(others, one.token());
            offsets.add(at);
            at += characters(one.token());
        }
        return logprobs;
    }

    /** Parts of characters read alike: the likeliest one of them is told. */
    private static void putOnce(ObjectNode object, Expected token) {
        if (!object.has(token.text())) {
            object.put(token.text(), finite(token.logProb()));
        }
    }

    private static double finite(double logProb) {
        return Math.max(LEAST, logProb);
    }
}
