// Which names say that what they name is a credential: of log fields, headers, options, variables, and parameters of a URL.

const credentialName =
  /(authorization|token|bearer|password|passwd|passphrase|secret|api_?key|access_?key|private_?key|cookie|credentials?)$/;

/** True for names such as `authorization`, `X-Api-Key` or `accessToken`; not for a progress token, which is no secret. */
export function isCredentialName(name: string): boolean {
  const plain = name.toLowerCase().replaceAll("-", "_");
  return credentialName.test(plain) && !/progress_?token$/.test(plain);
}

/** In a URL's query a `key` opens something as well: nothing else is ever called so there. */
export function isCredentialParameter(name: string): boolean {
  return isCredentialName(name) || name.toLowerCase() === "key";
}
