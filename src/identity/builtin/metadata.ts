// What clients read of the authorization server before they ask it anything (RFC 8414). Pure.
import { authMethods } from "./client-metadata.ts";
import { paths, scope } from "./paths.ts";

export function metadataOf(publicUrl: string): Readonly<Record<string, unknown>> {
  return {
    issuer: publicUrl,
    authorization_endpoint: `${publicUrl}${paths.authorization}`,
    token_endpoint: `${publicUrl}${paths.token}`,
    registration_endpoint: `${publicUrl}${paths.registration}`,
    revocation_endpoint: `${publicUrl}${paths.revocation}`,
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: ["authorization_code", "refresh_token"],
    code_challenge_methods_supported: ["S256"],
    token_endpoint_auth_methods_supported: authMethods,
    token_endpoint_auth_signing_alg_values_supported: ["ES256", "EdDSA", "PS256", "RS256"],
    revocation_endpoint_auth_methods_supported: authMethods,
    scopes_supported: [scope],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
    resource_indicators_supported: true,
  };
}
