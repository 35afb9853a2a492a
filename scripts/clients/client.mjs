// Asks a server through OpenAI's client for node, unchanged, and prints one JSON object: feature, and true or why not.
const [, , base, key, folder] = process.argv;
const { default: OpenAI } = await import(folder + "/node_modules/openai/index.mjs");
const client = new OpenAI({ baseURL: base + "/v1", apiKey: key, maxRetries: 0 });
const model = "default@greedy";
const messages = [{ role: "user", content: "What is 2 + 3?" }];
const talk = [...messages, { role: "assistant", content: "It is 5." }, { role: "user", content: "And one more?" }];
const tools = [{
  type: "function",
  function: { name: "add", parameters: { type: "object", properties: { a: { type: "integer" } }, required: ["a"] } },
}];
const found = {};

async function check(feature, test) {
  try {
    found[feature] = (await test()) ? true : "nothing came";
  } catch (e) {
    found[feature] = `${e.constructor.name}: ${e.message}`.split("\n")[0].slice(0, 160);
  }
}

const chat = client.chat.completions;
await check("chat", async () => (await chat.create({ model, messages, max_tokens: 40 })).choices[0].message.content);
await check("history", async () => (await chat.create({ model, messages: talk, max_tokens: 40 })).usage.prompt_tokens > 20);
await check("stream", async () => {
  let text = "";
  const stream = await chat.create({ model: "default@majority-4", messages, max_tokens: 40, stream: true });
  for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? "";
  return text;
});
await check("responses", async () => {
  const first = await client.responses.create({ model, input: "What is 2 + 3?", max_output_tokens: 40 });
  let last;
  const stream = await client.responses.create({
    model, input: "And one more?", previous_response_id: first.id, max_output_tokens: 40, stream: true,
  });
  for await (const event of stream) last = event.type;
  return first.output_text && ["response.completed", "response.incomplete"].includes(last);
});
await check("structured", async () => {
  const schema = { type: "object", properties: { result: { type: "integer" } }, required: ["result"], additionalProperties: false };
  const response_format = { type: "json_schema", json_schema: { name: "sum", strict: true, schema } };
  const answer = await chat.create({ model: "default@majority-4", messages, response_format, max_tokens: 60 });
  return Number.isInteger(JSON.parse(answer.choices[0].message.content).result);
});
await check("tools", async () => {
  const answer = await chat.create({ model: "default@majority-4", messages, tools, tool_choice: "required", max_tokens: 80 });
  return JSON.parse(answer.choices[0].message.tool_calls[0].function.arguments);
});
await check("logprobs", async () => {
  const choice = (await chat.create({ model, messages, max_tokens: 40, logprobs: true, top_logprobs: 2 })).choices[0];
  return choice.logprobs.content.map(({ token }) => token).join("").startsWith(choice.message.content);
});
await check("models", async () => (await client.models.list()).data.length);
await check("errors", async () => {
  try {
    await chat.create({ model: "gpt-4o", messages });
  } catch (e) {
    return e instanceof OpenAI.NotFoundError;
  }
});
console.log(JSON.stringify({ "openai (node)": found }));
