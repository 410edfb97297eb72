// A collector: takes OTLP over HTTP or gRPC as a real one does, and keeps what it got.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, ServerCredentials, type UntypedServiceImplementation } from "@grpc/grpc-js";
import protobuf from "protobufjs";

const { root } = protobuf.parse(readFileSync(new URL("../fixtures/otlp/otlp.proto", import.meta.url), "utf8"), {
  keepCase: false,
});

export type Attributes = Readonly<Record<string, unknown>>;

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  readonly kind: "server" | "client" | "other";
  readonly attributes: Attributes;
  readonly resource: Attributes;
  readonly links: readonly { traceId: string; spanId: string }[];
  readonly status: { readonly code: number; readonly message: string };
  readonly startNs: bigint;
  readonly endNs: bigint;
}

export interface ReceivedMetric {
  readonly name: string;
  readonly unit: string;
  readonly type: "gauge" | "counter" | "histogram";
  readonly points: readonly { attributes: Attributes; value: number; count: number; buckets: readonly number[] }[];
}

export interface ReceivedLog {
  readonly body: string;
  readonly severity: string;
  readonly attributes: Attributes;
  readonly traceId: string;
  readonly spanId: string;
}

/** `silent` takes connections and never answers; `refusing` answers 400. */
export type Temper = "friendly" | "silent" | "refusing";

// biome-ignore lint/suspicious/noExplicitAny: decoded messages have the shape that the proto says
type Decoded = any;

export class OtlpReceiver implements AsyncDisposable {
  readonly spans: ReceivedSpan[] = [];
  readonly logs: ReceivedLog[] = [];
  /** The last export's. */
  metrics: ReceivedMetric[] = [];
  /** Every body and every header, for what must not be in them. */
  readonly raw: Buffer[] = [];
  readonly headers: Readonly<Record<string, unknown>>[] = [];
  url = "";
  requests = 0;
  #close: () => Promise<void> = async () => {};
  readonly #waiters = new Set<() => void>();

  static async http(temper: Temper = "friendly"): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      receiver.headers.push(request.headers);
      if (temper === "friendly") receiver.#take(request.url ?? "", Buffer.concat(chunks));
      else receiver.#count();
      if (temper === "silent") return;
      response.writeHead(temper === "friendly" ? 200 : 400, { "content-type": "application/x-protobuf" }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    receiver.#close = () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    };
    return receiver;
  }

  static async grpc(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    const server = new Server();
    for (const [service, path] of [
      ["opentelemetry.proto.collector.trace.v1.TraceService", "/v1/traces"],
      ["opentelemetry.proto.collector.metrics.v1.MetricsService", "/v1/metrics"],
      ["opentelemetry.proto.collector.logs.v1.LogsService", "/v1/logs"],
    ] as const) {
      const bytes = (value: Buffer): Buffer => value;
      const method = {
        path: `/${service}/Export`,
        requestStream: false,
        responseStream: false,
        requestSerialize: bytes,
        requestDeserialize: bytes,
        responseSerialize: bytes,
        responseDeserialize: bytes,
      };
      const implementation: UntypedServiceImplementation = {
        // biome-ignore lint/suspicious/noExplicitAny: grpc-js has no type for a service without generated code
        export: (call: any, done: any) => {
          receiver.headers.push(call.metadata.getMap());
          receiver.#take(path, call.request);
          done(null, Buffer.alloc(0));
        },
      };
      server.addService({ export: method }, implementation);
    }
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
    receiver.url = `http://127.0.0.1:${port}`;
    receiver.#close = async () => server.forceShutdown();
    return receiver;
  }

