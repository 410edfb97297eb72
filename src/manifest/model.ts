// Generated from schemas/manifest.schema.json by `npm run types`. Do not edit.
// The manifest as written: every key optional that may be left out. Defaults are below the types.

/**
 * How clients sign in besides the tokens of `clients`. `builtin` is short for `{ builtin: true }`: what hosted ChatGPT and Claude need.
 */
export type HubAuth =
  | string
  | {
      /**
       * The hub is an authorization server for its own clients: they register, and a person says with the hub's token what each may use. Needs `public_url`.
       */
      builtin?:
        | boolean
        | {
            /**
             * Clients that describe themselves at an address of their own may have it in a private network.
             */
            allow_private?: boolean;
          };
      /**
       * Identity providers, by the issuer as they write it in their tokens: what is different from the defaults. One that `clients.<name>.jwt.issuer` names counts without an entry here.
       */
      issuers?: {
        [k: string]: Issuer;
      };
    };
/**
 * A part of JSON Schema 2020-12: what can be checked of any arguments in little time. `false` allows nothing, `true` anything.
 */
export type ArgumentSchema =
  | {
      /**
       * For people: nothing is checked by it.
       */
      description?: string;
      /**
       * One of object, array, string, number, integer, boolean, null; or a list of them.
       */
      type?: string | ("object" | "array" | "string" | "number" | "integer" | "boolean" | "null")[];
      /**
       * The values that are allowed.
       *
       * @minItems 1
       */
      enum?: [unknown, ...unknown[]];
      /**
       * The one value that is allowed.
       */
      const?: {
        [k: string]: unknown;
      };
      /**
       * What members must be, by name. One that is not there breaks no rule: see `required`.
       */
      properties?: {
        [k: string]: ArgumentSchema;
      };
      /**
       * Names of members that must be there.
       */
      required?: string[];
      additionalProperties?: ArgumentSchema1;
      /**
       * What members must be whose names match a regular expression.
       */
      patternProperties?: {
        [k: string]: ArgumentSchema;
      };
      items?: ArgumentSchema2;
      /**
       * What the first items of a list must be, one by one.
       *
       * @minItems 1
       */
      prefixItems?: [ArgumentSchema, ...ArgumentSchema[]];
      /**
       * Fewest items of a list.
       */
      minItems?: number;
      /**
       * Most items of a list.
       */
      maxItems?: number;
      /**
       * Shortest text, in characters.
       */
      minLength?: number;
      /**
       * Longest text, in characters.
       */
      maxLength?: number;
      /**
       * A regular expression, found anywhere in the text: write ^ and $ around the whole of it.
       */
      pattern?: string;
      /**
       * Least number.
       */
      minimum?: number;
      /**
       * Greatest number.
       */
      maximum?: number;
      /**
       * A number must be greater.
       */
      exclusiveMinimum?: number;
      /**
       * A number must be less.
       */
      exclusiveMaximum?: number;
      /**
       * All of these must fit.
       *
       * @minItems 1
       */
      allOf?: [ArgumentSchema, ...ArgumentSchema[]];
      /**
       * Just one of these must fit.
       *
       * @minItems 1
       */
      oneOf?: [ArgumentSchema, ...ArgumentSchema[]];
      not?: ArgumentSchema3;
      if?: ArgumentSchema4;
      then?: ArgumentSchema5;
      else?: ArgumentSchema6;
    }
  | boolean;
/**
 * What members must be that neither `properties` nor `patternProperties` names; `false`: there are none.
 */
export type ArgumentSchema1 =
  | {
      /**
       * For people: nothing is checked by it.
       */
      description?: string;
      /**
       * One of object, array, string, number, integer, boolean, null; or a list of them.
       */
      type?: string | ("object" | "array" | "string" | "number" | "integer" | "boolean" | "null")[];
      /**
       * The values that are allowed.
       *
       * @minItems 1
       */
      enum?: [unknown, ...unknown[]];
      /**
       * The one value that is allowed.
       */
      const?: {
        [k: string]: unknown;
      };
      /**
       * What members must be, by name. One that is not there breaks no rule: see `required`.
       */
      properties?: {
        [k: string]: ArgumentSchema;
      };
      /**
       * Names of members that must be there.
       */
      required?: string[];
      additionalProperties?: ArgumentSchema1;
      /**
       * What members must be whose names match a regular expression.
       */
      patternProperties?: {
        [k: string]: ArgumentSchema;
      };
      items?: ArgumentSchema2;
      /**
       * What the first items of a list must be, one by one.
       *
       * @minItems 1
       */
      prefixItems?: [ArgumentSchema, ...ArgumentSchema[]];
      /**
       * Fewest items of a list.
       */
      minItems?: number;
      /**
       * Most items of a list.
       */
      maxItems?: number;
      /**
       * Shortest text, in characters.
       */
      minLength?: number;
      /**
       * Longest text, in characters.
       */
      maxLength?: number;
      /**
       * A regular expression, found anywhere in the text: write ^ and $ around the whole of it.
       */
      pattern?: string;
      /**
       * Least number.
       */
      minimum?: number;
      /**
       * Greatest number.
       */
      maximum?: number;
      /**
       * A number must be greater.
       */
      exclusiveMinimum?: number;
      /**
       * A number must be less.
       */
      exclusiveMaximum?: number;
      /**
       * All of these must fit.
       *
       * @minItems 1
       */
      allOf?: [ArgumentSchema, ...ArgumentSchema[]];
      /**
       * Just one of these must fit.
       *
       * @minItems 1
       */
      oneOf?: [ArgumentSchema, ...ArgumentSchema[]];
      not?: ArgumentSchema3;
      if?: ArgumentSchema4;
      then?: ArgumentSchema5;
      else?: ArgumentSchema6;
    }
  | boolean;
/**
 * What the items of a list must be, after those of `prefixItems`.
 */
