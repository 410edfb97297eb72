// What the tests of a file share that need a Docker Engine: one engine of their own, made ready once, and a folder; both go when they are done.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { DockerEngine } from "./docker-engine.ts";

export interface DockerTests {
  /** The reason, for the option of that name. */
  readonly skip: string | false;
  readonly folder: string;
  /** Where nothing is skipped. */
  engine(): DockerEngine;
}

/** `hinders`: what else has to be there, as a reason to skip. `prepare`: what the engine has before the first test. */
export async function dockerTests(
  name: string,
  prepare: (engine: DockerEngine, folder: string) => Promise<unknown>,
  hinders: () => Promise<string | false> = async () => false,
): Promise<DockerTests> {
  const started = await DockerEngine.start();
  const skip = started.skip || (await hinders());
  const folder = await mkdtemp(join(tmpdir(), `thehub-${name}-`));
  const end = async () => {
    if (started.t === "engine") await started.engine[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  };
  if (started.t === "engine" && skip === false) {
    try {
      await prepare(started.engine, folder);
    } catch (error) {
      await end();
      throw error;
    }
  }
  after(end);
  const engine = () => {
    assert.ok(started.t === "engine");
    return started.engine;
  };
  return { skip, folder, engine };
}
