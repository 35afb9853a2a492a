"""Asks a server through the clients that people use, unchanged, and prints one JSON object: feature by client, true or why not.

Arguments: the server's address, its key, and which of the clients.
"""

import asyncio
import json
import os
import sys
import warnings

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
warnings.filterwarnings("ignore")
BASE, KEY = sys.argv[1], sys.argv[2]
MODEL = "default@greedy"
SEARCH = "default@majority-4"
ASK = [{"role": "user", "content": "What is 2 + 3?"}]
TALK = ASK + [{"role": "assistant", "content": "It is 5."}, {"role": "user", "content": "And one more?"}]
found = {}


def check(client, feature):
    def run(test):
        try:
            result = test()
            outcome = True if result else "nothing came"
        except Exception as e:
            outcome = (type(e).__name__ + ": " + str(e)).splitlines()[0][:160]
        found.setdefault(client, {})[feature] = outcome

    return run


def spelled(tokens):
    """What tokens with their log-probabilities say; each must have two likely ones, the likeliest first."""
    if any(token.logprob > 0 or len(token.top_logprobs) != 2 for token in tokens):
        return None
    return b"".join(bytes(token.bytes) for token in tokens).decode()


def openai_client():
    import openai

    client = openai.OpenAI(base_url=BASE + "/v1", api_key=KEY, max_retries=0)
    chat = client.chat.completions

    @check("openai (Python)", "chat")
    def _():
        return chat.create(model=MODEL, messages=ASK, max_tokens=40).choices[0].message.content

    @check("openai (Python)", "history")
    def _():
        messages = [{"role": "system", "content": "Be brief."}] + TALK
        return chat.create(model=MODEL, messages=messages, max_tokens=40).usage.prompt_tokens > 20

    @check("openai (Python)", "stream")
    def _():
        stream = chat.create(
            model=SEARCH, messages=ASK, max_tokens=40, stream=True, stream_options={"include_usage": True})
        text, usage = "", None
        for chunk in stream:
            usage = chunk.usage or usage
            text += "".join(choice.delta.content or "" for choice in chunk.choices)
        return text and usage.prompt_tokens_details.cached_tokens is not None

    @check("openai (Python)", "async")
    def _():
        async def ask():
            async with openai.AsyncOpenAI(base_url=BASE + "/v1", api_key=KEY, max_retries=0) as other:
                return await other.chat.completions.create(model=MODEL, messages=ASK, max_tokens=40)

        return asyncio.run(ask()).choices[0].message.content

    @check("openai (Python)", "responses")
    def _():
        first = client.responses.create(model=MODEL, input="What is 2 + 3?", max_output_tokens=40)
        second = client.responses.create(
            model=MODEL, input="And one more?", previous_response_id=first.id, max_output_tokens=40)
        asked = [item.role for item in client.responses.input_items.list(second.id, order="asc", limit=2)]
        if asked != ["user", "assistant", "user"] or client.responses.retrieve(second.id) != second:
            return False
        with client.responses.stream(model=SEARCH, input="What is 2 + 3?", max_output_tokens=40) as stream:
            # The client's own get_final_response knows no reply that a limit has cut off.
            last = list(stream)[-1]
        ended = last.type in ("response.completed", "response.incomplete")
        return first.output_text and second.output_text and last.response.output_text and ended

    @check("openai (Python)", "structured")
    def _():
        from pydantic import BaseModel

        class Sum(BaseModel):
            result: int

        answer = chat.parse(model=SEARCH, messages=ASK, response_format=Sum, max_tokens=60)
        return isinstance(answer.choices[0].message.parsed, Sum)

    @check("openai (Python)", "tools")
    def _():
        answer = chat.create(model=SEARCH, messages=ASK, tools=TOOLS, tool_choice="required", max_tokens=80)
        return json.loads(answer.choices[0].message.tool_calls[0].function.arguments)

    @check("openai (Python)", "logprobs")
    def _():
        given = {"messages": ASK, "max_tokens": 40, "logprobs": True, "top_logprobs": 2}
        told = [chat.create(model=name, **given).choices[0] for name in (MODEL, SEARCH)]
        text, pieces = "", []
        for chunk in chat.create(model=MODEL, stream=True, **given):
            for choice in chunk.choices:
                text += choice.delta.content or ""
                pieces += choice.logprobs.content if choice.logprobs else []
        echoed = client.completions.create(
            model=MODEL, prompt="The capital of France is Paris", echo=True, logprobs=1, max_tokens=0).choices[0]
        response = client.responses.create(
            model=MODEL, input="What is 2 + 3?", max_output_tokens=40, top_logprobs=2,
            include=["message.output_text.logprobs"])
        return (
            all(spelled(one.logprobs.content).startswith(one.message.content) for one in told)
            and spelled(pieces) == text
            and echoed.text == "The capital of France is Paris"
            and all(value < 0 for value in echoed.logprobs.token_logprobs[1:])
            and len(response.output[0].content[0].logprobs) > 0)

    @check("openai (Python)", "models")
    def _():
        return [client.models.retrieve(model.id) for model in client.models.list()]

    @check("openai (Python)", "errors")
    def _():
        try:
            chat.create(model="gpt-4o", messages=ASK)
        except openai.NotFoundError:
            return True