export type ArgumentSchema2 =
  | {
      /**
       * For people: nothing is checked by it.
       */
      description?: string;
      /**
       * One of object, array, string, number, integer, boolean, null; or a list of them.
       */
      type?: string | ("object" | "array" | "string" | "number" | "integer" | "boolean" | "null")[];
      /**
       * The values that are allowed.
       *
       * @minItems 1
       */
      enum?: [unknown, ...unknown[]];
      /**
       * The one value that is allowed.
       */
      const?: {
        [k: string]: unknown;
      };
      /**
       * What members must be, by name. One that is not there breaks no rule: see `required`.
       */
      properties?: {
        [k: string]: ArgumentSchema;
      };
      /**
       * Names of members that must be there.
       */
      required?: string[];
      additionalProperties?: ArgumentSchema1;
      /**
       * What members must be whose names match a regular expression.
       */
      patternProperties?: {
        [k: string]: ArgumentSchema;
      };
      items?: ArgumentSchema2;
      /**
       * What the first items of a list must be, one by one.
       *
       * @minItems 1
       */
      prefixItems?: [ArgumentSchema, ...ArgumentSchema[]];
      /**
       * Fewest items of a list.
       */
      minItems?: number;
      /**
       * Most items of a list.
       */
      maxItems?: number;
      /**
       * Shortest text, in characters.
       */
      minLength?: number;
      /**
       * Longest text, in characters.
       */
      maxLength?: number;
      /**
       * A regular expression, found anywhere in the text: write ^ and $ around the whole of it.
       */
      pattern?: string;
      /**
       * Least number.
       */
      minimum?: number;
      /**
       * Greatest number.
       */
      maximum?: number;
      /**
       * A number must be greater.
       */
      exclusiveMinimum?: number;
      /**
       * A number must be less.
       */
      exclusiveMaximum?: number;
      /**
       * All of these must fit.
       *
       * @minItems 1
       */
      allOf?: [ArgumentSchema, ...ArgumentSchema[]];
      /**
       * Just one of these must fit.
       *
       * @minItems 1
       */
      oneOf?: [ArgumentSchema, ...ArgumentSchema[]];
      not?: ArgumentSchema3;
      if?: ArgumentSchema4;
      then?: ArgumentSchema5;
      else?: ArgumentSchema6;
    }
  | boolean;
/**
 * This must not fit.
 */
export type ArgumentSchema3 =
  | {
      /**
       * For people: nothing is checked by it.
       */
      description?: string;
      /**
       * One of object, array, string, number, integer, boolean, null; or a list of them.
       */
      type?: string | ("object" | "array" | "string" | "number" | "integer" | "boolean" | "null")[];
      /**
       * The values that are allowed.
       *
       * @minItems 1
       */
      enum?: [unknown, ...unknown[]];
      /**
       * The one value that is allowed.
       */
      const?: {
        [k: string]: unknown;
      };
      /**
       * What members must be, by name. One that is not there breaks no rule: see `required`.
       */
      properties?: {
        [k: string]: ArgumentSchema;
      };
      /**
       * Names of members that must be there.
       */
      required?: string[];
      additionalProperties?: ArgumentSchema1;
      /**
       * What members must be whose names match a regular expression.
       */
      patternProperties?: {
        [k: string]: ArgumentSchema;
      };
      items?: ArgumentSchema2;
      /**
       * What the first items of a list must be, one by one.
       *
       * @minItems 1
       */
      prefixItems?: [ArgumentSchema, ...ArgumentSchema[]];
      /**
       * Fewest items of a list.
       */
      minItems?: number;
      /**
       * Most items of a list.
       */
      maxItems?: number;
      /**
       * Shortest text, in characters.
       */
      minLength?: number;
      /**
       * Longest text, in characters.
       */
      maxLength?: number;
      /**
       * A regular expression, found anywhere in the text: write ^ and $ around the whole of it.
       */
      pattern?: string;
      /**
       * Least number.
       */
      minimum?: number;
      /**
       * Greatest number.
       */
      maximum?: number;
      /**
       * A number must be greater.
       */
      exclusiveMinimum?: number;
      /**
       * A number must be less.
       */
      exclusiveMaximum?: number;
      /**
       * All of these must fit.
       *
       * @minItems 1
       */
      allOf?: [ArgumentSchema, ...ArgumentSchema[]];
      /**
       * Just one of these must fit.
       *
       * @minItems 1
       */
      oneOf?: [ArgumentSchema, ...ArgumentSchema[]];
      not?: ArgumentSchema3;
      if?: ArgumentSchema4;
      then?: ArgumentSchema5;
      else?: ArgumentSchema6;
    }
  | boolean;
/**
 * Whether this fits decides which of `then` and `else` counts.
 */
export type ArgumentSchema4 =
  | {
      /**
       * For people: nothing is checked by it.
       */
      description?: string;
      /**
       * One of object, array, string, number, integer, boolean, null; or a list of them.
       */
      type?: string | ("object" | "array" | "string" | "number" | "integer" | "boolean" | "null")[];
      /**
       * The values that are allowed.
       *
       * @minItems 1
       */
      enum?: [unknown, ...unknown[]];
      /**
       * The one value that is allowed.
       */
      const?: {
        [k: string]: unknown;
      };
      /**
       * What members must be, by name. One that is not there breaks no rule: see `required`.
       */
      properties?: {
        [k: string]: ArgumentSchema;
      };
      /**
       * Names of members that must be there.
       */
      required?: string[];
      additionalProperties?: ArgumentSchema1;
      /**
       * What members must be whose names match a regular expression.
       */
      patternProperties?: {
        [k: string]: ArgumentSchema;
      };
      items?: ArgumentSchema2;
      /**
       * What the first items of a list must be, one by one.
       *
       * @minItems 1
       */
      prefixItems?: [ArgumentSchema, ...ArgumentSchema[]];
      /**
       * Fewest items of a list.
       */
      minItems?: number;
      /**
       * Most items of a list.
       */
      maxItems?: number;
      /**
       * Shortest text, in characters.
       */
      minLength?: number;
      /**
       * Longest text, in characters.
       */
      maxLength?: number;
      /**
       * A regular expression, found anywhere in the text: write ^ and $ around the whole of it.
       */
      pattern?: string;
      /**
       * Least number.
       */
      minimum?: number;
      /**
       * Greatest number.
       */
      maximum?: number;
      /**
       * A number must be greater.
       */
      exclusiveMinimum?: number;
      /**
       * A number must be less.
       */
      exclusiveMaximum?: number;
      /**
       * All of these must fit.
       *
       * @minItems 1
       */
      allOf?: [ArgumentSchema, ...ArgumentSchema[]];
      /**
       * Just one of these must fit.
       *
       * @minItems 1
       */
      oneOf?: [ArgumentSchema, ...ArgumentSchema[]];
      not?: ArgumentSchema3;
      if?: ArgumentSchema4;
      then?: ArgumentSchema5;
      else?: ArgumentSchema6;
    }
  | boolean;
