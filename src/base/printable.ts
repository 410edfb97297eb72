// Text of another party, made fit for a person's terminal: it may neither steer the terminal nor look like something else than it is.

/** Controls (C0, DEL, C1), line separators that are no line end to most programs, and what changes the order that text is shown in. */
const steering = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * Line ends and tabs stay; everything else that a terminal may obey is shown as JSON writes it: `\u001b`. So JSON text without carriage
 * returns is the same JSON afterwards.
 */
export function printable(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll(steering, escapeOf);
}

/** All of these have four digits. */
function escapeOf(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