TOOLS = [{
    "type": "function",
    "function": {
        "name": "add",
        "description": "Adds two numbers",
        "parameters": {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
            "required": ["a", "b"],
            "additionalProperties": False,
        },
    },
}]


def anthropic_client():
    import anthropic

    client = anthropic.Anthropic(base_url=BASE, api_key=KEY, max_retries=0)

    @check("anthropic", "chat")
    def _():
        return client.messages.create(model=MODEL, max_tokens=40, messages=ASK).content[0].text

    @check("anthropic", "history")
    def _():
        answer = client.messages.create(model=MODEL, max_tokens=40, system="Be brief.", messages=TALK)
        return answer.usage.input_tokens + answer.usage.cache_read_input_tokens > 20

    @check("anthropic", "stream")
    def _():
        with client.messages.stream(model=SEARCH, max_tokens=40, messages=ASK) as stream:
            text = "".join(stream.text_stream)
            return text and stream.get_final_message().stop_reason

    @check("anthropic", "async")
    def _():
        async def ask():
            async with anthropic.AsyncAnthropic(base_url=BASE, api_key=KEY, max_retries=0) as other:
                return await other.messages.create(model=MODEL, max_tokens=40, messages=ASK)

        return asyncio.run(ask()).content[0].text

    @check("anthropic", "tools")
    def _():
        function = TOOLS[0]["function"]
        tool = {"name": function["name"], "input_schema": function["parameters"]}
        answer = client.messages.create(
            model=SEARCH, max_tokens=80, messages=ASK, tools=[tool], tool_choice={"type": "any"})
        return [block.input for block in answer.content if block.type == "tool_use"]

    @check("anthropic", "models")
    def _():
        return client.models.list().data

    @check("anthropic", "errors")
    def _():
        try:
            client.messages.create(model="claude", max_tokens=4, messages=ASK)
        except anthropic.NotFoundError:
            return client.messages.count_tokens(model=MODEL, messages=ASK).input_tokens