/**
 * Must fit where `if` does.
 */
export type ArgumentSchema5 =
  | {
      /**
       * For people: nothing is checked by it.
       */
      description?: string;
      /**
       * One of object, array, string, number, integer, boolean, null; or a list of them.
       */
      type?: string | ("object" | "array" | "string" | "number" | "integer" | "boolean" | "null")[];
      /**
       * The values that are allowed.
       *
       * @minItems 1
       */
      enum?: [unknown, ...unknown[]];
      /**
       * The one value that is allowed.
       */
      const?: {
        [k: string]: unknown;
      };
      /**
       * What members must be, by name. One that is not there breaks no rule: see `required`.
       */
      properties?: {
        [k: string]: ArgumentSchema;
      };
      /**
       * Names of members that must be there.
       */
      required?: string[];
      additionalProperties?: ArgumentSchema1;
      /**
       * What members must be whose names match a regular expression.
       */
      patternProperties?: {
        [k: string]: ArgumentSchema;
      };
      items?: ArgumentSchema2;
      /**
       * What the first items of a list must be, one by one.
       *
       * @minItems 1
       */
      prefixItems?: [ArgumentSchema, ...ArgumentSchema[]];
      /**
       * Fewest items of a list.
       */
      minItems?: number;
      /**
       * Most items of a list.
       */
      maxItems?: number;
      /**
       * Shortest text, in characters.
       */
      minLength?: number;
      /**
       * Longest text, in characters.
       */
      maxLength?: number;
      /**
       * A regular expression, found anywhere in the text: write ^ and $ around the whole of it.
       */
      pattern?: string;
      /**
       * Least number.
       */
      minimum?: number;
      /**
       * Greatest number.
       */
      maximum?: number;
      /**
       * A number must be greater.
       */
      exclusiveMinimum?: number;
      /**
       * A number must be less.
       */
      exclusiveMaximum?: number;
      /**
       * All of these must fit.
       *
       * @minItems 1
       */
      allOf?: [ArgumentSchema, ...ArgumentSchema[]];
      /**
       * Just one of these must fit.
       *
       * @minItems 1
       */
      oneOf?: [ArgumentSchema, ...ArgumentSchema[]];
      not?: ArgumentSchema3;
      if?: ArgumentSchema4;
      then?: ArgumentSchema5;
      else?: ArgumentSchema6;
    }
  | boolean;
/**
 * Must fit where `if` does not.
 */
export type ArgumentSchema6 =
  | {
      /**
       * For people: nothing is checked by it.
       */
      description?: string;
      /**
       * One of object, array, string, number, integer, boolean, null; or a list of them.
       */
      type?: string | ("object" | "array" | "string" | "number" | "integer" | "boolean" | "null")[];
      /**
       * The values that are allowed.
       *
       * @minItems 1
       */
      enum?: [unknown, ...unknown[]];
      /**
       * The one value that is allowed.
       */
      const?: {
        [k: string]: unknown;
      };
      /**
       * What members must be, by name. One that is not there breaks no rule: see `required`.
       */
      properties?: {
        [k: string]: ArgumentSchema;
      };
      /**
       * Names of members that must be there.
       */
      required?: string[];
      additionalProperties?: ArgumentSchema1;
      /**
       * What members must be whose names match a regular expression.
       */
      patternProperties?: {
        [k: string]: ArgumentSchema;
      };
      items?: ArgumentSchema2;
      /**
       * What the first items of a list must be, one by one.
       *
       * @minItems 1
       */
      prefixItems?: [ArgumentSchema, ...ArgumentSchema[]];
      /**
       * Fewest items of a list.
       */
      minItems?: number;
      /**
       * Most items of a list.
       */
      maxItems?: number;
      /**
       * Shortest text, in characters.
       */
      minLength?: number;
      /**
       * Longest text, in characters.
       */
      maxLength?: number;
      /**
       * A regular expression, found anywhere in the text: write ^ and $ around the whole of it.
       */
      pattern?: string;
      /**
       * Least number.
       */
      minimum?: number;
      /**
       * Greatest number.
       */
      maximum?: number;
      /**
       * A number must be greater.
       */
      exclusiveMinimum?: number;
      /**
       * A number must be less.
       */
      exclusiveMaximum?: number;
      /**
       * All of these must fit.
       *
       * @minItems 1
       */
      allOf?: [ArgumentSchema, ...ArgumentSchema[]];
      /**
       * Just one of these must fit.
       *
       * @minItems 1
       */
      oneOf?: [ArgumentSchema, ...ArgumentSchema[]];
      not?: ArgumentSchema3;
      if?: ArgumentSchema4;
      then?: ArgumentSchema5;
      else?: ArgumentSchema6;
    }
  | boolean;
/**
 * A secret: its name, or its name and where it comes from.
 */
export type SecretEntry =
  | string
  | {
      name: string;
      from: SecretFrom;
    };

/**
 * What TheHub serves: the MCP servers behind it (Cores), who may call them, and how the hub behaves.
 */
export interface Manifest {
  /**
   * Version of the manifest format.
   */
  version?: 1;
  hub?: Hub;
  /**
   * Named clients, each with a token of its own. Without it `HUB_TOKEN` alone decides who may call.
   */
  clients?: {
    [k: string]: Client;
  };
  /**
   * What each kind of client can take: its names, tools, pages and content. Profiles of one's own, and changes to the built-in ones (`chatgpt`, `claude`, `claude-code`, `codex`, `cursor`, `vscode`) and to `default`, which is for everybody else.
   */
  profiles?: {
    [k: string]: Profile;
  };
  /**
   * The MCP servers behind the hub. The key is free text; made legal, it is the default namespace (`another_api` becomes `another-api`).
   */
  cores?: {
    [k: string]: Core;
  };
  /**
   * Globs of further manifests, relative to this one.
   */
  include?: string[];
}
/**
 * Settings of the hub itself. A `HUB_*` environment variable wins over its key here.
 */
