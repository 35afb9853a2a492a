package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** LangChain's client, which sends what it likes beside what it is told, talks to a server. Skipped without Python. */
class LangchainClientIT {
    private static final String SCRIPT = """
            import json, sys, openai
            from langchain_core.messages import HumanMessage
            from langchain_openai import ChatOpenAI

            def model(name, **more):
                return ChatOpenAI(base_url=sys.argv[1] + "/v1", api_key="secret", model=name, max_retries=0, **more)

            question = "Start with 12, then multiply by 7, then subtract 5. What is the result?"
            found = {}
            answer = model("default@dvts-8", seed=7).invoke(question)
            found["answer"] = answer.content
            found["tokens"] = answer.usage_metadata["total_tokens"]
            found["finish"] = answer.response_metadata["finish_reason"]
            found["streamed"] = "".join(chunk.content for chunk in model("default@dvts-8", seed=7).stream(question))
            found["pieces"] = sum(1 for chunk in model("default@greedy").stream(question) if chunk.content)
            several = model("default", n=2, extra_body={"espalier": {"method": "best-of-n", "n": 4}})
            found["choices"] = [one.text for one in several.generate([[HumanMessage(question)]]).generations[0]]
            found["cut"] = model("default@greedy").invoke(question, stop=["Step 2"]).content
            try:
                model("default", temperature=3).invoke(question)
            except openai.BadRequestError as e:
                found["refused"] = e.param
            stream = model("default@majority-64", temperature=2).stream(question)
            next(stream)
            stream.close()
            print(json.dumps(found))
            """;

    @TempDir
    private Path folder;

    @Test
    void langchainIsServed() throws Exception {
        String python = Commands.python(folder, "langchain-openai==1.7.4");
        try (ServerProcess server = ServerProcess.start(folder.resolve("server-err"), "--api-key", "secret")) {
            Path script = Files.writeString(folder.resolve("client.py"), SCRIPT);
            JsonNode found = JsonMapper.builder()
                    .build()
                    .readTree(Commands.run(folder, List.of(python, script.toString(), server.url())));
            assertThat(found.get("answer").asString()).contains("boxed{79}");
            assertThat(found.get("tokens").asInt()).isPositive();
            assertThat(found.get("finish").asString()).isEqualTo("stop");
            assertThat(found.get("streamed")).isEqualTo(found.get("answer"));
            assertThat(found.get("pieces").asInt()).isGreaterThan(10);
            assertThat(found.get("choices")).hasSize(2);
            assertThat(found.get("cut").asString()).contains("Step 1").doesNotContain("Step 2");
            assertThat(found.get("refused").asString()).isEqualTo("temperature");
            server.terminate();
            assertThat(server.exitCode()).isZero();
            assertThat(folder.resolve("server-err")).isEmptyFile();
        }
    }
}
