import assert from "node:assert/strict";
import { test } from "node:test";
import { readOtelSettings } from "../../../src/telemetry/otel-settings.ts";

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" };
const protocolsOf = (env: Record<string, string>) => Object.fromEntries(readOtelSettings(env)?.protocols ?? []);

test("otel settings: nothing is on without an endpoint, with blank ones, or when the SDK is disabled", () => {
  assert.equal(readOtelSettings({}), undefined);
  assert.equal(readOtelSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: " ", OTEL_SERVICE_NAME: "x" }), undefined);
  assert.equal(readOtelSettings({ ...endpoint, OTEL_SDK_DISABLED: "TRUE" }), undefined);
  const none = { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "None" };
  assert.equal(readOtelSettings({ ...endpoint, ...none }), undefined);
});

test("otel settings: one endpoint is for all signals, one of a signal for that signal", () => {
  const http = "http/protobuf";
  assert.deepEqual(protocolsOf(endpoint), { traces: http, metrics: http, logs: http });
  assert.deepEqual(protocolsOf({ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://l:1/x" }), { logs: http });
  assert.deepEqual(protocolsOf({ ...endpoint, OTEL_METRICS_EXPORTER: "none" }), { traces: http, logs: http });
  assert.deepEqual(protocolsOf({ OTEL_TRACES_EXPORTER: "otlp" }), { traces: http });
});

test("otel settings: the protocol is the signal's, else the common one, else http/protobuf", () => {
  const env = { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc", OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "http/protobuf" };
  assert.deepEqual(protocolsOf(env), { traces: "grpc", metrics: "grpc", logs: "http/protobuf" });
});

test("otel settings: what the hub cannot do is named once, with what to write", () => {
  const settings = readOtelSettings({
    ...endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_METRICS_EXPORTER: "prometheus",
    OTEL_LOGS_EXPORTER: "otlp,console",
  });
  assert.deepEqual(Object.fromEntries(settings?.protocols ?? []), { traces: "http/protobuf", logs: "http/protobuf" });
  assert.deepEqual(
    settings?.ignored.map(({ variable, value }) => [variable, value]),
    [
      ["OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"],
      ["OTEL_METRICS_EXPORTER", "prometheus"],
      ["OTEL_LOGS_EXPORTER", "console"],
    ],
  );
});

test("otel settings: what may be a credential in headers and endpoints is known", () => {
  const settings = readOtelSettings({
    OTEL_EXPORTER_OTLP_ENDPOINT: "https://me:pass%40word@collector",
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20abc, x-key=k==",
    OTEL_EXPORTER_OTLP_LOGS_HEADERS: "broken",
  });
  assert.deepEqual(settings?.secrets, ["Bearer abc", "abc", "k==", "pass@word", "broken"]);
});
