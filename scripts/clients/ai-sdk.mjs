// Asks a server through Vercel's AI SDK, unchanged, and prints one JSON object: feature, and true or why not.
const [, , base, key, folder] = process.argv;
const { generateText, jsonSchema, Output, streamText, tool } = await import(folder + "/node_modules/ai/dist/index.js");
const { createOpenAICompatible } = await import(folder + "/node_modules/@ai-sdk/openai-compatible/dist/index.js");
const models = createOpenAICompatible({
  name: "espalier", baseURL: base + "/v1", apiKey: key, supportsStructuredOutputs: true, includeUsage: true,
});
const greedy = { model: models("default@greedy"), maxOutputTokens: 40, maxRetries: 0 };
const search = { model: models("default@majority-4"), maxOutputTokens: 80, maxRetries: 0 };
const prompt = "What is 2 + 3?";
const integers = (...names) => jsonSchema({
  type: "object",
  properties: Object.fromEntries(names.map((name) => [name, { type: "integer" }])),
  required: names,
  additionalProperties: false,
});
const found = {};

async function check(feature, test) {
  try {
    found[feature] = (await test()) ? true : "nothing came";
  } catch (e) {
    found[feature] = `${e.constructor.name}: ${e.message}`.split("\n")[0].slice(0, 160);
  }
}

await check("chat", async () => (await generateText({ ...greedy, prompt })).text);
await check("history", async () => {
  const messages = [
    { role: "user", content: prompt },
    { role: "assistant", content: "It is 5." },
    { role: "user", content: "And one more?" },
  ];
  return (await generateText({ ...greedy, messages })).usage.inputTokens > 20;
});
await check("stream", async () => {
  const answer = streamText({ ...search, prompt });
  let text = "";
  for await (const piece of answer.textStream) text += piece;
  return text && (await answer.usage).outputTokens;
});
await check("structured", async () => {
  const answer = await generateText({ ...search, prompt, output: Output.object({ schema: integers("result") }) });
  return Number.isInteger(answer.output.result);
});
await check("tools", async () => {
  const add = tool({ description: "Adds two numbers", inputSchema: integers("a", "b") });
  const asked = { ...search, prompt, tools: { add }, toolChoice: "required" };
  const whole = await generateText(asked);
  const streamed = streamText(asked);
  await streamed.consumeStream();
  return [...whole.toolCalls, ...(await streamed.toolCalls)].every((call) => Number.isInteger(call.input.a));
});
await check("errors", async () => {
  try {
    await generateText({ ...greedy, model: models("gpt-4o"), prompt });
  } catch (e) {
    return e.statusCode === 404;
  }
});
console.log(JSON.stringify({ "Vercel AI SDK": found }));
