// The manifest's reference page, from its schema: each key with type, default and meaning.
import { follow, type SchemaNode } from "../src/manifest/schema.ts";

/** The sections, in the order of a manifest: heading, path as written, definition. */
const sections: readonly [string, string, string][] = [
  ["The hub", "hub", "hub"],
  ["Identity providers", "hub.auth.issuers.<issuer>", "issuer"],
  ["Clients", "clients.<name>", "client"],
  ["Tokens of clients", "clients.<name>.tokens[]", "client_token"],
  ["Clients by certificate", "clients.<name>.certificate", "client_certificate"],
  ["Clients by socket", "clients.<name>.socket", "client_socket"],
  ["Clients by signed tokens", "clients.<name>.jwt", "jwt"],
  ["Rules on arguments", "clients.<name>.arguments.<tool>", "argument_schema"],
  ["Profiles", "profiles.<name>", "profile"],
  ["Cores", "cores.<key>", "core"],
  ["Single tools", "cores.<key>.tools.<native name>", "tool"],
  ["Logins of remote Cores", "cores.<key>.auth.oauth", "oauth"],
  ["Secrets in the long form", "cores.<key>.secrets[]", "secret"],
];

export function renderReference(schema: SchemaNode): string {
  const lines = [
    "<!-- Generated from schemas/manifest.schema.json by `npm run types`. Do not edit. -->",
    "# The manifest",
    "",
    "A YAML file, or a folder of them. Editors complete and check it when its first line is",
    "",
    "```yaml",
    `# yaml-language-server: $schema=${(schema as { $id?: string }).$id ?? ""}`,
    "```",
    "",
    "`thehub check` lists every problem with file, line and column. A key marked *planned* is part of the format but not",
    "enforced by this version: `check` reports it as an error instead of ignoring it.",
    "",
    "| key | type | default | meaning |",
    "|---|---|---|---|",
    ...rows(schema, ""),
  ];
  for (const [heading, path, name] of sections) {
    const node = schema.$defs?.[name] ?? {};
    lines.push("", `## ${heading}: \`${path}\``, "", node.description ?? "", "");
    lines.push("| key | type | default | meaning |", "|---|---|---|---|", ...rows(node, ""));
  }
  return `${lines.join("\n")}\n`;
}

function rows(node: SchemaNode, prefix: string): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, property]) => {
    const inside = follow(property);
    const name = `${prefix}${key}`;
    const required = node.required?.includes(key) === true ? "required" : "";
    const shown = inside.default === undefined ? required : code(JSON.stringify(inside.default));
    const row = `| \`${name}\` | ${typeOf(inside)} | ${shown} | ${cell(meaning(inside))} |`;
    const nested = property.$ref === undefined ? rows(inside, `${name}.`) : [];
    return [row, ...nested];
  });
}

function meaning(node: SchemaNode): string {
  const planned = node["x-planned"];
  if (planned === undefined) return node.description ?? "";
  return `${node.description ?? ""} *Planned, with ${planned}. Until then: ${node["x-instead"] ?? "leave it out"}.*`;
}

function typeOf(node: SchemaNode): string {
  if (node.enum !== undefined) return node.enum.map((value) => code(String(value))).join(", ");
  if (node.const !== undefined) return code(String(node.const));
  if (node.type === "array" && node.items !== undefined) return `list of ${typeOf(follow(node.items))}`;
  const types = [node.type ?? "any"].flat().map(typeName).join(" or ");
  if (node.minimum === undefined) return types;
  return node.maximum === undefined ? `${types}, from ${node.minimum}` : `${types}, ${node.minimum} to ${node.maximum}`;
}

const typeNames: Record<string, string> = {
  string: "text",
  object: "map",
  array: "list",
  integer: "whole number",
  boolean: "`true`, `false`",
};

function typeName(type: string): string {
  return typeNames[type] ?? type;
}

function code(text: string): string {
  return `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