export interface Hub {
  /**
   * Addresses to listen on: `host:port`, `localhost:port` (both loopbacks), `:port` (every address), `unix:/path`; several as a list or with commas. Environment: `HUB_LISTEN`.
   */
  listen?: string | string[];
  /**
   * Addresses of their own for `/api`, `/metrics`, `/livez` and `/readyz`, which are not on `listen` then; written like those of `listen`. Whoever can open a `unix:` one is an admin. Environment: `HUB_ADMIN_LISTEN`.
   */
  admin_listen?: string | string[];
  /**
   * Path under which the hub lives behind a proxy. Environment: `HUB_BASE_PATH`.
   */
  base_path?: string;
  /**
   * The URL that clients see, without `/mcp`, where it differs from the address listened on. Environment: `HUB_PUBLIC_URL`.
   */
  public_url?: string;
  /**
   * Names accepted in the `Host` header besides loopback, the addresses listened on and that of `public_url`; `*.example.com` and `*` work. Environment: `HUB_ALLOW_HOSTS` (commas).
   */
  allow_hosts?: string[];
  /**
   * Browser origins accepted besides the hub's own; `*` accepts all. Environment: `HUB_ALLOW_ORIGINS` (commas).
   */
  allow_origins?: string[];
  /**
   * Where clients may come from: addresses, networks such as `203.0.113.0/24` or `2001:db8::/32`, `loopback` or `private`; the client's address as trusted proxies tell it. Everybody else gets 403, on every door and page but `/livez`, `/readyz` and `/healthz`. Empty: from everywhere. Environment: `HUB_ALLOW_IPS` (commas).
   */
  allow_ips?: string[];
  /**
   * Proxies whose `X-Forwarded-For`, `-Proto` and `-Host` count: addresses, networks such as `10.0.0.0/8`, `loopback`, `private`, or `unix` for who comes in by a socket file. Environment: `HUB_TRUSTED_PROXIES` (commas).
   */
  trusted_proxies?: string[];
  /**
   * Whom the hub serves when no authentication is configured: `loopback` makes a random token as soon as it listens elsewhere; `allow` serves everyone. Environment: `HUB_ANONYMOUS`.
   */
  anonymous?: "loopback" | "allow";
  /**
   * Least important log lines to write. Environment: `HUB_LOG_LEVEL`.
   */
  log_level?: "debug" | "info" | "warn" | "error";
  /**
   * JSON lines, or text for people. Environment: `HUB_LOG_FORMAT`.
   */
  log_format?: "json" | "pretty";
  /**
   * Folder for what outlives the process, relative to the manifest. Default: `$XDG_STATE_HOME/thehub`. Environment: `HUB_STATE_DIR`.
   */
  state_dir?: string;
  /**
   * Folder with one file per secret, relative to the manifest. Environment: `HUB_SECRETS_DIR`.
   */
  secrets_dir?: string;
  /**
   * Keeps the processes of Cores from the hub's and each other's memory and environment, and from the hub's own files where these can be kept apart. `auto`: where Linux can. `required`: a Core that cannot be fenced does not start. Environment: `HUB_FENCE`.
   */
  fence?: "auto" | "required" | "off";
  /**
   * Take changes of the manifest up as they are written. false: only when told to, by `thehub reload` or SIGHUP. Environment: `HUB_WATCH`.
   */
  watch?: boolean;
  /**
   * How long a first list waits for Cores that are still starting, of those that its client may use. 0: not at all.
   */
  list_wait_ms?: number;
  /**
   * When the hub's own tools (`hub__search_tools`, `hub__describe_tool`, `hub__call_tool`) are listed. `auto`: where there are more tools than a client's profile takes (`tool_cap`); only pinned tools are listed beside them then. `off`: never, and no list is cut.
   */
  search_tools?: "auto" | "always" | "off";
  /**
   * How long a shutdown waits for calls under way. With the time that Cores take to stop it fits into the ten seconds that docker stop gives.
   */
  drain_timeout_ms?: number;
  tls?: HubTls;
  names?: HubNames;
  limits?: HubLimits;
  policy?: HubPolicy;
  decision?: Decision;
  /**
   * The token that every client must present.
   */
  token?: string | {};
  /**
   * The token for `/metrics`.
   */
  metrics_token?: string | {};
  /**
   * The header in which a proxy of `trusted_proxies` sends the certificate that its client showed: `X-Forwarded-Client-Cert` as Envoy writes it, any other with the certificate alone (RFC 9440, PEM in URL encoding, bare base64). From anybody else it counts for nothing. Default: none. Environment: `HUB_CLIENT_CERTIFICATE_HEADER`.
   */
  client_certificate_header?: string;
  auth?: HubAuth;
}
/**
 * TLS on every TCP address of `listen`; Unix sockets stay plain. The files are read again when they change.
 */
export interface HubTls {
  /**
   * File with the certificate and its chain (PEM), relative to the manifest. Environment: `HUB_TLS_CERT`.
   */
  cert: string;
  /**
   * File with its private key (PEM, without a passphrase), relative to the manifest. Environment: `HUB_TLS_KEY`.
   */
  key: string;
  /**
   * File with the authorities (PEM) of client certificates, relative to the manifest. Given, nobody connects without a certificate that one of them signed. Environment: `HUB_TLS_CLIENT_CA`.
   */
  client_ca?: string;
}
/**
 * How exposed names are made.
 */
export interface HubNames {
  /**
   * Stands between namespace and native name: `files__read_file`.
   */
  separator?: string;
  /**
   * Longest exposed name; longer ones are shortened with a hash.
   */
  max_length?: number;
}
/**
 * Limits on every client.
 */
export interface HubLimits {
  /**
   * Calls of one client that run at once; more wait. Environment: `HUB_MAX_CONCURRENCY_PER_CLIENT`.
   */
  max_concurrency_per_client?: number;
  /**
   * Calls of one client that may wait; more are refused as `overloaded`.
   */
  max_queue_per_client?: number;
  /**
   * Calls per second of one client; 0 is no limit. Environment: `HUB_RATE_LIMIT_RPS`.
   */
  rate_limit_rps?: number;
  /**
   * Bytes per second of one client: of its calls, and of what Cores say to them. What is large is let through, and the next call waits until it is paid for. 0 is no limit. Environment: `HUB_RATE_LIMIT_BYTES`.
   */
  rate_limit_bytes?: number;
  /**
   * Largest message taken from a client, in bytes. A Core's may have 64 MiB, or this where it is more.
   */
  max_message_bytes?: number;
  /**
   * Connections to the network doors that are open at once; more are closed unanswered. Environment: `HUB_MAX_CONNECTIONS`.
   */
  max_connections?: number;
  /**
   * Of these, from one IPv4 address or one IPv6 network (/64). Loopback, trusted proxies and Unix sockets are not counted. Environment: `HUB_MAX_CONNECTIONS_PER_ADDRESS`.
   */
  max_connections_per_address?: number;
}
/**
 * A ceiling over all Cores: nothing below can allow what this denies.
 */
