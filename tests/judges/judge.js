// Asks what it is told to on standard input, through a client as it is: {client, base, key, calls: [[method, ...]]}.
// Writes a list of what each call gave, {value} or {error}; of objects all that their users can read is told.

const nodesu = require("nodesu");
const osu = require("node-osu");

const CLIENTS = {
  nodesu: (base, key) => new nodesu.Client(key, { baseUrl: base, parseData: true, disableRateLimiting: true }),
  "node-osu": (base, key) => new osu.Api(key, { baseUrl: base, parseNumeric: true }),
  "node-osu with maps": (base, key) => new osu.Api(key, { baseUrl: base, completeScores: true }),
};

function plain(value) {
  if (value === undefined || value === null || typeof value !== "object") return Number.isNaN(value) ? "NaN" : value ?? null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "no date" : value.toISOString();
  if (Buffer.isBuffer(value)) return value.toString("base64");
  if (Array.isArray(value)) return value.map(plain);
  const accessors = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(value)))
    .filter(([name, { get }]) => get && name !== "__proto__");
  const names = [...Object.keys(value), ...accessors.map(([name]) => name)].filter((name) => !name.startsWith("_"));
  return Object.fromEntries(names.map((name) => [name, plain(value[name])]));
}

async function ask(client, [method, ...given]) {
  const path = method.split(".");
  const name = path.pop();
  const holder = path.reduce((object, part) => object[part], client);
  try {
    return { value: plain(await holder[name](...given)) };
  } catch (error) {
    return { error: error.message };
  }
}

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const { client, base, key, calls } = JSON.parse(Buffer.concat(chunks));
  const told = [];
  for (const call of calls) told.push(await ask(CLIENTS[client](base, key), call));
  process.stdout.write(JSON.stringify(told));
}

main();
