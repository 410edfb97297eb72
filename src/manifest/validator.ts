// Generated from schemas/manifest.schema.json by `npm run types`. Do not edit.
// biome-ignore-all lint: generated
// biome-ignore-all format: generated
// biome-ignore-all assist: generated
// @ts-nocheck
export const validate = validate20;
const schema31 = {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://raw.githubusercontent.com/ghively/thehub/main/schemas/manifest.schema.json","type":"object","additionalProperties":false,"properties":{"version":{"const":1},"hub":{"$ref":"#/$defs/hub"},"clients":{"type":"object","additionalProperties":{"$ref":"#/$defs/client"},"propertyNames":{"$ref":"#/$defs/client_name"}},"profiles":{"type":"object","additionalProperties":{"$ref":"#/$defs/profile"},"propertyNames":{"$ref":"#/$defs/profile_name"}},"cores":{"type":"object","additionalProperties":{"$ref":"#/$defs/core"}},"include":{"type":"array","items":{"type":"string"}}},"$defs":{"line":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"text":{"type":"string","pattern":"^[^\\u0000]*$"},"variable":{"type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_]*$"},"client_name":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9_.@-]*$"},"profile_name":{"type":"string","pattern":"^[a-z][a-z0-9-]{0,31}$"},"tag":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"glob":{"type":"string","pattern":"^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$"},"client_glob":{"type":"string","pattern":"^[^\\u0000-\\u001f?!{}\\[\\]]{1,128}$"},"tool_name":{"type":"string","pattern":"^[A-Za-z0-9_.-]{1,128}$"},"hub":{"type":"object","additionalProperties":false,"properties":{"listen":{"type":["string","array"],"items":{"$ref":"#/$defs/line"},"pattern":"\\S"},"admin_listen":{"type":["string","array"],"items":{"$ref":"#/$defs/line"},"pattern":"\\S"},"base_path":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"public_url":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"allow_hosts":{"type":"array","items":{"$ref":"#/$defs/line"}},"allow_origins":{"type":"array","items":{"$ref":"#/$defs/line"}},"allow_ips":{"type":"array","items":{"$ref":"#/$defs/line"}},"trusted_proxies":{"type":"array","items":{"$ref":"#/$defs/line"}},"anonymous":{"enum":["loopback","allow"]},"log_level":{"enum":["debug","info","warn","error"]},"log_format":{"enum":["json","pretty"]},"state_dir":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"secrets_dir":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"fence":{"enum":["auto","required","off"]},"watch":{"type":"boolean"},"list_wait_ms":{"type":"integer","minimum":0,"maximum":86400000},"search_tools":{"enum":["auto","always","off"]},"drain_timeout_ms":{"type":"integer","minimum":0,"maximum":86400000},"tls":{"type":"object","additionalProperties":false,"required":["cert","key"],"properties":{"cert":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"key":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"client_ca":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"}}},"names":{"type":"object","additionalProperties":false,"properties":{"separator":{"type":"string","pattern":"^[_.-]{1,4}$"},"max_length":{"type":"integer","minimum":16,"maximum":128}}},"limits":{"type":"object","additionalProperties":false,"properties":{"max_concurrency_per_client":{"type":"integer","minimum":1,"maximum":1000000},"max_queue_per_client":{"type":"integer","minimum":0,"maximum":1000000},"rate_limit_rps":{"type":"number","minimum":0,"maximum":1000000},"rate_limit_bytes":{"type":"integer","minimum":0,"maximum":1000000000000},"max_message_bytes":{"type":"integer","minimum":1024,"maximum":268435456},"max_connections":{"type":"integer","minimum":1,"maximum":1000000},"max_connections_per_address":{"type":"integer","minimum":1,"maximum":1000000}}},"policy":{"type":"object","additionalProperties":false,"properties":{"allow_tools":{"type":"array","items":{"$ref":"#/$defs/glob"}},"deny_tools":{"type":"array","items":{"$ref":"#/$defs/glob"}},"allow_destructive":{"type":"boolean"}}},"decision":{"type":"object","additionalProperties":false,"required":["url"],"properties":{"url":{"type":"string","pattern":"^https?://[^\\s\\u0000-\\u001f@#]+$"},"timeout_ms":{"type":"integer","minimum":10,"maximum":60000},"cache_ms":{"type":"integer","minimum":0,"maximum":3600000},"max_waiting":{"type":"integer","minimum":1,"maximum":100000},"arguments":{"type":"boolean"}}},"token":{"type":["string","object"]},"metrics_token":{"type":["string","object"]},"client_certificate_header":{"type":"string","pattern":"^[A-Za-z][A-Za-z0-9-]{0,63}$"},"auth":{"type":["string","object"],"pattern":"^builtin$","additionalProperties":false,"properties":{"builtin":{"type":["boolean","object"],"additionalProperties":false,"properties":{"allow_private":{"type":"boolean"}}},"issuers":{"type":"object","additionalProperties":{"$ref":"#/$defs/issuer"},"propertyNames":{"$ref":"#/$defs/issuer_url"}}}}}},"issuer_url":{"type":"string","pattern":"^https?://[^\\s\\u0000-\\u0020?#@]+$"},"issuer":{"type":"object","additionalProperties":false,"properties":{"jwks_url":{"type":"string","pattern":"^https?://[^\\s\\u0000-\\u0020#@]+$"},"audience":{"type":"array","items":{"$ref":"#/$defs/line"},"minItems":1},"algorithms":{"type":"array","items":{"enum":["RS256","RS384","RS512","PS256","PS384","PS512","ES256","ES384","ES512","EdDSA","Ed25519"]},"minItems":1},"clock_skew_s":{"type":"integer","minimum":0,"maximum":300},"ca":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"scopes":{"type":"array","items":{"$ref":"#/$defs/scope"}}}},"scope":{"type":"string","pattern":"^[\\u0021\\u0023-\\u005b\\u005d-\\u007e]{1,128}$"},"jwt":{"type":"object","additionalProperties":false,"required":["issuer"],"properties":{"issuer":{"$ref":"#/$defs/issuer_url"},"subjects":{"type":"array","items":{"$ref":"#/$defs/line"},"minItems":1},"groups":{"type":"array","items":{"$ref":"#/$defs/line"},"minItems":1},"groups_claim":{"$ref":"#/$defs/line"},"scopes":{"type":"array","items":{"$ref":"#/$defs/scope"},"minItems":1},"claims":{"type":"object","minProperties":1,"additionalProperties":{"type":["string","number","boolean","array"],"items":{"type":["string","number","boolean"]},"minItems":1}}}},"moment":{"type":"string","pattern":"^\\S.*$"},"client_token":{"type":"object","additionalProperties":false,"properties":{"sha256":{"type":"string","pattern":"^[0-9A-Fa-f]{64}$"},"file":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"expires":{"$ref":"#/$defs/moment"},"note":{"$ref":"#/$defs/line"}}},"client_certificate":{"type":"object","additionalProperties":false,"minProperties":1,"properties":{"subject":{"type":["string","array"],"items":{"$ref":"#/$defs/line"},"minItems":1,"pattern":"^\\S.*$"},"cn":{"type":["string","array"],"items":{"$ref":"#/$defs/line"},"minItems":1,"pattern":"^\\S.*$"},"san_dns":{"type":["string","array"],"items":{"$ref":"#/$defs/line"},"minItems":1,"pattern":"^\\S.*$"},"san_uri":{"type":["string","array"],"items":{"$ref":"#/$defs/line"},"minItems":1,"pattern":"^\\S.*$"},"fingerprint_sha256":{"type":["string","array"],"items":{"type":"string","pattern":"^[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}$"},"minItems":1,"pattern":"^[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}$"}}},"client_socket":{"type":"object","additionalProperties":false,"required":["path"],"properties":{"path":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"mode":{"type":"string","pattern":"^0?[0-7]{3}$"},"group":{"type":"string","pattern":"^[A-Za-z0-9_][A-Za-z0-9_.@-]*$"}}},"client":{"type":"object","additionalProperties":false,"anyOf":[{"required":["token_sha256"]},{"required":["tokens"]},{"required":["jwt"]},{"required":["certificate"]},{"required":["socket"]}],"properties":{"token_sha256":{"type":"string","pattern":"^[0-9A-Fa-f]{64}$"},"allow":{"type":"array","items":{"$ref":"#/$defs/glob"}},"deny":{"type":"array","items":{"$ref":"#/$defs/glob"}},"read_only":{"type":"boolean"},"arguments":{"type":"object","additionalProperties":{"$ref":"#/$defs/argument_schema"},"propertyNames":{"$ref":"#/$defs/glob"}},"admin":{"type":"boolean"},"limits":{"type":"object","additionalProperties":false,"properties":{"max_concurrency":{"type":"integer","minimum":1,"maximum":1000000},"max_queue":{"type":"integer","minimum":0,"maximum":1000000},"rate_limit_rps":{"type":"number","minimum":0,"maximum":1000000},"rate_limit_bytes":{"type":"integer","minimum":0,"maximum":1000000000000}}},"allow_ips":{"type":"array","items":{"$ref":"#/$defs/line"},"minItems":1},"profile":{"$ref":"#/$defs/profile_name"},"tokens":{"type":"array","items":{"$ref":"#/$defs/client_token"}},"expires":{"$ref":"#/$defs/moment"},"certificate":{"$ref":"#/$defs/client_certificate"},"socket":{"$ref":"#/$defs/client_socket"},"jwt":{"$ref":"#/$defs/jwt"}}},"argument_schema":{"type":["object","boolean"],"additionalProperties":false,"properties":{"description":{"type":"string"},"type":{"type":["string","array"],"items":{"enum":["object","array","string","number","integer","boolean","null"]}},"enum":{"type":"array","minItems":1,"items":{}},"const":{},"properties":{"type":"object","additionalProperties":{"$ref":"#/$defs/argument_schema"}},"required":{"type":"array","items":{"type":"string"}},"additionalProperties":{"$ref":"#/$defs/argument_schema"},"patternProperties":{"type":"object","additionalProperties":{"$ref":"#/$defs/argument_schema"}},"items":{"$ref":"#/$defs/argument_schema"},"prefixItems":{"type":"array","items":{"$ref":"#/$defs/argument_schema"},"minItems":1},"minItems":{"type":"integer","minimum":0},"maxItems":{"type":"integer","minimum":0},"minLength":{"type":"integer","minimum":0},"maxLength":{"type":"integer","minimum":0},"pattern":{"type":"string"},"minimum":{"type":"number"},"maximum":{"type":"number"},"exclusiveMinimum":{"type":"number"},"exclusiveMaximum":{"type":"number"},"allOf":{"type":"array","items":{"$ref":"#/$defs/argument_schema"},"minItems":1},"anyOf":{"type":"array","items":{"$ref":"#/$defs/argument_schema"},"minItems":1},"oneOf":{"type":"array","items":{"$ref":"#/$defs/argument_schema"},"minItems":1},"not":{"$ref":"#/$defs/argument_schema"},"if":{"$ref":"#/$defs/argument_schema"},"then":{"$ref":"#/$defs/argument_schema"},"else":{"$ref":"#/$defs/argument_schema"}}},"profile":{"type":"object","additionalProperties":false,"minProperties":1,"properties":{"extends":{"$ref":"#/$defs/profile_name"},"description":{"$ref":"#/$defs/line"},"client_names":{"type":"array","items":{"$ref":"#/$defs/client_glob"}},"separator":{"type":"string","pattern":"^[_.-]{1,4}$"},"charset":{"type":"string","pattern":"^(?:any|(?=.*a-z)(?=.*0-9)(?=.*_)(?:A-Z|a-z|0-9|[_./-])+)$"},"max_length":{"type":"integer","minimum":16,"maximum":128},"tool_cap":{"type":"integer","minimum":0,"maximum":100000},"pinned":{"type":"array","items":{"$ref":"#/$defs/glob"}},"page_size":{"type":"integer","minimum":0,"maximum":100000},"downgrade":{"type":"object","additionalProperties":false,"minProperties":1,"properties":{"by_revision":{"type":"boolean"},"kinds":{"type":"array","items":{"enum":["audio","image","resource","resource_link","structured_content"]}}}}}},"core":{"type":"object","additionalProperties":false,"properties":{"command":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"args":{"type":"array","items":{"$ref":"#/$defs/text"}},"cwd":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"env":{"type":"object","additionalProperties":{"$ref":"#/$defs/text"},"propertyNames":{"$ref":"#/$defs/variable"}},"inherit_env":{"type":"array","items":{"$ref":"#/$defs/variable"}},"secrets":{"type":"array","items":{"$ref":"#/$defs/secret"}},"framing":{"enum":["auto","newline","content-length"]},"fence":{"type":"boolean"},"era":{"enum":["auto","legacy","modern"]},"namespace":{"type":"string","pattern":"^[a-z][a-z0-9-]*$"},"prefix":{"type":"boolean"},"isolation":{"enum":["auto","shared","session","pool"]},"resources":{"type":"object","additionalProperties":false,"properties":{"uris":{"enum":["native","prefixed"]}}},"disabled":{"type":"boolean"},"tags":{"type":"array","items":{"$ref":"#/$defs/tag"}},"policy":{"type":"object","additionalProperties":false,"properties":{"allow_destructive":{"type":"boolean"},"allow_tools":{"type":"array","items":{"$ref":"#/$defs/glob"}},"deny_tools":{"type":"array","items":{"$ref":"#/$defs/glob"}},"destructive_tools":{"type":"array","items":{"$ref":"#/$defs/glob"}},"read_only_tools":{"type":"array","items":{"$ref":"#/$defs/glob"}},"destructive":{"enum":["declared","assumed"]},"max_concurrency":{"type":"integer","minimum":1,"maximum":1000000},"max_queue":{"type":"integer","minimum":0,"maximum":1000000},"rate_limit_rps":{"type":"number","minimum":0,"maximum":1000000},"rate_limit_bytes":{"type":"integer","minimum":0,"maximum":1000000000000},"timeout_ms":{"type":"integer","minimum":1,"maximum":86400000},"max_timeout_ms":{"type":"integer","minimum":1,"maximum":86400000}}},"health":{"type":"object","additionalProperties":false,"properties":{"startup_timeout_ms":{"type":"integer","minimum":1,"maximum":86400000},"ping_interval_ms":{"type":"integer","minimum":0,"maximum":86400000},"ping_failures":{"type":"integer","minimum":1,"maximum":1000},"restart_backoff_ms":{"type":"integer","minimum":1,"maximum":86400000},"max_restarts":{"type":"integer","minimum":0,"maximum":1000000},"stop_timeout_ms":{"type":"integer","minimum":0,"maximum":86400000}}},"tools":{"type":"object","additionalProperties":{"$ref":"#/$defs/tool"}},"scaling":{"type":"object","additionalProperties":false,"properties":{"min":{"type":"integer","minimum":1,"maximum":1000},"max":{"type":"integer","minimum":1,"maximum":1000}}},"url":{"type":"string"},"transport":{"enum":["auto","streamable-http","sse","websocket"]},"headers":{"type":"object","additionalProperties":{"type":"string"}},"auth":{"type":"object","additionalProperties":false,"properties":{"bearer":{"$ref":"#/$defs/variable"},"oauth":{"$ref":"#/$defs/oauth"}}},"credentials":{"enum":["shared","per-user"]},"allow_private":{"type":"boolean"},"tls":{"type":"object","additionalProperties":false,"minProperties":1,"properties":{"ca":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"cert":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"key":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"}}},"container":{"type":"object","additionalProperties":false,"required":["image"],"properties":{"image":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9._/:@-]*$"},"engine":{"enum":["auto","docker","podman"]},"network":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"mounts":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["source","target"],"properties":{"source":{"type":"string","pattern":"^[^\\u0000-\\u001f,\"]+$"},"target":{"type":"string","pattern":"^/[^\\u0000-\\u001f,\":]+$"},"writable":{"type":"boolean"}}}},"memory":{"type":"string","pattern":"^[1-9][0-9]*[kmg]$"},"pids":{"type":"integer","minimum":2,"maximum":100000},"user":{"type":"string","pattern":"^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$"},"writable":{"type":"boolean"}}},"max_sessions":{"type":"integer","minimum":1,"maximum":10000},"idle_timeout_ms":{"type":"integer","minimum":1000,"maximum":86400000},"roots":{"type":"array","items":{"$ref":"#/$defs/line"}},"interactive":{"enum":["serialize"]}}},"oauth":{"type":"object","additionalProperties":false,"properties":{"grant":{"enum":["authorization_code","client_credentials","token-exchange"]},"client_id":{"type":"string","pattern":"^[\\x20-\\x7e]+$"},"client_secret":{"$ref":"#/$defs/secret"},"private_key":{"$ref":"#/$defs/secret"},"private_key_algorithm":{"enum":["RS256","RS384","RS512","PS256","PS384","PS512","ES256","ES384","ES512"]},"client_metadata_url":{"type":"string","pattern":"^https://[^/\\s]+/\\S+$"},"redirect_url":{"type":"string","pattern":"^http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]{1,5})?(/[^\\s?#]*)?$"},"scopes":{"type":"array","items":{"type":"string","pattern":"^[\\x21\\x23-\\x5b\\x5d-\\x7e]+$"},"minItems":1},"issuer":{"type":"string","pattern":"^https?://\\S+$"}}},"secret":{"type":["string","object"],"pattern":"^[A-Za-z_][A-Za-z0-9_]*$","additionalProperties":false,"required":["name","from"],"properties":{"name":{"$ref":"#/$defs/variable"},"from":{"type":"object","additionalProperties":false,"minProperties":1,"maxProperties":1,"properties":{"env":{"$ref":"#/$defs/variable"},"file":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"command":{"type":"array","items":{"$ref":"#/$defs/text"},"minItems":1}}}}},"tool":{"type":"object","additionalProperties":false,"minProperties":1,"properties":{"name":{"$ref":"#/$defs/tool_name"},"expose":{"$ref":"#/$defs/tool_name"},"description":{"$ref":"#/$defs/text"},"hidden":{"type":"boolean"},"limits":{"type":"object","additionalProperties":false,"minProperties":1,"properties":{"max_concurrency":{"type":"integer","minimum":1,"maximum":1000000},"max_queue":{"type":"integer","minimum":0,"maximum":1000000},"rate_limit_rps":{"type":"number","minimum":0,"maximum":1000000},"rate_limit_bytes":{"type":"integer","minimum":0,"maximum":1000000000000}}}}}}};
const schema45 = {"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9_.@-]*$"};
const schema52 = {"type":"string","pattern":"^[a-z][a-z0-9-]{0,31}$"};
const schema32 = {"type":"object","additionalProperties":false,"properties":{"listen":{"type":["string","array"],"items":{"$ref":"#/$defs/line"},"pattern":"\\S"},"admin_listen":{"type":["string","array"],"items":{"$ref":"#/$defs/line"},"pattern":"\\S"},"base_path":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"public_url":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"allow_hosts":{"type":"array","items":{"$ref":"#/$defs/line"}},"allow_origins":{"type":"array","items":{"$ref":"#/$defs/line"}},"allow_ips":{"type":"array","items":{"$ref":"#/$defs/line"}},"trusted_proxies":{"type":"array","items":{"$ref":"#/$defs/line"}},"anonymous":{"enum":["loopback","allow"]},"log_level":{"enum":["debug","info","warn","error"]},"log_format":{"enum":["json","pretty"]},"state_dir":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"secrets_dir":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"fence":{"enum":["auto","required","off"]},"watch":{"type":"boolean"},"list_wait_ms":{"type":"integer","minimum":0,"maximum":86400000},"search_tools":{"enum":["auto","always","off"]},"drain_timeout_ms":{"type":"integer","minimum":0,"maximum":86400000},"tls":{"type":"object","additionalProperties":false,"required":["cert","key"],"properties":{"cert":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"key":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"client_ca":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"}}},"names":{"type":"object","additionalProperties":false,"properties":{"separator":{"type":"string","pattern":"^[_.-]{1,4}$"},"max_length":{"type":"integer","minimum":16,"maximum":128}}},"limits":{"type":"object","additionalProperties":false,"properties":{"max_concurrency_per_client":{"type":"integer","minimum":1,"maximum":1000000},"max_queue_per_client":{"type":"integer","minimum":0,"maximum":1000000},"rate_limit_rps":{"type":"number","minimum":0,"maximum":1000000},"rate_limit_bytes":{"type":"integer","minimum":0,"maximum":1000000000000},"max_message_bytes":{"type":"integer","minimum":1024,"maximum":268435456},"max_connections":{"type":"integer","minimum":1,"maximum":1000000},"max_connections_per_address":{"type":"integer","minimum":1,"maximum":1000000}}},"policy":{"type":"object","additionalProperties":false,"properties":{"allow_tools":{"type":"array","items":{"$ref":"#/$defs/glob"}},"deny_tools":{"type":"array","items":{"$ref":"#/$defs/glob"}},"allow_destructive":{"type":"boolean"}}},"decision":{"type":"object","additionalProperties":false,"required":["url"],"properties":{"url":{"type":"string","pattern":"^https?://[^\\s\\u0000-\\u001f@#]+$"},"timeout_ms":{"type":"integer","minimum":10,"maximum":60000},"cache_ms":{"type":"integer","minimum":0,"maximum":3600000},"max_waiting":{"type":"integer","minimum":1,"maximum":100000},"arguments":{"type":"boolean"}}},"token":{"type":["string","object"]},"metrics_token":{"type":["string","object"]},"client_certificate_header":{"type":"string","pattern":"^[A-Za-z][A-Za-z0-9-]{0,63}$"},"auth":{"type":["string","object"],"pattern":"^builtin$","additionalProperties":false,"properties":{"builtin":{"type":["boolean","object"],"additionalProperties":false,"properties":{"allow_private":{"type":"boolean"}}},"issuers":{"type":"object","additionalProperties":{"$ref":"#/$defs/issuer"},"propertyNames":{"$ref":"#/$defs/issuer_url"}}}}}};
const schema33 = {"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"};
const schema39 = {"type":"string","pattern":"^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$"};
const schema41 = {"type":"string","pattern":"^https?://[^\\s\\u0000-\\u0020?#@]+$"};
const func1 = Object.prototype.hasOwnProperty;
const pattern4 = new RegExp("\\S", "u");
const pattern5 = new RegExp("^(?=.*\\S)[^\\u0000-\\u001f]+$", "u");
const pattern19 = new RegExp("^[_.-]{1,4}$", "u");
const pattern20 = new RegExp("^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$", "u");
const pattern22 = new RegExp("^https?://[^\\s\\u0000-\\u001f@#]+$", "u");
const pattern23 = new RegExp("^[A-Za-z][A-Za-z0-9-]{0,63}$", "u");
const pattern24 = new RegExp("^builtin$", "u");
const pattern25 = new RegExp("^https?://[^\\s\\u0000-\\u0020?#@]+$", "u");
const schema42 = {"type":"object","additionalProperties":false,"properties":{"jwks_url":{"type":"string","pattern":"^https?://[^\\s\\u0000-\\u0020#@]+$"},"audience":{"type":"array","items":{"$ref":"#/$defs/line"},"minItems":1},"algorithms":{"type":"array","items":{"enum":["RS256","RS384","RS512","PS256","PS384","PS512","ES256","ES384","ES512","EdDSA","Ed25519"]},"minItems":1},"clock_skew_s":{"type":"integer","minimum":0,"maximum":300},"ca":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"scopes":{"type":"array","items":{"$ref":"#/$defs/scope"}}}};
const schema44 = {"type":"string","pattern":"^[\\u0021\\u0023-\\u005b\\u005d-\\u007e]{1,128}$"};
const pattern26 = new RegExp("^https?://[^\\s\\u0000-\\u0020#@]+$", "u");
const pattern29 = new RegExp("^[\\u0021\\u0023-\\u005b\\u005d-\\u007e]{1,128}$", "u");

function validate22(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate22.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((((key0 === "jwks_url") || (key0 === "audience")) || (key0 === "algorithms")) || (key0 === "clock_skew_s")) || (key0 === "ca")) || (key0 === "scopes"))){
vErrors = noted(vErrors, {instancePath,keyword:"additionalProperties",params:{additionalProperty: key0}});
errors++;
}
}
if(data.jwks_url !== undefined){
let data0 = data.jwks_url;
if(typeof data0 === "string"){
if(!pattern26.test(data0)){
vErrors = noted(vErrors, {instancePath:instancePath+"/jwks_url",keyword:"pattern",params:{pattern: "^https?://[^\\s\\u0000-\\u0020#@]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/jwks_url",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.audience !== undefined){
let data1 = data.audience;
if(Array.isArray(data1)){
if(data1.length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/audience",keyword:"minItems",params:{limit: 1}});
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(typeof data2 === "string"){
if(!pattern5.test(data2)){
vErrors = noted(vErrors, {instancePath:instancePath+"/audience/" + i0,keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/audience/" + i0,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/audience",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.algorithms !== undefined){
let data3 = data.algorithms;
if(Array.isArray(data3)){
if(data3.length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/algorithms",keyword:"minItems",params:{limit: 1}});
errors++;
}
const len1 = data3.length;
for(let i1=0; i1<len1; i1++){
let data4 = data3[i1];
if(!(((((((((((data4 === "RS256") || (data4 === "RS384")) || (data4 === "RS512")) || (data4 === "PS256")) || (data4 === "PS384")) || (data4 === "PS512")) || (data4 === "ES256")) || (data4 === "ES384")) || (data4 === "ES512")) || (data4 === "EdDSA")) || (data4 === "Ed25519"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/algorithms/" + i1,keyword:"enum",params:{allowedValues: schema42.properties.algorithms.items.enum}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/algorithms",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.clock_skew_s !== undefined){
let data5 = data.clock_skew_s;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/clock_skew_s",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 > 300 || isNaN(data5)){
vErrors = noted(vErrors, {instancePath:instancePath+"/clock_skew_s",keyword:"maximum",params:{comparison: "<=", limit: 300}});
errors++;
}
if(data5 < 0 || isNaN(data5)){
vErrors = noted(vErrors, {instancePath:instancePath+"/clock_skew_s",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
}
if(data.ca !== undefined){
let data6 = data.ca;
if(typeof data6 === "string"){
if(!pattern5.test(data6)){
vErrors = noted(vErrors, {instancePath:instancePath+"/ca",keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/ca",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.scopes !== undefined){
let data7 = data.scopes;
if(Array.isArray(data7)){
const len2 = data7.length;
for(let i2=0; i2<len2; i2++){
let data8 = data7[i2];
if(typeof data8 === "string"){
if(!pattern29.test(data8)){
vErrors = noted(vErrors, {instancePath:instancePath+"/scopes/" + i2,keyword:"pattern",params:{pattern: "^[\\u0021\\u0023-\\u005b\\u005d-\\u007e]{1,128}$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/scopes/" + i2,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/scopes",keyword:"type",params:{type: "array"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath,keyword:"type",params:{type: "object"}});
errors++;
}
validate22.errors = vErrors;
return errors === 0;
}
validate22.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};


function validate21(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate21.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(func1.call(schema32.properties, key0))){
vErrors = noted(vErrors, {instancePath,keyword:"additionalProperties",params:{additionalProperty: key0}});
errors++;
}
}
if(data.listen !== undefined){
let data0 = data.listen;
if((typeof data0 !== "string") && (!(Array.isArray(data0)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/listen",keyword:"type",params:{type: schema32.properties.listen.type}});
errors++;
}
if(typeof data0 === "string"){
if(!pattern4.test(data0)){
vErrors = noted(vErrors, {instancePath:instancePath+"/listen",keyword:"pattern",params:{pattern: "\\S"}});
errors++;
}
}
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
if(typeof data1 === "string"){
if(!pattern5.test(data1)){
vErrors = noted(vErrors, {instancePath:instancePath+"/listen/" + i0,keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/listen/" + i0,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
}
if(data.admin_listen !== undefined){
let data2 = data.admin_listen;
if((typeof data2 !== "string") && (!(Array.isArray(data2)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/admin_listen",keyword:"type",params:{type: schema32.properties.admin_listen.type}});
errors++;
}
if(typeof data2 === "string"){
if(!pattern4.test(data2)){
vErrors = noted(vErrors, {instancePath:instancePath+"/admin_listen",keyword:"pattern",params:{pattern: "\\S"}});
errors++;
}
}
if(Array.isArray(data2)){
const len1 = data2.length;
for(let i1=0; i1<len1; i1++){
let data3 = data2[i1];
if(typeof data3 === "string"){
if(!pattern5.test(data3)){
vErrors = noted(vErrors, {instancePath:instancePath+"/admin_listen/" + i1,keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/admin_listen/" + i1,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
}
if(data.base_path !== undefined){
let data4 = data.base_path;
if(typeof data4 === "string"){
if(!pattern5.test(data4)){
vErrors = noted(vErrors, {instancePath:instancePath+"/base_path",keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/base_path",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.public_url !== undefined){
let data5 = data.public_url;
if(typeof data5 === "string"){
if(!pattern5.test(data5)){
vErrors = noted(vErrors, {instancePath:instancePath+"/public_url",keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/public_url",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.allow_hosts !== undefined){
let data6 = data.allow_hosts;
if(Array.isArray(data6)){
const len2 = data6.length;
for(let i2=0; i2<len2; i2++){
let data7 = data6[i2];
if(typeof data7 === "string"){
if(!pattern5.test(data7)){
vErrors = noted(vErrors, {instancePath:instancePath+"/allow_hosts/" + i2,keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/allow_hosts/" + i2,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/allow_hosts",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.allow_origins !== undefined){
let data8 = data.allow_origins;
if(Array.isArray(data8)){
const len3 = data8.length;
for(let i3=0; i3<len3; i3++){
let data9 = data8[i3];
if(typeof data9 === "string"){
if(!pattern5.test(data9)){
vErrors = noted(vErrors, {instancePath:instancePath+"/allow_origins/" + i3,keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/allow_origins/" + i3,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/allow_origins",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.allow_ips !== undefined){
let data10 = data.allow_ips;
if(Array.isArray(data10)){
const len4 = data10.length;
for(let i4=0; i4<len4; i4++){
let data11 = data10[i4];
if(typeof data11 === "string"){
if(!pattern5.test(data11)){
vErrors = noted(vErrors, {instancePath:instancePath+"/allow_ips/" + i4,keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/allow_ips/" + i4,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/allow_ips",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.trusted_proxies !== undefined){
let data12 = data.trusted_proxies;
if(Array.isArray(data12)){
const len5 = data12.length;
for(let i5=0; i5<len5; i5++){
let data13 = data12[i5];
if(typeof data13 === "string"){
if(!pattern5.test(data13)){
vErrors = noted(vErrors, {instancePath:instancePath+"/trusted_proxies/" + i5,keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/trusted_proxies/" + i5,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/trusted_proxies",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.anonymous !== undefined){
let data14 = data.anonymous;
if(!((data14 === "loopback") || (data14 === "allow"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/anonymous",keyword:"enum",params:{allowedValues: schema32.properties.anonymous.enum}});
errors++;
}
}
if(data.log_level !== undefined){
let data15 = data.log_level;
if(!((((data15 === "debug") || (data15 === "info")) || (data15 === "warn")) || (data15 === "error"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/log_level",keyword:"enum",params:{allowedValues: schema32.properties.log_level.enum}});
errors++;
}
}
if(data.log_format !== undefined){
let data16 = data.log_format;
if(!((data16 === "json") || (data16 === "pretty"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/log_format",keyword:"enum",params:{allowedValues: schema32.properties.log_format.enum}});
errors++;
}
}
if(data.state_dir !== undefined){
let data17 = data.state_dir;
if(typeof data17 === "string"){
if(!pattern5.test(data17)){
vErrors = noted(vErrors, {instancePath:instancePath+"/state_dir",keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/state_dir",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.secrets_dir !== undefined){
let data18 = data.secrets_dir;
if(typeof data18 === "string"){
if(!pattern5.test(data18)){
vErrors = noted(vErrors, {instancePath:instancePath+"/secrets_dir",keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/secrets_dir",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.fence !== undefined){
let data19 = data.fence;
if(!(((data19 === "auto") || (data19 === "required")) || (data19 === "off"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/fence",keyword:"enum",params:{allowedValues: schema32.properties.fence.enum}});
errors++;
}
}
if(data.watch !== undefined){
if(typeof data.watch !== "boolean"){
vErrors = noted(vErrors, {instancePath:instancePath+"/watch",keyword:"type",params:{type: "boolean"}});
errors++;
}
}
if(data.list_wait_ms !== undefined){
let data21 = data.list_wait_ms;
if(!(((typeof data21 == "number") && (!(data21 % 1) && !isNaN(data21))) && (isFinite(data21)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/list_wait_ms",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data21 == "number") && (isFinite(data21))){
if(data21 > 86400000 || isNaN(data21)){
vErrors = noted(vErrors, {instancePath:instancePath+"/list_wait_ms",keyword:"maximum",params:{comparison: "<=", limit: 86400000}});
errors++;
}
if(data21 < 0 || isNaN(data21)){
vErrors = noted(vErrors, {instancePath:instancePath+"/list_wait_ms",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
}
if(data.search_tools !== undefined){
let data22 = data.search_tools;
if(!(((data22 === "auto") || (data22 === "always")) || (data22 === "off"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/search_tools",keyword:"enum",params:{allowedValues: schema32.properties.search_tools.enum}});
errors++;
}
}
if(data.drain_timeout_ms !== undefined){
let data23 = data.drain_timeout_ms;
if(!(((typeof data23 == "number") && (!(data23 % 1) && !isNaN(data23))) && (isFinite(data23)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/drain_timeout_ms",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data23 == "number") && (isFinite(data23))){
if(data23 > 86400000 || isNaN(data23)){
vErrors = noted(vErrors, {instancePath:instancePath+"/drain_timeout_ms",keyword:"maximum",params:{comparison: "<=", limit: 86400000}});
errors++;
}
if(data23 < 0 || isNaN(data23)){
vErrors = noted(vErrors, {instancePath:instancePath+"/drain_timeout_ms",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
}
if(data.tls !== undefined){
let data24 = data.tls;
if(data24 && typeof data24 == "object" && !Array.isArray(data24)){
if(data24.cert === undefined){
vErrors = noted(vErrors, {instancePath:instancePath+"/tls",keyword:"required",params:{missingProperty: "cert"}});
errors++;
}
if(data24.key === undefined){
vErrors = noted(vErrors, {instancePath:instancePath+"/tls",keyword:"required",params:{missingProperty: "key"}});
errors++;
}
for(const key1 in data24){
if(!(((key1 === "cert") || (key1 === "key")) || (key1 === "client_ca"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/tls",keyword:"additionalProperties",params:{additionalProperty: key1}});
errors++;
}
}
if(data24.cert !== undefined){
let data25 = data24.cert;
if(typeof data25 === "string"){
if(!pattern5.test(data25)){
vErrors = noted(vErrors, {instancePath:instancePath+"/tls/cert",keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/tls/cert",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data24.key !== undefined){
let data26 = data24.key;
if(typeof data26 === "string"){
if(!pattern5.test(data26)){
vErrors = noted(vErrors, {instancePath:instancePath+"/tls/key",keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/tls/key",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data24.client_ca !== undefined){
let data27 = data24.client_ca;
if(typeof data27 === "string"){
if(!pattern5.test(data27)){
vErrors = noted(vErrors, {instancePath:instancePath+"/tls/client_ca",keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/tls/client_ca",keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/tls",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.names !== undefined){
let data28 = data.names;
if(data28 && typeof data28 == "object" && !Array.isArray(data28)){
for(const key2 in data28){
if(!((key2 === "separator") || (key2 === "max_length"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/names",keyword:"additionalProperties",params:{additionalProperty: key2}});
errors++;
}
}
if(data28.separator !== undefined){
let data29 = data28.separator;
if(typeof data29 === "string"){
if(!pattern19.test(data29)){
vErrors = noted(vErrors, {instancePath:instancePath+"/names/separator",keyword:"pattern",params:{pattern: "^[_.-]{1,4}$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/names/separator",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data28.max_length !== undefined){
let data30 = data28.max_length;
if(!(((typeof data30 == "number") && (!(data30 % 1) && !isNaN(data30))) && (isFinite(data30)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/names/max_length",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data30 == "number") && (isFinite(data30))){
if(data30 > 128 || isNaN(data30)){
vErrors = noted(vErrors, {instancePath:instancePath+"/names/max_length",keyword:"maximum",params:{comparison: "<=", limit: 128}});
errors++;
}
if(data30 < 16 || isNaN(data30)){
vErrors = noted(vErrors, {instancePath:instancePath+"/names/max_length",keyword:"minimum",params:{comparison: ">=", limit: 16}});
errors++;
}
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/names",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.limits !== undefined){
let data31 = data.limits;
if(data31 && typeof data31 == "object" && !Array.isArray(data31)){
for(const key3 in data31){
if(!(((((((key3 === "max_concurrency_per_client") || (key3 === "max_queue_per_client")) || (key3 === "rate_limit_rps")) || (key3 === "rate_limit_bytes")) || (key3 === "max_message_bytes")) || (key3 === "max_connections")) || (key3 === "max_connections_per_address"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits",keyword:"additionalProperties",params:{additionalProperty: key3}});
errors++;
}
}
if(data31.max_concurrency_per_client !== undefined){
let data32 = data31.max_concurrency_per_client;
if(!(((typeof data32 == "number") && (!(data32 % 1) && !isNaN(data32))) && (isFinite(data32)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_concurrency_per_client",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data32 == "number") && (isFinite(data32))){
if(data32 > 1000000 || isNaN(data32)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_concurrency_per_client",keyword:"maximum",params:{comparison: "<=", limit: 1000000}});
errors++;
}
if(data32 < 1 || isNaN(data32)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_concurrency_per_client",keyword:"minimum",params:{comparison: ">=", limit: 1}});
errors++;
}
}
}
if(data31.max_queue_per_client !== undefined){
let data33 = data31.max_queue_per_client;
if(!(((typeof data33 == "number") && (!(data33 % 1) && !isNaN(data33))) && (isFinite(data33)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_queue_per_client",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data33 == "number") && (isFinite(data33))){
if(data33 > 1000000 || isNaN(data33)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_queue_per_client",keyword:"maximum",params:{comparison: "<=", limit: 1000000}});
errors++;
}
if(data33 < 0 || isNaN(data33)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_queue_per_client",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
}
if(data31.rate_limit_rps !== undefined){
let data34 = data31.rate_limit_rps;
if((typeof data34 == "number") && (isFinite(data34))){
if(data34 > 1000000 || isNaN(data34)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/rate_limit_rps",keyword:"maximum",params:{comparison: "<=", limit: 1000000}});
errors++;
}
if(data34 < 0 || isNaN(data34)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/rate_limit_rps",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/rate_limit_rps",keyword:"type",params:{type: "number"}});
errors++;
}
}
if(data31.rate_limit_bytes !== undefined){
let data35 = data31.rate_limit_bytes;
if(!(((typeof data35 == "number") && (!(data35 % 1) && !isNaN(data35))) && (isFinite(data35)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/rate_limit_bytes",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data35 == "number") && (isFinite(data35))){
if(data35 > 1000000000000 || isNaN(data35)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/rate_limit_bytes",keyword:"maximum",params:{comparison: "<=", limit: 1000000000000}});
errors++;
}
if(data35 < 0 || isNaN(data35)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/rate_limit_bytes",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
}
if(data31.max_message_bytes !== undefined){
let data36 = data31.max_message_bytes;
if(!(((typeof data36 == "number") && (!(data36 % 1) && !isNaN(data36))) && (isFinite(data36)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_message_bytes",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data36 == "number") && (isFinite(data36))){
if(data36 > 268435456 || isNaN(data36)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_message_bytes",keyword:"maximum",params:{comparison: "<=", limit: 268435456}});
errors++;
}
if(data36 < 1024 || isNaN(data36)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_message_bytes",keyword:"minimum",params:{comparison: ">=", limit: 1024}});
errors++;
}
}
}
if(data31.max_connections !== undefined){
let data37 = data31.max_connections;
if(!(((typeof data37 == "number") && (!(data37 % 1) && !isNaN(data37))) && (isFinite(data37)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_connections",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data37 == "number") && (isFinite(data37))){
if(data37 > 1000000 || isNaN(data37)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_connections",keyword:"maximum",params:{comparison: "<=", limit: 1000000}});
errors++;
}
if(data37 < 1 || isNaN(data37)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_connections",keyword:"minimum",params:{comparison: ">=", limit: 1}});
errors++;
}
}
}
if(data31.max_connections_per_address !== undefined){
let data38 = data31.max_connections_per_address;
if(!(((typeof data38 == "number") && (!(data38 % 1) && !isNaN(data38))) && (isFinite(data38)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_connections_per_address",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data38 == "number") && (isFinite(data38))){
if(data38 > 1000000 || isNaN(data38)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_connections_per_address",keyword:"maximum",params:{comparison: "<=", limit: 1000000}});
errors++;
}
if(data38 < 1 || isNaN(data38)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_connections_per_address",keyword:"minimum",params:{comparison: ">=", limit: 1}});
errors++;
}
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/limits",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.policy !== undefined){
let data39 = data.policy;
if(data39 && typeof data39 == "object" && !Array.isArray(data39)){
for(const key4 in data39){
if(!(((key4 === "allow_tools") || (key4 === "deny_tools")) || (key4 === "allow_destructive"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy",keyword:"additionalProperties",params:{additionalProperty: key4}});
errors++;
}
}
if(data39.allow_tools !== undefined){
let data40 = data39.allow_tools;
if(Array.isArray(data40)){
const len6 = data40.length;
for(let i6=0; i6<len6; i6++){
let data41 = data40[i6];
if(typeof data41 === "string"){
if(!pattern20.test(data41)){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/allow_tools/" + i6,keyword:"pattern",params:{pattern: "^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/allow_tools/" + i6,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/allow_tools",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data39.deny_tools !== undefined){
let data42 = data39.deny_tools;
if(Array.isArray(data42)){
const len7 = data42.length;
for(let i7=0; i7<len7; i7++){
let data43 = data42[i7];
if(typeof data43 === "string"){
if(!pattern20.test(data43)){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/deny_tools/" + i7,keyword:"pattern",params:{pattern: "^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/deny_tools/" + i7,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/deny_tools",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data39.allow_destructive !== undefined){
if(typeof data39.allow_destructive !== "boolean"){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/allow_destructive",keyword:"type",params:{type: "boolean"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/policy",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.decision !== undefined){
let data45 = data.decision;
if(data45 && typeof data45 == "object" && !Array.isArray(data45)){
if(data45.url === undefined){
vErrors = noted(vErrors, {instancePath:instancePath+"/decision",keyword:"required",params:{missingProperty: "url"}});
errors++;
}
for(const key5 in data45){
if(!(((((key5 === "url") || (key5 === "timeout_ms")) || (key5 === "cache_ms")) || (key5 === "max_waiting")) || (key5 === "arguments"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/decision",keyword:"additionalProperties",params:{additionalProperty: key5}});
errors++;
}
}
if(data45.url !== undefined){
let data46 = data45.url;
if(typeof data46 === "string"){
if(!pattern22.test(data46)){
vErrors = noted(vErrors, {instancePath:instancePath+"/decision/url",keyword:"pattern",params:{pattern: "^https?://[^\\s\\u0000-\\u001f@#]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/decision/url",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data45.timeout_ms !== undefined){
let data47 = data45.timeout_ms;
if(!(((typeof data47 == "number") && (!(data47 % 1) && !isNaN(data47))) && (isFinite(data47)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/decision/timeout_ms",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data47 == "number") && (isFinite(data47))){
if(data47 > 60000 || isNaN(data47)){
vErrors = noted(vErrors, {instancePath:instancePath+"/decision/timeout_ms",keyword:"maximum",params:{comparison: "<=", limit: 60000}});
errors++;
}
if(data47 < 10 || isNaN(data47)){
vErrors = noted(vErrors, {instancePath:instancePath+"/decision/timeout_ms",keyword:"minimum",params:{comparison: ">=", limit: 10}});
errors++;
}
}
}
if(data45.cache_ms !== undefined){
let data48 = data45.cache_ms;
if(!(((typeof data48 == "number") && (!(data48 % 1) && !isNaN(data48))) && (isFinite(data48)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/decision/cache_ms",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data48 == "number") && (isFinite(data48))){
if(data48 > 3600000 || isNaN(data48)){
vErrors = noted(vErrors, {instancePath:instancePath+"/decision/cache_ms",keyword:"maximum",params:{comparison: "<=", limit: 3600000}});
errors++;
}
if(data48 < 0 || isNaN(data48)){
vErrors = noted(vErrors, {instancePath:instancePath+"/decision/cache_ms",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
}
if(data45.max_waiting !== undefined){
let data49 = data45.max_waiting;
if(!(((typeof data49 == "number") && (!(data49 % 1) && !isNaN(data49))) && (isFinite(data49)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/decision/max_waiting",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data49 == "number") && (isFinite(data49))){
if(data49 > 100000 || isNaN(data49)){
vErrors = noted(vErrors, {instancePath:instancePath+"/decision/max_waiting",keyword:"maximum",params:{comparison: "<=", limit: 100000}});
errors++;
}
if(data49 < 1 || isNaN(data49)){
vErrors = noted(vErrors, {instancePath:instancePath+"/decision/max_waiting",keyword:"minimum",params:{comparison: ">=", limit: 1}});
errors++;
}
}
}
if(data45.arguments !== undefined){
if(typeof data45.arguments !== "boolean"){
vErrors = noted(vErrors, {instancePath:instancePath+"/decision/arguments",keyword:"type",params:{type: "boolean"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/decision",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.token !== undefined){
let data51 = data.token;
if((typeof data51 !== "string") && (!(data51 && typeof data51 == "object" && !Array.isArray(data51)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/token",keyword:"type",params:{type: schema32.properties.token.type}});
errors++;
}
}
if(data.metrics_token !== undefined){
let data52 = data.metrics_token;
if((typeof data52 !== "string") && (!(data52 && typeof data52 == "object" && !Array.isArray(data52)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/metrics_token",keyword:"type",params:{type: schema32.properties.metrics_token.type}});
errors++;
}
}
if(data.client_certificate_header !== undefined){
let data53 = data.client_certificate_header;
if(typeof data53 === "string"){
if(!pattern23.test(data53)){
vErrors = noted(vErrors, {instancePath:instancePath+"/client_certificate_header",keyword:"pattern",params:{pattern: "^[A-Za-z][A-Za-z0-9-]{0,63}$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/client_certificate_header",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.auth !== undefined){
let data54 = data.auth;
if((typeof data54 !== "string") && (!(data54 && typeof data54 == "object" && !Array.isArray(data54)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/auth",keyword:"type",params:{type: schema32.properties.auth.type}});
errors++;
}
if(typeof data54 === "string"){
if(!pattern24.test(data54)){
vErrors = noted(vErrors, {instancePath:instancePath+"/auth",keyword:"pattern",params:{pattern: "^builtin$"}});
errors++;
}
}
if(data54 && typeof data54 == "object" && !Array.isArray(data54)){
for(const key6 in data54){
if(!((key6 === "builtin") || (key6 === "issuers"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/auth",keyword:"additionalProperties",params:{additionalProperty: key6}});
errors++;
}
}
if(data54.builtin !== undefined){
let data55 = data54.builtin;
if((typeof data55 !== "boolean") && (!(data55 && typeof data55 == "object" && !Array.isArray(data55)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/auth/builtin",keyword:"type",params:{type: schema32.properties.auth.properties.builtin.type}});
errors++;
}
if(data55 && typeof data55 == "object" && !Array.isArray(data55)){
for(const key7 in data55){
if(!(key7 === "allow_private")){
vErrors = noted(vErrors, {instancePath:instancePath+"/auth/builtin",keyword:"additionalProperties",params:{additionalProperty: key7}});
errors++;
}
}
if(data55.allow_private !== undefined){
if(typeof data55.allow_private !== "boolean"){
vErrors = noted(vErrors, {instancePath:instancePath+"/auth/builtin/allow_private",keyword:"type",params:{type: "boolean"}});
errors++;
}
}
}
}
if(data54.issuers !== undefined){
let data57 = data54.issuers;
if(data57 && typeof data57 == "object" && !Array.isArray(data57)){
for(const key8 in data57){
const _errs128 = errors;
if(typeof key8 === "string"){
if(!pattern25.test(key8)){
vErrors = noted(vErrors, {instancePath:instancePath+"/auth/issuers",keyword:"pattern",params:{pattern: "^https?://[^\\s\\u0000-\\u0020?#@]+$"},propertyName:key8});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/auth/issuers",keyword:"type",params:{type: "string"},propertyName:key8});
errors++;
}
var valid32 = _errs128 === errors;
if(!valid32){
vErrors = noted(vErrors, {instancePath:instancePath+"/auth/issuers",keyword:"propertyNames",params:{propertyName: key8}});
errors++;
}
}
for(const key9 in data57){
if(!(validate22(data57[key9], {instancePath:instancePath+"/auth/issuers/" + key9.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data57,parentDataProperty:key9,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
errors = vErrors.length;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/auth/issuers",keyword:"type",params:{type: "object"}});
errors++;
}
}
}
}
}
else {
vErrors = noted(vErrors, {instancePath,keyword:"type",params:{type: "object"}});
errors++;
}
validate21.errors = vErrors;
return errors === 0;
}
validate21.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema46 = {"type":"object","additionalProperties":false,"anyOf":[{"required":["token_sha256"]},{"required":["tokens"]},{"required":["jwt"]},{"required":["certificate"]},{"required":["socket"]}],"properties":{"token_sha256":{"type":"string","pattern":"^[0-9A-Fa-f]{64}$"},"allow":{"type":"array","items":{"$ref":"#/$defs/glob"}},"deny":{"type":"array","items":{"$ref":"#/$defs/glob"}},"read_only":{"type":"boolean"},"arguments":{"type":"object","additionalProperties":{"$ref":"#/$defs/argument_schema"},"propertyNames":{"$ref":"#/$defs/glob"}},"admin":{"type":"boolean"},"limits":{"type":"object","additionalProperties":false,"properties":{"max_concurrency":{"type":"integer","minimum":1,"maximum":1000000},"max_queue":{"type":"integer","minimum":0,"maximum":1000000},"rate_limit_rps":{"type":"number","minimum":0,"maximum":1000000},"rate_limit_bytes":{"type":"integer","minimum":0,"maximum":1000000000000}}},"allow_ips":{"type":"array","items":{"$ref":"#/$defs/line"},"minItems":1},"profile":{"$ref":"#/$defs/profile_name"},"tokens":{"type":"array","items":{"$ref":"#/$defs/client_token"}},"expires":{"$ref":"#/$defs/moment"},"certificate":{"$ref":"#/$defs/client_certificate"},"socket":{"$ref":"#/$defs/client_socket"},"jwt":{"$ref":"#/$defs/jwt"}}};
const schema54 = {"type":"string","pattern":"^\\S.*$"};
const schema62 = {"type":"object","additionalProperties":false,"required":["path"],"properties":{"path":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"mode":{"type":"string","pattern":"^0?[0-7]{3}$"},"group":{"type":"string","pattern":"^[A-Za-z0-9_][A-Za-z0-9_.@-]*$"}}};
const pattern31 = new RegExp("^[0-9A-Fa-f]{64}$", "u");
const pattern36 = new RegExp("^[a-z][a-z0-9-]{0,31}$", "u");
const pattern39 = new RegExp("^\\S.*$", "u");
const pattern53 = new RegExp("^0?[0-7]{3}$", "u");
const pattern54 = new RegExp("^[A-Za-z0-9_][A-Za-z0-9_.@-]*$", "u");
const schema50 = {"type":["object","boolean"],"additionalProperties":false,"properties":{"description":{"type":"string"},"type":{"type":["string","array"],"items":{"enum":["object","array","string","number","integer","boolean","null"]}},"enum":{"type":"array","minItems":1,"items":{}},"const":{},"properties":{"type":"object","additionalProperties":{"$ref":"#/$defs/argument_schema"}},"required":{"type":"array","items":{"type":"string"}},"additionalProperties":{"$ref":"#/$defs/argument_schema"},"patternProperties":{"type":"object","additionalProperties":{"$ref":"#/$defs/argument_schema"}},"items":{"$ref":"#/$defs/argument_schema"},"prefixItems":{"type":"array","items":{"$ref":"#/$defs/argument_schema"},"minItems":1},"minItems":{"type":"integer","minimum":0},"maxItems":{"type":"integer","minimum":0},"minLength":{"type":"integer","minimum":0},"maxLength":{"type":"integer","minimum":0},"pattern":{"type":"string"},"minimum":{"type":"number"},"maximum":{"type":"number"},"exclusiveMinimum":{"type":"number"},"exclusiveMaximum":{"type":"number"},"allOf":{"type":"array","items":{"$ref":"#/$defs/argument_schema"},"minItems":1},"anyOf":{"type":"array","items":{"$ref":"#/$defs/argument_schema"},"minItems":1},"oneOf":{"type":"array","items":{"$ref":"#/$defs/argument_schema"},"minItems":1},"not":{"$ref":"#/$defs/argument_schema"},"if":{"$ref":"#/$defs/argument_schema"},"then":{"$ref":"#/$defs/argument_schema"},"else":{"$ref":"#/$defs/argument_schema"}}};
const wrapper0 = {validate: validate26};

function validate26(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate26.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if((!(data && typeof data == "object" && !Array.isArray(data))) && (typeof data !== "boolean")){
vErrors = noted(vErrors, {instancePath,keyword:"type",params:{type: schema50.type}});
errors++;
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(func1.call(schema50.properties, key0))){
vErrors = noted(vErrors, {instancePath,keyword:"additionalProperties",params:{additionalProperty: key0}});
errors++;
}
}
if(data.description !== undefined){
if(typeof data.description !== "string"){
vErrors = noted(vErrors, {instancePath:instancePath+"/description",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.type !== undefined){
let data1 = data.type;
if((typeof data1 !== "string") && (!(Array.isArray(data1)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/type",keyword:"type",params:{type: schema50.properties.type.type}});
errors++;
}
if(Array.isArray(data1)){
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(!(((((((data2 === "object") || (data2 === "array")) || (data2 === "string")) || (data2 === "number")) || (data2 === "integer")) || (data2 === "boolean")) || (data2 === "null"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/type/" + i0,keyword:"enum",params:{allowedValues: schema50.properties.type.items.enum}});
errors++;
}
}
}
}
if(data.enum !== undefined){
let data3 = data.enum;
if(Array.isArray(data3)){
if(data3.length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/enum",keyword:"minItems",params:{limit: 1}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/enum",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.properties !== undefined){
let data4 = data.properties;
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
for(const key1 in data4){
if(!(wrapper0.validate(data4[key1], {instancePath:instancePath+"/properties/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data4,parentDataProperty:key1,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? wrapper0.validate.errors : vErrors.concat(wrapper0.validate.errors);
errors = vErrors.length;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/properties",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.required !== undefined){
let data6 = data.required;
if(Array.isArray(data6)){
const len1 = data6.length;
for(let i1=0; i1<len1; i1++){
if(typeof data6[i1] !== "string"){
vErrors = noted(vErrors, {instancePath:instancePath+"/required/" + i1,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/required",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.additionalProperties !== undefined){
if(!(wrapper0.validate(data.additionalProperties, {instancePath:instancePath+"/additionalProperties",parentData:data,parentDataProperty:"additionalProperties",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? wrapper0.validate.errors : vErrors.concat(wrapper0.validate.errors);
errors = vErrors.length;
}
}
if(data.patternProperties !== undefined){
let data9 = data.patternProperties;
if(data9 && typeof data9 == "object" && !Array.isArray(data9)){
for(const key2 in data9){
if(!(wrapper0.validate(data9[key2], {instancePath:instancePath+"/patternProperties/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data9,parentDataProperty:key2,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? wrapper0.validate.errors : vErrors.concat(wrapper0.validate.errors);
errors = vErrors.length;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/patternProperties",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.items !== undefined){
if(!(wrapper0.validate(data.items, {instancePath:instancePath+"/items",parentData:data,parentDataProperty:"items",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? wrapper0.validate.errors : vErrors.concat(wrapper0.validate.errors);
errors = vErrors.length;
}
}
if(data.prefixItems !== undefined){
let data12 = data.prefixItems;
if(Array.isArray(data12)){
if(data12.length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/prefixItems",keyword:"minItems",params:{limit: 1}});
errors++;
}
const len2 = data12.length;
for(let i2=0; i2<len2; i2++){
if(!(wrapper0.validate(data12[i2], {instancePath:instancePath+"/prefixItems/" + i2,parentData:data12,parentDataProperty:i2,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? wrapper0.validate.errors : vErrors.concat(wrapper0.validate.errors);
errors = vErrors.length;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/prefixItems",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.minItems !== undefined){
let data14 = data.minItems;
if(!(((typeof data14 == "number") && (!(data14 % 1) && !isNaN(data14))) && (isFinite(data14)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/minItems",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data14 == "number") && (isFinite(data14))){
if(data14 < 0 || isNaN(data14)){
vErrors = noted(vErrors, {instancePath:instancePath+"/minItems",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
}
if(data.maxItems !== undefined){
let data15 = data.maxItems;
if(!(((typeof data15 == "number") && (!(data15 % 1) && !isNaN(data15))) && (isFinite(data15)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/maxItems",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data15 == "number") && (isFinite(data15))){
if(data15 < 0 || isNaN(data15)){
vErrors = noted(vErrors, {instancePath:instancePath+"/maxItems",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
}
if(data.minLength !== undefined){
let data16 = data.minLength;
if(!(((typeof data16 == "number") && (!(data16 % 1) && !isNaN(data16))) && (isFinite(data16)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/minLength",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data16 == "number") && (isFinite(data16))){
if(data16 < 0 || isNaN(data16)){
vErrors = noted(vErrors, {instancePath:instancePath+"/minLength",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
}
if(data.maxLength !== undefined){
let data17 = data.maxLength;
if(!(((typeof data17 == "number") && (!(data17 % 1) && !isNaN(data17))) && (isFinite(data17)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/maxLength",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data17 == "number") && (isFinite(data17))){
if(data17 < 0 || isNaN(data17)){
vErrors = noted(vErrors, {instancePath:instancePath+"/maxLength",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
}
if(data.pattern !== undefined){
if(typeof data.pattern !== "string"){
vErrors = noted(vErrors, {instancePath:instancePath+"/pattern",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.minimum !== undefined){
let data19 = data.minimum;
if(!((typeof data19 == "number") && (isFinite(data19)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/minimum",keyword:"type",params:{type: "number"}});
errors++;
}
}
if(data.maximum !== undefined){
let data20 = data.maximum;
if(!((typeof data20 == "number") && (isFinite(data20)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/maximum",keyword:"type",params:{type: "number"}});
errors++;
}
}
if(data.exclusiveMinimum !== undefined){
let data21 = data.exclusiveMinimum;
if(!((typeof data21 == "number") && (isFinite(data21)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/exclusiveMinimum",keyword:"type",params:{type: "number"}});
errors++;
}
}
if(data.exclusiveMaximum !== undefined){
let data22 = data.exclusiveMaximum;
if(!((typeof data22 == "number") && (isFinite(data22)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/exclusiveMaximum",keyword:"type",params:{type: "number"}});
errors++;
}
}
if(data.allOf !== undefined){
let data23 = data.allOf;
if(Array.isArray(data23)){
if(data23.length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/allOf",keyword:"minItems",params:{limit: 1}});
errors++;
}
const len3 = data23.length;
for(let i3=0; i3<len3; i3++){
if(!(wrapper0.validate(data23[i3], {instancePath:instancePath+"/allOf/" + i3,parentData:data23,parentDataProperty:i3,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? wrapper0.validate.errors : vErrors.concat(wrapper0.validate.errors);
errors = vErrors.length;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/allOf",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.anyOf !== undefined){
let data25 = data.anyOf;
if(Array.isArray(data25)){
if(data25.length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/anyOf",keyword:"minItems",params:{limit: 1}});
errors++;
}
const len4 = data25.length;
for(let i4=0; i4<len4; i4++){
if(!(wrapper0.validate(data25[i4], {instancePath:instancePath+"/anyOf/" + i4,parentData:data25,parentDataProperty:i4,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? wrapper0.validate.errors : vErrors.concat(wrapper0.validate.errors);
errors = vErrors.length;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/anyOf",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.oneOf !== undefined){
let data27 = data.oneOf;
if(Array.isArray(data27)){
if(data27.length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/oneOf",keyword:"minItems",params:{limit: 1}});
errors++;
}
const len5 = data27.length;
for(let i5=0; i5<len5; i5++){
if(!(wrapper0.validate(data27[i5], {instancePath:instancePath+"/oneOf/" + i5,parentData:data27,parentDataProperty:i5,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? wrapper0.validate.errors : vErrors.concat(wrapper0.validate.errors);
errors = vErrors.length;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/oneOf",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.not !== undefined){
if(!(wrapper0.validate(data.not, {instancePath:instancePath+"/not",parentData:data,parentDataProperty:"not",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? wrapper0.validate.errors : vErrors.concat(wrapper0.validate.errors);
errors = vErrors.length;
}
}
if(data.if !== undefined){
if(!(wrapper0.validate(data.if, {instancePath:instancePath+"/if",parentData:data,parentDataProperty:"if",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? wrapper0.validate.errors : vErrors.concat(wrapper0.validate.errors);
errors = vErrors.length;
}
}
if(data.then !== undefined){
if(!(wrapper0.validate(data.then, {instancePath:instancePath+"/then",parentData:data,parentDataProperty:"then",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? wrapper0.validate.errors : vErrors.concat(wrapper0.validate.errors);
errors = vErrors.length;
}
}
if(data.else !== undefined){
if(!(wrapper0.validate(data.else, {instancePath:instancePath+"/else",parentData:data,parentDataProperty:"else",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? wrapper0.validate.errors : vErrors.concat(wrapper0.validate.errors);
errors = vErrors.length;
}
}
}
validate26.errors = vErrors;
return errors === 0;
}
validate26.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema53 = {"type":"object","additionalProperties":false,"properties":{"sha256":{"type":"string","pattern":"^[0-9A-Fa-f]{64}$"},"file":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"expires":{"$ref":"#/$defs/moment"},"note":{"$ref":"#/$defs/line"}}};

function validate28(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate28.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((key0 === "sha256") || (key0 === "file")) || (key0 === "expires")) || (key0 === "note"))){
vErrors = noted(vErrors, {instancePath,keyword:"additionalProperties",params:{additionalProperty: key0}});
errors++;
}
}
if(data.sha256 !== undefined){
let data0 = data.sha256;
if(typeof data0 === "string"){
if(!pattern31.test(data0)){
vErrors = noted(vErrors, {instancePath:instancePath+"/sha256",keyword:"pattern",params:{pattern: "^[0-9A-Fa-f]{64}$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/sha256",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.file !== undefined){
let data1 = data.file;
if(typeof data1 === "string"){
if(!pattern5.test(data1)){
vErrors = noted(vErrors, {instancePath:instancePath+"/file",keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/file",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.expires !== undefined){
let data2 = data.expires;
if(typeof data2 === "string"){
if(!pattern39.test(data2)){
vErrors = noted(vErrors, {instancePath:instancePath+"/expires",keyword:"pattern",params:{pattern: "^\\S.*$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/expires",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.note !== undefined){
let data3 = data.note;
if(typeof data3 === "string"){
if(!pattern5.test(data3)){
vErrors = noted(vErrors, {instancePath:instancePath+"/note",keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/note",keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath,keyword:"type",params:{type: "object"}});
errors++;
}
validate28.errors = vErrors;
return errors === 0;
}
validate28.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema57 = {"type":"object","additionalProperties":false,"minProperties":1,"properties":{"subject":{"type":["string","array"],"items":{"$ref":"#/$defs/line"},"minItems":1,"pattern":"^\\S.*$"},"cn":{"type":["string","array"],"items":{"$ref":"#/$defs/line"},"minItems":1,"pattern":"^\\S.*$"},"san_dns":{"type":["string","array"],"items":{"$ref":"#/$defs/line"},"minItems":1,"pattern":"^\\S.*$"},"san_uri":{"type":["string","array"],"items":{"$ref":"#/$defs/line"},"minItems":1,"pattern":"^\\S.*$"},"fingerprint_sha256":{"type":["string","array"],"items":{"type":"string","pattern":"^[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}$"},"minItems":1,"pattern":"^[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}$"}}};
const pattern50 = new RegExp("^[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}$", "u");

function validate30(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate30.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(Object.keys(data).length < 1){
vErrors = noted(vErrors, {instancePath,keyword:"minProperties",params:{limit: 1}});
errors++;
}
for(const key0 in data){
if(!(((((key0 === "subject") || (key0 === "cn")) || (key0 === "san_dns")) || (key0 === "san_uri")) || (key0 === "fingerprint_sha256"))){
vErrors = noted(vErrors, {instancePath,keyword:"additionalProperties",params:{additionalProperty: key0}});
errors++;
}
}
if(data.subject !== undefined){
let data0 = data.subject;
if((typeof data0 !== "string") && (!(Array.isArray(data0)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/subject",keyword:"type",params:{type: schema57.properties.subject.type}});
errors++;
}
if(typeof data0 === "string"){
if(!pattern39.test(data0)){
vErrors = noted(vErrors, {instancePath:instancePath+"/subject",keyword:"pattern",params:{pattern: "^\\S.*$"}});
errors++;
}
}
if(Array.isArray(data0)){
if(data0.length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/subject",keyword:"minItems",params:{limit: 1}});
errors++;
}
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
if(typeof data1 === "string"){
if(!pattern5.test(data1)){
vErrors = noted(vErrors, {instancePath:instancePath+"/subject/" + i0,keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/subject/" + i0,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
}
if(data.cn !== undefined){
let data2 = data.cn;
if((typeof data2 !== "string") && (!(Array.isArray(data2)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/cn",keyword:"type",params:{type: schema57.properties.cn.type}});
errors++;
}
if(typeof data2 === "string"){
if(!pattern39.test(data2)){
vErrors = noted(vErrors, {instancePath:instancePath+"/cn",keyword:"pattern",params:{pattern: "^\\S.*$"}});
errors++;
}
}
if(Array.isArray(data2)){
if(data2.length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/cn",keyword:"minItems",params:{limit: 1}});
errors++;
}
const len1 = data2.length;
for(let i1=0; i1<len1; i1++){
let data3 = data2[i1];
if(typeof data3 === "string"){
if(!pattern5.test(data3)){
vErrors = noted(vErrors, {instancePath:instancePath+"/cn/" + i1,keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/cn/" + i1,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
}
if(data.san_dns !== undefined){
let data4 = data.san_dns;
if((typeof data4 !== "string") && (!(Array.isArray(data4)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/san_dns",keyword:"type",params:{type: schema57.properties.san_dns.type}});
errors++;
}
if(typeof data4 === "string"){
if(!pattern39.test(data4)){
vErrors = noted(vErrors, {instancePath:instancePath+"/san_dns",keyword:"pattern",params:{pattern: "^\\S.*$"}});
errors++;
}
}
if(Array.isArray(data4)){
if(data4.length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/san_dns",keyword:"minItems",params:{limit: 1}});
errors++;
}
const len2 = data4.length;
for(let i2=0; i2<len2; i2++){
let data5 = data4[i2];
if(typeof data5 === "string"){
if(!pattern5.test(data5)){
vErrors = noted(vErrors, {instancePath:instancePath+"/san_dns/" + i2,keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/san_dns/" + i2,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
}
if(data.san_uri !== undefined){
let data6 = data.san_uri;
if((typeof data6 !== "string") && (!(Array.isArray(data6)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/san_uri",keyword:"type",params:{type: schema57.properties.san_uri.type}});
errors++;
}
if(typeof data6 === "string"){
if(!pattern39.test(data6)){
vErrors = noted(vErrors, {instancePath:instancePath+"/san_uri",keyword:"pattern",params:{pattern: "^\\S.*$"}});
errors++;
}
}
if(Array.isArray(data6)){
if(data6.length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/san_uri",keyword:"minItems",params:{limit: 1}});
errors++;
}
const len3 = data6.length;
for(let i3=0; i3<len3; i3++){
let data7 = data6[i3];
if(typeof data7 === "string"){
if(!pattern5.test(data7)){
vErrors = noted(vErrors, {instancePath:instancePath+"/san_uri/" + i3,keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/san_uri/" + i3,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
}
if(data.fingerprint_sha256 !== undefined){
let data8 = data.fingerprint_sha256;
if((typeof data8 !== "string") && (!(Array.isArray(data8)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/fingerprint_sha256",keyword:"type",params:{type: schema57.properties.fingerprint_sha256.type}});
errors++;
}
if(typeof data8 === "string"){
if(!pattern50.test(data8)){
vErrors = noted(vErrors, {instancePath:instancePath+"/fingerprint_sha256",keyword:"pattern",params:{pattern: "^[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}$"}});
errors++;
}
}
if(Array.isArray(data8)){
if(data8.length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/fingerprint_sha256",keyword:"minItems",params:{limit: 1}});
errors++;
}
const len4 = data8.length;
for(let i4=0; i4<len4; i4++){
let data9 = data8[i4];
if(typeof data9 === "string"){
if(!pattern50.test(data9)){
vErrors = noted(vErrors, {instancePath:instancePath+"/fingerprint_sha256/" + i4,keyword:"pattern",params:{pattern: "^[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/fingerprint_sha256/" + i4,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
}
}
else {
vErrors = noted(vErrors, {instancePath,keyword:"type",params:{type: "object"}});
errors++;
}
validate30.errors = vErrors;
return errors === 0;
}
validate30.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema63 = {"type":"object","additionalProperties":false,"required":["issuer"],"properties":{"issuer":{"$ref":"#/$defs/issuer_url"},"subjects":{"type":"array","items":{"$ref":"#/$defs/line"},"minItems":1},"groups":{"type":"array","items":{"$ref":"#/$defs/line"},"minItems":1},"groups_claim":{"$ref":"#/$defs/line"},"scopes":{"type":"array","items":{"$ref":"#/$defs/scope"},"minItems":1},"claims":{"type":"object","minProperties":1,"additionalProperties":{"type":["string","number","boolean","array"],"items":{"type":["string","number","boolean"]},"minItems":1}}}};

function validate32(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate32.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.issuer === undefined){
vErrors = noted(vErrors, {instancePath,keyword:"required",params:{missingProperty: "issuer"}});
errors++;
}
for(const key0 in data){
if(!((((((key0 === "issuer") || (key0 === "subjects")) || (key0 === "groups")) || (key0 === "groups_claim")) || (key0 === "scopes")) || (key0 === "claims"))){
vErrors = noted(vErrors, {instancePath,keyword:"additionalProperties",params:{additionalProperty: key0}});
errors++;
}
}
if(data.issuer !== undefined){
let data0 = data.issuer;
if(typeof data0 === "string"){
if(!pattern25.test(data0)){
vErrors = noted(vErrors, {instancePath:instancePath+"/issuer",keyword:"pattern",params:{pattern: "^https?://[^\\s\\u0000-\\u0020?#@]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/issuer",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.subjects !== undefined){
let data1 = data.subjects;
if(Array.isArray(data1)){
if(data1.length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/subjects",keyword:"minItems",params:{limit: 1}});
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(typeof data2 === "string"){
if(!pattern5.test(data2)){
vErrors = noted(vErrors, {instancePath:instancePath+"/subjects/" + i0,keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/subjects/" + i0,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/subjects",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.groups !== undefined){
let data3 = data.groups;
if(Array.isArray(data3)){
if(data3.length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/groups",keyword:"minItems",params:{limit: 1}});
errors++;
}
const len1 = data3.length;
for(let i1=0; i1<len1; i1++){
let data4 = data3[i1];
if(typeof data4 === "string"){
if(!pattern5.test(data4)){
vErrors = noted(vErrors, {instancePath:instancePath+"/groups/" + i1,keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/groups/" + i1,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/groups",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.groups_claim !== undefined){
let data5 = data.groups_claim;
if(typeof data5 === "string"){
if(!pattern5.test(data5)){
vErrors = noted(vErrors, {instancePath:instancePath+"/groups_claim",keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/groups_claim",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.scopes !== undefined){
let data6 = data.scopes;
if(Array.isArray(data6)){
if(data6.length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/scopes",keyword:"minItems",params:{limit: 1}});
errors++;
}
const len2 = data6.length;
for(let i2=0; i2<len2; i2++){
let data7 = data6[i2];
if(typeof data7 === "string"){
if(!pattern29.test(data7)){
vErrors = noted(vErrors, {instancePath:instancePath+"/scopes/" + i2,keyword:"pattern",params:{pattern: "^[\\u0021\\u0023-\\u005b\\u005d-\\u007e]{1,128}$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/scopes/" + i2,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/scopes",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.claims !== undefined){
let data8 = data.claims;
if(data8 && typeof data8 == "object" && !Array.isArray(data8)){
if(Object.keys(data8).length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/claims",keyword:"minProperties",params:{limit: 1}});
errors++;
}
for(const key1 in data8){
let data9 = data8[key1];
if((((typeof data9 !== "string") && (!((typeof data9 == "number") && (isFinite(data9))))) && (typeof data9 !== "boolean")) && (!(Array.isArray(data9)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/claims/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"type",params:{type: schema63.properties.claims.additionalProperties.type}});
errors++;
}
if(Array.isArray(data9)){
if(data9.length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/claims/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"minItems",params:{limit: 1}});
errors++;
}
const len3 = data9.length;
for(let i3=0; i3<len3; i3++){
let data10 = data9[i3];
if(((typeof data10 !== "string") && (!((typeof data10 == "number") && (isFinite(data10))))) && (typeof data10 !== "boolean")){
vErrors = noted(vErrors, {instancePath:instancePath+"/claims/" + key1.replace(/~/g, "~0").replace(/\//g, "~1")+"/" + i3,keyword:"type",params:{type: schema63.properties.claims.additionalProperties.items.type}});
errors++;
}
}
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/claims",keyword:"type",params:{type: "object"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath,keyword:"type",params:{type: "object"}});
errors++;
}
validate32.errors = vErrors;
return errors === 0;
}
validate32.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};


function validate25(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate25.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
const _errs1 = errors;
let valid0 = false;
const _errs2 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.token_sha256 === undefined){
vErrors = noted(vErrors, {instancePath,keyword:"required",params:{missingProperty: "token_sha256"}});
errors++;
}
}
var _valid0 = _errs2 === errors;
valid0 = valid0 || _valid0;
const _errs3 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.tokens === undefined){
vErrors = noted(vErrors, {instancePath,keyword:"required",params:{missingProperty: "tokens"}});
errors++;
}
}
var _valid0 = _errs3 === errors;
valid0 = valid0 || _valid0;
const _errs4 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.jwt === undefined){
vErrors = noted(vErrors, {instancePath,keyword:"required",params:{missingProperty: "jwt"}});
errors++;
}
}
var _valid0 = _errs4 === errors;
valid0 = valid0 || _valid0;
const _errs5 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.certificate === undefined){
vErrors = noted(vErrors, {instancePath,keyword:"required",params:{missingProperty: "certificate"}});
errors++;
}
}
var _valid0 = _errs5 === errors;
valid0 = valid0 || _valid0;
const _errs6 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.socket === undefined){
vErrors = noted(vErrors, {instancePath,keyword:"required",params:{missingProperty: "socket"}});
errors++;
}
}
var _valid0 = _errs6 === errors;
valid0 = valid0 || _valid0;
if(!valid0){
vErrors = noted(vErrors, {instancePath,keyword:"anyOf",params:{}});
errors++;
}
else {
errors = _errs1;
if(vErrors !== null){
if(_errs1){
vErrors.length = _errs1;
}
else {
vErrors = null;
}
}
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(func1.call(schema46.properties, key0))){
vErrors = noted(vErrors, {instancePath,keyword:"additionalProperties",params:{additionalProperty: key0}});
errors++;
}
}
if(data.token_sha256 !== undefined){
let data0 = data.token_sha256;
if(typeof data0 === "string"){
if(!pattern31.test(data0)){
vErrors = noted(vErrors, {instancePath:instancePath+"/token_sha256",keyword:"pattern",params:{pattern: "^[0-9A-Fa-f]{64}$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/token_sha256",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.allow !== undefined){
let data1 = data.allow;
if(Array.isArray(data1)){
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(typeof data2 === "string"){
if(!pattern20.test(data2)){
vErrors = noted(vErrors, {instancePath:instancePath+"/allow/" + i0,keyword:"pattern",params:{pattern: "^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/allow/" + i0,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/allow",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.deny !== undefined){
let data3 = data.deny;
if(Array.isArray(data3)){
const len1 = data3.length;
for(let i1=0; i1<len1; i1++){
let data4 = data3[i1];
if(typeof data4 === "string"){
if(!pattern20.test(data4)){
vErrors = noted(vErrors, {instancePath:instancePath+"/deny/" + i1,keyword:"pattern",params:{pattern: "^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/deny/" + i1,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/deny",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.read_only !== undefined){
if(typeof data.read_only !== "boolean"){
vErrors = noted(vErrors, {instancePath:instancePath+"/read_only",keyword:"type",params:{type: "boolean"}});
errors++;
}
}
if(data.arguments !== undefined){
let data6 = data.arguments;
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
for(const key1 in data6){
const _errs24 = errors;
if(typeof key1 === "string"){
if(!pattern20.test(key1)){
vErrors = noted(vErrors, {instancePath:instancePath+"/arguments",keyword:"pattern",params:{pattern: "^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$"},propertyName:key1});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/arguments",keyword:"type",params:{type: "string"},propertyName:key1});
errors++;
}
var valid8 = _errs24 === errors;
if(!valid8){
vErrors = noted(vErrors, {instancePath:instancePath+"/arguments",keyword:"propertyNames",params:{propertyName: key1}});
errors++;
}
}
for(const key2 in data6){
if(!(validate26(data6[key2], {instancePath:instancePath+"/arguments/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data6,parentDataProperty:key2,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate26.errors : vErrors.concat(validate26.errors);
errors = vErrors.length;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/arguments",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.admin !== undefined){
if(typeof data.admin !== "boolean"){
vErrors = noted(vErrors, {instancePath:instancePath+"/admin",keyword:"type",params:{type: "boolean"}});
errors++;
}
}
if(data.limits !== undefined){
let data9 = data.limits;
if(data9 && typeof data9 == "object" && !Array.isArray(data9)){
for(const key3 in data9){
if(!((((key3 === "max_concurrency") || (key3 === "max_queue")) || (key3 === "rate_limit_rps")) || (key3 === "rate_limit_bytes"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits",keyword:"additionalProperties",params:{additionalProperty: key3}});
errors++;
}
}
if(data9.max_concurrency !== undefined){
let data10 = data9.max_concurrency;
if(!(((typeof data10 == "number") && (!(data10 % 1) && !isNaN(data10))) && (isFinite(data10)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_concurrency",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data10 == "number") && (isFinite(data10))){
if(data10 > 1000000 || isNaN(data10)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_concurrency",keyword:"maximum",params:{comparison: "<=", limit: 1000000}});
errors++;
}
if(data10 < 1 || isNaN(data10)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_concurrency",keyword:"minimum",params:{comparison: ">=", limit: 1}});
errors++;
}
}
}
if(data9.max_queue !== undefined){
let data11 = data9.max_queue;
if(!(((typeof data11 == "number") && (!(data11 % 1) && !isNaN(data11))) && (isFinite(data11)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_queue",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data11 == "number") && (isFinite(data11))){
if(data11 > 1000000 || isNaN(data11)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_queue",keyword:"maximum",params:{comparison: "<=", limit: 1000000}});
errors++;
}
if(data11 < 0 || isNaN(data11)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_queue",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
}
if(data9.rate_limit_rps !== undefined){
let data12 = data9.rate_limit_rps;
if((typeof data12 == "number") && (isFinite(data12))){
if(data12 > 1000000 || isNaN(data12)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/rate_limit_rps",keyword:"maximum",params:{comparison: "<=", limit: 1000000}});
errors++;
}
if(data12 < 0 || isNaN(data12)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/rate_limit_rps",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/rate_limit_rps",keyword:"type",params:{type: "number"}});
errors++;
}
}
if(data9.rate_limit_bytes !== undefined){
let data13 = data9.rate_limit_bytes;
if(!(((typeof data13 == "number") && (!(data13 % 1) && !isNaN(data13))) && (isFinite(data13)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/rate_limit_bytes",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data13 == "number") && (isFinite(data13))){
if(data13 > 1000000000000 || isNaN(data13)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/rate_limit_bytes",keyword:"maximum",params:{comparison: "<=", limit: 1000000000000}});
errors++;
}
if(data13 < 0 || isNaN(data13)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/rate_limit_bytes",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/limits",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.allow_ips !== undefined){
let data14 = data.allow_ips;
if(Array.isArray(data14)){
if(data14.length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/allow_ips",keyword:"minItems",params:{limit: 1}});
errors++;
}
const len2 = data14.length;
for(let i2=0; i2<len2; i2++){
let data15 = data14[i2];
if(typeof data15 === "string"){
if(!pattern5.test(data15)){
vErrors = noted(vErrors, {instancePath:instancePath+"/allow_ips/" + i2,keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/allow_ips/" + i2,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/allow_ips",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.profile !== undefined){
let data16 = data.profile;
if(typeof data16 === "string"){
if(!pattern36.test(data16)){
vErrors = noted(vErrors, {instancePath:instancePath+"/profile",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9-]{0,31}$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/profile",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.tokens !== undefined){
let data17 = data.tokens;
if(Array.isArray(data17)){
const len3 = data17.length;
for(let i3=0; i3<len3; i3++){
if(!(validate28(data17[i3], {instancePath:instancePath+"/tokens/" + i3,parentData:data17,parentDataProperty:i3,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate28.errors : vErrors.concat(validate28.errors);
errors = vErrors.length;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/tokens",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.expires !== undefined){
let data19 = data.expires;
if(typeof data19 === "string"){
if(!pattern39.test(data19)){
vErrors = noted(vErrors, {instancePath:instancePath+"/expires",keyword:"pattern",params:{pattern: "^\\S.*$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/expires",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.certificate !== undefined){
if(!(validate30(data.certificate, {instancePath:instancePath+"/certificate",parentData:data,parentDataProperty:"certificate",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate30.errors : vErrors.concat(validate30.errors);
errors = vErrors.length;
}
}
if(data.socket !== undefined){
let data21 = data.socket;
if(data21 && typeof data21 == "object" && !Array.isArray(data21)){
if(data21.path === undefined){
vErrors = noted(vErrors, {instancePath:instancePath+"/socket",keyword:"required",params:{missingProperty: "path"}});
errors++;
}
for(const key4 in data21){
if(!(((key4 === "path") || (key4 === "mode")) || (key4 === "group"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/socket",keyword:"additionalProperties",params:{additionalProperty: key4}});
errors++;
}
}
if(data21.path !== undefined){
let data22 = data21.path;
if(typeof data22 === "string"){
if(!pattern5.test(data22)){
vErrors = noted(vErrors, {instancePath:instancePath+"/socket/path",keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/socket/path",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data21.mode !== undefined){
let data23 = data21.mode;
if(typeof data23 === "string"){
if(!pattern53.test(data23)){
vErrors = noted(vErrors, {instancePath:instancePath+"/socket/mode",keyword:"pattern",params:{pattern: "^0?[0-7]{3}$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/socket/mode",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data21.group !== undefined){
let data24 = data21.group;
if(typeof data24 === "string"){
if(!pattern54.test(data24)){
vErrors = noted(vErrors, {instancePath:instancePath+"/socket/group",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_][A-Za-z0-9_.@-]*$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/socket/group",keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/socket",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.jwt !== undefined){
if(!(validate32(data.jwt, {instancePath:instancePath+"/jwt",parentData:data,parentDataProperty:"jwt",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate32.errors : vErrors.concat(validate32.errors);
errors = vErrors.length;
}
}
}
else {
vErrors = noted(vErrors, {instancePath,keyword:"type",params:{type: "object"}});
errors++;
}
validate25.errors = vErrors;
return errors === 0;
}
validate25.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema70 = {"type":"object","additionalProperties":false,"minProperties":1,"properties":{"extends":{"$ref":"#/$defs/profile_name"},"description":{"$ref":"#/$defs/line"},"client_names":{"type":"array","items":{"$ref":"#/$defs/client_glob"}},"separator":{"type":"string","pattern":"^[_.-]{1,4}$"},"charset":{"type":"string","pattern":"^(?:any|(?=.*a-z)(?=.*0-9)(?=.*_)(?:A-Z|a-z|0-9|[_./-])+)$"},"max_length":{"type":"integer","minimum":16,"maximum":128},"tool_cap":{"type":"integer","minimum":0,"maximum":100000},"pinned":{"type":"array","items":{"$ref":"#/$defs/glob"}},"page_size":{"type":"integer","minimum":0,"maximum":100000},"downgrade":{"type":"object","additionalProperties":false,"minProperties":1,"properties":{"by_revision":{"type":"boolean"},"kinds":{"type":"array","items":{"enum":["audio","image","resource","resource_link","structured_content"]}}}}}};
const schema73 = {"type":"string","pattern":"^[^\\u0000-\\u001f?!{}\\[\\]]{1,128}$"};
const pattern63 = new RegExp("^[^\\u0000-\\u001f?!{}\\[\\]]{1,128}$", "u");
const pattern65 = new RegExp("^(?:any|(?=.*a-z)(?=.*0-9)(?=.*_)(?:A-Z|a-z|0-9|[_./-])+)$", "u");

function validate35(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate35.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(Object.keys(data).length < 1){
vErrors = noted(vErrors, {instancePath,keyword:"minProperties",params:{limit: 1}});
errors++;
}
for(const key0 in data){
if(!(func1.call(schema70.properties, key0))){
vErrors = noted(vErrors, {instancePath,keyword:"additionalProperties",params:{additionalProperty: key0}});
errors++;
}
}
if(data.extends !== undefined){
let data0 = data.extends;
if(typeof data0 === "string"){
if(!pattern36.test(data0)){
vErrors = noted(vErrors, {instancePath:instancePath+"/extends",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9-]{0,31}$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/extends",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.description !== undefined){
let data1 = data.description;
if(typeof data1 === "string"){
if(!pattern5.test(data1)){
vErrors = noted(vErrors, {instancePath:instancePath+"/description",keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/description",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.client_names !== undefined){
let data2 = data.client_names;
if(Array.isArray(data2)){
const len0 = data2.length;
for(let i0=0; i0<len0; i0++){
let data3 = data2[i0];
if(typeof data3 === "string"){
if(!pattern63.test(data3)){
vErrors = noted(vErrors, {instancePath:instancePath+"/client_names/" + i0,keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f?!{}\\[\\]]{1,128}$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/client_names/" + i0,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/client_names",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.separator !== undefined){
let data4 = data.separator;
if(typeof data4 === "string"){
if(!pattern19.test(data4)){
vErrors = noted(vErrors, {instancePath:instancePath+"/separator",keyword:"pattern",params:{pattern: "^[_.-]{1,4}$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/separator",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.charset !== undefined){
let data5 = data.charset;
if(typeof data5 === "string"){
if(!pattern65.test(data5)){
vErrors = noted(vErrors, {instancePath:instancePath+"/charset",keyword:"pattern",params:{pattern: "^(?:any|(?=.*a-z)(?=.*0-9)(?=.*_)(?:A-Z|a-z|0-9|[_./-])+)$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/charset",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.max_length !== undefined){
let data6 = data.max_length;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/max_length",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 > 128 || isNaN(data6)){
vErrors = noted(vErrors, {instancePath:instancePath+"/max_length",keyword:"maximum",params:{comparison: "<=", limit: 128}});
errors++;
}
if(data6 < 16 || isNaN(data6)){
vErrors = noted(vErrors, {instancePath:instancePath+"/max_length",keyword:"minimum",params:{comparison: ">=", limit: 16}});
errors++;
}
}
}
if(data.tool_cap !== undefined){
let data7 = data.tool_cap;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/tool_cap",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 > 100000 || isNaN(data7)){
vErrors = noted(vErrors, {instancePath:instancePath+"/tool_cap",keyword:"maximum",params:{comparison: "<=", limit: 100000}});
errors++;
}
if(data7 < 0 || isNaN(data7)){
vErrors = noted(vErrors, {instancePath:instancePath+"/tool_cap",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
}
if(data.pinned !== undefined){
let data8 = data.pinned;
if(Array.isArray(data8)){
const len1 = data8.length;
for(let i1=0; i1<len1; i1++){
let data9 = data8[i1];
if(typeof data9 === "string"){
if(!pattern20.test(data9)){
vErrors = noted(vErrors, {instancePath:instancePath+"/pinned/" + i1,keyword:"pattern",params:{pattern: "^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/pinned/" + i1,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/pinned",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.page_size !== undefined){
let data10 = data.page_size;
if(!(((typeof data10 == "number") && (!(data10 % 1) && !isNaN(data10))) && (isFinite(data10)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/page_size",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data10 == "number") && (isFinite(data10))){
if(data10 > 100000 || isNaN(data10)){
vErrors = noted(vErrors, {instancePath:instancePath+"/page_size",keyword:"maximum",params:{comparison: "<=", limit: 100000}});
errors++;
}
if(data10 < 0 || isNaN(data10)){
vErrors = noted(vErrors, {instancePath:instancePath+"/page_size",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
}
if(data.downgrade !== undefined){
let data11 = data.downgrade;
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
if(Object.keys(data11).length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/downgrade",keyword:"minProperties",params:{limit: 1}});
errors++;
}
for(const key1 in data11){
if(!((key1 === "by_revision") || (key1 === "kinds"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/downgrade",keyword:"additionalProperties",params:{additionalProperty: key1}});
errors++;
}
}
if(data11.by_revision !== undefined){
if(typeof data11.by_revision !== "boolean"){
vErrors = noted(vErrors, {instancePath:instancePath+"/downgrade/by_revision",keyword:"type",params:{type: "boolean"}});
errors++;
}
}
if(data11.kinds !== undefined){
let data13 = data11.kinds;
if(Array.isArray(data13)){
const len2 = data13.length;
for(let i2=0; i2<len2; i2++){
let data14 = data13[i2];
if(!(((((data14 === "audio") || (data14 === "image")) || (data14 === "resource")) || (data14 === "resource_link")) || (data14 === "structured_content"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/downgrade/kinds/" + i2,keyword:"enum",params:{allowedValues: schema70.properties.downgrade.properties.kinds.items.enum}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/downgrade/kinds",keyword:"type",params:{type: "array"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/downgrade",keyword:"type",params:{type: "object"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath,keyword:"type",params:{type: "object"}});
errors++;
}
validate35.errors = vErrors;
return errors === 0;
}
validate35.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema75 = {"type":"object","additionalProperties":false,"properties":{"command":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"args":{"type":"array","items":{"$ref":"#/$defs/text"}},"cwd":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"env":{"type":"object","additionalProperties":{"$ref":"#/$defs/text"},"propertyNames":{"$ref":"#/$defs/variable"}},"inherit_env":{"type":"array","items":{"$ref":"#/$defs/variable"}},"secrets":{"type":"array","items":{"$ref":"#/$defs/secret"}},"framing":{"enum":["auto","newline","content-length"]},"fence":{"type":"boolean"},"era":{"enum":["auto","legacy","modern"]},"namespace":{"type":"string","pattern":"^[a-z][a-z0-9-]*$"},"prefix":{"type":"boolean"},"isolation":{"enum":["auto","shared","session","pool"]},"resources":{"type":"object","additionalProperties":false,"properties":{"uris":{"enum":["native","prefixed"]}}},"disabled":{"type":"boolean"},"tags":{"type":"array","items":{"$ref":"#/$defs/tag"}},"policy":{"type":"object","additionalProperties":false,"properties":{"allow_destructive":{"type":"boolean"},"allow_tools":{"type":"array","items":{"$ref":"#/$defs/glob"}},"deny_tools":{"type":"array","items":{"$ref":"#/$defs/glob"}},"destructive_tools":{"type":"array","items":{"$ref":"#/$defs/glob"}},"read_only_tools":{"type":"array","items":{"$ref":"#/$defs/glob"}},"destructive":{"enum":["declared","assumed"]},"max_concurrency":{"type":"integer","minimum":1,"maximum":1000000},"max_queue":{"type":"integer","minimum":0,"maximum":1000000},"rate_limit_rps":{"type":"number","minimum":0,"maximum":1000000},"rate_limit_bytes":{"type":"integer","minimum":0,"maximum":1000000000000},"timeout_ms":{"type":"integer","minimum":1,"maximum":86400000},"max_timeout_ms":{"type":"integer","minimum":1,"maximum":86400000}}},"health":{"type":"object","additionalProperties":false,"properties":{"startup_timeout_ms":{"type":"integer","minimum":1,"maximum":86400000},"ping_interval_ms":{"type":"integer","minimum":0,"maximum":86400000},"ping_failures":{"type":"integer","minimum":1,"maximum":1000},"restart_backoff_ms":{"type":"integer","minimum":1,"maximum":86400000},"max_restarts":{"type":"integer","minimum":0,"maximum":1000000},"stop_timeout_ms":{"type":"integer","minimum":0,"maximum":86400000}}},"tools":{"type":"object","additionalProperties":{"$ref":"#/$defs/tool"}},"scaling":{"type":"object","additionalProperties":false,"properties":{"min":{"type":"integer","minimum":1,"maximum":1000},"max":{"type":"integer","minimum":1,"maximum":1000}}},"url":{"type":"string"},"transport":{"enum":["auto","streamable-http","sse","websocket"]},"headers":{"type":"object","additionalProperties":{"type":"string"}},"auth":{"type":"object","additionalProperties":false,"properties":{"bearer":{"$ref":"#/$defs/variable"},"oauth":{"$ref":"#/$defs/oauth"}}},"credentials":{"enum":["shared","per-user"]},"allow_private":{"type":"boolean"},"tls":{"type":"object","additionalProperties":false,"minProperties":1,"properties":{"ca":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"cert":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"key":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"}}},"container":{"type":"object","additionalProperties":false,"required":["image"],"properties":{"image":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9._/:@-]*$"},"engine":{"enum":["auto","docker","podman"]},"network":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"mounts":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["source","target"],"properties":{"source":{"type":"string","pattern":"^[^\\u0000-\\u001f,\"]+$"},"target":{"type":"string","pattern":"^/[^\\u0000-\\u001f,\":]+$"},"writable":{"type":"boolean"}}}},"memory":{"type":"string","pattern":"^[1-9][0-9]*[kmg]$"},"pids":{"type":"integer","minimum":2,"maximum":100000},"user":{"type":"string","pattern":"^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$"},"writable":{"type":"boolean"}}},"max_sessions":{"type":"integer","minimum":1,"maximum":10000},"idle_timeout_ms":{"type":"integer","minimum":1000,"maximum":86400000},"roots":{"type":"array","items":{"$ref":"#/$defs/line"}},"interactive":{"enum":["serialize"]}}};
const schema76 = {"type":"string","pattern":"^[^\\u0000]*$"};
const schema77 = {"type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_]*$"};
const schema84 = {"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"};
const pattern68 = new RegExp("^[^\\u0000]*$", "u");
const pattern70 = new RegExp("^[A-Za-z_][A-Za-z0-9_]*$", "u");
const pattern78 = new RegExp("^[a-z][a-z0-9-]*$", "u");
const pattern79 = new RegExp("^[A-Za-z0-9][A-Za-z0-9_.-]*$", "u");
const pattern96 = new RegExp("^[A-Za-z0-9][A-Za-z0-9._/:@-]*$", "u");
const pattern98 = new RegExp("^[^\\u0000-\\u001f,\"]+$", "u");
const pattern99 = new RegExp("^/[^\\u0000-\\u001f,\":]+$", "u");
const pattern100 = new RegExp("^[1-9][0-9]*[kmg]$", "u");
const pattern101 = new RegExp("^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$", "u");
const schema80 = {"type":["string","object"],"pattern":"^[A-Za-z_][A-Za-z0-9_]*$","additionalProperties":false,"required":["name","from"],"properties":{"name":{"$ref":"#/$defs/variable"},"from":{"type":"object","additionalProperties":false,"minProperties":1,"maxProperties":1,"properties":{"env":{"$ref":"#/$defs/variable"},"file":{"type":"string","pattern":"^(?=.*\\S)[^\\u0000-\\u001f]+$"},"command":{"type":"array","items":{"$ref":"#/$defs/text"},"minItems":1}}}}};

function validate38(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate38.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if((typeof data !== "string") && (!(data && typeof data == "object" && !Array.isArray(data)))){
vErrors = noted(vErrors, {instancePath,keyword:"type",params:{type: schema80.type}});
errors++;
}
if(typeof data === "string"){
if(!pattern70.test(data)){
vErrors = noted(vErrors, {instancePath,keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"}});
errors++;
}
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.name === undefined){
vErrors = noted(vErrors, {instancePath,keyword:"required",params:{missingProperty: "name"}});
errors++;
}
if(data.from === undefined){
vErrors = noted(vErrors, {instancePath,keyword:"required",params:{missingProperty: "from"}});
errors++;
}
for(const key0 in data){
if(!((key0 === "name") || (key0 === "from"))){
vErrors = noted(vErrors, {instancePath,keyword:"additionalProperties",params:{additionalProperty: key0}});
errors++;
}
}
if(data.name !== undefined){
let data0 = data.name;
if(typeof data0 === "string"){
if(!pattern70.test(data0)){
vErrors = noted(vErrors, {instancePath:instancePath+"/name",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/name",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.from !== undefined){
let data1 = data.from;
if(data1 && typeof data1 == "object" && !Array.isArray(data1)){
if(Object.keys(data1).length > 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/from",keyword:"maxProperties",params:{limit: 1}});
errors++;
}
if(Object.keys(data1).length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/from",keyword:"minProperties",params:{limit: 1}});
errors++;
}
for(const key1 in data1){
if(!(((key1 === "env") || (key1 === "file")) || (key1 === "command"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/from",keyword:"additionalProperties",params:{additionalProperty: key1}});
errors++;
}
}
if(data1.env !== undefined){
let data2 = data1.env;
if(typeof data2 === "string"){
if(!pattern70.test(data2)){
vErrors = noted(vErrors, {instancePath:instancePath+"/from/env",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/from/env",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data1.file !== undefined){
let data3 = data1.file;
if(typeof data3 === "string"){
if(!pattern5.test(data3)){
vErrors = noted(vErrors, {instancePath:instancePath+"/from/file",keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/from/file",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data1.command !== undefined){
let data4 = data1.command;
if(Array.isArray(data4)){
if(data4.length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/from/command",keyword:"minItems",params:{limit: 1}});
errors++;
}
const len0 = data4.length;
for(let i0=0; i0<len0; i0++){
let data5 = data4[i0];
if(typeof data5 === "string"){
if(!pattern68.test(data5)){
vErrors = noted(vErrors, {instancePath:instancePath+"/from/command/" + i0,keyword:"pattern",params:{pattern: "^[^\\u0000]*$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/from/command/" + i0,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/from/command",keyword:"type",params:{type: "array"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/from",keyword:"type",params:{type: "object"}});
errors++;
}
}
}
validate38.errors = vErrors;
return errors === 0;
}
validate38.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema89 = {"type":"object","additionalProperties":false,"minProperties":1,"properties":{"name":{"$ref":"#/$defs/tool_name"},"expose":{"$ref":"#/$defs/tool_name"},"description":{"$ref":"#/$defs/text"},"hidden":{"type":"boolean"},"limits":{"type":"object","additionalProperties":false,"minProperties":1,"properties":{"max_concurrency":{"type":"integer","minimum":1,"maximum":1000000},"max_queue":{"type":"integer","minimum":0,"maximum":1000000},"rate_limit_rps":{"type":"number","minimum":0,"maximum":1000000},"rate_limit_bytes":{"type":"integer","minimum":0,"maximum":1000000000000}}}}};
const schema90 = {"type":"string","pattern":"^[A-Za-z0-9_.-]{1,128}$"};
const pattern84 = new RegExp("^[A-Za-z0-9_.-]{1,128}$", "u");

function validate40(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate40.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(Object.keys(data).length < 1){
vErrors = noted(vErrors, {instancePath,keyword:"minProperties",params:{limit: 1}});
errors++;
}
for(const key0 in data){
if(!(((((key0 === "name") || (key0 === "expose")) || (key0 === "description")) || (key0 === "hidden")) || (key0 === "limits"))){
vErrors = noted(vErrors, {instancePath,keyword:"additionalProperties",params:{additionalProperty: key0}});
errors++;
}
}
if(data.name !== undefined){
let data0 = data.name;
if(typeof data0 === "string"){
if(!pattern84.test(data0)){
vErrors = noted(vErrors, {instancePath:instancePath+"/name",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_.-]{1,128}$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/name",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.expose !== undefined){
let data1 = data.expose;
if(typeof data1 === "string"){
if(!pattern84.test(data1)){
vErrors = noted(vErrors, {instancePath:instancePath+"/expose",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_.-]{1,128}$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/expose",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.description !== undefined){
let data2 = data.description;
if(typeof data2 === "string"){
if(!pattern68.test(data2)){
vErrors = noted(vErrors, {instancePath:instancePath+"/description",keyword:"pattern",params:{pattern: "^[^\\u0000]*$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/description",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.hidden !== undefined){
if(typeof data.hidden !== "boolean"){
vErrors = noted(vErrors, {instancePath:instancePath+"/hidden",keyword:"type",params:{type: "boolean"}});
errors++;
}
}
if(data.limits !== undefined){
let data4 = data.limits;
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
if(Object.keys(data4).length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits",keyword:"minProperties",params:{limit: 1}});
errors++;
}
for(const key1 in data4){
if(!((((key1 === "max_concurrency") || (key1 === "max_queue")) || (key1 === "rate_limit_rps")) || (key1 === "rate_limit_bytes"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits",keyword:"additionalProperties",params:{additionalProperty: key1}});
errors++;
}
}
if(data4.max_concurrency !== undefined){
let data5 = data4.max_concurrency;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_concurrency",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 > 1000000 || isNaN(data5)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_concurrency",keyword:"maximum",params:{comparison: "<=", limit: 1000000}});
errors++;
}
if(data5 < 1 || isNaN(data5)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_concurrency",keyword:"minimum",params:{comparison: ">=", limit: 1}});
errors++;
}
}
}
if(data4.max_queue !== undefined){
let data6 = data4.max_queue;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_queue",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 > 1000000 || isNaN(data6)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_queue",keyword:"maximum",params:{comparison: "<=", limit: 1000000}});
errors++;
}
if(data6 < 0 || isNaN(data6)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/max_queue",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
}
if(data4.rate_limit_rps !== undefined){
let data7 = data4.rate_limit_rps;
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 > 1000000 || isNaN(data7)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/rate_limit_rps",keyword:"maximum",params:{comparison: "<=", limit: 1000000}});
errors++;
}
if(data7 < 0 || isNaN(data7)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/rate_limit_rps",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/rate_limit_rps",keyword:"type",params:{type: "number"}});
errors++;
}
}
if(data4.rate_limit_bytes !== undefined){
let data8 = data4.rate_limit_bytes;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/rate_limit_bytes",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 > 1000000000000 || isNaN(data8)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/rate_limit_bytes",keyword:"maximum",params:{comparison: "<=", limit: 1000000000000}});
errors++;
}
if(data8 < 0 || isNaN(data8)){
vErrors = noted(vErrors, {instancePath:instancePath+"/limits/rate_limit_bytes",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/limits",keyword:"type",params:{type: "object"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath,keyword:"type",params:{type: "object"}});
errors++;
}
validate40.errors = vErrors;
return errors === 0;
}
validate40.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema94 = {"type":"object","additionalProperties":false,"properties":{"grant":{"enum":["authorization_code","client_credentials","token-exchange"]},"client_id":{"type":"string","pattern":"^[\\x20-\\x7e]+$"},"client_secret":{"$ref":"#/$defs/secret"},"private_key":{"$ref":"#/$defs/secret"},"private_key_algorithm":{"enum":["RS256","RS384","RS512","PS256","PS384","PS512","ES256","ES384","ES512"]},"client_metadata_url":{"type":"string","pattern":"^https://[^/\\s]+/\\S+$"},"redirect_url":{"type":"string","pattern":"^http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]{1,5})?(/[^\\s?#]*)?$"},"scopes":{"type":"array","items":{"type":"string","pattern":"^[\\x21\\x23-\\x5b\\x5d-\\x7e]+$"},"minItems":1},"issuer":{"type":"string","pattern":"^https?://\\S+$"}}};
const pattern88 = new RegExp("^[\\x20-\\x7e]+$", "u");
const pattern89 = new RegExp("^https://[^/\\s]+/\\S+$", "u");
const pattern90 = new RegExp("^http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]{1,5})?(/[^\\s?#]*)?$", "u");
const pattern91 = new RegExp("^[\\x21\\x23-\\x5b\\x5d-\\x7e]+$", "u");
const pattern92 = new RegExp("^https?://\\S+$", "u");

function validate42(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate42.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(func1.call(schema94.properties, key0))){
vErrors = noted(vErrors, {instancePath,keyword:"additionalProperties",params:{additionalProperty: key0}});
errors++;
}
}
if(data.grant !== undefined){
let data0 = data.grant;
if(!(((data0 === "authorization_code") || (data0 === "client_credentials")) || (data0 === "token-exchange"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/grant",keyword:"enum",params:{allowedValues: schema94.properties.grant.enum}});
errors++;
}
}
if(data.client_id !== undefined){
let data1 = data.client_id;
if(typeof data1 === "string"){
if(!pattern88.test(data1)){
vErrors = noted(vErrors, {instancePath:instancePath+"/client_id",keyword:"pattern",params:{pattern: "^[\\x20-\\x7e]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/client_id",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.client_secret !== undefined){
if(!(validate38(data.client_secret, {instancePath:instancePath+"/client_secret",parentData:data,parentDataProperty:"client_secret",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate38.errors : vErrors.concat(validate38.errors);
errors = vErrors.length;
}
}
if(data.private_key !== undefined){
if(!(validate38(data.private_key, {instancePath:instancePath+"/private_key",parentData:data,parentDataProperty:"private_key",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate38.errors : vErrors.concat(validate38.errors);
errors = vErrors.length;
}
}
if(data.private_key_algorithm !== undefined){
let data4 = data.private_key_algorithm;
if(!(((((((((data4 === "RS256") || (data4 === "RS384")) || (data4 === "RS512")) || (data4 === "PS256")) || (data4 === "PS384")) || (data4 === "PS512")) || (data4 === "ES256")) || (data4 === "ES384")) || (data4 === "ES512"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/private_key_algorithm",keyword:"enum",params:{allowedValues: schema94.properties.private_key_algorithm.enum}});
errors++;
}
}
if(data.client_metadata_url !== undefined){
let data5 = data.client_metadata_url;
if(typeof data5 === "string"){
if(!pattern89.test(data5)){
vErrors = noted(vErrors, {instancePath:instancePath+"/client_metadata_url",keyword:"pattern",params:{pattern: "^https://[^/\\s]+/\\S+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/client_metadata_url",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.redirect_url !== undefined){
let data6 = data.redirect_url;
if(typeof data6 === "string"){
if(!pattern90.test(data6)){
vErrors = noted(vErrors, {instancePath:instancePath+"/redirect_url",keyword:"pattern",params:{pattern: "^http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]{1,5})?(/[^\\s?#]*)?$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/redirect_url",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.scopes !== undefined){
let data7 = data.scopes;
if(Array.isArray(data7)){
if(data7.length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/scopes",keyword:"minItems",params:{limit: 1}});
errors++;
}
const len0 = data7.length;
for(let i0=0; i0<len0; i0++){
let data8 = data7[i0];
if(typeof data8 === "string"){
if(!pattern91.test(data8)){
vErrors = noted(vErrors, {instancePath:instancePath+"/scopes/" + i0,keyword:"pattern",params:{pattern: "^[\\x21\\x23-\\x5b\\x5d-\\x7e]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/scopes/" + i0,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/scopes",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.issuer !== undefined){
let data9 = data.issuer;
if(typeof data9 === "string"){
if(!pattern92.test(data9)){
vErrors = noted(vErrors, {instancePath:instancePath+"/issuer",keyword:"pattern",params:{pattern: "^https?://\\S+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/issuer",keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath,keyword:"type",params:{type: "object"}});
errors++;
}
validate42.errors = vErrors;
return errors === 0;
}
validate42.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};


function validate37(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate37.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(func1.call(schema75.properties, key0))){
vErrors = noted(vErrors, {instancePath,keyword:"additionalProperties",params:{additionalProperty: key0}});
errors++;
}
}
if(data.command !== undefined){
let data0 = data.command;
if(typeof data0 === "string"){
if(!pattern5.test(data0)){
vErrors = noted(vErrors, {instancePath:instancePath+"/command",keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/command",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.args !== undefined){
let data1 = data.args;
if(Array.isArray(data1)){
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(typeof data2 === "string"){
if(!pattern68.test(data2)){
vErrors = noted(vErrors, {instancePath:instancePath+"/args/" + i0,keyword:"pattern",params:{pattern: "^[^\\u0000]*$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/args/" + i0,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/args",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.cwd !== undefined){
let data3 = data.cwd;
if(typeof data3 === "string"){
if(!pattern5.test(data3)){
vErrors = noted(vErrors, {instancePath:instancePath+"/cwd",keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/cwd",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.env !== undefined){
let data4 = data.env;
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
for(const key1 in data4){
const _errs13 = errors;
if(typeof key1 === "string"){
if(!pattern70.test(key1)){
vErrors = noted(vErrors, {instancePath:instancePath+"/env",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"},propertyName:key1});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/env",keyword:"type",params:{type: "string"},propertyName:key1});
errors++;
}
var valid4 = _errs13 === errors;
if(!valid4){
vErrors = noted(vErrors, {instancePath:instancePath+"/env",keyword:"propertyNames",params:{propertyName: key1}});
errors++;
}
}
for(const key2 in data4){
let data5 = data4[key2];
if(typeof data5 === "string"){
if(!pattern68.test(data5)){
vErrors = noted(vErrors, {instancePath:instancePath+"/env/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"pattern",params:{pattern: "^[^\\u0000]*$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/env/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/env",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.inherit_env !== undefined){
let data6 = data.inherit_env;
if(Array.isArray(data6)){
const len1 = data6.length;
for(let i1=0; i1<len1; i1++){
let data7 = data6[i1];
if(typeof data7 === "string"){
if(!pattern70.test(data7)){
vErrors = noted(vErrors, {instancePath:instancePath+"/inherit_env/" + i1,keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/inherit_env/" + i1,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/inherit_env",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.secrets !== undefined){
let data8 = data.secrets;
if(Array.isArray(data8)){
const len2 = data8.length;
for(let i2=0; i2<len2; i2++){
if(!(validate38(data8[i2], {instancePath:instancePath+"/secrets/" + i2,parentData:data8,parentDataProperty:i2,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate38.errors : vErrors.concat(validate38.errors);
errors = vErrors.length;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/secrets",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.framing !== undefined){
let data10 = data.framing;
if(!(((data10 === "auto") || (data10 === "newline")) || (data10 === "content-length"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/framing",keyword:"enum",params:{allowedValues: schema75.properties.framing.enum}});
errors++;
}
}
if(data.fence !== undefined){
if(typeof data.fence !== "boolean"){
vErrors = noted(vErrors, {instancePath:instancePath+"/fence",keyword:"type",params:{type: "boolean"}});
errors++;
}
}
if(data.era !== undefined){
let data12 = data.era;
if(!(((data12 === "auto") || (data12 === "legacy")) || (data12 === "modern"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/era",keyword:"enum",params:{allowedValues: schema75.properties.era.enum}});
errors++;
}
}
if(data.namespace !== undefined){
let data13 = data.namespace;
if(typeof data13 === "string"){
if(!pattern78.test(data13)){
vErrors = noted(vErrors, {instancePath:instancePath+"/namespace",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9-]*$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/namespace",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.prefix !== undefined){
if(typeof data.prefix !== "boolean"){
vErrors = noted(vErrors, {instancePath:instancePath+"/prefix",keyword:"type",params:{type: "boolean"}});
errors++;
}
}
if(data.isolation !== undefined){
let data15 = data.isolation;
if(!((((data15 === "auto") || (data15 === "shared")) || (data15 === "session")) || (data15 === "pool"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/isolation",keyword:"enum",params:{allowedValues: schema75.properties.isolation.enum}});
errors++;
}
}
if(data.resources !== undefined){
let data16 = data.resources;
if(data16 && typeof data16 == "object" && !Array.isArray(data16)){
for(const key3 in data16){
if(!(key3 === "uris")){
vErrors = noted(vErrors, {instancePath:instancePath+"/resources",keyword:"additionalProperties",params:{additionalProperty: key3}});
errors++;
}
}
if(data16.uris !== undefined){
let data17 = data16.uris;
if(!((data17 === "native") || (data17 === "prefixed"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/resources/uris",keyword:"enum",params:{allowedValues: schema75.properties.resources.properties.uris.enum}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/resources",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.disabled !== undefined){
if(typeof data.disabled !== "boolean"){
vErrors = noted(vErrors, {instancePath:instancePath+"/disabled",keyword:"type",params:{type: "boolean"}});
errors++;
}
}
if(data.tags !== undefined){
let data19 = data.tags;
if(Array.isArray(data19)){
const len3 = data19.length;
for(let i3=0; i3<len3; i3++){
let data20 = data19[i3];
if(typeof data20 === "string"){
if(!pattern79.test(data20)){
vErrors = noted(vErrors, {instancePath:instancePath+"/tags/" + i3,keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]*$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/tags/" + i3,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/tags",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.policy !== undefined){
let data21 = data.policy;
if(data21 && typeof data21 == "object" && !Array.isArray(data21)){
for(const key4 in data21){
if(!(func1.call(schema75.properties.policy.properties, key4))){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy",keyword:"additionalProperties",params:{additionalProperty: key4}});
errors++;
}
}
if(data21.allow_destructive !== undefined){
if(typeof data21.allow_destructive !== "boolean"){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/allow_destructive",keyword:"type",params:{type: "boolean"}});
errors++;
}
}
if(data21.allow_tools !== undefined){
let data23 = data21.allow_tools;
if(Array.isArray(data23)){
const len4 = data23.length;
for(let i4=0; i4<len4; i4++){
let data24 = data23[i4];
if(typeof data24 === "string"){
if(!pattern20.test(data24)){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/allow_tools/" + i4,keyword:"pattern",params:{pattern: "^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/allow_tools/" + i4,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/allow_tools",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data21.deny_tools !== undefined){
let data25 = data21.deny_tools;
if(Array.isArray(data25)){
const len5 = data25.length;
for(let i5=0; i5<len5; i5++){
let data26 = data25[i5];
if(typeof data26 === "string"){
if(!pattern20.test(data26)){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/deny_tools/" + i5,keyword:"pattern",params:{pattern: "^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/deny_tools/" + i5,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/deny_tools",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data21.destructive_tools !== undefined){
let data27 = data21.destructive_tools;
if(Array.isArray(data27)){
const len6 = data27.length;
for(let i6=0; i6<len6; i6++){
let data28 = data27[i6];
if(typeof data28 === "string"){
if(!pattern20.test(data28)){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/destructive_tools/" + i6,keyword:"pattern",params:{pattern: "^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/destructive_tools/" + i6,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/destructive_tools",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data21.read_only_tools !== undefined){
let data29 = data21.read_only_tools;
if(Array.isArray(data29)){
const len7 = data29.length;
for(let i7=0; i7<len7; i7++){
let data30 = data29[i7];
if(typeof data30 === "string"){
if(!pattern20.test(data30)){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/read_only_tools/" + i7,keyword:"pattern",params:{pattern: "^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/read_only_tools/" + i7,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/read_only_tools",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data21.destructive !== undefined){
let data31 = data21.destructive;
if(!((data31 === "declared") || (data31 === "assumed"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/destructive",keyword:"enum",params:{allowedValues: schema75.properties.policy.properties.destructive.enum}});
errors++;
}
}
if(data21.max_concurrency !== undefined){
let data32 = data21.max_concurrency;
if(!(((typeof data32 == "number") && (!(data32 % 1) && !isNaN(data32))) && (isFinite(data32)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/max_concurrency",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data32 == "number") && (isFinite(data32))){
if(data32 > 1000000 || isNaN(data32)){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/max_concurrency",keyword:"maximum",params:{comparison: "<=", limit: 1000000}});
errors++;
}
if(data32 < 1 || isNaN(data32)){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/max_concurrency",keyword:"minimum",params:{comparison: ">=", limit: 1}});
errors++;
}
}
}
if(data21.max_queue !== undefined){
let data33 = data21.max_queue;
if(!(((typeof data33 == "number") && (!(data33 % 1) && !isNaN(data33))) && (isFinite(data33)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/max_queue",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data33 == "number") && (isFinite(data33))){
if(data33 > 1000000 || isNaN(data33)){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/max_queue",keyword:"maximum",params:{comparison: "<=", limit: 1000000}});
errors++;
}
if(data33 < 0 || isNaN(data33)){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/max_queue",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
}
if(data21.rate_limit_rps !== undefined){
let data34 = data21.rate_limit_rps;
if((typeof data34 == "number") && (isFinite(data34))){
if(data34 > 1000000 || isNaN(data34)){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/rate_limit_rps",keyword:"maximum",params:{comparison: "<=", limit: 1000000}});
errors++;
}
if(data34 < 0 || isNaN(data34)){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/rate_limit_rps",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/rate_limit_rps",keyword:"type",params:{type: "number"}});
errors++;
}
}
if(data21.rate_limit_bytes !== undefined){
let data35 = data21.rate_limit_bytes;
if(!(((typeof data35 == "number") && (!(data35 % 1) && !isNaN(data35))) && (isFinite(data35)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/rate_limit_bytes",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data35 == "number") && (isFinite(data35))){
if(data35 > 1000000000000 || isNaN(data35)){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/rate_limit_bytes",keyword:"maximum",params:{comparison: "<=", limit: 1000000000000}});
errors++;
}
if(data35 < 0 || isNaN(data35)){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/rate_limit_bytes",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
}
if(data21.timeout_ms !== undefined){
let data36 = data21.timeout_ms;
if(!(((typeof data36 == "number") && (!(data36 % 1) && !isNaN(data36))) && (isFinite(data36)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/timeout_ms",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data36 == "number") && (isFinite(data36))){
if(data36 > 86400000 || isNaN(data36)){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/timeout_ms",keyword:"maximum",params:{comparison: "<=", limit: 86400000}});
errors++;
}
if(data36 < 1 || isNaN(data36)){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/timeout_ms",keyword:"minimum",params:{comparison: ">=", limit: 1}});
errors++;
}
}
}
if(data21.max_timeout_ms !== undefined){
let data37 = data21.max_timeout_ms;
if(!(((typeof data37 == "number") && (!(data37 % 1) && !isNaN(data37))) && (isFinite(data37)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/max_timeout_ms",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data37 == "number") && (isFinite(data37))){
if(data37 > 86400000 || isNaN(data37)){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/max_timeout_ms",keyword:"maximum",params:{comparison: "<=", limit: 86400000}});
errors++;
}
if(data37 < 1 || isNaN(data37)){
vErrors = noted(vErrors, {instancePath:instancePath+"/policy/max_timeout_ms",keyword:"minimum",params:{comparison: ">=", limit: 1}});
errors++;
}
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/policy",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.health !== undefined){
let data38 = data.health;
if(data38 && typeof data38 == "object" && !Array.isArray(data38)){
for(const key5 in data38){
if(!((((((key5 === "startup_timeout_ms") || (key5 === "ping_interval_ms")) || (key5 === "ping_failures")) || (key5 === "restart_backoff_ms")) || (key5 === "max_restarts")) || (key5 === "stop_timeout_ms"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/health",keyword:"additionalProperties",params:{additionalProperty: key5}});
errors++;
}
}
if(data38.startup_timeout_ms !== undefined){
let data39 = data38.startup_timeout_ms;
if(!(((typeof data39 == "number") && (!(data39 % 1) && !isNaN(data39))) && (isFinite(data39)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/health/startup_timeout_ms",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data39 == "number") && (isFinite(data39))){
if(data39 > 86400000 || isNaN(data39)){
vErrors = noted(vErrors, {instancePath:instancePath+"/health/startup_timeout_ms",keyword:"maximum",params:{comparison: "<=", limit: 86400000}});
errors++;
}
if(data39 < 1 || isNaN(data39)){
vErrors = noted(vErrors, {instancePath:instancePath+"/health/startup_timeout_ms",keyword:"minimum",params:{comparison: ">=", limit: 1}});
errors++;
}
}
}
if(data38.ping_interval_ms !== undefined){
let data40 = data38.ping_interval_ms;
if(!(((typeof data40 == "number") && (!(data40 % 1) && !isNaN(data40))) && (isFinite(data40)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/health/ping_interval_ms",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data40 == "number") && (isFinite(data40))){
if(data40 > 86400000 || isNaN(data40)){
vErrors = noted(vErrors, {instancePath:instancePath+"/health/ping_interval_ms",keyword:"maximum",params:{comparison: "<=", limit: 86400000}});
errors++;
}
if(data40 < 0 || isNaN(data40)){
vErrors = noted(vErrors, {instancePath:instancePath+"/health/ping_interval_ms",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
}
if(data38.ping_failures !== undefined){
let data41 = data38.ping_failures;
if(!(((typeof data41 == "number") && (!(data41 % 1) && !isNaN(data41))) && (isFinite(data41)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/health/ping_failures",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data41 == "number") && (isFinite(data41))){
if(data41 > 1000 || isNaN(data41)){
vErrors = noted(vErrors, {instancePath:instancePath+"/health/ping_failures",keyword:"maximum",params:{comparison: "<=", limit: 1000}});
errors++;
}
if(data41 < 1 || isNaN(data41)){
vErrors = noted(vErrors, {instancePath:instancePath+"/health/ping_failures",keyword:"minimum",params:{comparison: ">=", limit: 1}});
errors++;
}
}
}
if(data38.restart_backoff_ms !== undefined){
let data42 = data38.restart_backoff_ms;
if(!(((typeof data42 == "number") && (!(data42 % 1) && !isNaN(data42))) && (isFinite(data42)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/health/restart_backoff_ms",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data42 == "number") && (isFinite(data42))){
if(data42 > 86400000 || isNaN(data42)){
vErrors = noted(vErrors, {instancePath:instancePath+"/health/restart_backoff_ms",keyword:"maximum",params:{comparison: "<=", limit: 86400000}});
errors++;
}
if(data42 < 1 || isNaN(data42)){
vErrors = noted(vErrors, {instancePath:instancePath+"/health/restart_backoff_ms",keyword:"minimum",params:{comparison: ">=", limit: 1}});
errors++;
}
}
}
if(data38.max_restarts !== undefined){
let data43 = data38.max_restarts;
if(!(((typeof data43 == "number") && (!(data43 % 1) && !isNaN(data43))) && (isFinite(data43)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/health/max_restarts",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data43 == "number") && (isFinite(data43))){
if(data43 > 1000000 || isNaN(data43)){
vErrors = noted(vErrors, {instancePath:instancePath+"/health/max_restarts",keyword:"maximum",params:{comparison: "<=", limit: 1000000}});
errors++;
}
if(data43 < 0 || isNaN(data43)){
vErrors = noted(vErrors, {instancePath:instancePath+"/health/max_restarts",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
}
if(data38.stop_timeout_ms !== undefined){
let data44 = data38.stop_timeout_ms;
if(!(((typeof data44 == "number") && (!(data44 % 1) && !isNaN(data44))) && (isFinite(data44)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/health/stop_timeout_ms",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data44 == "number") && (isFinite(data44))){
if(data44 > 86400000 || isNaN(data44)){
vErrors = noted(vErrors, {instancePath:instancePath+"/health/stop_timeout_ms",keyword:"maximum",params:{comparison: "<=", limit: 86400000}});
errors++;
}
if(data44 < 0 || isNaN(data44)){
vErrors = noted(vErrors, {instancePath:instancePath+"/health/stop_timeout_ms",keyword:"minimum",params:{comparison: ">=", limit: 0}});
errors++;
}
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/health",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.tools !== undefined){
let data45 = data.tools;
if(data45 && typeof data45 == "object" && !Array.isArray(data45)){
for(const key6 in data45){
if(!(validate40(data45[key6], {instancePath:instancePath+"/tools/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data45,parentDataProperty:key6,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate40.errors : vErrors.concat(validate40.errors);
errors = vErrors.length;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/tools",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.scaling !== undefined){
let data47 = data.scaling;
if(data47 && typeof data47 == "object" && !Array.isArray(data47)){
for(const key7 in data47){
if(!((key7 === "min") || (key7 === "max"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/scaling",keyword:"additionalProperties",params:{additionalProperty: key7}});
errors++;
}
}
if(data47.min !== undefined){
let data48 = data47.min;
if(!(((typeof data48 == "number") && (!(data48 % 1) && !isNaN(data48))) && (isFinite(data48)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/scaling/min",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data48 == "number") && (isFinite(data48))){
if(data48 > 1000 || isNaN(data48)){
vErrors = noted(vErrors, {instancePath:instancePath+"/scaling/min",keyword:"maximum",params:{comparison: "<=", limit: 1000}});
errors++;
}
if(data48 < 1 || isNaN(data48)){
vErrors = noted(vErrors, {instancePath:instancePath+"/scaling/min",keyword:"minimum",params:{comparison: ">=", limit: 1}});
errors++;
}
}
}
if(data47.max !== undefined){
let data49 = data47.max;
if(!(((typeof data49 == "number") && (!(data49 % 1) && !isNaN(data49))) && (isFinite(data49)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/scaling/max",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data49 == "number") && (isFinite(data49))){
if(data49 > 1000 || isNaN(data49)){
vErrors = noted(vErrors, {instancePath:instancePath+"/scaling/max",keyword:"maximum",params:{comparison: "<=", limit: 1000}});
errors++;
}
if(data49 < 1 || isNaN(data49)){
vErrors = noted(vErrors, {instancePath:instancePath+"/scaling/max",keyword:"minimum",params:{comparison: ">=", limit: 1}});
errors++;
}
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/scaling",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.url !== undefined){
if(typeof data.url !== "string"){
vErrors = noted(vErrors, {instancePath:instancePath+"/url",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data.transport !== undefined){
let data51 = data.transport;
if(!((((data51 === "auto") || (data51 === "streamable-http")) || (data51 === "sse")) || (data51 === "websocket"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/transport",keyword:"enum",params:{allowedValues: schema75.properties.transport.enum}});
errors++;
}
}
if(data.headers !== undefined){
let data52 = data.headers;
if(data52 && typeof data52 == "object" && !Array.isArray(data52)){
for(const key8 in data52){
if(typeof data52[key8] !== "string"){
vErrors = noted(vErrors, {instancePath:instancePath+"/headers/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"),keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/headers",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.auth !== undefined){
let data54 = data.auth;
if(data54 && typeof data54 == "object" && !Array.isArray(data54)){
for(const key9 in data54){
if(!((key9 === "bearer") || (key9 === "oauth"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/auth",keyword:"additionalProperties",params:{additionalProperty: key9}});
errors++;
}
}
if(data54.bearer !== undefined){
let data55 = data54.bearer;
if(typeof data55 === "string"){
if(!pattern70.test(data55)){
vErrors = noted(vErrors, {instancePath:instancePath+"/auth/bearer",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/auth/bearer",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data54.oauth !== undefined){
if(!(validate42(data54.oauth, {instancePath:instancePath+"/auth/oauth",parentData:data54,parentDataProperty:"oauth",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate42.errors : vErrors.concat(validate42.errors);
errors = vErrors.length;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/auth",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.credentials !== undefined){
let data57 = data.credentials;
if(!((data57 === "shared") || (data57 === "per-user"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/credentials",keyword:"enum",params:{allowedValues: schema75.properties.credentials.enum}});
errors++;
}
}
if(data.allow_private !== undefined){
if(typeof data.allow_private !== "boolean"){
vErrors = noted(vErrors, {instancePath:instancePath+"/allow_private",keyword:"type",params:{type: "boolean"}});
errors++;
}
}
if(data.tls !== undefined){
let data59 = data.tls;
if(data59 && typeof data59 == "object" && !Array.isArray(data59)){
if(Object.keys(data59).length < 1){
vErrors = noted(vErrors, {instancePath:instancePath+"/tls",keyword:"minProperties",params:{limit: 1}});
errors++;
}
for(const key10 in data59){
if(!(((key10 === "ca") || (key10 === "cert")) || (key10 === "key"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/tls",keyword:"additionalProperties",params:{additionalProperty: key10}});
errors++;
}
}
if(data59.ca !== undefined){
let data60 = data59.ca;
if(typeof data60 === "string"){
if(!pattern5.test(data60)){
vErrors = noted(vErrors, {instancePath:instancePath+"/tls/ca",keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/tls/ca",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data59.cert !== undefined){
let data61 = data59.cert;
if(typeof data61 === "string"){
if(!pattern5.test(data61)){
vErrors = noted(vErrors, {instancePath:instancePath+"/tls/cert",keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/tls/cert",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data59.key !== undefined){
let data62 = data59.key;
if(typeof data62 === "string"){
if(!pattern5.test(data62)){
vErrors = noted(vErrors, {instancePath:instancePath+"/tls/key",keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/tls/key",keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/tls",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.container !== undefined){
let data63 = data.container;
if(data63 && typeof data63 == "object" && !Array.isArray(data63)){
if(data63.image === undefined){
vErrors = noted(vErrors, {instancePath:instancePath+"/container",keyword:"required",params:{missingProperty: "image"}});
errors++;
}
for(const key11 in data63){
if(!((((((((key11 === "image") || (key11 === "engine")) || (key11 === "network")) || (key11 === "mounts")) || (key11 === "memory")) || (key11 === "pids")) || (key11 === "user")) || (key11 === "writable"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/container",keyword:"additionalProperties",params:{additionalProperty: key11}});
errors++;
}
}
if(data63.image !== undefined){
let data64 = data63.image;
if(typeof data64 === "string"){
if(!pattern96.test(data64)){
vErrors = noted(vErrors, {instancePath:instancePath+"/container/image",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9._/:@-]*$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/container/image",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data63.engine !== undefined){
let data65 = data63.engine;
if(!(((data65 === "auto") || (data65 === "docker")) || (data65 === "podman"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/container/engine",keyword:"enum",params:{allowedValues: schema75.properties.container.properties.engine.enum}});
errors++;
}
}
if(data63.network !== undefined){
let data66 = data63.network;
if(typeof data66 === "string"){
if(!pattern79.test(data66)){
vErrors = noted(vErrors, {instancePath:instancePath+"/container/network",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]*$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/container/network",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data63.mounts !== undefined){
let data67 = data63.mounts;
if(Array.isArray(data67)){
const len8 = data67.length;
for(let i8=0; i8<len8; i8++){
let data68 = data67[i8];
if(data68 && typeof data68 == "object" && !Array.isArray(data68)){
if(data68.source === undefined){
vErrors = noted(vErrors, {instancePath:instancePath+"/container/mounts/" + i8,keyword:"required",params:{missingProperty: "source"}});
errors++;
}
if(data68.target === undefined){
vErrors = noted(vErrors, {instancePath:instancePath+"/container/mounts/" + i8,keyword:"required",params:{missingProperty: "target"}});
errors++;
}
for(const key12 in data68){
if(!(((key12 === "source") || (key12 === "target")) || (key12 === "writable"))){
vErrors = noted(vErrors, {instancePath:instancePath+"/container/mounts/" + i8,keyword:"additionalProperties",params:{additionalProperty: key12}});
errors++;
}
}
if(data68.source !== undefined){
let data69 = data68.source;
if(typeof data69 === "string"){
if(!pattern98.test(data69)){
vErrors = noted(vErrors, {instancePath:instancePath+"/container/mounts/" + i8+"/source",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f,\"]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/container/mounts/" + i8+"/source",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data68.target !== undefined){
let data70 = data68.target;
if(typeof data70 === "string"){
if(!pattern99.test(data70)){
vErrors = noted(vErrors, {instancePath:instancePath+"/container/mounts/" + i8+"/target",keyword:"pattern",params:{pattern: "^/[^\\u0000-\\u001f,\":]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/container/mounts/" + i8+"/target",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data68.writable !== undefined){
if(typeof data68.writable !== "boolean"){
vErrors = noted(vErrors, {instancePath:instancePath+"/container/mounts/" + i8+"/writable",keyword:"type",params:{type: "boolean"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/container/mounts/" + i8,keyword:"type",params:{type: "object"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/container/mounts",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data63.memory !== undefined){
let data72 = data63.memory;
if(typeof data72 === "string"){
if(!pattern100.test(data72)){
vErrors = noted(vErrors, {instancePath:instancePath+"/container/memory",keyword:"pattern",params:{pattern: "^[1-9][0-9]*[kmg]$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/container/memory",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data63.pids !== undefined){
let data73 = data63.pids;
if(!(((typeof data73 == "number") && (!(data73 % 1) && !isNaN(data73))) && (isFinite(data73)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/container/pids",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data73 == "number") && (isFinite(data73))){
if(data73 > 100000 || isNaN(data73)){
vErrors = noted(vErrors, {instancePath:instancePath+"/container/pids",keyword:"maximum",params:{comparison: "<=", limit: 100000}});
errors++;
}
if(data73 < 2 || isNaN(data73)){
vErrors = noted(vErrors, {instancePath:instancePath+"/container/pids",keyword:"minimum",params:{comparison: ">=", limit: 2}});
errors++;
}
}
}
if(data63.user !== undefined){
let data74 = data63.user;
if(typeof data74 === "string"){
if(!pattern101.test(data74)){
vErrors = noted(vErrors, {instancePath:instancePath+"/container/user",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/container/user",keyword:"type",params:{type: "string"}});
errors++;
}
}
if(data63.writable !== undefined){
if(typeof data63.writable !== "boolean"){
vErrors = noted(vErrors, {instancePath:instancePath+"/container/writable",keyword:"type",params:{type: "boolean"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/container",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.max_sessions !== undefined){
let data76 = data.max_sessions;
if(!(((typeof data76 == "number") && (!(data76 % 1) && !isNaN(data76))) && (isFinite(data76)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/max_sessions",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data76 == "number") && (isFinite(data76))){
if(data76 > 10000 || isNaN(data76)){
vErrors = noted(vErrors, {instancePath:instancePath+"/max_sessions",keyword:"maximum",params:{comparison: "<=", limit: 10000}});
errors++;
}
if(data76 < 1 || isNaN(data76)){
vErrors = noted(vErrors, {instancePath:instancePath+"/max_sessions",keyword:"minimum",params:{comparison: ">=", limit: 1}});
errors++;
}
}
}
if(data.idle_timeout_ms !== undefined){
let data77 = data.idle_timeout_ms;
if(!(((typeof data77 == "number") && (!(data77 % 1) && !isNaN(data77))) && (isFinite(data77)))){
vErrors = noted(vErrors, {instancePath:instancePath+"/idle_timeout_ms",keyword:"type",params:{type: "integer"}});
errors++;
}
if((typeof data77 == "number") && (isFinite(data77))){
if(data77 > 86400000 || isNaN(data77)){
vErrors = noted(vErrors, {instancePath:instancePath+"/idle_timeout_ms",keyword:"maximum",params:{comparison: "<=", limit: 86400000}});
errors++;
}
if(data77 < 1000 || isNaN(data77)){
vErrors = noted(vErrors, {instancePath:instancePath+"/idle_timeout_ms",keyword:"minimum",params:{comparison: ">=", limit: 1000}});
errors++;
}
}
}
if(data.roots !== undefined){
let data78 = data.roots;
if(Array.isArray(data78)){
const len9 = data78.length;
for(let i9=0; i9<len9; i9++){
let data79 = data78[i9];
if(typeof data79 === "string"){
if(!pattern5.test(data79)){
vErrors = noted(vErrors, {instancePath:instancePath+"/roots/" + i9,keyword:"pattern",params:{pattern: "^(?=.*\\S)[^\\u0000-\\u001f]+$"}});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/roots/" + i9,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/roots",keyword:"type",params:{type: "array"}});
errors++;
}
}
if(data.interactive !== undefined){
if(!(data.interactive === "serialize")){
vErrors = noted(vErrors, {instancePath:instancePath+"/interactive",keyword:"enum",params:{allowedValues: schema75.properties.interactive.enum}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath,keyword:"type",params:{type: "object"}});
errors++;
}
validate37.errors = vErrors;
return errors === 0;
}
validate37.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const pattern30 = new RegExp("^[A-Za-z0-9][A-Za-z0-9_.@-]*$", "u");

function validate20(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
/*# sourceURL="https://raw.githubusercontent.com/ghively/thehub/main/schemas/manifest.schema.json" */;
let vErrors = null;
let errors = 0;
const evaluated0 = validate20.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((((key0 === "version") || (key0 === "hub")) || (key0 === "clients")) || (key0 === "profiles")) || (key0 === "cores")) || (key0 === "include"))){
vErrors = noted(vErrors, {instancePath,keyword:"additionalProperties",params:{additionalProperty: key0}});
errors++;
}
}
if(data.version !== undefined){
if(1 !== data.version){
vErrors = noted(vErrors, {instancePath:instancePath+"/version",keyword:"const",params:{allowedValue: 1}});
errors++;
}
}
if(data.hub !== undefined){
if(!(validate21(data.hub, {instancePath:instancePath+"/hub",parentData:data,parentDataProperty:"hub",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate21.errors : vErrors.concat(validate21.errors);
errors = vErrors.length;
}
}
if(data.clients !== undefined){
let data2 = data.clients;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
for(const key1 in data2){
const _errs6 = errors;
if(typeof key1 === "string"){
if(!pattern30.test(key1)){
vErrors = noted(vErrors, {instancePath:instancePath+"/clients",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9_.@-]*$"},propertyName:key1});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/clients",keyword:"type",params:{type: "string"},propertyName:key1});
errors++;
}
var valid1 = _errs6 === errors;
if(!valid1){
vErrors = noted(vErrors, {instancePath:instancePath+"/clients",keyword:"propertyNames",params:{propertyName: key1}});
errors++;
}
}
for(const key2 in data2){
if(!(validate25(data2[key2], {instancePath:instancePath+"/clients/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data2,parentDataProperty:key2,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate25.errors : vErrors.concat(validate25.errors);
errors = vErrors.length;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/clients",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.profiles !== undefined){
let data4 = data.profiles;
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
for(const key3 in data4){
const _errs13 = errors;
if(typeof key3 === "string"){
if(!pattern36.test(key3)){
vErrors = noted(vErrors, {instancePath:instancePath+"/profiles",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9-]{0,31}$"},propertyName:key3});
errors++;
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/profiles",keyword:"type",params:{type: "string"},propertyName:key3});
errors++;
}
var valid4 = _errs13 === errors;
if(!valid4){
vErrors = noted(vErrors, {instancePath:instancePath+"/profiles",keyword:"propertyNames",params:{propertyName: key3}});
errors++;
}
}
for(const key4 in data4){
if(!(validate35(data4[key4], {instancePath:instancePath+"/profiles/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data4,parentDataProperty:key4,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate35.errors : vErrors.concat(validate35.errors);
errors = vErrors.length;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/profiles",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.cores !== undefined){
let data6 = data.cores;
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
for(const key5 in data6){
if(!(validate37(data6[key5], {instancePath:instancePath+"/cores/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data6,parentDataProperty:key5,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate37.errors : vErrors.concat(validate37.errors);
errors = vErrors.length;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/cores",keyword:"type",params:{type: "object"}});
errors++;
}
}
if(data.include !== undefined){
let data8 = data.include;
if(Array.isArray(data8)){
const len0 = data8.length;
for(let i0=0; i0<len0; i0++){
if(typeof data8[i0] !== "string"){
vErrors = noted(vErrors, {instancePath:instancePath+"/include/" + i0,keyword:"type",params:{type: "string"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath:instancePath+"/include",keyword:"type",params:{type: "array"}});
errors++;
}
}
}
else {
vErrors = noted(vErrors, {instancePath,keyword:"type",params:{type: "object"}});
errors++;
}
validate20.errors = vErrors;
return errors === 0;
}
validate20.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

function noted(errors, error){
if(errors === null)return [error];
errors.push(error);
return errors;
}

