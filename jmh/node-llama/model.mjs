// A model in node-llama-cpp that answers questions: a line of JSON each on standard input, answers likewise on standard
// output. NodeLlama.java asks.
//
//   node model.mjs FOLDER MODEL SLOTS CELLS THREADS FLASH-ATTENTION     CELLS are those of a slot
//
//   {id, ask: "tokens", prompt}                                    {id, tokens}
//   {id, ask: "write", prompt, maxTokens, stop, seed, temperature, topK, topP, minP}
//                                                                  {id, text, tokens, reason, decoded}
//   {id, ask: "judge", prompt, positive, negative}                 {id, positive, tokens, decoded}
import {createRequire} from "node:module";
import {createInterface} from "node:readline";
import path from "node:path";
import {pathToFileURL} from "node:url";

const [folder, file, slots, cells, threads, flash] = process.argv.slice(2);
// A bare import would look beside this file, and FOLDER is where npm has put the package.
const {getLlama, LlamaLogLevel} = await import(
    pathToFileURL(createRequire(path.join(folder, "package.json")).resolve("node-llama-cpp")).href);

const llama = await getLlama({gpu: false, build: "never", skipDownload: true, logLevel: LlamaLogLevel.error, maxThreads: 0});
const model = await llama.loadModel({modelPath: file});
const context = await model.createContext({
    sequences: Number(slots), contextSize: Number(cells), batchSize: 512, threads: Number(threads),
    flashAttention: flash === "true"});
const free = Array.from({length: Number(slots)}, () => context.getSequence());
const waiting = [];

/** Waits for a sequence that has no other question; of several the one whose cells have most of the prompt. */
async function sequenceFor(tokens) {
    if (free.length === 0) await new Promise(resolve => waiting.push(resolve));
    let best = 0, common = -1;
    free.forEach((sequence, i) => {
        const same = sequence.compareContextTokens(tokens).firstDifferentIndex;
        if (same > common) [best, common] = [i, same];
    });
    return free.splice(best, 1)[0];
}

function release(sequence) {
    free.push(sequence);
    waiting.shift()?.();
}

/** Runs work with a sequence that has all but `rest` of the prompt, of which there is one token at least. */
async function withPrompt(prompt, work) {
    const tokens = model.tokenize(prompt, true);
    const sequence = await sequenceFor(tokens);
    try {
        // The last one has to be computed: its logits are not kept.
        await sequence.adaptStateToTokens(tokens.slice(0, -1), false);
        return await work(sequence, tokens.slice(sequence.nextTokenIndex), tokens.length);
    } finally {
        release(sequence);
    }
}

const asks = {
    tokens: ({prompt}) => ({tokens: model.tokenize(prompt, true).length}),

    write: ({prompt, maxTokens, stop, ...sampling}) => withPrompt(prompt, async (sequence, rest) => {
        const written = [];
        let reason = "length";
        for await (const token of sequence.evaluate(rest, {...sampling, yieldEogToken: true})) {
            written.push(token);
            if (model.isEogToken(token)) {
                reason = "eos";
                break;
            }
            // The stop string ends in the newest token; every token has a byte of it at least.
            if (stop != null && model.detokenize(written.slice(-stop.length - 1)).includes(stop)) {
                reason = "delimiter";
                break;
            }
            if (written.length === maxTokens) break;
        }
        let text = model.detokenize(reason === "eos" ? written.slice(0, -1) : written);
        if (reason === "delimiter") text = text.slice(0, text.indexOf(stop));
        // The last token is drawn and not computed.
        return {text, tokens: written.length, reason, decoded: rest.length + written.length - 1};
    }),

    judge: ({prompt, positive, negative}) => withPrompt(prompt, async (sequence, rest, length) => {
        const verdicts = [positive, negative].map(text => model.tokenize(text, true)[0]);
        const last = rest[rest.length - 1];
        const results = await sequence.controlledEvaluate([
            ...rest.slice(0, -1),
            [last, {generateNext: {logits: {filter: {tokens: verdicts}}}}]]);
        const [right, wrong] = verdicts.map(token => results[rest.length - 1].next.logits.get(token));
        return {positive: 1 / (1 + Math.exp(wrong - right)), tokens: length, decoded: rest.length};
    })
};

for await (const line of createInterface({input: process.stdin})) {
    const {id, ask, ...question} = JSON.parse(line);
    Promise.resolve(question).then(asks[ask]).then(
        answer => console.log(JSON.stringify({id, ...answer})),
        error => console.log(JSON.stringify({id, error: String(error.stack)})));
}
process.exit(0);
