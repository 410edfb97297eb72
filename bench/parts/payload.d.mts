// Types of payload.mjs, which the Core runs as plain JavaScript.
export const mebibyte: number;
export function proseBody(size: number): string;
export function tokenBody(size: number): string;
export function hashOf(text: string): string;