export interface HubPolicy {
  /**
   * Canonical names that may exist (`files.*`, `#tag`). Empty: all.
   */
  allow_tools?: string[];
  /**
   * Canonical names that never exist (`files.write_*`, `#tag`).
   */
  deny_tools?: string[];
  /**
   * false: no Core may show destructive tools, whatever its own policy says.
   */
  allow_destructive?: boolean;
}
/**
 * Ask an HTTP service, such as Open Policy Agent, before each call of a tool, each prompt and each resource that is read. What it does not allow, and what it does not answer in time, is refused.
 */
export interface Decision {
  /**
   * Where to ask: a POST of `{"input": {…}}`, answered by `{"result": true}` or `{"result": {"allow": true, "reason": "…"}}`.
   */
  url: string;
  /**
   * How long an answer may take. After that the call is refused.
   */
  timeout_ms?: number;
  /**
   * How long an answer counts for calls that ask exactly the same. 0: every call asks.
   */
  cache_ms?: number;
  /**
   * Questions that may wait for an answer at once. Further calls are refused as `overloaded`.
   */
  max_waiting?: number;
  /**
   * Send the arguments of calls as well. They may hold anything that a user typed.
   */
  arguments?: boolean;
}
/**
 * One identity provider whose tokens let clients in.
 */
export interface Issuer {
  /**
   * Where its keys are. Default: found through its own description (RFC 8414, OpenID Connect Discovery).
   */
  jwks_url?: string;
  /**
   * Audiences that its tokens may have besides the URL of the endpoint that is asked (`HUB_PUBLIC_URL` and its path): for providers that do not take over the `resource` of a request.
   *
   * @minItems 1
   */
  audience?: [string, ...string[]];
  /**
   * Signatures that count. Default: all that this can name.
   *
   * @minItems 1
   */
  algorithms?: [
    "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519",
    ...("RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519")[]
  ];
  /**
   * How many seconds its clock may be off.
   */
  clock_skew_s?: number;
  /**
   * File with certificate authorities (PEM) that count for it besides those that Node knows, relative to the manifest.
   */
  ca?: string;
  /**
   * Scopes that each of its tokens must have; clients are told to ask for them.
   */
  scopes?: string[];
}
/**
 * One client that may call the hub. It has at least one way in, and whatever of them fits lets it in.
 */
export interface Client {
  /**
   * SHA-256 of the client's token, in hexadecimal.
   */
  token_sha256?: string;
  /**
   * What this client sees: tools by canonical name (`files.*`), whole Cores by `#tag`. `ns.*` and `#tag` also grant that Core's resources and prompts. Absent: everything.
   */
  allow?: string[];
  /**
   * What this client never sees, whatever `allow` says.
   */
  deny?: string[];
  /**
   * Of tools, only those exist for this client that change nothing: by their `readOnlyHint`, which is the Core's own claim, or by the Core's `policy.read_only_tools`. Resources and prompts stay.
   */
  read_only?: boolean;
  /**
   * What the arguments of this client's calls must be, as JSON Schema, by canonical name (`files.write_file`, `files.*`, `#prod`). Every rule that fits a tool counts.
   */
  arguments?: {
    [k: string]: ArgumentSchema;
  };
  /**
   * May use the hub's admin side: metrics and, where there is one, the admin API.
   */
  admin?: boolean;
  limits?: ClientLimits;
  /**
   * Where this client may come from, within what `hub.allow_ips` takes; written like that. Absent: from everywhere.
   *
   * @minItems 1
   */
  allow_ips?: [string, ...string[]];
  /**
   * The profile that counts for this client, whatever path it uses and whatever it calls itself. Default: by path (`/mcp/p/claude`), else by what it calls itself.
   */
  profile?: string;
  /**
   * Several tokens valid at once, beside `token_sha256`. An empty list is a client that comes with signed tokens alone (`thehub token --client`).
   */
  tokens?: ClientToken[];
  /**
   * When the client ends: nothing lets it in any more, and what it has open is closed. ISO 8601 with a zone.
   */
  expires?: string;
  certificate?: ClientCertificate;
  socket?: ClientSocket;
  jwt?: ClientJwt;
}
/**
 * This client's own limits in place of `hub.limits`.
 */
export interface ClientLimits {
  /**
   * Calls that run at once. Default: `hub.limits.max_concurrency_per_client`.
   */
  max_concurrency?: number;
  /**
   * Calls that may wait. Default: `hub.limits.max_queue_per_client`.
   */
  max_queue?: number;
  /**
   * Calls per second; 0 is no limit. Default: `hub.limits.rate_limit_rps`.
   */
  rate_limit_rps?: number;
  /**
   * Bytes per second, of calls and of what Cores say to them; 0 is no limit. Default: `hub.limits.rate_limit_bytes`.
   */
  rate_limit_bytes?: number;
}
/**
 * A token, by its SHA-256 or by the file that holds it: one of `sha256` and `file`.
 */
export interface ClientToken {
  /**
   * SHA-256 of the token, in hexadecimal.
   */
  sha256?: string;
  /**
   * File that holds the token itself, or several, one a line; relative to the manifest. Read again when it changes, links on the way included.
   */
  file?: string;
  /**
   * When the token ends, and what was opened with it. ISO 8601 with a zone.
   */
  expires?: string;
  /**
   * What it is for; for people.
   */
  note?: string;
}
/**
 * What must stand in a client certificate for its bearer to be this client: everything that is written here, compared to the letter. Of a list any one counts. The certificate is one that an authority of `hub.tls.client_ca` signed, or that a trusted proxy sends in `hub.client_certificate_header`. Of several clients that fit the first in the manifest counts.
 */
