// Which names belong to the hub's own credentials and are therefore never handed to a Core.

/** The hub's tokens, and the variables that secrets for Cores travel in on their way to the hub. */
export function isHubCredential(variable: string): boolean {
  const name = variable.toUpperCase();
  const own = ["HUB_TOKEN", "HUB_TOKEN_FILE", "HUB_METRICS_TOKEN", "HUB_STATE_KEY", "HUB_STATE_KEY_FILE"];
  return own.includes(name) || name.startsWith("HUB_SECRET_");
}