def ollama_client():
    import ollama

    client = ollama.Client(host=BASE, headers={"Authorization": "Bearer " + KEY})

    @check("ollama", "chat")
    def _():
        return client.chat(model=MODEL, messages=ASK, options={"num_predict": 40, "num_ctx": 2048}).message.content

    @check("ollama", "history")
    def _():
        return client.chat(model=MODEL, messages=TALK, options={"num_predict": 40}).prompt_eval_count > 20

    @check("ollama", "stream")
    def _():
        parts = list(client.chat(model=SEARCH, messages=ASK, stream=True, options={"num_predict": 40}))
        return parts[-1].done and "".join(part.message.content or "" for part in parts)

    @check("ollama", "async")
    def _():
        other = ollama.AsyncClient(host=BASE, headers={"Authorization": "Bearer " + KEY})
        answer = asyncio.run(other.chat(model=MODEL, messages=ASK, options={"num_predict": 40}))
        return answer.message.content

    @check("ollama", "structured")
    def _():
        schema = {"type": "object", "properties": {"result": {"type": "integer"}}, "required": ["result"]}
        answer = client.chat(model=SEARCH, messages=ASK, format=schema, options={"num_predict": 60})
        return "result" in json.loads(answer.message.content)

    @check("ollama", "tools")
    def _():
        answer = client.chat(model=SEARCH, messages=ASK, tools=TOOLS, options={"num_predict": 80})
        return answer.message.tool_calls or answer.message.content

    @check("ollama", "logprobs")
    def _():
        answer = client.chat(
            model=MODEL, messages=ASK, options={"num_predict": 40}, logprobs=True, top_logprobs=2)
        return "".join(piece.token for piece in answer.logprobs).startswith(answer.message.content)

    @check("ollama", "models")
    def _():
        return client.list().models and client.show(MODEL).modelinfo

    @check("ollama", "errors")
    def _():
        try:
            client.chat(model="llama3", messages=ASK)
        except ollama.ResponseError as e:
            return e.status_code == 404


def litellm_client():
    import litellm

    litellm.suppress_debug_info = True
    given = {"api_base": BASE + "/v1", "api_key": KEY, "max_tokens": 40, "num_retries": 0}

    @check("litellm", "chat")
    def _():
        return litellm.completion(model="openai/" + MODEL, messages=ASK, **given).choices[0].message.content

    @check("litellm", "history")
    def _():
        return litellm.completion(model="openai/" + MODEL, messages=TALK, **given).usage.prompt_tokens > 20

    @check("litellm", "stream")
    def _():
        parts = list(litellm.completion(model="openai/" + SEARCH, messages=ASK, stream=True, **given))
        return "".join(part.choices[0].delta.content or "" for part in parts)

    @check("litellm", "async")
    def _():
        answer = asyncio.run(litellm.acompletion(model="openai/" + MODEL, messages=ASK, **given))
        return answer.choices[0].message.content

    @check("litellm", "tools")
    def _():
        answer = litellm.completion(
            model="openai/" + SEARCH, messages=ASK, tools=TOOLS, tool_choice="required", **{**given, "max_tokens": 80})
        return json.loads(answer.choices[0].message.tool_calls[0].function.arguments)

    @check("litellm", "logprobs")
    def _():
        answer = litellm.completion(
            model="openai/" + MODEL, messages=ASK, logprobs=True, top_logprobs=2, **given).choices[0]
        return spelled(answer.logprobs.content).startswith(answer.message.content)

    @check("litellm", "errors")
    def _():
        try:
            litellm.completion(model="openai/gpt-4o", messages=ASK, **given)
        except litellm.exceptions.NotFoundError:
            return True


def langchain_client():
    from langchain_openai import ChatOpenAI
    from pydantic import BaseModel

    def model(name, **more):
        return ChatOpenAI(model=name, base_url=BASE + "/v1", api_key=KEY, max_retries=0, max_tokens=80, **more)

    class Sum(BaseModel):
        """The sum of two numbers."""

        result: int

    @check("langchain-openai", "chat")
    def _():
        return model(MODEL).invoke("What is 2 + 3?").content

    @check("langchain-openai", "history")
    def _():
        talk = [("user", "What is 2 + 3?"), ("assistant", "It is 5."), ("user", "And one more?")]
        return model(MODEL).invoke(talk).usage_metadata["input_tokens"] > 20

    @check("langchain-openai", "stream")
    def _():
        return "".join(part.content for part in model(SEARCH).stream("What is 2 + 3?"))

    @check("langchain-openai", "async")
    def _():
        return asyncio.run(model(MODEL).ainvoke("What is 2 + 3?")).content

    @check("langchain-openai", "responses")
    def _():
        return model(MODEL, use_responses_api=True).invoke("What is 2 + 3?").text

    @check("langchain-openai", "structured")
    def _():
        chain = model(SEARCH)
        ways = ["json_schema", "function_calling"]
        return all(isinstance(chain.with_structured_output(Sum, method=way).invoke("2 + 3?"), Sum) for way in ways)

    @check("langchain-openai", "tools")
    def _():
        return model(SEARCH).bind_tools(TOOLS, tool_choice="any").invoke("What is 2 + 3?").tool_calls


    @check("langchain-openai", "logprobs")
    def _():
        answer = model(MODEL, logprobs=True, top_logprobs=2).invoke("What is 2 + 3?")
        tokens = answer.response_metadata["logprobs"]["content"]
        return "".join(token["token"] for token in tokens).startswith(answer.content)


