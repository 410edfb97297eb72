// What is wrong between the clients of the manifest and the settings: ways in that nobody can come by.
import type { Manifest } from "./manifest.ts";
import type { Problem } from "./problems.ts";
import type { Settings } from "./settings.ts";

/** Warnings: another environment may have what is missing in this one. */
export function wayProblems({ clients }: Pick<Manifest, "clients">, settings: Settings): Problem[] {
  const { tls, clientCertificateHeader: header, trustedProxies } = settings;
  const problems: Problem[] = [];
  const warn = (path: string, message: string, hint: string): void => {
    problems.push({ severity: "warning", file: "settings", line: 0, column: 0, path, message, hint });
  };
  const byCertificate = clients.find(({ certificate }) => certificate !== undefined);
  if (byCertificate !== undefined && tls?.clientCa === undefined && header === undefined) {
    const message = "nobody can show a certificate, so it lets nobody in";
    const fix = "set hub.tls.client_ca, or hub.client_certificate_header where a proxy ends TLS";
    warn(`clients.${byCertificate.name}.certificate`, message, fix);
  }
  if (header !== undefined && trustedProxies.length === 0) {
    const message = `${header} counts from nobody: no proxy is trusted`;
    warn("hub.client_certificate_header", message, "name the proxy in hub.trusted_proxies");
  }
  return problems;
}
