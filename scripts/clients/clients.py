"""Asks a server through the clients that people use, unchanged, and prints one JSON object: feature by client, true or why not."""

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
        with client.responses.stream(model=SEARCH, input="What is 2 + 3?", max_output_tokens=40) as stream:
            events = [event.type for event in stream]
            final = stream.get_final_response()
        ended = events[-1] in ("response.completed", "response.incomplete")
        return first.output_text and second.output_text and final.output_text and ended

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


def its_hub_client():
    from its_hub.core.algorithms.self_consistency import SelfConsistency
    from its_hub.core.lms.openai_lm import OpenAICompatibleLanguageModel

    lm = OpenAICompatibleLanguageModel(endpoint=BASE + "/v1", api_key=KEY, model_name=MODEL)

    @check("its-hub", "chat")
    def _():
        return SelfConsistency().infer(lm, "What is 2 + 3?", budget=2)


for client in (openai_client, anthropic_client, ollama_client, litellm_client, langchain_client, its_hub_client):
    try:
        client()
    except Exception as e:
        found.setdefault(client.__name__.replace("_client", ""), {})["chat"] = (type(e).__name__ + ": " + str(e))[:160]
print(json.dumps(found, indent=1))