export interface ClientCertificate {
  /**
   * Its whole subject, most specific part first: `openssl x509 -noout -subject -nameopt RFC2253`.
   *
   * @minItems 1
   */
  subject?: string | [string, ...string[]];
  /**
   * The common name of its subject.
   *
   * @minItems 1
   */
  cn?: string | [string, ...string[]];
  /**
   * A DNS name among its alternative names.
   *
   * @minItems 1
   */
  san_dns?: string | [string, ...string[]];
  /**
   * A URI among its alternative names.
   *
   * @minItems 1
   */
  san_uri?: string | [string, ...string[]];
  /**
   * SHA-256 of all of it: `openssl x509 -noout -fingerprint -sha256`.
   *
   * @minItems 1
   */
  fingerprint_sha256?: string | [string, ...string[]];
}
/**
 * A Unix socket of the client's own: the hub listens there as well, and whoever may open it is this client, with no token. It comes and goes with the entry.
 */
export interface ClientSocket {
  /**
   * Where it is, relative to the manifest. Its folder must be one that others cannot replace it in.
   */
  path: string;
  /**
   * Who may open it, as for a file: `0600` the hub's own user, `0660` its group as well.
   */
  mode?: string;
  /**
   * The group that it belongs to: one that the hub's user is in. Default: the hub's own.
   */
  group?: string;
}
/**
 * What must stand in a signed token of an identity provider for its bearer to be this client. Of several clients that fit the first in the manifest counts.
 */
export interface ClientJwt {
  issuer: string;
  /**
   * Persons or programs (`sub`), any of them.
   *
   * @minItems 1
   */
  subjects?: [string, ...string[]];
  /**
   * Groups, any of them.
   *
   * @minItems 1
   */
  groups?: [string, ...string[]];
  /**
   * The claim that has the groups; dots lead into it.
   */
  groups_claim?: string;
  /**
   * Scopes, all of them. A token that fits but for these is told to come back with them.
   *
   * @minItems 1
   */
  scopes?: [string, ...string[]];
  /**
   * Further claims, all of them: a value, or a list of which any counts; of a claim that is a list itself one item must be it. Dots lead into a claim.
   */
  claims?: {
    /**
     * @minItems 1
     */
    [k: string]: string | number | boolean | [string | number | boolean, ...(string | number | boolean)[]];
  };
}
/**
 * What one kind of client can take. What is left out is as in the built-in profile of this name, else as in `extends`, else as in `default`.
 */
export interface Profile {
  /**
   * The profile that this one starts from.
   */
  extends?: string;
  /**
   * Who it is for.
   */
  description?: string;
  /**
   * What such a client calls itself (`clientInfo.name` of `initialize`), as globs; case does not count. Of several profiles that match, one from the manifest comes before the built-in ones.
   */
  client_names?: string[];
  /**
   * Stands between namespace and native name.
   */
  separator?: string;
  /**
   * The characters that the client takes in a name; every name is made of these. `any`: names that `expose` or a Core with `prefix: false` sets stay as they are.
   */
  charset?: string;
  /**
   * Longest name; longer ones are shortened with a hash.
   */
  max_length?: number;
  /**
   * As many tools as the client can use. 0: any number.
   */
  tool_cap?: number;
  /**
   * Tools that are listed whatever the cap: canonical names (`files.read_*`) or `#tag`, the most wanted first.
   */
  pinned?: string[];
  /**
   * Entries on one page of a list. 0: every list is one page, as many clients read only the first.
   */
  page_size?: number;
  downgrade?: Downgrade;
}
/**
 * What of a result is made text for this client. Costs a look into every result, so nothing is by default.
 */
export interface Downgrade {
  /**
   * true: what the revision agreed on does not know: `audio` before 2025-03-26, `resource_link` and `structuredContent` before 2025-06-18.
   */
  by_revision?: boolean;
  /**
   * What the client cannot show, whatever its revision.
   */
  kinds?: ("audio" | "image" | "resource" | "resource_link" | "structured_content")[];
}
/**
 * One MCP server behind the hub: a local process, started and kept alive by the hub.
 */
export interface Core {
  /**
   * Program to run. Found on PATH, or a path relative to `cwd`.
   */
  command?: string;
  /**
   * Arguments, one item each.
   */
  args?: string[];
  /**
   * Folder to run in, relative to the manifest.
   */
  cwd?: string;
  /**
   * Environment variables that are not secret. The child gets these, its secrets and a minimal safe set, nothing else.
   */
  env?: {
    [k: string]: string;
  };
  /**
   * Variables of the hub's own environment to hand on.
   */
  inherit_env?: string[];
  /**
   * Secrets the hub finds and hands to the child as environment variables.
   */
  secrets?: SecretEntry[];
  /**
   * How messages are delimited on the child's stdin and stdout. `auto` follows the child.
   */
  framing?: "auto" | "newline" | "content-length";
  /**
   * false: without the hub's fence around it. For a program that needs more rights than it has itself (`sudo`, rootless `podman`), or mounts.
   */
  fence?: boolean;
  /**
   * What is spoken with the Core: `modern` is MCP 2026-07-28, `legacy` what was before it. `auto` asks the Core, and takes the modern era where it has both. `legacy` is for a server of both whose tools ask their client in the old way.
   */
  era?: "auto" | "legacy" | "modern";
  /**
   * First part of every name of this Core. Default: the key made legal.
   */
  namespace?: string;
  /**
   * false: native names are exposed as they are, for a hub with one Core.
   */
  prefix?: boolean;
  /**
   * Whether clients share one instance of this Core (shared, which auto is under serve), each has its own (session), or each call borrows one of a few (pool). Only session and pool let the Core ask its clients: sampling, elicitation, roots, log messages. Under stdio every Core is its one client's own.
   */
  isolation?: "auto" | "shared" | "session" | "pool";
  resources?: CoreResources;
  /**
   * true: as if this Core were not in the manifest; it is still checked.
   */
  disabled?: boolean;
  /**
   * Tags that rules name as `#tag`.
   */
  tags?: string[];
  policy?: CorePolicy;
  health?: CoreHealth;
  /**
   * Changes to single tools, by native name.
   */
  tools?: {
    [k: string]: ToolOverride;
  };
  scaling?: CoreScaling;
  /**
   * Address of a remote Core: http(s) or ws(s). `${secret:NAME}` stands for a secret, `${env:NAME}` for a variable of the hub's that is none.
   */
  url?: string;
  /**
   * How to speak to `url`. auto: WebSocket for ws(s), else Streamable HTTP.
   */
  transport?: "auto" | "streamable-http" | "sse" | "websocket";
  /**
   * Headers sent with every request to `url`; `${secret:NAME}` stands for a secret, `${env:NAME}` for a variable of the hub's that is none.
   */
  headers?: {
    [k: string]: string;
  };
  auth?: CoreAuth;
  /**
   * Whose login is used at `url`: everybody's calls go with the one of `thehub login` (shared), or each client's with its own (per-user, which goes with isolation: session). Without it the login serves the operator alone: HUB_TOKEN, STDIO, loopback without a token.
   */
  credentials?: "shared" | "per-user";
  /**
   * Whether `url` may be a loopback or private address.
   */
  allow_private?: boolean;
  tls?: CoreTls;
  container?: CoreContainer;
  /**
   * Most instances of a Core with `isolation: session`. Where all are in use, a further client's call is refused; one that is idle makes room.
   */
  max_sessions?: number;
  /**
   * How long an instance of `isolation: session` or `pool` waits for its next call before it is ended.
   */
  idle_timeout_ms?: number;
  /**
   * Folders that the Core is told of when it asks for roots and no client answers that: it is shared, or its client has none. Relative to the manifest, or file:// URIs.
   */
  roots?: string[];
  /**
   * serialize: a shared Core is given one call at a time, of all clients together, so that what it asks meanwhile (sampling, elicitation, roots) can be asked of that call's client.
   */
  interactive?: "serialize";
}
/**
 * Exactly one place to read the value from.
 */