def its_hub_client():
    from its_hub.core.algorithms.self_consistency import SelfConsistency
    from its_hub.core.lms.openai_lm import OpenAICompatibleLanguageModel

    lm = OpenAICompatibleLanguageModel(endpoint=BASE + "/v1", api_key=KEY, model_name=MODEL)

    @check("its-hub", "chat")
    def _():
        return SelfConsistency().infer(lm, "What is 2 + 3?", budget=2)


def instructor_client():
    import instructor
    import openai
    from pydantic import BaseModel

    class Sum(BaseModel):
        """The sum of two numbers."""

        result: int

    def ask(mode, ask=ASK, kind=Sum):
        client = instructor.from_openai(openai.OpenAI(base_url=BASE + "/v1", api_key=KEY, max_retries=0), mode=mode)
        return client.chat.completions.create(
            model=SEARCH, messages=ask, response_model=kind, max_retries=0, max_tokens=100)

    @check("instructor", "chat")
    def _():
        return ask(instructor.Mode.JSON_SCHEMA)

    @check("instructor", "history")
    def _():
        return ask(instructor.Mode.JSON_SCHEMA, TALK)

    @check("instructor", "stream")
    def _():
        client = instructor.from_openai(openai.OpenAI(base_url=BASE + "/v1", api_key=KEY, max_retries=0))
        parts = client.chat.completions.create_partial(
            model=SEARCH, messages=ASK, response_model=Sum, max_retries=0, max_tokens=100)
        return list(parts)[-1].result is not None

    @check("instructor", "async")
    def _():
        other = openai.AsyncOpenAI(base_url=BASE + "/v1", api_key=KEY, max_retries=0)
        client = instructor.from_openai(other, mode=instructor.Mode.JSON_SCHEMA)
        return asyncio.run(client.chat.completions.create(
            model=SEARCH, messages=ASK, response_model=Sum, max_retries=0, max_tokens=100))

    @check("instructor", "structured")
    def _():
        class Anything(BaseModel):
            model_config = {"extra": "allow"}

        # The mode JSON asks the server for some JSON: its fields are up to the policy, which is a small one.
        return isinstance(ask(instructor.Mode.JSON_SCHEMA), Sum) and ask(instructor.Mode.JSON, kind=Anything)

    @check("instructor", "tools")
    def _():
        return all(isinstance(ask(mode), Sum) for mode in (instructor.Mode.TOOLS, instructor.Mode.TOOLS_STRICT))