  /** The first span, past or to come, that passes. */
  span(test: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan> {
    return this.#find(() => this.spans.find(test));
  }

  log(test: (log: ReceivedLog) => boolean): Promise<ReceivedLog> {
    return this.#find(() => this.logs.find(test));
  }

  metric(test: (metric: ReceivedMetric) => boolean): Promise<ReceivedMetric> {
    return this.#find(() => this.metrics.find(test));
  }

  /** Resolves with the first request, past or to come. */
  async touched(): Promise<void> {
    await this.#find(() => (this.requests > 0 ? true : undefined));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  #find<T>(look: () => T | undefined): Promise<T> {
    const found = look();
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve) => {
      const waiter = (): void => {
        const value = look();
        if (value === undefined) return;
        this.#waiters.delete(waiter);
        resolve(value);
      };
      this.#waiters.add(waiter);
    });
  }

  #take(path: string, body: Buffer): void {
    this.raw.push(body);
    if (path === "/v1/traces") this.spans.push(...spansOf(decode("ExportTraceServiceRequest", body)));
    else if (path === "/v1/logs") this.logs.push(...logsOf(decode("ExportLogsServiceRequest", body)));
    else if (path === "/v1/metrics") this.metrics = metricsOf(decode("ExportMetricsServiceRequest", body));
    else throw new Error(`nothing of OTLP is at ${path}`);
    this.#count();
  }

  #count(): void {
    this.requests++;
    for (const waiter of [...this.#waiters]) waiter();
  }
}

function decode(type: string, body: Buffer): Decoded {
  const message = root.lookupType(type);
  return message.toObject(message.decode(body), { longs: String, arrays: true, defaults: true, oneofs: true });
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

function spansOf({ resourceSpans }: Decoded): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }: Decoded) =>
    scopeSpans.flatMap(({ spans }: Decoded) =>
      spans.map((span: Decoded) => ({
        traceId: hex(span.traceId),
        spanId: hex(span.spanId),
        parentSpanId: hex(span.parentSpanId),
        traceState: span.traceState,
        name: span.name,
        kind: span.kind === 2 ? "server" : span.kind === 3 ? "client" : "other",
        attributes: attributesOf(span.attributes),
        resource: attributesOf(resource.attributes),
        links: span.links.map((link: Decoded) => ({ traceId: hex(link.traceId), spanId: hex(link.spanId) })),
        status: { code: span.status?.code ?? 0, message: span.status?.message ?? "" },
        startNs: BigInt(span.startTimeUnixNano),
        endNs: BigInt(span.endTimeUnixNano),
      })),
    ),
  );
}

function logsOf({ resourceLogs }: Decoded): ReceivedLog[] {
  return resourceLogs.flatMap(({ scopeLogs }: Decoded) =>
    scopeLogs.flatMap(({ logRecords }: Decoded) =>
      logRecords.map((record: Decoded) => ({
        body: String(plainOf(record.body)),
        severity: record.severityText,
        attributes: attributesOf(record.attributes),
        traceId: hex(record.traceId),
        spanId: hex(record.spanId),
      })),
    ),
  );
}

function metricsOf({ resourceMetrics }: Decoded): ReceivedMetric[] {
  return resourceMetrics.flatMap(({ scopeMetrics }: Decoded) =>
    scopeMetrics.flatMap(({ metrics }: Decoded) =>
      metrics.map(({ name, unit, gauge, sum, histogram }: Decoded) => ({
        name,
        unit,
        type: gauge != null ? "gauge" : sum != null ? "counter" : "histogram",
        points: (gauge ?? sum ?? histogram).dataPoints.map((point: Decoded) => ({
          attributes: attributesOf(point.attributes),
          value: point.asDouble ?? point.sum,
          count: Number(point.count ?? 1),
          buckets: (point.bucketCounts ?? []).map(Number),
        })),
      })),
    ),
  );
}

function attributesOf(pairs: readonly { key: string; value: Decoded }[]): Attributes {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, plainOf(value)]));
}

function plainOf(any: Decoded): unknown {
  if (any?.value === undefined) return undefined;
  if (any.value === "arrayValue") return any.arrayValue.values.map(plainOf);
  if (any.value === "kvlistValue") return attributesOf(any.kvlistValue.values);
  return any[any.value];
}
