// deploy/kubernetes and deploy/helm, without a cluster: they render, the API knows every key, the pod keeps to the restricted
// standard, and a real hub starts with the environment and the volumes of the rendered pod.
import assert from "node:assert/strict";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { defaults } from "../../src/manifest/model.ts";
import { fixture, root, startHub } from "../helpers/hub-process.ts";
import {
  helm,
  helmTemplate,
  helmWith,
  type KubeObject,
  kustomize,
  mountVolume,
  only,
  problemsOf,
  runWithTools,
  skipWithoutTools as skip,
} from "../helpers/kubernetes.ts";
import { WsClient } from "../helpers/ws-client.ts";

const chart = join(root, "deploy/helm/thehub");
const token = "a-token-of-the-tests-0123456789";

const everything = {
  manifest: { cores: { files: { command: "thehub-template-core", secrets: ["API_TOKEN"] } } },
  secrets: { values: { API_TOKEN: "a-secret-of-a-core" } },
  image: { digest: `sha256:${"0".repeat(64)}` },
  env: { HUB_LOG_LEVEL: "debug", HUB_RATE_LIMIT_RPS: 50 },
  extraEnv: [{ name: "HTTPS_PROXY", value: "http://proxy:3128" }],
  state: { persistence: { enabled: true, storageClass: "fast" } },
  extraVolumes: [{ name: "data", emptyDir: {} }],
  extraVolumeMounts: [{ name: "data", mountPath: "/data" }],
  ingress: {
    enabled: true,
    className: "nginx",
    hosts: ["hub.example"],
    tls: [{ secretName: "t", hosts: ["hub.example"] }],
  },
  metrics: { existingSecret: "scrape", serviceMonitor: { enabled: true, labels: { release: "prometheus" } } },
  imagePullSecrets: [{ name: "registry" }],
  nodeSelector: { "kubernetes.io/arch": "arm64" },
  tolerations: [{ key: "spot", operator: "Exists" }],
  affinity: { nodeAffinity: {} },
  priorityClassName: "high",
  podAnnotations: { a: "b" },
  podLabels: { c: "d" },
};

/** The example overlay as its reader has it once the secrets are there. */
async function withOverlay<T>(use: (folder: string) => T | Promise<T>): Promise<T> {
  const copy = await mkdtemp(join(tmpdir(), "thehub-kustomize-"));
  try {
    cpSync(join(root, "deploy/kubernetes"), copy, { recursive: true });
    const overlay = join(copy, "overlays/example");
    writeFileSync(join(overlay, "secrets/token"), token);
    writeFileSync(join(overlay, "secrets/NOTES_TOKEN"), "a-secret-of-the-notes");
    return await use(overlay);
  } finally {
    await rm(copy, { recursive: true });
  }
}

/** The three ways to a hub, by name. */
async function allWays(): Promise<[string, KubeObject[]][]> {
  return [
    ["kustomize base", kustomize(join(root, "deploy/kubernetes/base"))],
    ["kustomize example", await withOverlay(kustomize)],
    ["helm", helmTemplate()],
    ["helm with everything", helmTemplate(everything)],
  ];
}

test("kubernetes: every object is one that the API knows, key by key", { skip }, async () => {
  for (const [way, objects] of await allWays()) assert.equal(await problemsOf(objects), "", way);
});

test("kubernetes: the check finds unknown keys, wrong types and missing fields", { skip }, async () => {
  const good = only(kustomize(join(root, "deploy/kubernetes/base")), "Deployment");
  // biome-ignore lint/suspicious/noExplicitAny: broken on purpose
  const broken: Record<string, (spec: any) => void> = {
    readynessProbe: (spec) => Object.assign(spec.template.spec.containers[0], { readynessProbe: {} }),
    containerPort: (spec) => Object.assign(spec.template.spec.containers[0].ports[0], { containerPort: "http" }),
    selector: (spec) => delete spec.selector,
  };
  for (const [name, breakIt] of Object.entries(broken)) {
    const object = structuredClone(good);
    breakIt(object["spec"]);
    assert.ok((await problemsOf([object])).includes(name), name);
  }
});

