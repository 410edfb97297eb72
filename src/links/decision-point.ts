// Questions to an HTTP service that decides calls, in the form of Open Policy Agent's data API. Whatever is not a clear answer in time is a
// failure, in words for the log. No redirect is followed: who decides is who was named.
import type { Clock } from "../base/clock.ts";
import { flatten } from "../wire/frame.ts";
import { Exchange, Intake, readBody } from "./http-exchange.ts";
import { proxyFor } from "./proxy.ts";
import { transportOf } from "./transport.ts";

export type Answer =
  | { readonly t: "allowed" }
  | { readonly t: "denied"; readonly reason: string | undefined }
  | { readonly t: "failed"; readonly why: string };

const maxAnswerBytes = 64 * 1024;
const maxReasonChars = 300;
const keepAliveMs = 15_000;

/** What asks, and never rejects. `timeoutMs`: from the question to the last byte of the answer. `env` says by which proxy. */
export function createDecisionPoint(
  { url, timeoutMs }: { readonly url: string; readonly timeoutMs: number },
  clock: Clock,
  env: Readonly<Record<string, string | undefined>>,
): (question: Buffer) => Promise<Answer> {
  const choice = proxyFor(new URL(url), env);
  if (choice.t === "bad") return async () => ({ t: "failed", why: choice.message });
  const proxy = choice.t === "proxy" ? choice.url : undefined;
  // Whoever writes the manifest says where it is: beside the hub, as a rule.
  const transport = transportOf(
    { target: { url }, allowPrivate: true, proxy },
    { keepAlive: true, keepAliveMsecs: keepAliveMs, maxFreeSockets: 16 },
  );
  const intake = new Intake(Number.POSITIVE_INFINITY);
  const headers = { "content-type": "application/json", accept: "application/json" };
  return (question) =>
    new Promise((resolve) => {
      const end = (answer: Answer): void => {
        timer.cancel();
        resolve(answer);
      };
      const fail = (why: string): void => {
        end({ t: "failed", why });
        exchange.destroy();
      };
      const timer = clock.after(timeoutMs, () => fail(`no whole answer within ${timeoutMs} ms`));
      const ask = (isAgain: boolean): Exchange =>
        new Exchange(
          { clock, handshakeMs: timeoutMs, keepAliveMs },
          transport,
          { method: "POST", headers: { ...headers, "content-length": question.length }, body: question },
          {
            failed: ({ code = "the connection failed" }) => {
              // A connection that was kept may have been closed meanwhile; a question may be asked twice.
              if (isAgain || (code !== "ECONNRESET" && code !== "EPIPE")) fail(code);
              else exchange = ask(true);
            },
            head: (response) => {
              if (response.statusCode !== 200) {
                response.destroy();
                return fail(`it answered ${response.statusCode}`);
              }
              readBody(response, maxAnswerBytes, intake, (body) => {
                if (body === "cut") fail("the connection broke before its answer was whole");
                else if (body === "too_large") fail(`its answer is longer than ${maxAnswerBytes} bytes`);
                else end(answerOf(flatten(body)));
              });
            },
          },
        );
      let exchange = ask(false);
    });
}

/** Only `true` allows. OPA leaves `result` out where no rule defines it. */
function answerOf(body: Buffer): Answer {
  let answer: unknown;
  try {
    answer = JSON.parse(body.toString("utf8"));
  } catch {
    return { t: "failed", why: "its answer is not JSON" };
  }
  const result = memberOf(answer, "result");
  if (result === true) return { t: "allowed" };
  if (result === false) return { t: "denied", reason: undefined };
  const allow = memberOf(result, "allow");
  if (allow === true) return { t: "allowed" };
  if (allow === false) return { t: "denied", reason: reasonOf(memberOf(result, "reason")) };
  return { t: "failed", why: "its answer has no result: true, false or { allow, reason }" };
}

function memberOf(value: unknown, key: string): unknown {
  const isMap = typeof value === "object" && value !== null && Object.hasOwn(value, key);
  return isMap ? (value as Record<string, unknown>)[key] : undefined;
}

/** In one line: it goes to clients and into the log. */
function reasonOf(reason: unknown): string | undefined {
  if (typeof reason !== "string" || reason.trim() === "") return undefined;
  return reason
    .replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, " ")
    .trim()
    .slice(0, maxReasonChars);
}
