package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** OpenAI's own client for Python, which is installed into the cache folder, talks to a server. Skipped without Python. */
class PythonClientIT {
    private static final String PACKAGE = "openai==3.57.0";

    private static final String SCRIPT = """
            import json, sys, openai
            client = openai.OpenAI(base_url=sys.argv[1] + "/v1", api_key="secret", max_retries=0)
            question = [{"role": "user", "content": "Start with 12, then multiply by 7, then subtract 5. What is the result?"}]
            found = {"models": [model.id for model in client.models.list()]}
            found["model"] = client.models.retrieve("default@dvts-16").id
            answer = client.chat.completions.create(
                model="default", messages=question, n=2, seed=7, extra_body={"espalier": {"method": "best-of-n", "n": 4}})
            found["choices"] = [choice.message.content for choice in answer.choices]
            found["finish"] = answer.choices[0].finish_reason
            found["tokens"] = answer.usage.total_tokens
            found["espalier"] = answer.model_extra["espalier"]
            stream = client.chat.completions.create(
                model="default@dvts-8", messages=question, stream=True, stream_options={"include_usage": True})
            text, events = "", 0
            for chunk in stream:
                events += "event" in (chunk.model_extra.get("espalier") or {})
                for choice in chunk.choices:
                    text += choice.delta.content or ""
                if chunk.usage:
                    found["streamed_tokens"] = chunk.usage.total_tokens
            found["text"], found["events"] = text, events
            found["completion"] = client.completions.create(model="default@greedy", prompt="What is 2 + 3?").choices[0].text
            told = client.chat.completions.create(
                model="default@dvts-8", messages=question, seed=3, logprobs=True, top_logprobs=2, stop=["Step 3"])
            tokens = told.choices[0].logprobs.content
            found["likely"] = all(len(token.top_logprobs) == 2 and token.logprob <= 0 for token in tokens)
            found["spelled"] = b"".join(bytes(token.bytes) for token in tokens).decode().startswith(
                told.choices[0].message.content)
            pieces, written = [], ""
            for chunk in client.chat.completions.create(
                    model="default@greedy", messages=question, logprobs=True, stream=True):
                for choice in chunk.choices:
                    written += choice.delta.content or ""
                    pieces += choice.logprobs.content if choice.logprobs else []
            found["streamed_pieces"] = len(pieces)
            found["streamed_spelled"] = "".join(piece.token for piece in pieces) == written
            older = client.completions.create(
                model="default@greedy", prompt="What is 2 + 3?", logprobs=2, max_tokens=9).choices[0]
            found["older"] = "".join(older.logprobs.tokens) == older.text and len(older.logprobs.top_logprobs[0]) == 2
            plain, changed = [client.chat.completions.create(
                model="default@greedy", messages=question, max_tokens=60, **penalties).choices[0].message.content
                for penalties in ({}, {"presence_penalty": 2, "frequency_penalty": 2})]
            found["penalised"] = plain != changed
            found["biased"] = client.chat.completions.create(
                model="default@greedy", messages=question, max_tokens=5, logit_bias={"300": 100}
                ).choices[0].message.content
            def error(call):
                try:
                    call()
                except openai.APIStatusError as e:
                    return [type(e).__name__, e.status_code, e.param]
            found["errors"] = [
                error(lambda: client.chat.completions.create(model="gpt-4", messages=question)),
                error(lambda: client.chat.completions.create(
                    model="default", messages=question, temperature=3)),
                error(lambda: client.with_options(api_key="wrong").models.list()),
            ]
            with client.chat.completions.with_streaming_response.create(
                    model="default@majority-64", messages=question, stream=True) as response:
                next(response.iter_lines())
            print(json.dumps(found))
            """;

    @TempDir
    private Path folder;

    @Test
    void theOfficialClientIsServed() throws Exception {
        String python = Commands.python(folder, PACKAGE);
        try (ServerProcess server = ServerProcess.start(folder.resolve("server-err"), "--api-key", "secret")) {
            Path script = Files.writeString(folder.resolve("client.py"), SCRIPT);
            JsonNode found = JsonMapper.builder()
                    .build()
                    .readTree(Commands.run(folder, List.of(python, script.toString(), server.url())));
            assertThat(found.get("models").toString()).contains("@greedy\"");
            assertThat(found.get("model").asString()).isEqualTo("default@dvts-16");
            assertThat(found.get("choices")).hasSize(2);
            assertThat(found.at("/choices/0").asString()).contains("boxed{79}");
            assertThat(found.get("finish").asString()).isEqualTo("stop");
            assertThat(found.get("tokens").asInt()).isPositive();
            assertThat(found.at("/espalier/method").asString()).isEqualTo("best-of-n");
            assertThat(found.get("text").asString()).contains("boxed{79}");
            assertThat(found.get("events").asInt()).isPositive();
            assertThat(found.get("streamed_tokens").asInt()).isPositive();
            assertThat(found.get("completion").asString()).isNotEmpty();
            assertThat(found.get("likely").asBoolean()).isTrue();
            assertThat(found.get("spelled").asBoolean()).isTrue();
            assertThat(found.get("streamed_pieces").asInt()).isPositive();
            assertThat(found.get("streamed_spelled").asBoolean()).isTrue();
            assertThat(found.get("older").asBoolean()).isTrue();
            assertThat(found.get("penalised").asBoolean()).isTrue();
            String biased = found.get("biased").asString();
            assertThat(biased)
                    .isEqualTo(biased.substring(0, biased.length() / 5).repeat(5));
            assertThat(found.get("errors").toString())
                    .isEqualTo("[[\"NotFoundError\",404,\"model\"],[\"BadRequestError\",400,\"temperature\"],"
                            + "[\"AuthenticationError\",401,null]]");
            server.terminate();
            assertThat(server.exitCode()).isZero();
            assertThat(folder.resolve("server-err")).isEmptyFile();
        }
    }
}
