// OpenAI's client for Node asks a server of ours, whole and in a stream; what came of it, as JSON.
import OpenAI from "openai";

const [url, model, question] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
const messages = [{ role: "user", content: question }];
const models = await client.models.list();
const { message } = (await client.chat.completions.create({ model, messages })).choices[0];
const streamed = { content: "", annotations: [] };
for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) {
  const delta = chunk.choices[0]?.delta ?? {};
  streamed.content += delta.content ?? "";
  streamed.annotations = delta.annotations ?? streamed.annotations;
}
let refused = null;
try {
  await client.chat.completions.create({ model, messages: [] });
} catch (error) {
  refused = { status: error.status, message: error.message };
}
console.log(JSON.stringify({ models: models.data.map((one) => one.id), message, streamed, refused }));
