// Run with Vercel's SDK alone, an order on the input: node ai_sdk.mjs URL KEY. Ends with one line of JSON.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [url, key, folder] = process.argv.slice(2);
const wanted = JSON.parse(readFileSync(0, "utf8"));
const found = createRequire(pathToFileURL(`${folder}/package.json`));
const load = (name) => import(pathToFileURL(found.resolve(name)));

const { experimental_generateVideo: generateVideo } = await load("ai");
const bytes = (address) => Uint8Array.from(Buffer.from(address.split(",")[1], "base64"));
const pictures = wanted.pictures.map((address) => ({
  data: bytes(address),
  mediaType: address.slice(5, address.indexOf(";")),
}));
const services = {
  bytedance: async () => {
    const { createByteDance } = await load("@ai-sdk/bytedance");
    return {
      model: createByteDance({ baseURL: `${url}/api/v3`, apiKey: key }).video(wanted.model),
      providerOptions: { bytedance: { pollIntervalMs: 50, resolution: wanted.resolution } },
      inputReferences: pictures,
      aspectRatio: wanted.ratio,
    };
  },
  openrouter: async () => {
    const { createOpenRouter } = await load("@openrouter/ai-sdk-provider");
    const parts = wanted.pictures.map((address) => ({ type: "image_url", image_url: { url: address } }));
    return {
      model: createOpenRouter({ baseURL: `${url}/api/v1`, apiKey: key }).videoModel(wanted.model, { pollIntervalMs: 50 }),
      providerOptions: { openrouter: { input_references: parts, resolution: wanted.resolution } },
      aspectRatio: wanted.ratio,
    };
  },
};
const made = await generateVideo({
  ...(await services[wanted.service]()),
  prompt: wanted.prompt,
  duration: wanted.seconds,
  seed: wanted.seed,
  generateAudio: wanted.sound,
  maxRetries: 0,
  download: async ({ url: address }) => ({ data: new TextEncoder().encode(String(address)), mediaType: "video/mp4" }),
});
console.log(
  JSON.stringify({
    version: found("ai/package.json").version,
    url: new TextDecoder().decode(made.video.uint8Array),
    metadata: made.providerMetadata,
    warnings: made.warnings,
  }),
);
