// Run with Vercel's SDK alone, an order on the input: node ai_sdk.mjs URL KEY PACKAGES. Ends with one line of JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [url, key, folder] = process.argv.slice(2);
const wanted = JSON.parse(readFileSync(0, "utf8"));
const packages = createRequire(pathToFileURL(`${folder}/package.json`));
const load = (name) => import(pathToFileURL(packages.resolve(name)));

const { experimental_generateVideo: generateVideo } = await load("ai");
const bytes = (address) => Uint8Array.from(Buffer.from(address.split(",")[1], "base64"));
const services = {
  bytedance: async () => {
    const { createByteDance } = await load("@ai-sdk/bytedance");
    return {
      model: createByteDance({ baseURL: url, apiKey: key }).video(wanted.model),
      // its option `resolution` is for pixels
      providerOptions: { bytedance: { pollIntervalMs: 50, resolution: wanted.resolution } },
      inputReferences: wanted.pictures.map((address) => ({
        data: bytes(address),
        mediaType: address.slice("data:".length, address.indexOf(";")),
      })),
    };
  },
  openrouter: async () => {
    const { createOpenRouter } = await load("@openrouter/ai-sdk-provider");
    const references = wanted.pictures.map((address) => ({ type: "image_url", image_url: { url: address } }));
    return {
      // it has no field of its own for references and sound
      model: createOpenRouter({ baseURL: url, apiKey: key }).videoModel(wanted.model, {
        pollIntervalMs: 50,
        generateAudio: wanted.sound ?? undefined,
      }),
      providerOptions: { openrouter: { input_references: references, resolution: wanted.resolution } },
    };
  },
};
const given = {
  ...(await services[wanted.service]()),
  prompt: wanted.begin ? { text: wanted.prompt, image: bytes(wanted.begin) } : wanted.prompt,
  duration: wanted.seconds,
  aspectRatio: wanted.ratio,
  seed: wanted.seed ?? undefined,
  generateAudio: wanted.sound ?? undefined,
  maxRetries: 0,
  download: async (file) => ({ data: new TextEncoder().encode(String(file.url)), mediaType: "video/mp4" }),
};
const report = await generateVideo(given).then(
  (made) => ({
    version: packages("ai/package.json").version,
    status: "completed",
    url: new TextDecoder().decode(made.video.uint8Array),
    charge: made.providerMetadata,
    warnings: made.warnings,
  }),
  (error) => ({ refusal: error.name, said: error.message }),
);
console.log(JSON.stringify(report));
