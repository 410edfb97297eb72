// The person at the terminal, asked what a Core wants to know (elicitation): a form field by field, or a page to open. Their answer is theirs:
// what they leave out is left out, and to end the input is to cancel.
import { createInterface, type Interface } from "node:readline/promises";
import { oneLine, type Terminal } from "./terminal.ts";

export interface Question {
  readonly mode?: string;
  readonly message?: string;
  readonly url?: string;
  readonly requestedSchema?: { readonly properties?: Record<string, Field>; readonly required?: readonly string[] };
}

interface Choice {
  readonly const?: string;
  readonly title?: string;
}

/** The primitive schemas that MCP allows in a form. */
interface Field {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly oneOf?: readonly Choice[];
  readonly items?: { readonly enum?: readonly string[]; readonly anyOf?: readonly Choice[] };
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

export interface Answer {
  readonly action: "accept" | "decline" | "cancel";
  readonly content?: Record<string, unknown>;
}

/** A value, or why what was written is none. */
type Read = { readonly value: unknown } | { readonly wrong: string };

/** Whether somebody is there who can be asked. */
export function hasPerson(terminal: Terminal): boolean {
  return terminal.stdin.isTTY === true && terminal.stderr.isTTY === true;
}

/** What a client that has a person declares. */
export const personCapabilities = { elicitation: { form: {}, url: {} } };

export class Person {
  readonly #terminal: Terminal;
  /** One question at a time, whoever asks. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Never rejects. `withdrawn`: whoever asked does not want to know any more. */
  answer(question: Question, withdrawn: AbortSignal): Promise<Answer> {
    const turn = this.#turn.then(() => this.#ask(question, withdrawn)).catch((): Answer => ({ action: "cancel" }));
    this.#turn = turn;
    return turn;
  }

  async #ask(question: Question, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted();
    const lines = createInterface({ input: this.#terminal.stdin, output: this.#terminal.stderr });
    const ended = new AbortController();
    lines.once("close", () => ended.abort());
    const either = AbortSignal.any([signal, ended.signal]);
    try {
      this.#say(`\r\x1b[K${oneLine(question.message ?? "")}`);
      if (question.mode === "url") return await this.#open(lines, question, either);
      return await this.#fill(lines, question, either);
    } finally {
      lines.close();
    }
  }

  async #open(lines: Interface, { url }: Question, signal: AbortSignal): Promise<Answer> {
    this.#say(`  ${oneLine(url ?? "")}`);
    const said = await lines.question("open this page yourself; go on? [y/N] ", { signal });
    return { action: isYes(said) ? "accept" : "decline" };
  }

  async #fill(lines: Interface, { requestedSchema }: Question, signal: AbortSignal): Promise<Answer> {
    const content: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(requestedSchema?.properties ?? {})) {
      const isRequired = requestedSchema?.required?.includes(name) === true;
      const value = await this.#field(lines, name, field, isRequired, signal);
      if (value !== undefined) content[name] = value;
    }
    const said = await lines.question("send this? [Y/n] ", { signal });
    return said.trim() === "" || isYes(said) ? { action: "accept", content } : { action: "decline" };
  }

  /** Asks until there is a value; undefined for one that is left out. */
  async #field(
    lines: Interface,
    name: string,
    field: Field,
    isRequired: boolean,
    signal: AbortSignal,
  ): Promise<unknown> {
    const choices = choicesOf(field);
    if (field.description !== undefined) this.#say(`  ${oneLine(field.description)}`);
    for (const { value, title } of choices) this.#say(`  ${value}${title === value ? "" : `: ${oneLine(title)}`}`);
    const standard = field.default === undefined ? "" : ` [${oneLine(String(field.default))}]`;
    for (;;) {
      const said = (await lines.question(`${oneLine(field.title ?? name)}${standard}: `, { signal })).trim();
      if (said === "" && field.default !== undefined) return field.default;
      if (said === "" && !isRequired) return undefined;
      const read = said === "" ? { wrong: "a value is needed here" } : readField(field, choices, said);
      if ("value" in read) return read.value;
      this.#say(`  ${read.wrong}`);
    }
  }

  #say(line: string): void {
    this.#terminal.stderr.write(`${line}\n`);
  }
}

function isYes(said: string): boolean {
  return /^y(es)?$/i.test(said.trim());
}

function choicesOf(field: Field): { value: string; title: string }[] {
  const titled = field.oneOf ?? field.items?.anyOf;
  if (titled !== undefined) {
    return titled.map(({ const: value = "", title = value }) => ({ value: oneLine(value), title }));
  }
  return (field.enum ?? field.items?.enum ?? []).map((value) => ({ value: oneLine(value), title: value }));
}

/** What a person wrote, as the field's type. */
function readField(field: Field, choices: readonly { value: string }[], said: string): Read {
  const isChoice = (text: string) => choices.some(({ value }) => value === text);
  const allowed = choices.map(({ value }) => value).join(", ");
  switch (field.type) {
    case "boolean":
      if (/^(y|yes|true)$/i.test(said)) return { value: true };
      return /^(n|no|false)$/i.test(said) ? { value: false } : { wrong: "write yes or no" };
    case "number":
    case "integer":
      return readNumber(field, said);
    case "array": {
      const parts = said.split(",").map((part) => part.trim());
      return parts.every(isChoice) ? { value: parts } : { wrong: `write some of ${allowed}, with commas between` };
    }
    default:
      if (choices.length > 0) return isChoice(said) ? { value: said } : { wrong: `write one of ${allowed}` };
      if (said.length < (field.minLength ?? 0)) return { wrong: `write at least ${field.minLength} characters` };
      if (said.length > (field.maxLength ?? Number.POSITIVE_INFINITY))
        return { wrong: `write at most ${field.maxLength} characters` };
      return { value: said };
  }
}

function readNumber({ type, minimum, maximum }: Field, said: string): Read {
  const value = Number(said);
  if (!Number.isFinite(value)) return { wrong: "write a number" };
  if (type === "integer" && !Number.isInteger(value)) return { wrong: "write a whole number" };
  if (minimum !== undefined && value < minimum) return { wrong: `write a number from ${minimum} on` };
  return maximum !== undefined && value > maximum ? { wrong: `write a number up to ${maximum}` } : { value };
}