export interface SecretFrom {
  env?: string;
  /**
   * File with the value, relative to the manifest; one newline at its end does not count.
   */
  file?: string;
  /**
   * Program and arguments that print the value.
   *
   * @minItems 1
   */
  command?: [string, ...string[]];
}
/**
 * How clients get at this Core's resources.
 */
export interface CoreResources {
  /**
   * native: clients see the Core's own uris; of two Cores with the same uri the first one has it. prefixed: clients see `namespace+uri` (`ui://namespace+…` for pages of MCP Apps), which is this Core's alone. Uris inside texts are left as they are.
   */
  uris?: "native" | "prefixed";
}
/**
 * Which of this Core's tools exist, and how much it is asked at once.
 */
export interface CorePolicy {
  /**
   * Show destructive tools: those that declare `destructiveHint: true` and those in `destructive_tools`.
   */
  allow_destructive?: boolean;
  /**
   * Native names that exist. Empty: all.
   */
  allow_tools?: string[];
  /**
   * Native names that do not exist.
   */
  deny_tools?: string[];
  /**
   * Native names that count as destructive whatever the Core declares.
   */
  destructive_tools?: string[];
  /**
   * Native names of tools that change nothing, whatever the Core declares: clients with `read_only` see them. What is in `destructive_tools` as well is destructive.
   */
  read_only_tools?: string[];
  /**
   * Tools without annotations: `declared` takes them as harmless, `assumed` as destructive.
   */
  destructive?: "declared" | "assumed";
  /**
   * Calls to this Core that run at once; more wait.
   */
  max_concurrency?: number;
  /**
   * Calls to this Core that may wait; more are refused as `overloaded`.
   */
  max_queue?: number;
  /**
   * Calls per second to this Core; 0 is no limit.
   */
  rate_limit_rps?: number;
  /**
   * Bytes per second to and from this Core, of calls; 0 is no limit.
   */
  rate_limit_bytes?: number;
  /**
   * How long a call may take; progress starts it again.
   */
  timeout_ms?: number;
  /**
   * How long a call may take in all, progress or not.
   */
  max_timeout_ms?: number;
}
/**
 * How the Core is watched, restarted and stopped.
 */
export interface CoreHealth {
  /**
   * How long a start may take, up to the first lists. The first start of a command that may be downloading in silence (npx, uvx, docker and the like) has a minute.
   */
  startup_timeout_ms?: number;
  /**
   * Time between pings; 0 sends none.
   */
  ping_interval_ms?: number;
  /**
   * Unanswered pings in a row before the Core is restarted.
   */
  ping_failures?: number;
  /**
   * Wait before the first restart; doubled each time.
   */
  restart_backoff_ms?: number;
  /**
   * Restarts in a row before the Core is given up as failed.
   */
  max_restarts?: number;
  /**
   * How long each step of a stop may take before the next, harder one.
   */
  stop_timeout_ms?: number;
}
/**
 * Changes to one tool.
 */
export interface ToolOverride {
  /**
   * Native part of the exposed name: `files__save` instead of `files__write_file`.
   */
  name?: string;
  /**
   * The exposed name outright, with no namespace.
   */
  expose?: string;
  /**
   * Description shown in place of the Core's own.
   */
  description?: string;
  /**
   * true: the tool does not exist for any client.
   */
  hidden?: boolean;
  limits?: ToolLimits;
}
/**
 * Limits on calls of this tool, all clients together, beside those of the client and of the Core.
 */
export interface ToolLimits {
  /**
   * Calls that run at once; more wait. Default: the Core's `policy.max_concurrency`.
   */
  max_concurrency?: number;
  /**
   * Calls that may wait; more are refused as `overloaded`. Default: the Core's `policy.max_queue`.
   */
  max_queue?: number;
  /**
   * Calls per second; 0 is no limit.
   */
  rate_limit_rps?: number;
  /**
   * Bytes per second, of calls and of what the Core says to them; 0 is no limit.
   */
  rate_limit_bytes?: number;
}
/**
 * How many instances run.
 */
export interface CoreScaling {
  /**
   * Instances that are kept, however long nobody needs them; one of them holds the lists.
   */
  min?: number;
  /**
   * Most instances that calls are lent, and so most calls at once; with `isolation: pool` only.
   */
  max?: number;
}
/**
 * How the hub signs in at `url`. Without it the hub finds out, and `thehub login` signs in.
 */
export interface CoreAuth {
  /**
   * The secret that is sent as a bearer token.
   */
  bearer?: string;
  oauth?: OAuth;
}
/**
 * OAuth at a remote Core. All of it is found out by itself where it can be.
 */