test("kubernetes: one replica, whose update never has two hubs on one volume", { skip }, async () => {
  for (const [way, objects] of await allWays()) {
    const { spec } = only(objects, "Deployment");
    assert.equal(spec.replicas, 1, way);
    const state = spec.template.spec.volumes.find((volume: { name: string }) => volume.name === "state");
    const expected = state.persistentVolumeClaim === undefined ? "RollingUpdate" : "Recreate";
    assert.equal(spec.strategy.type, expected, way);
    assert.equal(spec.strategy.rollingUpdate === undefined, expected === "Recreate", way);
  }
});

test("kubernetes: the pod keeps to the restricted standard, and has no token of the cluster", { skip }, async () => {
  for (const [way, objects] of await allWays()) {
    const pod = only(objects, "Deployment")["spec"].template.spec;
    assert.equal(pod.automountServiceAccountToken, false, way);
    assert.equal(only(objects, "ServiceAccount")["automountServiceAccountToken"], false, way);
    assert.equal(pod.enableServiceLinks, false, way);
    const { securityContext } = pod;
    assert.equal(securityContext.runAsNonRoot, true, way);
    assert.deepEqual(
      [securityContext.runAsUser, securityContext.runAsGroup, securityContext.fsGroup],
      [1000, 1000, 1000],
    );
    assert.deepEqual(securityContext.seccompProfile, { type: "RuntimeDefault" });
    for (const container of pod.containers) {
      assert.deepEqual(
        container.securityContext,
        { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
        way,
      );
      assert.ok(container.resources.limits.memory !== undefined, way);
    }
    for (const volume of pod.volumes) {
      if (volume.secret !== undefined) assert.equal(volume.secret.defaultMode, 0o440, `${way}: ${volume.name}`);
    }
    assert.equal(JSON.stringify(pod).includes(token), false, way);
  }
});

test("kubernetes: service, policy, monitor and probes lead to the port that the hub listens on", { skip }, async () => {
  for (const [way, objects] of await allWays()) {
    const { template } = only(objects, "Deployment")["spec"];
    const [container] = template.spec.containers;
    assert.deepEqual(container.ports, [{ name: "http", containerPort: 3000, protocol: "TCP" }], way);
    const probes = { startupProbe: "/livez", livenessProbe: "/livez", readinessProbe: "/readyz" };
    for (const [probe, path] of Object.entries(probes)) {
      assert.deepEqual(container[probe].httpGet, { path, port: "http" }, `${way}: ${probe}`);
    }
    const labels = template.metadata.labels;
    const selects = (selector: Record<string, string>, of: Record<string, string> = {}) => {
      assert.ok(Object.keys(selector).length > 0, way);
      for (const [key, value] of Object.entries(selector)) assert.equal(of[key], value, `${way}: ${key}`);
    };
    const service = only(objects, "Service");
    selects(service["spec"].selector, labels);
    assert.equal(service["spec"].ports[0].targetPort, "http", way);
    const policy = only(objects, "NetworkPolicy")["spec"];
    selects(policy.podSelector.matchLabels, labels);
    assert.deepEqual(policy.policyTypes, ["Ingress", "Egress"], way);
    for (const rule of policy.ingress) assert.deepEqual(rule.ports, [{ port: "http", protocol: "TCP" }], way);
    for (const monitor of objects.filter(({ kind }) => kind === "ServiceMonitor")) {
      selects(monitor["spec"].selector.matchLabels, service.metadata.labels);
      assert.equal(monitor["spec"].endpoints[0].port, service["spec"].ports[0].name, way);
    }
  }
});

test("kubernetes: the grace period covers preStop, the drain and the slowest Core", { skip }, async () => {
  const secondsOf = (objects: readonly KubeObject[]): [number, number] => {
    const pod = only(objects, "Deployment")["spec"].template.spec;
    return [pod.terminationGracePeriodSeconds, pod.containers[0].lifecycle?.preStop.sleep.seconds ?? 0];
  };
  const lastWords = 1;
  const killed = 2;
  const needed = (drainMs: number, stopMs: number) => (drainMs + stopMs) / 1000 + lastWords + killed;
  const { drain_timeout_ms: drain } = defaults.hub;
  const { stop_timeout_ms: stop } = defaults.core.health;
  for (const [way, objects] of await allWays()) {
    const [grace, preStop] = secondsOf(objects);
    assert.ok(grace > preStop + needed(drain, stop), `${way}: ${grace} s`);
  }
  const cores = { a: { command: "a" }, b: { command: "b", health: { stop_timeout_ms: 30_500 } } };
  const slow = { hub: { drain_timeout_ms: 120_000 }, cores };
  const [grace, preStop] = secondsOf(helmTemplate({ manifest: slow }));
  assert.ok(grace > preStop + needed(120_000, 30_500), `${grace} s`);
  assert.deepEqual(secondsOf(helmTemplate({ manifest: JSON.stringify(slow) })), [grace, preStop]);
  assert.deepEqual(secondsOf(helmTemplate({ terminationGracePeriodSeconds: 7, preStopSeconds: 0 })), [7, 0]);
});

test("kubernetes: a new manifest or secret rolls the pod, anything else leaves it", { skip }, async () => {
  const podOf = (values: object) => JSON.stringify(only(helmTemplate(values), "Deployment")["spec"].template);
  const manifest = { cores: { a: { command: "a" } } };
  assert.notEqual(podOf({ manifest }), podOf({ manifest: { cores: { b: { command: "a" } } } }));
  assert.notEqual(podOf({ token: { value: token } }), podOf({ token: { value: `${token}2` } }));
  assert.notEqual(
    podOf({ secrets: { values: { A: "a-secret-1" } } }),
    podOf({ secrets: { values: { A: "a-secret-2" } } }),
  );
  assert.equal(podOf({ manifest }), podOf({ manifest, service: { type: "NodePort" } }));
  await withOverlay((overlay) => {
    const nameOf = (kind: string) =>
      kustomize(overlay).flatMap((object) => (object.kind === kind ? object.metadata.name : []));
    const [configMaps, secrets] = [nameOf("ConfigMap"), nameOf("Secret")];
    writeFileSync(join(overlay, "hub.yaml"), "cores: {}\n");
    writeFileSync(join(overlay, "secrets/token"), `${token}2`);
    assert.notDeepEqual(nameOf("ConfigMap"), configMaps);
    assert.notDeepEqual(nameOf("Secret"), secrets);
  });
});

test("kubernetes: the overlay does not build before the secrets are there, and git ignores them", { skip }, () => {
  assert.throws(() => kustomize(join(root, "deploy/kubernetes/overlays/example")), /secrets\/(token|NOTES_TOKEN)/);
  assert.match(readFileSync(join(root, "deploy/kubernetes/overlays/example/secrets/.gitignore"), "utf8"), /^\*$/m);
});

test("helm: lint has nothing to say", { skip }, () => {
  for (const values of [{}, everything]) {
    const { status, stdout, stderr } = helmWith(values, ["lint", "--strict", "--quiet", chart]);
    assert.equal(status, 0, stdout + stderr);
  }
});

test("helm: values that cannot work are refused, and the message names them", { skip }, () => {
  const refused: [object, RegExp][] = [
    [{ replicas: 2 }, /'\/replicas': maximum: got 2, want 1/],
    [{ replica: 1 }, /'replica'/],
    [{ env: { HUB_TOKEN: "x" } }, /HUB_TOKEN/],
    [{ env: { PATH: "x" } }, /PATH/],
    [{ env: { HUB_ADMIN_LISTEN: ":9090" } }, /HUB_ADMIN_LISTEN/],
    [{ manifest: { hub: { admin_listen: ":9090" } } }, /hub\.admin_listen is in the manifest.*take it out/],
    [{ manifest: "hub: { tls: { cert: a, key: b } }\n" }, /hub\.tls is in the manifest/],
    [{ manifest: "cores:\n\ta: {\n" }, /the manifest is no YAML map: .*line 2/],
    [{ manifest: "- cores\n" }, /the manifest is no YAML map: /],
    [{ extraEnv: [{ name: "HUB_LISTEN", value: "127.0.0.1:3000" }] }, /\/extraEnv\/0\/name/],
    [{ token: { value: "short" } }, /\/token\/value/],
    [{ image: { digest: "latest" } }, /\/image\/digest/],
    [{ ingress: { enabled: true } }, /\/ingress/],
    [{ ingress: { paths: ["/"] } }, /\/ingress\/paths/],
    [{ secrets: { values: { "a-b": "a-secret-of-a-core" } } }, /a-b/],
    [{ metrics: { prometheusRule: { enabled: true } } }, /--set-file metrics\.prometheusRule\.rules/],
  ];
  for (const [values, message] of refused) {
    const { status, stderr } = helmWith(values, ["template", "hub", chart]);
    assert.notEqual(status, 0, JSON.stringify(values));
    assert.match(stderr, message);
  }
});

test("helm: the ingress leads every path that clients need to a hub, and no page of the hub's operators", {
  skip,
}, async () => {
  const [rule] = only(helmTemplate(everything), "Ingress")["spec"].rules;
  const prefixes = rule.http.paths.map(({ path, pathType }: { path: string; pathType: string }) => {
    assert.equal(pathType, "Prefix");
    return path;
  });
  const led = (path: string) => prefixes.some((prefix: string) => path === prefix || path.startsWith(`${prefix}/`));
  await using hub = await startHub({
    manifest: `hub: { auth: builtin }\ncores:\n  echo:\n    ${fixture("echo.mjs")}\n`,
    env: { HUB_PUBLIC_URL: "https://hub.example", HUB_ALLOW_HOSTS: "hub.example", HUB_TOKEN: token },
  });
  const url = await hub.url();
  const clients = [
    "/mcp",
    "/mcp/p/claude",
    "/ws",
    "/sse",
    "/messages",
    "/oauth/authorize",
    "/oauth/token",
    "/oauth/register",
  ];
  const readHow = ["oauth-protected-resource", "oauth-protected-resource/mcp", "oauth-authorization-server"];
  for (const path of [...clients, ...readHow.map((page) => `/.well-known/${page}`)]) {
    assert.ok(led(path), path);
    assert.notEqual((await fetch(url + path)).status, 404, `${path} is one of the hub's`);
  }
  for (const path of ["/", "/metrics", "/healthz", "/livez", "/readyz", "/api", "/api/cores", "/ui"]) {
    assert.equal(led(path), false, path);
  }
});

test("helm: takes a manifest as a file, the alert rules as a file, and keeps both as they are", { skip }, async () => {
  const manifest = join(root, "examples/manifests/hub.yaml");
  const rules = join(root, "deploy/prometheus/rules.yml");
  const objects = helmTemplate({ metrics: { prometheusRule: { enabled: true } } }, [
    "--set-file",
    `manifest=${manifest}`,
    "--set-file",
    `metrics.prometheusRule.rules=${rules}`,
  ]);
  assert.equal(only(objects, "ConfigMap")["data"]["hub.yaml"].trim(), readFileSync(manifest, "utf8").trim());
  assert.deepEqual(only(objects, "PrometheusRule")["spec"], parse(readFileSync(rules, "utf8")));
  assert.equal(await problemsOf(objects), "");
});

test("helm: a variable that is set is there once", { skip }, () => {
  const [container] = only(helmTemplate({ env: { HUB_LOG_FORMAT: "pretty" } }), "Deployment")["spec"].template.spec
    .containers;
  const formats = container.env.filter(({ name }: { name: string }) => name === "HUB_LOG_FORMAT");
  assert.deepEqual(formats, [{ name: "HUB_LOG_FORMAT", value: "pretty" }]);
});

test("helm: what a manifest begins with is kept, and an empty file is the template Core", { skip }, () => {
  const textOf = (manifest: string) => only(helmTemplate({ manifest }), "ConfigMap")["data"]["hub.yaml"];
  for (const manifest of ["  # indented\ncores:\n  a: { command: a }\n", "\n   \ncores: {}\n"]) {
    assert.equal(textOf(manifest).trimEnd(), manifest.trimEnd());
  }
  for (const manifest of ["", " \n"]) assert.match(textOf(manifest), /command: thehub-template-core/);
});

test("helm: a tag as long as tags may be is cut to a label", { skip }, () => {
  const { metadata } = only(helmTemplate({ image: { tag: `${"a".repeat(62)}-${"b".repeat(65)}` } }), "Deployment");
  assert.equal(metadata.labels?.["app.kubernetes.io/version"], "a".repeat(62));
});

test("helm: whole numbers of a manifest and of variables stay whole", { skip }, () => {
  const manifest = { hub: { limits: { max_message_bytes: 268_435_456 } } };
  const env = { HUB_RATE_LIMIT_BYTES: 10_485_760, HUB_RATE_LIMIT_RPS: 0.5, HUB_WATCH: false };
  const [container] = only(helmTemplate({ env }), "Deployment")["spec"].template.spec.containers;
  const rendered = (name: string) => container.env.find((it: { name: string }) => it.name === name).value;
  assert.deepEqual(Object.keys(env).map(rendered), ["10485760", "0.5", "false"]);
  assert.match(only(helmTemplate({ manifest }), "ConfigMap")["data"]["hub.yaml"], /max_message_bytes: 268435456$/m);
});

test("helm: the notes say how to connect and how to read the token", { skip }, () => {
  const { status, stdout, stderr } = helm("install", "hub", chart, "--namespace", "tools", "--dry-run=client");
  assert.equal(status, 0, stderr);
  assert.match(stdout, /http:\/\/hub-thehub\.tools:3000\/mcp/);
  assert.match(stdout, /get secret hub-thehub-token --output go-template='\{\{\.data\.token \| base64decode\}\}'/);
});

test("kubernetes: a real hub runs with the rendered pod's environment and volumes", { skip }, async () => {
  const core = parse(`core:\n    ${fixture("env-printer.mjs")}`) as { core: object };
  const manifest = { cores: { printer: { ...core.core, secrets: ["API_TOKEN"] } } };
  const objects = helmTemplate({
    manifest,
    token: { value: token },
    secrets: { values: { API_TOKEN: "a-secret-of-a-core" } },
  });
  const pod = only(objects, "Deployment")["spec"].template.spec;
  const [container] = pod.containers;
  const folder = await mkdtemp(join(tmpdir(), "thehub-pod-"));
  try {
    for (const { name, mountPath } of container.volumeMounts as { name: string; mountPath: string }[]) {
      const volume = pod.volumes.find((it: { name: string }) => it.name === name);
      const object = objects.find(({ kind, metadata }) => {
        if (kind === "ConfigMap") return metadata.name === volume.configMap?.name;
        return kind === "Secret" && metadata.name === volume.secret?.secretName;
      });
      const coded = Object.entries((object?.["data"] ?? {}) as Record<string, string>);
      const plain = coded.map(([key, value]) => [
        key,
        object?.kind === "Secret" ? Buffer.from(value, "base64").toString() : value,
      ]);
      await mountVolume(join(folder, mountPath), { ...Object.fromEntries(plain), ...object?.["stringData"] });
    }
    const env: Record<string, string> = {};
    for (const { name, value } of container.env as { name: string; value: string }[]) {
      env[name] = value.startsWith("/") ? join(folder, value) : value;
    }
    assert.equal(env["HUB_LISTEN"], "0.0.0.0:3000");
    await using hub = await startHub({ args: ["serve"], env: { ...env, HUB_LISTEN: "0.0.0.0:0" } });
    const { port } = new URL(await hub.url());
    const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    await hub.logged("core_summary");
    for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"]) {
      assert.equal(await ask(container[probe].httpGet.path), 200, probe);
    }
    await assert.rejects(WsClient.connect(`ws://127.0.0.1:${port}/mcp`), /401/);
    {
      await using client = await WsClient.connect(`ws://127.0.0.1:${port}/mcp`, { authorization: `Bearer ${token}` });
      const { result } = await client.request("tools/list");
      assert.equal(result.tools.length, 1);
      // The Core has its secret, which nobody else gets to see.
      assert.match(JSON.stringify((await client.call("printer__env")).result), /API_TOKEN[\\":]+\*{18}/);
    }
    assert.equal(existsSync(join(folder, env["HUB_STATE_DIR"]?.slice(folder.length) ?? "", "token")), false);
    await hub.stop();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("kubernetes: what the READMEs say to run without a cluster runs", { skip }, async () => {
  const copy = await mkdtemp(join(tmpdir(), "thehub-readme-"));
  try {
    for (const folder of ["deploy", "examples"]) cpSync(join(root, folder), join(copy, folder), { recursive: true });
    for (const folder of ["deploy/kubernetes", "deploy/helm/thehub"]) {
      const readme = readFileSync(join(root, folder, "README.md"), "utf8");
      const blocks = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block);
      assert.equal(blocks.length, 1, folder);
      const { status, stderr } = runWithTools(blocks[0] as string, join(copy, folder));
      assert.equal(status, 0, stderr);
    }
    const dashboard = /^kubectl create .*$/m.exec(readFileSync(join(chart, "README.md"), "utf8"))?.[0] ?? "";
    const { status, stdout, stderr } = runWithTools(dashboard, copy);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^kind: ConfigMap$/m);
  } finally {
    await rm(copy, { recursive: true });
  }
});
