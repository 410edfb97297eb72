// Where the authorization server is, below the hub's public URL, and the one scope that it knows: what a client may do is said by its grant.

export const paths = {
  authorization: "/oauth/authorize",
  token: "/oauth/token",
  registration: "/oauth/register",
  revocation: "/oauth/revoke",
  consent: "/oauth/consent",
} as const;

export const scope = "mcp";