export interface OAuth {
  /**
   * authorization_code: a person signs in, with `thehub login`. client_credentials: the hub signs in as itself, and nobody is asked. token-exchange (RFC 8693): what a client's person showed the hub (`clients.<name>.jwt`) is exchanged at `issuer` for a token of that person for this Core; with `credentials: per-user`.
   */
  grant?: "authorization_code" | "client_credentials" | "token-exchange";
  /**
   * The hub's client at the authorization server, where it is registered by hand. With `client_secret`, or with `private_key` (PKCS#8, PEM: private_key_jwt), where it has one.
   */
  client_id?: string;
  client_secret?: SecretEntry;
  private_key?: SecretEntry;
  /**
   * What is signed with it.
   */
  private_key_algorithm?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512";
  /**
   * A page that describes the hub as a client, for authorization servers that take that instead of a registration.
   */
  client_metadata_url?: string;
  /**
   * Where `thehub login` takes the answer, for clients that are registered with one. Without it, and without a port in it, any port that is free.
   */
  redirect_url?: string;
  /**
   * What to ask for, instead of what the Core says that it needs.
   *
   * @minItems 1
   */
  scopes?: [string, ...string[]];
  /**
   * The authorization server that the client belongs to: it is shown to no other, whatever the Core names.
   */
  issuer?: string;
}
/**
 * Certificates for `url`. The files are read at each start of the Core.
 */
export interface CoreTls {
  /**
   * File with authorities (PEM), relative to the manifest. They alone are trusted for `url` then; `NODE_EXTRA_CA_CERTS` adds instead.
   */
  ca?: string;
  /**
   * File with the hub's client certificate and its chain (PEM), relative to the manifest. Shown to `url` alone.
   */
  cert?: string;
  /**
   * File with its private key (PEM, without a passphrase), relative to the manifest.
   */
  key?: string;
}
/**
 * Runs the Core in a container, by the command line of Docker or Podman: with no capabilities, no network, a read-only file system and bounds. `args` follow the image; `env` and `secrets` are the container's.
 */
export interface CoreContainer {
  /**
   * The image, with its tag or digest. Pulled by the engine where it is not there yet.
   */
  image: string;
  /**
   * Whose command runs it. auto: docker, else podman, as found on PATH.
   */
  engine?: "auto" | "docker" | "podman";
  /**
   * none: nothing outside the container can be reached. bridge: what the engine's own network reaches. Else a network of the engine.
   */
  network?: string;
  /**
   * Files and folders of this machine that the container sees.
   */
  mounts?: ContainerMount[];
  /**
   * Most memory; there is no swap beyond it.
   */
  memory?: string;
  /**
   * Most processes and threads.
   */
  pids?: number;
  /**
   * As whom it runs in the container. Default: as the image says.
   */
  user?: string;
  /**
   * Whether the container may write to its own file system. Without it, it can to /tmp alone, which is in memory.
   */
  writable?: boolean;
}
export interface ContainerMount {
  /**
   * File or folder, relative to the manifest. It must be there.
   */
  source: string;
  /**
   * Where the container has it.
   */
  target: string;
  /**
   * Whether the Core may change it.
   */
  writable?: boolean;
}

/** What a key that is left out means. */
export const defaults = {
  "hub": {
    "listen": "localhost:3000",
    "base_path": "/",
    "allow_hosts": [],
    "allow_origins": [],
    "allow_ips": [],
    "trusted_proxies": [],
    "anonymous": "loopback",
    "log_level": "info",
    "log_format": "json",
    "fence": "auto",
    "watch": true,
    "list_wait_ms": 5000,
    "search_tools": "auto",
    "drain_timeout_ms": 4000,
    "tls": {},
    "names": {
      "separator": "__",
      "max_length": 64
    },
    "limits": {
      "max_concurrency_per_client": 64,
      "max_queue_per_client": 256,
      "rate_limit_rps": 0,
      "rate_limit_bytes": 0,
      "max_message_bytes": 10485760,
      "max_connections": 10000,
      "max_connections_per_address": 1000
    },
    "policy": {
      "allow_tools": [],
      "deny_tools": [],
      "allow_destructive": true
    },
    "decision": {
      "timeout_ms": 1000,
      "cache_ms": 5000,
      "max_waiting": 256,
      "arguments": false
    },
    "auth": {
      "builtin": {
        "allow_private": false
      }
    }
  },
  "issuer": {
    "clock_skew_s": 30,
    "scopes": []
  },
  "client": {
    "deny": [],
    "read_only": false,
    "admin": false,
    "limits": {}
  },
  "client_socket": {
    "mode": "0600"
  },
  "jwt": {
    "groups_claim": "groups"
  },
  "core": {
    "args": [],
    "cwd": ".",
    "env": {},
    "inherit_env": [],
    "secrets": [],
    "framing": "auto",
    "fence": true,
    "era": "auto",
    "prefix": true,
    "isolation": "auto",
    "resources": {
      "uris": "native"
    },
    "disabled": false,
    "tags": [],
    "policy": {
      "allow_destructive": false,
      "allow_tools": [],
      "deny_tools": [],
      "destructive_tools": [],
      "read_only_tools": [],
      "destructive": "declared",
      "max_concurrency": 64,
      "max_queue": 1024,
      "rate_limit_rps": 0,
      "rate_limit_bytes": 0,
      "timeout_ms": 60000,
      "max_timeout_ms": 600000
    },
    "health": {
      "startup_timeout_ms": 10000,
      "ping_interval_ms": 30000,
      "ping_failures": 3,
      "restart_backoff_ms": 2000,
      "max_restarts": 10,
      "stop_timeout_ms": 5000
    },
    "tools": {},
    "scaling": {
      "min": 1,
      "max": 1
    },
    "transport": "auto",
    "auth": {},
    "allow_private": false,
    "tls": {},
    "container": {
      "engine": "auto",
      "network": "none",
      "mounts": [],
      "memory": "512m",
      "pids": 256,
      "writable": false
    },
    "max_sessions": 64,
    "idle_timeout_ms": 600000,
    "roots": []
  },
  "tool": {
    "hidden": false,
    "limits": {
      "rate_limit_rps": 0,
      "rate_limit_bytes": 0
    }
  },
  "oauth": {
    "grant": "authorization_code",
    "private_key_algorithm": "RS256"
  }
} as const;