def pydantic_ai_client():
    from pydantic import BaseModel
    from pydantic_ai import Agent, NativeOutput
    from pydantic_ai.exceptions import ModelHTTPError
    from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
    from pydantic_ai.providers.openai import OpenAIProvider

    provider = OpenAIProvider(base_url=BASE + "/v1", api_key=KEY)

    class Sum(BaseModel):
        """The sum of two numbers."""

        result: int

    def agent(name, kind=OpenAIChatModel, **more):
        return Agent(kind(name, provider=provider), model_settings={"max_tokens": 100}, retries=0, **more)

    @check("pydantic-ai", "chat")
    def _():
        return agent(MODEL).run_sync("What is 2 + 3?").output

    @check("pydantic-ai", "history")
    def _():
        first = agent(MODEL).run_sync("What is 2 + 3?")
        second = agent(MODEL).run_sync("And one more?", message_history=first.all_messages())
        return second.usage.input_tokens > first.usage.input_tokens

    @check("pydantic-ai", "stream")
    def _():
        async def ask():
            async with agent(SEARCH).run_stream("What is 2 + 3?") as answer:
                return "".join([part async for part in answer.stream_text(delta=True)])

        return asyncio.run(ask())

    @check("pydantic-ai", "async")
    def _():
        return asyncio.run(agent(MODEL).run("What is 2 + 3?")).output

    @check("pydantic-ai", "responses")
    def _():
        chat = agent(MODEL, OpenAIResponsesModel).run_sync("What is 2 + 3?").output
        return chat and agent(SEARCH, OpenAIResponsesModel, output_type=Sum).run_sync("What is 2 + 3?").output

    @check("pydantic-ai", "structured")
    def _():
        return isinstance(agent(SEARCH, output_type=NativeOutput(Sum)).run_sync("What is 2 + 3?").output, Sum)

    @check("pydantic-ai", "tools")
    def _():
        return isinstance(agent(SEARCH, output_type=Sum).run_sync("What is 2 + 3?").output, Sum)

    @check("pydantic-ai", "logprobs")
    def _():
        settings = {"max_tokens": 40, "openai_logprobs": True, "openai_top_logprobs": 2}
        answer = Agent(OpenAIChatModel(MODEL, provider=provider), model_settings=settings).run_sync("What is 2 + 3?")
        tokens = answer.all_messages()[-1].provider_details["logprobs"]
        return "".join(token["token"] for token in tokens).startswith(answer.output)

    @check("pydantic-ai", "errors")
    def _():
        try:
            agent("gpt-4o").run_sync("What is 2 + 3?")
        except ModelHTTPError as e:
            return e.status_code == 404


def dspy_client():
    import dspy

    given = {"api_base": BASE + "/v1", "api_key": KEY, "max_tokens": 60, "cache": False, "num_retries": 0}

    class Add(dspy.Signature):
        question: str = dspy.InputField()
        result: int = dspy.OutputField()

    @check("dspy", "chat")
    def _():
        return dspy.LM("openai/" + MODEL, temperature=0, **given)("What is 2 + 3?")[0]

    @check("dspy", "history")
    def _():
        return dspy.LM("openai/" + MODEL, temperature=0, **given)(messages=TALK)[0]

    @check("dspy", "async")
    def _():
        return asyncio.run(dspy.LM("openai/" + MODEL, temperature=0, **given).acall("What is 2 + 3?"))[0]

    @check("dspy", "logprobs")
    def _():
        answer = dspy.LM("openai/" + MODEL, temperature=0, logprobs=True, **given)("What is 2 + 3?")[0]
        return "".join(token.token for token in answer["logprobs"].content).startswith(answer["text"])

    @check("dspy", "structured")
    def _():
        # Of a model that it does not know, dspy asks for no schema by itself.
        schema = {"type": "object", "properties": {"result": {"type": "integer"}}, "required": ["result"]}
        form = {"type": "json_schema", "json_schema": {"name": "add", "strict": True, "schema": schema}}
        lm = dspy.LM("openai/" + SEARCH, temperature=0.8, response_format=form, **given)
        with dspy.context(lm=lm, adapter=dspy.JSONAdapter()):
            return isinstance(dspy.Predict(Add)(question="What is 2 + 3?").result, int)


clients = {
    "clients": (openai_client, anthropic_client, ollama_client, litellm_client, langchain_client, its_hub_client),
    "frameworks": (pydantic_ai_client, dspy_client),
    "instructor": (instructor_client,),
}
for client in clients[sys.argv[3]]:
    try:
        client()
    except Exception as e:
        found.setdefault(client.__name__.replace("_client", ""), {})["chat"] = (type(e).__name__ + ": " + str(e))[:160]
print(json.dumps(found, indent=1))
