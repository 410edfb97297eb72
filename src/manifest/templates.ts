// `${secret:NAME}` in the texts of a manifest.
const placeholder = /\$\{secret:([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The names, in order; twice where they stand twice. */
export function secretsNamedBy(texts: readonly string[]): string[] {
  return texts.flatMap((text) => [...text.matchAll(placeholder)].map(([, name = ""]) => name));
}

/** The text with every placeholder replaced. */
export function fillSecrets(text: string, find: (name: string) => string): string {
  return text.replace(placeholder, (_whole, name: string) => find(name));
}
