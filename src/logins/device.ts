// Signing in with a code that the person types in on whatever device has a browser (RFC 8628).
import { OAuthError } from "@modelcontextprotocol/client";
import type { Clock } from "../base/clock.ts";
import { HubError } from "../base/errors.ts";
import { defined } from "./defined.ts";
import { askAs, grant, type Requester, secretsOf } from "./grants.ts";
import { askForLess, keep, mustBeOpenable, prepare, type SignInDeps, type SignInRequest } from "./preparing.ts";
import type { LoginRecord, Tokens } from "./vault.ts";
import { isOfScope, loginFailed, mayPass, oneLine } from "./words.ts";

/** A server that fails is asked again after twice the time, up to this. */
const maxPauseMs = 60_000;

export interface DeviceBegun {
  readonly url: string;
  /** With the code in it, where the server has such a page. */
  readonly completeUrl: string | undefined;
  readonly userCode: string;
  readonly expiresInMs: number;
  /** Waits until the person has agreed. Rejects with `login_failed`. */
  finish(signal: AbortSignal): Promise<LoginRecord>;
}

/** Rejects with `login_failed`, also where the server has no device codes. */
export async function beginWithDevice(deps: SignInDeps, request: SignInRequest): Promise<DeviceBegun> {
  const { target } = request;
  try {
    const { requester, discovered, scope } = await prepare(deps, request);
    const endpoint = discovered.server.more.device;
    if (endpoint === undefined) {
      const fix = `leave --device out, on a machine with a browser; HUB_STATE_DIR of that machine can be brought here`;
      throw new HubError(
        "login_failed",
        `cannot sign in to Core ${target.core}: ${discovered.server.issuer} has no device codes: ${fix}`,
      );
    }
    const asked = await askForDevice(endpoint, requester, scope);
    const finish = async (signal: AbortSignal): Promise<LoginRecord> => {
      try {
        const tokens = await pollForTokens(deps, requester, asked, scope, signal);
        return await keep(deps, request, requester, tokens);
      } catch (error) {
        throw loginFailed(target.core, error, secretsOf(requester, asked.deviceCode));
      }
    };
    const { url, completeUrl, userCode, expiresInMs } = asked;
    return { url, completeUrl, userCode, expiresInMs, finish };
  } catch (error) {
    if (isOfScope(error)) await askForLess(deps, request);
    throw loginFailed(target.core, error, [target.oauth.clientSecret?.reveal()]);
  }
}

interface AskedForDevice {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly url: string;
  readonly completeUrl: string | undefined;
  readonly expiresInMs: number;
  readonly intervalMs: number;
}

async function askForDevice(
  endpoint: string,
  requester: Requester,
  scope: string | undefined,
): Promise<AskedForDevice> {
  const { resource } = requester;
  const response = await askAs(requester, endpoint, defined({ scope, resource }) as Record<string, string>);
  const said = (await response.json()) as Record<string, unknown>;
  const text = (key: string): string | undefined => (typeof said[key] === "string" ? said[key] : undefined);
  if (!response.ok)
    throw new OAuthError(oneLine(text("error") ?? "server_error"), oneLine(text("error_description") ?? ""));
  const deviceCode = text("device_code");
  const userCode = text("user_code");
  const url = text("verification_uri") ?? text("verification_url");
  if (deviceCode === undefined || userCode === undefined || url === undefined) {
    throw new Error("its device code is not what RFC 8628 says");
  }
  const completeUrl = text("verification_uri_complete");
  for (const page of [url, completeUrl ?? url]) mustBeOpenable(page);
  const seconds = (key: string, otherwise: number) => {
    const value = Number(said[key] ?? otherwise);
    return value > 0 && value < 3600 ? value : otherwise;
  };
  return {
    deviceCode,
    userCode: oneLine(userCode),
    url,
    completeUrl,
    expiresInMs: seconds("expires_in", 900) * 1000,
    intervalMs: seconds("interval", 5) * 1000,
  };
}

async function pollForTokens(
  { clock }: SignInDeps,
  requester: Requester,
  { deviceCode, expiresInMs, intervalMs }: AskedForDevice,
  scope: string | undefined,
  signal: AbortSignal,
): Promise<Tokens> {
  const end = clock.now() + expiresInMs;
  let pauseMs = intervalMs;
  let failure: unknown;
  for (;;) {
    await pause(clock, pauseMs, signal);
    try {
      const parameters = { grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code: deviceCode };
      const tokens = await grant(requester, parameters, undefined);
      return { ...tokens, scope: tokens.scope ?? scope };
    } catch (error) {
      const code = error instanceof OAuthError ? String(error.code) : "";
      failure = undefined;
      if (code === "slow_down") pauseMs += 5000;
      else if (code !== "authorization_pending") {
        if (!mayPass(error)) throw error;
        // RFC 8628, 3.5. The person may have agreed already, and the code is good for one login.
        pauseMs = Math.max(pauseMs, Math.min(2 * pauseMs, maxPauseMs));
        failure = error;
      }
    }
    if (clock.now() >= end) throw failure ?? new Error("nobody agreed while the code was good: start again");
  }
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopped = () => {
      timer.cancel();
      reject(new Error("it was stopped"));
    };
    const timer = clock.after(ms, () => {
      signal.removeEventListener("abort", stopped);
      resolve();
    });
    if (signal.aborted) stopped();
    else signal.addEventListener("abort", stopped, { once: true });
  });
}
