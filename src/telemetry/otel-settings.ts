// What OpenTelemetry's standard variables ask for. Read before anything of OpenTelemetry is loaded; what this does not read
// (headers, certificates, samplers, batch sizes …) its packages read themselves.

export const signals = ["traces", "metrics", "logs"] as const;
export type Signal = (typeof signals)[number];
export type Protocol = "http/protobuf" | "grpc";

export interface OtelSettings {
  /** The signals that are wanted, and how each is sent. */
  readonly protocols: ReadonlyMap<Signal, Protocol>;
  /** Variables that ask for what this hub does not do. */
  readonly ignored: readonly IgnoredVariable[];
  /** What may be a credential in them: kept out of what the log says about exporting. */
  readonly secrets: readonly string[];
}

export interface IgnoredVariable {
  readonly variable: string;
  readonly value: string;
  readonly fix: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Undefined: nothing is to be loaded. */
export function readOtelSettings(env: Environment): OtelSettings | undefined {
  const read = (name: string): string | undefined => {
    const text = env[name]?.trim();
    return text === "" ? undefined : text;
  };
  if (read("OTEL_SDK_DISABLED")?.toLowerCase() === "true") return undefined;
  const ignored: IgnoredVariable[] = [];
  const protocols = new Map<Signal, Protocol>();
  const everywhere = read("OTEL_EXPORTER_OTLP_ENDPOINT");
  for (const signal of signals) {
    const word = signal.toUpperCase();
    const exporter = `OTEL_${word}_EXPORTER`;
    const chosen = read(exporter)?.toLowerCase();
    const names = chosen?.split(",").map((name) => name.trim());
    const others = names?.filter((name) => name !== "otlp" && name !== "none") ?? [];
    const asked = names?.includes("otlp") ?? (read(`OTEL_EXPORTER_OTLP_${word}_ENDPOINT`) ?? everywhere) !== undefined;
    if (others.length > 0) {
      ignored.push({ variable: exporter, value: others.join(","), fix: "write otlp or none" });
    }
    if (!asked) continue;
    protocols.set(signal, protocolOf(read, `OTEL_EXPORTER_OTLP_${word}_PROTOCOL`, ignored));
  }
  return protocols.size === 0 ? undefined : { protocols, ignored, secrets: secretsIn(read) };
}

function protocolOf(read: (name: string) => string | undefined, own: string, ignored: IgnoredVariable[]): Protocol {
  const variable = read(own) === undefined ? "OTEL_EXPORTER_OTLP_PROTOCOL" : own;
  const value = read(variable);
  if (value === "grpc") return "grpc";
  const known = value === undefined || value === "http/protobuf";
  if (!known && !ignored.some((one) => one.variable === variable)) {
    ignored.push({ variable, value, fix: "write http/protobuf or grpc; http/protobuf is used" });
  }
  return "http/protobuf";
}

/** What stands in header values, and passwords in URLs. */
function secretsIn(read: (name: string) => string | undefined): string[] {
  const secrets: string[] = [];
  for (const part of ["", "TRACES_", "METRICS_", "LOGS_"]) {
    for (const pair of read(`OTEL_EXPORTER_OTLP_${part}HEADERS`)?.split(",") ?? []) {
      const value = decoded(pair.slice(pair.indexOf("=") + 1).trim());
      // "Bearer abc": the second word alone is what must not be seen.
      secrets.push(value, ...value.split(" ").slice(1));
    }
    const url = read(`OTEL_EXPORTER_OTLP_${part}ENDPOINT`) ?? "";
    const password = /^[a-z]+:\/\/[^/@]*:([^/@]+)@/i.exec(url)?.[1];
    if (password !== undefined) secrets.push(decoded(password));
  }
  return secrets.filter((secret) => secret !== "");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
