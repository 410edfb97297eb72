// Generated from schemas/manifest.schema.json by `npm run types`. Do not edit.
// biome-ignore-all lint: generated
// biome-ignore-all format: generated
// biome-ignore-all assist: generated
// @ts-nocheck
export const validate = validate20;
const schema31 = {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://raw.githubusercontent.com/ghively/thehub/main/schemas/manifest.schema.json","type":"object","additionalProperties":false,"properties":{"version":{"const":1},"hub":{"$ref":"#/$defs/hub"},"clients":{"type":"object","additionalProperties":{"$ref":"#/$defs/client"},"propertyNames":{"$ref":"#/$defs/client_name"}},"profiles":{"type":"object","additionalProperties":{"$ref":"#/$defs/profile"},"propertyNames":{"$ref":"#/$defs/profile_name"}},"cores":{"type":"object","additionalProperties":{"$ref":"#/$defs/core"}},"include":{"type":"array","items":{"type":"string"}}},"$defs":{"line":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"text":{"type":"string","pattern":"^[^\\u0000]*$"},"variable":{"type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_]*$"},"client_name":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9_.@-]*$"},"profile_name":{"type":"string","pattern":"^[a-z][a-z0-9-]{0,31}$"},"tag":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"glob":{"type":"string","pattern":"^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$"},"client_glob":{"type":"string","pattern":"^[^\\u0000-\\u001f?!{}\\[\\]]{1,128}$"},"tool_name":{"type":"string","pattern":"^[A-Za-z0-9_.-]{1,128}$"},"hub":{"type":"object","additionalProperties":false,"properties":{"listen":{"type":["string","array"],"items":{"$ref":"#/$defs/line"},"pattern":"\\S"},"admin_listen":{"type":["string","array"],"items":{"$ref":"#/$defs/line"},"pattern":"\\S"},"base_path":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"public_url":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"allow_hosts":{"type":"array","items":{"$ref":"#/$defs/line"}},"allow_origins":{"type":"array","items":{"$ref":"#/$defs/line"}},"trusted_proxies":{"type":"array","items":{"$ref":"#/$defs/line"}},"anonymous":{"enum":["loopback","allow"]},"log_level":{"enum":["debug","info","warn","error"]},"log_format":{"enum":["json","pretty"]},"state_dir":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"secrets_dir":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"watch":{"type":"boolean"},"list_wait_ms":{"type":"integer","minimum":0,"maximum":86400000},"search_tools":{"enum":["auto","always","off"]},"drain_timeout_ms":{"type":"integer","minimum":0,"maximum":86400000},"tls":{"type":"object","additionalProperties":false,"required":["cert","key"],"properties":{"cert":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"key":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"client_ca":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}}},"names":{"type":"object","additionalProperties":false,"properties":{"separator":{"type":"string","pattern":"^[_.-]{1,4}$"},"max_length":{"type":"integer","minimum":16,"maximum":128}}},"limits":{"type":"object","additionalProperties":false,"properties":{"max_concurrency_per_client":{"type":"integer","minimum":1,"maximum":1000000},"max_queue_per_client":{"type":"integer","minimum":0,"maximum":1000000},"rate_limit_rps":{"type":"number","minimum":0,"maximum":1000000},"max_message_bytes":{"type":"integer","minimum":1024,"maximum":268435456},"max_connections":{"type":"integer","minimum":1,"maximum":1000000},"max_connections_per_address":{"type":"integer","minimum":1,"maximum":1000000}}},"policy":{"type":"object","additionalProperties":false,"properties":{"allow_tools":{"type":"array","items":{"$ref":"#/$defs/glob"}},"deny_tools":{"type":"array","items":{"$ref":"#/$defs/glob"}},"allow_destructive":{"type":"boolean"}}},"token":{"type":["string","object"]},"metrics_token":{"type":["string","object"]},"allow_ips":{"type":"array","items":{"type":"string"}},"auth":{"type":"object","additionalProperties":false,"properties":{"issuers":{"type":"object","additionalProperties":{"$ref":"#/$defs/issuer"},"propertyNames":{"$ref":"#/$defs/issuer_url"}}}}}},"issuer_url":{"type":"string","pattern":"^https?://[^\\s\\u0000-\\u0020?#@]+$"},"issuer":{"type":"object","additionalProperties":false,"properties":{"jwks_url":{"type":"string","pattern":"^https?://[^\\s\\u0000-\\u0020#@]+$"},"audience":{"type":"array","items":{"$ref":"#/$defs/line"},"minItems":1},"algorithms":{"type":"array","items":{"enum":["RS256","RS384","RS512","PS256","PS384","PS512","ES256","ES384","ES512","EdDSA","Ed25519"]},"minItems":1},"clock_skew_s":{"type":"integer","minimum":0,"maximum":300},"ca":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"scopes":{"type":"array","items":{"$ref":"#/$defs/scope"}}}},"scope":{"type":"string","pattern":"^[\\u0021\\u0023-\\u005b\\u005d-\\u007e]{1,128}$"},"jwt":{"type":"object","additionalProperties":false,"required":["issuer"],"properties":{"issuer":{"$ref":"#/$defs/issuer_url"},"subjects":{"type":"array","items":{"$ref":"#/$defs/line"},"minItems":1},"groups":{"type":"array","items":{"$ref":"#/$defs/line"},"minItems":1},"groups_claim":{"$ref":"#/$defs/line"},"scopes":{"type":"array","items":{"$ref":"#/$defs/scope"},"minItems":1},"claims":{"type":"object","minProperties":1,"additionalProperties":{"type":["string","number","boolean","array"],"items":{"type":["string","number","boolean"]},"minItems":1}}}},"client":{"type":"object","additionalProperties":false,"anyOf":[{"required":["token_sha256"]},{"required":["jwt"]}],"properties":{"token_sha256":{"type":"string","pattern":"^[0-9A-Fa-f]{64}$"},"allow":{"type":"array","items":{"$ref":"#/$defs/glob"}},"deny":{"type":"array","items":{"$ref":"#/$defs/glob"}},"admin":{"type":"boolean"},"limits":{"type":"object","additionalProperties":false,"properties":{"max_concurrency":{"type":"integer","minimum":1,"maximum":1000000},"max_queue":{"type":"integer","minimum":0,"maximum":1000000},"rate_limit_rps":{"type":"number","minimum":0,"maximum":1000000}}},"profile":{"$ref":"#/$defs/profile_name"},"tokens":{"type":"array"},"expires":{"type":"string"},"jwt":{"$ref":"#/$defs/jwt"}}},"profile":{"type":"object","additionalProperties":false,"minProperties":1,"properties":{"extends":{"$ref":"#/$defs/profile_name"},"description":{"$ref":"#/$defs/line"},"client_names":{"type":"array","items":{"$ref":"#/$defs/client_glob"}},"separator":{"type":"string","pattern":"^[_.-]{1,4}$"},"charset":{"type":"string","pattern":"^(?:any|(?=.*a-z)(?=.*0-9)(?=.*_)(?:A-Z|a-z|0-9|[_./-])+)$"},"max_length":{"type":"integer","minimum":16,"maximum":128},"tool_cap":{"type":"integer","minimum":0,"maximum":100000},"pinned":{"type":"array","items":{"$ref":"#/$defs/glob"}},"page_size":{"type":"integer","minimum":0,"maximum":100000},"downgrade":{"type":"object","additionalProperties":false,"minProperties":1,"properties":{"by_revision":{"type":"boolean"},"kinds":{"type":"array","items":{"enum":["audio","image","resource","resource_link","structured_content"]}}}}}},"core":{"type":"object","additionalProperties":false,"properties":{"command":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"args":{"type":"array","items":{"$ref":"#/$defs/text"}},"cwd":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"env":{"type":"object","additionalProperties":{"$ref":"#/$defs/text"},"propertyNames":{"$ref":"#/$defs/variable"}},"inherit_env":{"type":"array","items":{"$ref":"#/$defs/variable"}},"secrets":{"type":"array","items":{"$ref":"#/$defs/secret"}},"framing":{"enum":["auto","newline","content-length"]},"namespace":{"type":"string","pattern":"^[a-z][a-z0-9-]*$"},"prefix":{"type":"boolean"},"isolation":{"enum":["auto","shared","session","pool"]},"resources":{"type":"object","additionalProperties":false,"properties":{"uris":{"enum":["native","prefixed"]}}},"disabled":{"type":"boolean"},"tags":{"type":"array","items":{"$ref":"#/$defs/tag"}},"policy":{"type":"object","additionalProperties":false,"properties":{"allow_destructive":{"type":"boolean"},"allow_tools":{"type":"array","items":{"$ref":"#/$defs/glob"}},"deny_tools":{"type":"array","items":{"$ref":"#/$defs/glob"}},"destructive_tools":{"type":"array","items":{"$ref":"#/$defs/glob"}},"destructive":{"enum":["declared","assumed"]},"max_concurrency":{"type":"integer","minimum":1,"maximum":1000000},"max_queue":{"type":"integer","minimum":0,"maximum":1000000},"rate_limit_rps":{"type":"number","minimum":0,"maximum":1000000},"timeout_ms":{"type":"integer","minimum":1,"maximum":86400000},"max_timeout_ms":{"type":"integer","minimum":1,"maximum":86400000}}},"health":{"type":"object","additionalProperties":false,"properties":{"startup_timeout_ms":{"type":"integer","minimum":1,"maximum":86400000},"ping_interval_ms":{"type":"integer","minimum":0,"maximum":86400000},"ping_failures":{"type":"integer","minimum":1,"maximum":1000},"restart_backoff_ms":{"type":"integer","minimum":1,"maximum":86400000},"max_restarts":{"type":"integer","minimum":0,"maximum":1000000},"stop_timeout_ms":{"type":"integer","minimum":0,"maximum":86400000}}},"tools":{"type":"object","additionalProperties":{"$ref":"#/$defs/tool"}},"scaling":{"type":"object","additionalProperties":false,"properties":{"min":{"type":"integer","minimum":1,"maximum":1000},"max":{"type":"integer","minimum":1,"maximum":1000}}},"url":{"type":"string"},"transport":{"enum":["auto","streamable-http","sse","websocket"]},"headers":{"type":"object","additionalProperties":{"type":"string"}},"auth":{"type":"object","additionalProperties":false,"properties":{"bearer":{"$ref":"#/$defs/variable"},"oauth":{"$ref":"#/$defs/oauth"}}},"credentials":{"enum":["shared","per-user"]},"allow_private":{"type":"boolean"},"tls":{"type":"object","additionalProperties":false,"minProperties":1,"properties":{"ca":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"cert":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"key":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}}},"container":{"type":"object","additionalProperties":false,"required":["image"],"properties":{"image":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9._/:@-]*$"},"engine":{"enum":["auto","docker","podman"]},"network":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"mounts":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["source","target"],"properties":{"source":{"type":"string","pattern":"^[^\\u0000-\\u001f,\"]+$"},"target":{"type":"string","pattern":"^/[^\\u0000-\\u001f,\":]+$"},"writable":{"type":"boolean"}}}},"memory":{"type":"string","pattern":"^[1-9][0-9]*[kmg]$"},"pids":{"type":"integer","minimum":2,"maximum":100000},"user":{"type":"string","pattern":"^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$"},"writable":{"type":"boolean"}}},"max_sessions":{"type":"integer","minimum":1,"maximum":10000},"idle_timeout_ms":{"type":"integer","minimum":1000,"maximum":86400000},"roots":{"type":"array","items":{"$ref":"#/$defs/line"}},"interactive":{"enum":["serialize"]}}},"oauth":{"type":"object","additionalProperties":false,"properties":{"grant":{"enum":["authorization_code","client_credentials"]},"client_id":{"type":"string","pattern":"^[\\x20-\\x7e]+$"},"client_secret":{"$ref":"#/$defs/secret"},"private_key":{"$ref":"#/$defs/secret"},"private_key_algorithm":{"enum":["RS256","RS384","RS512","PS256","PS384","PS512","ES256","ES384","ES512"]},"client_metadata_url":{"type":"string","pattern":"^https://[^/\\s]+/\\S+$"},"redirect_url":{"type":"string","pattern":"^http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]{1,5})?(/[^\\s?#]*)?$"},"scopes":{"type":"array","items":{"type":"string","pattern":"^[\\x21\\x23-\\x5b\\x5d-\\x7e]+$"},"minItems":1},"issuer":{"type":"string","pattern":"^https?://\\S+$"}}},"secret":{"type":["string","object"],"pattern":"^[A-Za-z_][A-Za-z0-9_]*$","additionalProperties":false,"required":["name","from"],"properties":{"name":{"$ref":"#/$defs/variable"},"from":{"type":"object","additionalProperties":false,"minProperties":1,"maxProperties":1,"properties":{"env":{"$ref":"#/$defs/variable"},"file":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"command":{"type":"array","items":{"$ref":"#/$defs/text"},"minItems":1}}}}},"tool":{"type":"object","additionalProperties":false,"minProperties":1,"properties":{"name":{"$ref":"#/$defs/tool_name"},"expose":{"$ref":"#/$defs/tool_name"},"description":{"$ref":"#/$defs/text"},"hidden":{"type":"boolean"}}}}};
const schema44 = {"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9_.@-]*$"};
const schema48 = {"type":"string","pattern":"^[a-z][a-z0-9-]{0,31}$"};
const schema32 = {"type":"object","additionalProperties":false,"properties":{"listen":{"type":["string","array"],"items":{"$ref":"#/$defs/line"},"pattern":"\\S"},"admin_listen":{"type":["string","array"],"items":{"$ref":"#/$defs/line"},"pattern":"\\S"},"base_path":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"public_url":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"allow_hosts":{"type":"array","items":{"$ref":"#/$defs/line"}},"allow_origins":{"type":"array","items":{"$ref":"#/$defs/line"}},"trusted_proxies":{"type":"array","items":{"$ref":"#/$defs/line"}},"anonymous":{"enum":["loopback","allow"]},"log_level":{"enum":["debug","info","warn","error"]},"log_format":{"enum":["json","pretty"]},"state_dir":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"secrets_dir":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"watch":{"type":"boolean"},"list_wait_ms":{"type":"integer","minimum":0,"maximum":86400000},"search_tools":{"enum":["auto","always","off"]},"drain_timeout_ms":{"type":"integer","minimum":0,"maximum":86400000},"tls":{"type":"object","additionalProperties":false,"required":["cert","key"],"properties":{"cert":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"key":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"client_ca":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}}},"names":{"type":"object","additionalProperties":false,"properties":{"separator":{"type":"string","pattern":"^[_.-]{1,4}$"},"max_length":{"type":"integer","minimum":16,"maximum":128}}},"limits":{"type":"object","additionalProperties":false,"properties":{"max_concurrency_per_client":{"type":"integer","minimum":1,"maximum":1000000},"max_queue_per_client":{"type":"integer","minimum":0,"maximum":1000000},"rate_limit_rps":{"type":"number","minimum":0,"maximum":1000000},"max_message_bytes":{"type":"integer","minimum":1024,"maximum":268435456},"max_connections":{"type":"integer","minimum":1,"maximum":1000000},"max_connections_per_address":{"type":"integer","minimum":1,"maximum":1000000}}},"policy":{"type":"object","additionalProperties":false,"properties":{"allow_tools":{"type":"array","items":{"$ref":"#/$defs/glob"}},"deny_tools":{"type":"array","items":{"$ref":"#/$defs/glob"}},"allow_destructive":{"type":"boolean"}}},"token":{"type":["string","object"]},"metrics_token":{"type":["string","object"]},"allow_ips":{"type":"array","items":{"type":"string"}},"auth":{"type":"object","additionalProperties":false,"properties":{"issuers":{"type":"object","additionalProperties":{"$ref":"#/$defs/issuer"},"propertyNames":{"$ref":"#/$defs/issuer_url"}}}}}};
const schema33 = {"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"};
const schema38 = {"type":"string","pattern":"^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$"};
const schema40 = {"type":"string","pattern":"^https?://[^\\s\\u0000-\\u0020?#@]+$"};
const func1 = Object.prototype.hasOwnProperty;
const pattern4 = new RegExp("\\S", "u");
const pattern5 = new RegExp("^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$", "u");
const pattern18 = new RegExp("^[_.-]{1,4}$", "u");
const pattern19 = new RegExp("^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$", "u");
const pattern21 = new RegExp("^https?://[^\\s\\u0000-\\u0020?#@]+$", "u");
const schema41 = {"type":"object","additionalProperties":false,"properties":{"jwks_url":{"type":"string","pattern":"^https?://[^\\s\\u0000-\\u0020#@]+$"},"audience":{"type":"array","items":{"$ref":"#/$defs/line"},"minItems":1},"algorithms":{"type":"array","items":{"enum":["RS256","RS384","RS512","PS256","PS384","PS512","ES256","ES384","ES512","EdDSA","Ed25519"]},"minItems":1},"clock_skew_s":{"type":"integer","minimum":0,"maximum":300},"ca":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"scopes":{"type":"array","items":{"$ref":"#/$defs/scope"}}}};
const schema43 = {"type":"string","pattern":"^[\\u0021\\u0023-\\u005b\\u005d-\\u007e]{1,128}$"};
const pattern22 = new RegExp("^https?://[^\\s\\u0000-\\u0020#@]+$", "u");
const pattern25 = new RegExp("^[\\u0021\\u0023-\\u005b\\u005d-\\u007e]{1,128}$", "u");

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
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.jwks_url !== undefined){
let data0 = data.jwks_url;
if(typeof data0 === "string"){
if(!pattern22.test(data0)){
const err1 = {instancePath:instancePath+"/jwks_url",schemaPath:"#/properties/jwks_url/pattern",keyword:"pattern",params:{pattern: "^https?://[^\\s\\u0000-\\u0020#@]+$"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
else {
const err2 = {instancePath:instancePath+"/jwks_url",schemaPath:"#/properties/jwks_url/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.audience !== undefined){
let data1 = data.audience;
if(Array.isArray(data1)){
if(data1.length < 1){
const err3 = {instancePath:instancePath+"/audience",schemaPath:"#/properties/audience/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(typeof data2 === "string"){
if(!pattern5.test(data2)){
const err4 = {instancePath:instancePath+"/audience/" + i0,schemaPath:"#/$defs/line/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/audience/" + i0,schemaPath:"#/$defs/line/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
}
else {
const err6 = {instancePath:instancePath+"/audience",schemaPath:"#/properties/audience/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.algorithms !== undefined){
let data3 = data.algorithms;
if(Array.isArray(data3)){
if(data3.length < 1){
const err7 = {instancePath:instancePath+"/algorithms",schemaPath:"#/properties/algorithms/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
const len1 = data3.length;
for(let i1=0; i1<len1; i1++){
let data4 = data3[i1];
if(!(((((((((((data4 === "RS256") || (data4 === "RS384")) || (data4 === "RS512")) || (data4 === "PS256")) || (data4 === "PS384")) || (data4 === "PS512")) || (data4 === "ES256")) || (data4 === "ES384")) || (data4 === "ES512")) || (data4 === "EdDSA")) || (data4 === "Ed25519"))){
const err8 = {instancePath:instancePath+"/algorithms/" + i1,schemaPath:"#/properties/algorithms/items/enum",keyword:"enum",params:{allowedValues: schema41.properties.algorithms.items.enum}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
else {
const err9 = {instancePath:instancePath+"/algorithms",schemaPath:"#/properties/algorithms/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.clock_skew_s !== undefined){
let data5 = data.clock_skew_s;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
const err10 = {instancePath:instancePath+"/clock_skew_s",schemaPath:"#/properties/clock_skew_s/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 > 300 || isNaN(data5)){
const err11 = {instancePath:instancePath+"/clock_skew_s",schemaPath:"#/properties/clock_skew_s/maximum",keyword:"maximum",params:{comparison: "<=", limit: 300}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data5 < 0 || isNaN(data5)){
const err12 = {instancePath:instancePath+"/clock_skew_s",schemaPath:"#/properties/clock_skew_s/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
if(data.ca !== undefined){
let data6 = data.ca;
if(typeof data6 === "string"){
if(!pattern5.test(data6)){
const err13 = {instancePath:instancePath+"/ca",schemaPath:"#/properties/ca/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/ca",schemaPath:"#/properties/ca/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
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
if(!pattern25.test(data8)){
const err15 = {instancePath:instancePath+"/scopes/" + i2,schemaPath:"#/$defs/scope/pattern",keyword:"pattern",params:{pattern: "^[\\u0021\\u0023-\\u005b\\u005d-\\u007e]{1,128}$"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/scopes/" + i2,schemaPath:"#/$defs/scope/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
}
else {
const err17 = {instancePath:instancePath+"/scopes",schemaPath:"#/properties/scopes/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
}
else {
const err18 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
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
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.listen !== undefined){
let data0 = data.listen;
if((typeof data0 !== "string") && (!(Array.isArray(data0)))){
const err1 = {instancePath:instancePath+"/listen",schemaPath:"#/properties/listen/type",keyword:"type",params:{type: schema32.properties.listen.type}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(typeof data0 === "string"){
if(!pattern4.test(data0)){
const err2 = {instancePath:instancePath+"/listen",schemaPath:"#/properties/listen/pattern",keyword:"pattern",params:{pattern: "\\S"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
if(typeof data1 === "string"){
if(!pattern5.test(data1)){
const err3 = {instancePath:instancePath+"/listen/" + i0,schemaPath:"#/$defs/line/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/listen/" + i0,schemaPath:"#/$defs/line/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
}
if(data.admin_listen !== undefined){
let data2 = data.admin_listen;
if((typeof data2 !== "string") && (!(Array.isArray(data2)))){
const err5 = {instancePath:instancePath+"/admin_listen",schemaPath:"#/properties/admin_listen/type",keyword:"type",params:{type: schema32.properties.admin_listen.type}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(typeof data2 === "string"){
if(!pattern4.test(data2)){
const err6 = {instancePath:instancePath+"/admin_listen",schemaPath:"#/properties/admin_listen/pattern",keyword:"pattern",params:{pattern: "\\S"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(Array.isArray(data2)){
const len1 = data2.length;
for(let i1=0; i1<len1; i1++){
let data3 = data2[i1];
if(typeof data3 === "string"){
if(!pattern5.test(data3)){
const err7 = {instancePath:instancePath+"/admin_listen/" + i1,schemaPath:"#/$defs/line/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/admin_listen/" + i1,schemaPath:"#/$defs/line/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
}
if(data.base_path !== undefined){
let data4 = data.base_path;
if(typeof data4 === "string"){
if(!pattern5.test(data4)){
const err9 = {instancePath:instancePath+"/base_path",schemaPath:"#/properties/base_path/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/base_path",schemaPath:"#/properties/base_path/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.public_url !== undefined){
let data5 = data.public_url;
if(typeof data5 === "string"){
if(!pattern5.test(data5)){
const err11 = {instancePath:instancePath+"/public_url",schemaPath:"#/properties/public_url/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/public_url",schemaPath:"#/properties/public_url/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
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
const err13 = {instancePath:instancePath+"/allow_hosts/" + i2,schemaPath:"#/$defs/line/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/allow_hosts/" + i2,schemaPath:"#/$defs/line/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
}
else {
const err15 = {instancePath:instancePath+"/allow_hosts",schemaPath:"#/properties/allow_hosts/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
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
const err16 = {instancePath:instancePath+"/allow_origins/" + i3,schemaPath:"#/$defs/line/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
else {
const err17 = {instancePath:instancePath+"/allow_origins/" + i3,schemaPath:"#/$defs/line/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
}
else {
const err18 = {instancePath:instancePath+"/allow_origins",schemaPath:"#/properties/allow_origins/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data.trusted_proxies !== undefined){
let data10 = data.trusted_proxies;
if(Array.isArray(data10)){
const len4 = data10.length;
for(let i4=0; i4<len4; i4++){
let data11 = data10[i4];
if(typeof data11 === "string"){
if(!pattern5.test(data11)){
const err19 = {instancePath:instancePath+"/trusted_proxies/" + i4,schemaPath:"#/$defs/line/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
else {
const err20 = {instancePath:instancePath+"/trusted_proxies/" + i4,schemaPath:"#/$defs/line/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
}
else {
const err21 = {instancePath:instancePath+"/trusted_proxies",schemaPath:"#/properties/trusted_proxies/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data.anonymous !== undefined){
let data12 = data.anonymous;
if(!((data12 === "loopback") || (data12 === "allow"))){
const err22 = {instancePath:instancePath+"/anonymous",schemaPath:"#/properties/anonymous/enum",keyword:"enum",params:{allowedValues: schema32.properties.anonymous.enum}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data.log_level !== undefined){
let data13 = data.log_level;
if(!((((data13 === "debug") || (data13 === "info")) || (data13 === "warn")) || (data13 === "error"))){
const err23 = {instancePath:instancePath+"/log_level",schemaPath:"#/properties/log_level/enum",keyword:"enum",params:{allowedValues: schema32.properties.log_level.enum}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data.log_format !== undefined){
let data14 = data.log_format;
if(!((data14 === "json") || (data14 === "pretty"))){
const err24 = {instancePath:instancePath+"/log_format",schemaPath:"#/properties/log_format/enum",keyword:"enum",params:{allowedValues: schema32.properties.log_format.enum}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data.state_dir !== undefined){
let data15 = data.state_dir;
if(typeof data15 === "string"){
if(!pattern5.test(data15)){
const err25 = {instancePath:instancePath+"/state_dir",schemaPath:"#/properties/state_dir/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
else {
const err26 = {instancePath:instancePath+"/state_dir",schemaPath:"#/properties/state_dir/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data.secrets_dir !== undefined){
let data16 = data.secrets_dir;
if(typeof data16 === "string"){
if(!pattern5.test(data16)){
const err27 = {instancePath:instancePath+"/secrets_dir",schemaPath:"#/properties/secrets_dir/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
else {
const err28 = {instancePath:instancePath+"/secrets_dir",schemaPath:"#/properties/secrets_dir/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data.watch !== undefined){
if(typeof data.watch !== "boolean"){
const err29 = {instancePath:instancePath+"/watch",schemaPath:"#/properties/watch/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data.list_wait_ms !== undefined){
let data18 = data.list_wait_ms;
if(!(((typeof data18 == "number") && (!(data18 % 1) && !isNaN(data18))) && (isFinite(data18)))){
const err30 = {instancePath:instancePath+"/list_wait_ms",schemaPath:"#/properties/list_wait_ms/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
if((typeof data18 == "number") && (isFinite(data18))){
if(data18 > 86400000 || isNaN(data18)){
const err31 = {instancePath:instancePath+"/list_wait_ms",schemaPath:"#/properties/list_wait_ms/maximum",keyword:"maximum",params:{comparison: "<=", limit: 86400000}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if(data18 < 0 || isNaN(data18)){
const err32 = {instancePath:instancePath+"/list_wait_ms",schemaPath:"#/properties/list_wait_ms/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
}
if(data.search_tools !== undefined){
let data19 = data.search_tools;
if(!(((data19 === "auto") || (data19 === "always")) || (data19 === "off"))){
const err33 = {instancePath:instancePath+"/search_tools",schemaPath:"#/properties/search_tools/enum",keyword:"enum",params:{allowedValues: schema32.properties.search_tools.enum}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(data.drain_timeout_ms !== undefined){
let data20 = data.drain_timeout_ms;
if(!(((typeof data20 == "number") && (!(data20 % 1) && !isNaN(data20))) && (isFinite(data20)))){
const err34 = {instancePath:instancePath+"/drain_timeout_ms",schemaPath:"#/properties/drain_timeout_ms/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
if((typeof data20 == "number") && (isFinite(data20))){
if(data20 > 86400000 || isNaN(data20)){
const err35 = {instancePath:instancePath+"/drain_timeout_ms",schemaPath:"#/properties/drain_timeout_ms/maximum",keyword:"maximum",params:{comparison: "<=", limit: 86400000}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
if(data20 < 0 || isNaN(data20)){
const err36 = {instancePath:instancePath+"/drain_timeout_ms",schemaPath:"#/properties/drain_timeout_ms/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
}
if(data.tls !== undefined){
let data21 = data.tls;
if(data21 && typeof data21 == "object" && !Array.isArray(data21)){
if(data21.cert === undefined){
const err37 = {instancePath:instancePath+"/tls",schemaPath:"#/properties/tls/required",keyword:"required",params:{missingProperty: "cert"}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if(data21.key === undefined){
const err38 = {instancePath:instancePath+"/tls",schemaPath:"#/properties/tls/required",keyword:"required",params:{missingProperty: "key"}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
for(const key1 in data21){
if(!(((key1 === "cert") || (key1 === "key")) || (key1 === "client_ca"))){
const err39 = {instancePath:instancePath+"/tls",schemaPath:"#/properties/tls/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data21.cert !== undefined){
let data22 = data21.cert;
if(typeof data22 === "string"){
if(!pattern5.test(data22)){
const err40 = {instancePath:instancePath+"/tls/cert",schemaPath:"#/properties/tls/properties/cert/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
else {
const err41 = {instancePath:instancePath+"/tls/cert",schemaPath:"#/properties/tls/properties/cert/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
if(data21.key !== undefined){
let data23 = data21.key;
if(typeof data23 === "string"){
if(!pattern5.test(data23)){
const err42 = {instancePath:instancePath+"/tls/key",schemaPath:"#/properties/tls/properties/key/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
else {
const err43 = {instancePath:instancePath+"/tls/key",schemaPath:"#/properties/tls/properties/key/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
if(data21.client_ca !== undefined){
let data24 = data21.client_ca;
if(typeof data24 === "string"){
if(!pattern5.test(data24)){
const err44 = {instancePath:instancePath+"/tls/client_ca",schemaPath:"#/properties/tls/properties/client_ca/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
else {
const err45 = {instancePath:instancePath+"/tls/client_ca",schemaPath:"#/properties/tls/properties/client_ca/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
}
else {
const err46 = {instancePath:instancePath+"/tls",schemaPath:"#/properties/tls/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
if(data.names !== undefined){
let data25 = data.names;
if(data25 && typeof data25 == "object" && !Array.isArray(data25)){
for(const key2 in data25){
if(!((key2 === "separator") || (key2 === "max_length"))){
const err47 = {instancePath:instancePath+"/names",schemaPath:"#/properties/names/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
if(data25.separator !== undefined){
let data26 = data25.separator;
if(typeof data26 === "string"){
if(!pattern18.test(data26)){
const err48 = {instancePath:instancePath+"/names/separator",schemaPath:"#/properties/names/properties/separator/pattern",keyword:"pattern",params:{pattern: "^[_.-]{1,4}$"}};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
else {
const err49 = {instancePath:instancePath+"/names/separator",schemaPath:"#/properties/names/properties/separator/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
if(data25.max_length !== undefined){
let data27 = data25.max_length;
if(!(((typeof data27 == "number") && (!(data27 % 1) && !isNaN(data27))) && (isFinite(data27)))){
const err50 = {instancePath:instancePath+"/names/max_length",schemaPath:"#/properties/names/properties/max_length/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
if((typeof data27 == "number") && (isFinite(data27))){
if(data27 > 128 || isNaN(data27)){
const err51 = {instancePath:instancePath+"/names/max_length",schemaPath:"#/properties/names/properties/max_length/maximum",keyword:"maximum",params:{comparison: "<=", limit: 128}};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
if(data27 < 16 || isNaN(data27)){
const err52 = {instancePath:instancePath+"/names/max_length",schemaPath:"#/properties/names/properties/max_length/minimum",keyword:"minimum",params:{comparison: ">=", limit: 16}};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
}
}
else {
const err53 = {instancePath:instancePath+"/names",schemaPath:"#/properties/names/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
if(data.limits !== undefined){
let data28 = data.limits;
if(data28 && typeof data28 == "object" && !Array.isArray(data28)){
for(const key3 in data28){
if(!((((((key3 === "max_concurrency_per_client") || (key3 === "max_queue_per_client")) || (key3 === "rate_limit_rps")) || (key3 === "max_message_bytes")) || (key3 === "max_connections")) || (key3 === "max_connections_per_address"))){
const err54 = {instancePath:instancePath+"/limits",schemaPath:"#/properties/limits/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3}};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
if(data28.max_concurrency_per_client !== undefined){
let data29 = data28.max_concurrency_per_client;
if(!(((typeof data29 == "number") && (!(data29 % 1) && !isNaN(data29))) && (isFinite(data29)))){
const err55 = {instancePath:instancePath+"/limits/max_concurrency_per_client",schemaPath:"#/properties/limits/properties/max_concurrency_per_client/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
if((typeof data29 == "number") && (isFinite(data29))){
if(data29 > 1000000 || isNaN(data29)){
const err56 = {instancePath:instancePath+"/limits/max_concurrency_per_client",schemaPath:"#/properties/limits/properties/max_concurrency_per_client/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000}};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
if(data29 < 1 || isNaN(data29)){
const err57 = {instancePath:instancePath+"/limits/max_concurrency_per_client",schemaPath:"#/properties/limits/properties/max_concurrency_per_client/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
}
if(data28.max_queue_per_client !== undefined){
let data30 = data28.max_queue_per_client;
if(!(((typeof data30 == "number") && (!(data30 % 1) && !isNaN(data30))) && (isFinite(data30)))){
const err58 = {instancePath:instancePath+"/limits/max_queue_per_client",schemaPath:"#/properties/limits/properties/max_queue_per_client/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
if((typeof data30 == "number") && (isFinite(data30))){
if(data30 > 1000000 || isNaN(data30)){
const err59 = {instancePath:instancePath+"/limits/max_queue_per_client",schemaPath:"#/properties/limits/properties/max_queue_per_client/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000}};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
if(data30 < 0 || isNaN(data30)){
const err60 = {instancePath:instancePath+"/limits/max_queue_per_client",schemaPath:"#/properties/limits/properties/max_queue_per_client/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
}
if(data28.rate_limit_rps !== undefined){
let data31 = data28.rate_limit_rps;
if((typeof data31 == "number") && (isFinite(data31))){
if(data31 > 1000000 || isNaN(data31)){
const err61 = {instancePath:instancePath+"/limits/rate_limit_rps",schemaPath:"#/properties/limits/properties/rate_limit_rps/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000}};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
if(data31 < 0 || isNaN(data31)){
const err62 = {instancePath:instancePath+"/limits/rate_limit_rps",schemaPath:"#/properties/limits/properties/rate_limit_rps/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
else {
const err63 = {instancePath:instancePath+"/limits/rate_limit_rps",schemaPath:"#/properties/limits/properties/rate_limit_rps/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
if(data28.max_message_bytes !== undefined){
let data32 = data28.max_message_bytes;
if(!(((typeof data32 == "number") && (!(data32 % 1) && !isNaN(data32))) && (isFinite(data32)))){
const err64 = {instancePath:instancePath+"/limits/max_message_bytes",schemaPath:"#/properties/limits/properties/max_message_bytes/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
if((typeof data32 == "number") && (isFinite(data32))){
if(data32 > 268435456 || isNaN(data32)){
const err65 = {instancePath:instancePath+"/limits/max_message_bytes",schemaPath:"#/properties/limits/properties/max_message_bytes/maximum",keyword:"maximum",params:{comparison: "<=", limit: 268435456}};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
if(data32 < 1024 || isNaN(data32)){
const err66 = {instancePath:instancePath+"/limits/max_message_bytes",schemaPath:"#/properties/limits/properties/max_message_bytes/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1024}};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
}
}
if(data28.max_connections !== undefined){
let data33 = data28.max_connections;
if(!(((typeof data33 == "number") && (!(data33 % 1) && !isNaN(data33))) && (isFinite(data33)))){
const err67 = {instancePath:instancePath+"/limits/max_connections",schemaPath:"#/properties/limits/properties/max_connections/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
if((typeof data33 == "number") && (isFinite(data33))){
if(data33 > 1000000 || isNaN(data33)){
const err68 = {instancePath:instancePath+"/limits/max_connections",schemaPath:"#/properties/limits/properties/max_connections/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000}};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
if(data33 < 1 || isNaN(data33)){
const err69 = {instancePath:instancePath+"/limits/max_connections",schemaPath:"#/properties/limits/properties/max_connections/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
}
if(data28.max_connections_per_address !== undefined){
let data34 = data28.max_connections_per_address;
if(!(((typeof data34 == "number") && (!(data34 % 1) && !isNaN(data34))) && (isFinite(data34)))){
const err70 = {instancePath:instancePath+"/limits/max_connections_per_address",schemaPath:"#/properties/limits/properties/max_connections_per_address/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
if((typeof data34 == "number") && (isFinite(data34))){
if(data34 > 1000000 || isNaN(data34)){
const err71 = {instancePath:instancePath+"/limits/max_connections_per_address",schemaPath:"#/properties/limits/properties/max_connections_per_address/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000}};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
if(data34 < 1 || isNaN(data34)){
const err72 = {instancePath:instancePath+"/limits/max_connections_per_address",schemaPath:"#/properties/limits/properties/max_connections_per_address/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
}
}
else {
const err73 = {instancePath:instancePath+"/limits",schemaPath:"#/properties/limits/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
if(data.policy !== undefined){
let data35 = data.policy;
if(data35 && typeof data35 == "object" && !Array.isArray(data35)){
for(const key4 in data35){
if(!(((key4 === "allow_tools") || (key4 === "deny_tools")) || (key4 === "allow_destructive"))){
const err74 = {instancePath:instancePath+"/policy",schemaPath:"#/properties/policy/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4}};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
if(data35.allow_tools !== undefined){
let data36 = data35.allow_tools;
if(Array.isArray(data36)){
const len5 = data36.length;
for(let i5=0; i5<len5; i5++){
let data37 = data36[i5];
if(typeof data37 === "string"){
if(!pattern19.test(data37)){
const err75 = {instancePath:instancePath+"/policy/allow_tools/" + i5,schemaPath:"#/$defs/glob/pattern",keyword:"pattern",params:{pattern: "^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$"}};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
else {
const err76 = {instancePath:instancePath+"/policy/allow_tools/" + i5,schemaPath:"#/$defs/glob/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
}
}
else {
const err77 = {instancePath:instancePath+"/policy/allow_tools",schemaPath:"#/properties/policy/properties/allow_tools/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
}
if(data35.deny_tools !== undefined){
let data38 = data35.deny_tools;
if(Array.isArray(data38)){
const len6 = data38.length;
for(let i6=0; i6<len6; i6++){
let data39 = data38[i6];
if(typeof data39 === "string"){
if(!pattern19.test(data39)){
const err78 = {instancePath:instancePath+"/policy/deny_tools/" + i6,schemaPath:"#/$defs/glob/pattern",keyword:"pattern",params:{pattern: "^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$"}};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
}
else {
const err79 = {instancePath:instancePath+"/policy/deny_tools/" + i6,schemaPath:"#/$defs/glob/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
}
}
else {
const err80 = {instancePath:instancePath+"/policy/deny_tools",schemaPath:"#/properties/policy/properties/deny_tools/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
}
if(data35.allow_destructive !== undefined){
if(typeof data35.allow_destructive !== "boolean"){
const err81 = {instancePath:instancePath+"/policy/allow_destructive",schemaPath:"#/properties/policy/properties/allow_destructive/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
}
}
else {
const err82 = {instancePath:instancePath+"/policy",schemaPath:"#/properties/policy/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
}
if(data.token !== undefined){
let data41 = data.token;
if((typeof data41 !== "string") && (!(data41 && typeof data41 == "object" && !Array.isArray(data41)))){
const err83 = {instancePath:instancePath+"/token",schemaPath:"#/properties/token/type",keyword:"type",params:{type: schema32.properties.token.type}};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
}
if(data.metrics_token !== undefined){
let data42 = data.metrics_token;
if((typeof data42 !== "string") && (!(data42 && typeof data42 == "object" && !Array.isArray(data42)))){
const err84 = {instancePath:instancePath+"/metrics_token",schemaPath:"#/properties/metrics_token/type",keyword:"type",params:{type: schema32.properties.metrics_token.type}};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
}
if(data.allow_ips !== undefined){
let data43 = data.allow_ips;
if(Array.isArray(data43)){
const len7 = data43.length;
for(let i7=0; i7<len7; i7++){
if(typeof data43[i7] !== "string"){
const err85 = {instancePath:instancePath+"/allow_ips/" + i7,schemaPath:"#/properties/allow_ips/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
}
else {
const err86 = {instancePath:instancePath+"/allow_ips",schemaPath:"#/properties/allow_ips/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
if(data.auth !== undefined){
let data45 = data.auth;
if(data45 && typeof data45 == "object" && !Array.isArray(data45)){
for(const key5 in data45){
if(!(key5 === "issuers")){
const err87 = {instancePath:instancePath+"/auth",schemaPath:"#/properties/auth/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5}};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
}
if(data45.issuers !== undefined){
let data46 = data45.issuers;
if(data46 && typeof data46 == "object" && !Array.isArray(data46)){
for(const key6 in data46){
const _errs104 = errors;
if(typeof key6 === "string"){
if(!pattern21.test(key6)){
const err88 = {instancePath:instancePath+"/auth/issuers",schemaPath:"#/$defs/issuer_url/pattern",keyword:"pattern",params:{pattern: "^https?://[^\\s\\u0000-\\u0020?#@]+$"},propertyName:key6};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
else {
const err89 = {instancePath:instancePath+"/auth/issuers",schemaPath:"#/$defs/issuer_url/type",keyword:"type",params:{type: "string"},propertyName:key6};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
var valid29 = _errs104 === errors;
if(!valid29){
const err90 = {instancePath:instancePath+"/auth/issuers",schemaPath:"#/properties/auth/properties/issuers/propertyNames",keyword:"propertyNames",params:{propertyName: key6}};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
}
for(const key7 in data46){
if(!(validate22(data46[key7], {instancePath:instancePath+"/auth/issuers/" + key7.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data46,parentDataProperty:key7,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
errors = vErrors.length;
}
}
}
else {
const err91 = {instancePath:instancePath+"/auth/issuers",schemaPath:"#/properties/auth/properties/issuers/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
}
else {
const err92 = {instancePath:instancePath+"/auth",schemaPath:"#/properties/auth/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
}
}
else {
const err93 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
validate21.errors = vErrors;
return errors === 0;
}
validate21.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema45 = {"type":"object","additionalProperties":false,"anyOf":[{"required":["token_sha256"]},{"required":["jwt"]}],"properties":{"token_sha256":{"type":"string","pattern":"^[0-9A-Fa-f]{64}$"},"allow":{"type":"array","items":{"$ref":"#/$defs/glob"}},"deny":{"type":"array","items":{"$ref":"#/$defs/glob"}},"admin":{"type":"boolean"},"limits":{"type":"object","additionalProperties":false,"properties":{"max_concurrency":{"type":"integer","minimum":1,"maximum":1000000},"max_queue":{"type":"integer","minimum":0,"maximum":1000000},"rate_limit_rps":{"type":"number","minimum":0,"maximum":1000000}}},"profile":{"$ref":"#/$defs/profile_name"},"tokens":{"type":"array"},"expires":{"type":"string"},"jwt":{"$ref":"#/$defs/jwt"}}};
const pattern27 = new RegExp("^[0-9A-Fa-f]{64}$", "u");
const pattern30 = new RegExp("^[a-z][a-z0-9-]{0,31}$", "u");
const schema49 = {"type":"object","additionalProperties":false,"required":["issuer"],"properties":{"issuer":{"$ref":"#/$defs/issuer_url"},"subjects":{"type":"array","items":{"$ref":"#/$defs/line"},"minItems":1},"groups":{"type":"array","items":{"$ref":"#/$defs/line"},"minItems":1},"groups_claim":{"$ref":"#/$defs/line"},"scopes":{"type":"array","items":{"$ref":"#/$defs/scope"},"minItems":1},"claims":{"type":"object","minProperties":1,"additionalProperties":{"type":["string","number","boolean","array"],"items":{"type":["string","number","boolean"]},"minItems":1}}}};

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
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.issuer === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "issuer"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((((((key0 === "issuer") || (key0 === "subjects")) || (key0 === "groups")) || (key0 === "groups_claim")) || (key0 === "scopes")) || (key0 === "claims"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.issuer !== undefined){
let data0 = data.issuer;
if(typeof data0 === "string"){
if(!pattern21.test(data0)){
const err2 = {instancePath:instancePath+"/issuer",schemaPath:"#/$defs/issuer_url/pattern",keyword:"pattern",params:{pattern: "^https?://[^\\s\\u0000-\\u0020?#@]+$"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/issuer",schemaPath:"#/$defs/issuer_url/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.subjects !== undefined){
let data1 = data.subjects;
if(Array.isArray(data1)){
if(data1.length < 1){
const err4 = {instancePath:instancePath+"/subjects",schemaPath:"#/properties/subjects/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(typeof data2 === "string"){
if(!pattern5.test(data2)){
const err5 = {instancePath:instancePath+"/subjects/" + i0,schemaPath:"#/$defs/line/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/subjects/" + i0,schemaPath:"#/$defs/line/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
else {
const err7 = {instancePath:instancePath+"/subjects",schemaPath:"#/properties/subjects/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.groups !== undefined){
let data3 = data.groups;
if(Array.isArray(data3)){
if(data3.length < 1){
const err8 = {instancePath:instancePath+"/groups",schemaPath:"#/properties/groups/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
const len1 = data3.length;
for(let i1=0; i1<len1; i1++){
let data4 = data3[i1];
if(typeof data4 === "string"){
if(!pattern5.test(data4)){
const err9 = {instancePath:instancePath+"/groups/" + i1,schemaPath:"#/$defs/line/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/groups/" + i1,schemaPath:"#/$defs/line/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
}
else {
const err11 = {instancePath:instancePath+"/groups",schemaPath:"#/properties/groups/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data.groups_claim !== undefined){
let data5 = data.groups_claim;
if(typeof data5 === "string"){
if(!pattern5.test(data5)){
const err12 = {instancePath:instancePath+"/groups_claim",schemaPath:"#/$defs/line/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
else {
const err13 = {instancePath:instancePath+"/groups_claim",schemaPath:"#/$defs/line/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data.scopes !== undefined){
let data6 = data.scopes;
if(Array.isArray(data6)){
if(data6.length < 1){
const err14 = {instancePath:instancePath+"/scopes",schemaPath:"#/properties/scopes/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
const len2 = data6.length;
for(let i2=0; i2<len2; i2++){
let data7 = data6[i2];
if(typeof data7 === "string"){
if(!pattern25.test(data7)){
const err15 = {instancePath:instancePath+"/scopes/" + i2,schemaPath:"#/$defs/scope/pattern",keyword:"pattern",params:{pattern: "^[\\u0021\\u0023-\\u005b\\u005d-\\u007e]{1,128}$"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/scopes/" + i2,schemaPath:"#/$defs/scope/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
}
else {
const err17 = {instancePath:instancePath+"/scopes",schemaPath:"#/properties/scopes/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data.claims !== undefined){
let data8 = data.claims;
if(data8 && typeof data8 == "object" && !Array.isArray(data8)){
if(Object.keys(data8).length < 1){
const err18 = {instancePath:instancePath+"/claims",schemaPath:"#/properties/claims/minProperties",keyword:"minProperties",params:{limit: 1}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
for(const key1 in data8){
let data9 = data8[key1];
if((((typeof data9 !== "string") && (!((typeof data9 == "number") && (isFinite(data9))))) && (typeof data9 !== "boolean")) && (!(Array.isArray(data9)))){
const err19 = {instancePath:instancePath+"/claims/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/claims/additionalProperties/type",keyword:"type",params:{type: schema49.properties.claims.additionalProperties.type}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(Array.isArray(data9)){
if(data9.length < 1){
const err20 = {instancePath:instancePath+"/claims/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/claims/additionalProperties/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
const len3 = data9.length;
for(let i3=0; i3<len3; i3++){
let data10 = data9[i3];
if(((typeof data10 !== "string") && (!((typeof data10 == "number") && (isFinite(data10))))) && (typeof data10 !== "boolean")){
const err21 = {instancePath:instancePath+"/claims/" + key1.replace(/~/g, "~0").replace(/\//g, "~1")+"/" + i3,schemaPath:"#/properties/claims/additionalProperties/items/type",keyword:"type",params:{type: schema49.properties.claims.additionalProperties.items.type}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
}
}
}
else {
const err22 = {instancePath:instancePath+"/claims",schemaPath:"#/properties/claims/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
}
else {
const err23 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
validate26.errors = vErrors;
return errors === 0;
}
validate26.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};


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
const err0 = {instancePath,schemaPath:"#/anyOf/0/required",keyword:"required",params:{missingProperty: "token_sha256"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
var _valid0 = _errs2 === errors;
valid0 = valid0 || _valid0;
const _errs3 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.jwt === undefined){
const err1 = {instancePath,schemaPath:"#/anyOf/1/required",keyword:"required",params:{missingProperty: "jwt"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
var _valid0 = _errs3 === errors;
valid0 = valid0 || _valid0;
if(!valid0){
const err2 = {instancePath,schemaPath:"#/anyOf",keyword:"anyOf",params:{}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
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
if(!(func1.call(schema45.properties, key0))){
const err3 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.token_sha256 !== undefined){
let data0 = data.token_sha256;
if(typeof data0 === "string"){
if(!pattern27.test(data0)){
const err4 = {instancePath:instancePath+"/token_sha256",schemaPath:"#/properties/token_sha256/pattern",keyword:"pattern",params:{pattern: "^[0-9A-Fa-f]{64}$"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/token_sha256",schemaPath:"#/properties/token_sha256/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
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
if(!pattern19.test(data2)){
const err6 = {instancePath:instancePath+"/allow/" + i0,schemaPath:"#/$defs/glob/pattern",keyword:"pattern",params:{pattern: "^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/allow/" + i0,schemaPath:"#/$defs/glob/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
}
else {
const err8 = {instancePath:instancePath+"/allow",schemaPath:"#/properties/allow/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
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
if(!pattern19.test(data4)){
const err9 = {instancePath:instancePath+"/deny/" + i1,schemaPath:"#/$defs/glob/pattern",keyword:"pattern",params:{pattern: "^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/deny/" + i1,schemaPath:"#/$defs/glob/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
}
else {
const err11 = {instancePath:instancePath+"/deny",schemaPath:"#/properties/deny/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data.admin !== undefined){
if(typeof data.admin !== "boolean"){
const err12 = {instancePath:instancePath+"/admin",schemaPath:"#/properties/admin/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.limits !== undefined){
let data6 = data.limits;
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
for(const key1 in data6){
if(!(((key1 === "max_concurrency") || (key1 === "max_queue")) || (key1 === "rate_limit_rps"))){
const err13 = {instancePath:instancePath+"/limits",schemaPath:"#/properties/limits/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data6.max_concurrency !== undefined){
let data7 = data6.max_concurrency;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
const err14 = {instancePath:instancePath+"/limits/max_concurrency",schemaPath:"#/properties/limits/properties/max_concurrency/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 > 1000000 || isNaN(data7)){
const err15 = {instancePath:instancePath+"/limits/max_concurrency",schemaPath:"#/properties/limits/properties/max_concurrency/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if(data7 < 1 || isNaN(data7)){
const err16 = {instancePath:instancePath+"/limits/max_concurrency",schemaPath:"#/properties/limits/properties/max_concurrency/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
}
if(data6.max_queue !== undefined){
let data8 = data6.max_queue;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
const err17 = {instancePath:instancePath+"/limits/max_queue",schemaPath:"#/properties/limits/properties/max_queue/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 > 1000000 || isNaN(data8)){
const err18 = {instancePath:instancePath+"/limits/max_queue",schemaPath:"#/properties/limits/properties/max_queue/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data8 < 0 || isNaN(data8)){
const err19 = {instancePath:instancePath+"/limits/max_queue",schemaPath:"#/properties/limits/properties/max_queue/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
}
if(data6.rate_limit_rps !== undefined){
let data9 = data6.rate_limit_rps;
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 > 1000000 || isNaN(data9)){
const err20 = {instancePath:instancePath+"/limits/rate_limit_rps",schemaPath:"#/properties/limits/properties/rate_limit_rps/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data9 < 0 || isNaN(data9)){
const err21 = {instancePath:instancePath+"/limits/rate_limit_rps",schemaPath:"#/properties/limits/properties/rate_limit_rps/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
else {
const err22 = {instancePath:instancePath+"/limits/rate_limit_rps",schemaPath:"#/properties/limits/properties/rate_limit_rps/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
}
else {
const err23 = {instancePath:instancePath+"/limits",schemaPath:"#/properties/limits/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data.profile !== undefined){
let data10 = data.profile;
if(typeof data10 === "string"){
if(!pattern30.test(data10)){
const err24 = {instancePath:instancePath+"/profile",schemaPath:"#/$defs/profile_name/pattern",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9-]{0,31}$"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
else {
const err25 = {instancePath:instancePath+"/profile",schemaPath:"#/$defs/profile_name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data.tokens !== undefined){
if(!(Array.isArray(data.tokens))){
const err26 = {instancePath:instancePath+"/tokens",schemaPath:"#/properties/tokens/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data.expires !== undefined){
if(typeof data.expires !== "string"){
const err27 = {instancePath:instancePath+"/expires",schemaPath:"#/properties/expires/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
if(data.jwt !== undefined){
if(!(validate26(data.jwt, {instancePath:instancePath+"/jwt",parentData:data,parentDataProperty:"jwt",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate26.errors : vErrors.concat(validate26.errors);
errors = vErrors.length;
}
}
}
else {
const err28 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
validate25.errors = vErrors;
return errors === 0;
}
validate25.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema56 = {"type":"object","additionalProperties":false,"minProperties":1,"properties":{"extends":{"$ref":"#/$defs/profile_name"},"description":{"$ref":"#/$defs/line"},"client_names":{"type":"array","items":{"$ref":"#/$defs/client_glob"}},"separator":{"type":"string","pattern":"^[_.-]{1,4}$"},"charset":{"type":"string","pattern":"^(?:any|(?=.*a-z)(?=.*0-9)(?=.*_)(?:A-Z|a-z|0-9|[_./-])+)$"},"max_length":{"type":"integer","minimum":16,"maximum":128},"tool_cap":{"type":"integer","minimum":0,"maximum":100000},"pinned":{"type":"array","items":{"$ref":"#/$defs/glob"}},"page_size":{"type":"integer","minimum":0,"maximum":100000},"downgrade":{"type":"object","additionalProperties":false,"minProperties":1,"properties":{"by_revision":{"type":"boolean"},"kinds":{"type":"array","items":{"enum":["audio","image","resource","resource_link","structured_content"]}}}}}};
const schema59 = {"type":"string","pattern":"^[^\\u0000-\\u001f?!{}\\[\\]]{1,128}$"};
const pattern39 = new RegExp("^[^\\u0000-\\u001f?!{}\\[\\]]{1,128}$", "u");
const pattern41 = new RegExp("^(?:any|(?=.*a-z)(?=.*0-9)(?=.*_)(?:A-Z|a-z|0-9|[_./-])+)$", "u");

function validate29(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate29.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(Object.keys(data).length < 1){
const err0 = {instancePath,schemaPath:"#/minProperties",keyword:"minProperties",params:{limit: 1}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(func1.call(schema56.properties, key0))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.extends !== undefined){
let data0 = data.extends;
if(typeof data0 === "string"){
if(!pattern30.test(data0)){
const err2 = {instancePath:instancePath+"/extends",schemaPath:"#/$defs/profile_name/pattern",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9-]{0,31}$"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/extends",schemaPath:"#/$defs/profile_name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.description !== undefined){
let data1 = data.description;
if(typeof data1 === "string"){
if(!pattern5.test(data1)){
const err4 = {instancePath:instancePath+"/description",schemaPath:"#/$defs/line/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/description",schemaPath:"#/$defs/line/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
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
if(!pattern39.test(data3)){
const err6 = {instancePath:instancePath+"/client_names/" + i0,schemaPath:"#/$defs/client_glob/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f?!{}\\[\\]]{1,128}$"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/client_names/" + i0,schemaPath:"#/$defs/client_glob/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
}
else {
const err8 = {instancePath:instancePath+"/client_names",schemaPath:"#/properties/client_names/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.separator !== undefined){
let data4 = data.separator;
if(typeof data4 === "string"){
if(!pattern18.test(data4)){
const err9 = {instancePath:instancePath+"/separator",schemaPath:"#/properties/separator/pattern",keyword:"pattern",params:{pattern: "^[_.-]{1,4}$"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/separator",schemaPath:"#/properties/separator/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.charset !== undefined){
let data5 = data.charset;
if(typeof data5 === "string"){
if(!pattern41.test(data5)){
const err11 = {instancePath:instancePath+"/charset",schemaPath:"#/properties/charset/pattern",keyword:"pattern",params:{pattern: "^(?:any|(?=.*a-z)(?=.*0-9)(?=.*_)(?:A-Z|a-z|0-9|[_./-])+)$"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/charset",schemaPath:"#/properties/charset/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.max_length !== undefined){
let data6 = data.max_length;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
const err13 = {instancePath:instancePath+"/max_length",schemaPath:"#/properties/max_length/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 > 128 || isNaN(data6)){
const err14 = {instancePath:instancePath+"/max_length",schemaPath:"#/properties/max_length/maximum",keyword:"maximum",params:{comparison: "<=", limit: 128}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(data6 < 16 || isNaN(data6)){
const err15 = {instancePath:instancePath+"/max_length",schemaPath:"#/properties/max_length/minimum",keyword:"minimum",params:{comparison: ">=", limit: 16}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
}
if(data.tool_cap !== undefined){
let data7 = data.tool_cap;
if(!(((typeof data7 == "number") && (!(data7 % 1) && !isNaN(data7))) && (isFinite(data7)))){
const err16 = {instancePath:instancePath+"/tool_cap",schemaPath:"#/properties/tool_cap/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if((typeof data7 == "number") && (isFinite(data7))){
if(data7 > 100000 || isNaN(data7)){
const err17 = {instancePath:instancePath+"/tool_cap",schemaPath:"#/properties/tool_cap/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100000}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(data7 < 0 || isNaN(data7)){
const err18 = {instancePath:instancePath+"/tool_cap",schemaPath:"#/properties/tool_cap/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
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
if(!pattern19.test(data9)){
const err19 = {instancePath:instancePath+"/pinned/" + i1,schemaPath:"#/$defs/glob/pattern",keyword:"pattern",params:{pattern: "^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
else {
const err20 = {instancePath:instancePath+"/pinned/" + i1,schemaPath:"#/$defs/glob/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
}
else {
const err21 = {instancePath:instancePath+"/pinned",schemaPath:"#/properties/pinned/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data.page_size !== undefined){
let data10 = data.page_size;
if(!(((typeof data10 == "number") && (!(data10 % 1) && !isNaN(data10))) && (isFinite(data10)))){
const err22 = {instancePath:instancePath+"/page_size",schemaPath:"#/properties/page_size/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if((typeof data10 == "number") && (isFinite(data10))){
if(data10 > 100000 || isNaN(data10)){
const err23 = {instancePath:instancePath+"/page_size",schemaPath:"#/properties/page_size/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100000}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if(data10 < 0 || isNaN(data10)){
const err24 = {instancePath:instancePath+"/page_size",schemaPath:"#/properties/page_size/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
}
if(data.downgrade !== undefined){
let data11 = data.downgrade;
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
if(Object.keys(data11).length < 1){
const err25 = {instancePath:instancePath+"/downgrade",schemaPath:"#/properties/downgrade/minProperties",keyword:"minProperties",params:{limit: 1}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
for(const key1 in data11){
if(!((key1 === "by_revision") || (key1 === "kinds"))){
const err26 = {instancePath:instancePath+"/downgrade",schemaPath:"#/properties/downgrade/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data11.by_revision !== undefined){
if(typeof data11.by_revision !== "boolean"){
const err27 = {instancePath:instancePath+"/downgrade/by_revision",schemaPath:"#/properties/downgrade/properties/by_revision/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
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
const err28 = {instancePath:instancePath+"/downgrade/kinds/" + i2,schemaPath:"#/properties/downgrade/properties/kinds/items/enum",keyword:"enum",params:{allowedValues: schema56.properties.downgrade.properties.kinds.items.enum}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
}
else {
const err29 = {instancePath:instancePath+"/downgrade/kinds",schemaPath:"#/properties/downgrade/properties/kinds/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
}
else {
const err30 = {instancePath:instancePath+"/downgrade",schemaPath:"#/properties/downgrade/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
}
else {
const err31 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
validate29.errors = vErrors;
return errors === 0;
}
validate29.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema61 = {"type":"object","additionalProperties":false,"properties":{"command":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"args":{"type":"array","items":{"$ref":"#/$defs/text"}},"cwd":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"env":{"type":"object","additionalProperties":{"$ref":"#/$defs/text"},"propertyNames":{"$ref":"#/$defs/variable"}},"inherit_env":{"type":"array","items":{"$ref":"#/$defs/variable"}},"secrets":{"type":"array","items":{"$ref":"#/$defs/secret"}},"framing":{"enum":["auto","newline","content-length"]},"namespace":{"type":"string","pattern":"^[a-z][a-z0-9-]*$"},"prefix":{"type":"boolean"},"isolation":{"enum":["auto","shared","session","pool"]},"resources":{"type":"object","additionalProperties":false,"properties":{"uris":{"enum":["native","prefixed"]}}},"disabled":{"type":"boolean"},"tags":{"type":"array","items":{"$ref":"#/$defs/tag"}},"policy":{"type":"object","additionalProperties":false,"properties":{"allow_destructive":{"type":"boolean"},"allow_tools":{"type":"array","items":{"$ref":"#/$defs/glob"}},"deny_tools":{"type":"array","items":{"$ref":"#/$defs/glob"}},"destructive_tools":{"type":"array","items":{"$ref":"#/$defs/glob"}},"destructive":{"enum":["declared","assumed"]},"max_concurrency":{"type":"integer","minimum":1,"maximum":1000000},"max_queue":{"type":"integer","minimum":0,"maximum":1000000},"rate_limit_rps":{"type":"number","minimum":0,"maximum":1000000},"timeout_ms":{"type":"integer","minimum":1,"maximum":86400000},"max_timeout_ms":{"type":"integer","minimum":1,"maximum":86400000}}},"health":{"type":"object","additionalProperties":false,"properties":{"startup_timeout_ms":{"type":"integer","minimum":1,"maximum":86400000},"ping_interval_ms":{"type":"integer","minimum":0,"maximum":86400000},"ping_failures":{"type":"integer","minimum":1,"maximum":1000},"restart_backoff_ms":{"type":"integer","minimum":1,"maximum":86400000},"max_restarts":{"type":"integer","minimum":0,"maximum":1000000},"stop_timeout_ms":{"type":"integer","minimum":0,"maximum":86400000}}},"tools":{"type":"object","additionalProperties":{"$ref":"#/$defs/tool"}},"scaling":{"type":"object","additionalProperties":false,"properties":{"min":{"type":"integer","minimum":1,"maximum":1000},"max":{"type":"integer","minimum":1,"maximum":1000}}},"url":{"type":"string"},"transport":{"enum":["auto","streamable-http","sse","websocket"]},"headers":{"type":"object","additionalProperties":{"type":"string"}},"auth":{"type":"object","additionalProperties":false,"properties":{"bearer":{"$ref":"#/$defs/variable"},"oauth":{"$ref":"#/$defs/oauth"}}},"credentials":{"enum":["shared","per-user"]},"allow_private":{"type":"boolean"},"tls":{"type":"object","additionalProperties":false,"minProperties":1,"properties":{"ca":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"cert":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"key":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}}},"container":{"type":"object","additionalProperties":false,"required":["image"],"properties":{"image":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9._/:@-]*$"},"engine":{"enum":["auto","docker","podman"]},"network":{"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"},"mounts":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["source","target"],"properties":{"source":{"type":"string","pattern":"^[^\\u0000-\\u001f,\"]+$"},"target":{"type":"string","pattern":"^/[^\\u0000-\\u001f,\":]+$"},"writable":{"type":"boolean"}}}},"memory":{"type":"string","pattern":"^[1-9][0-9]*[kmg]$"},"pids":{"type":"integer","minimum":2,"maximum":100000},"user":{"type":"string","pattern":"^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$"},"writable":{"type":"boolean"}}},"max_sessions":{"type":"integer","minimum":1,"maximum":10000},"idle_timeout_ms":{"type":"integer","minimum":1000,"maximum":86400000},"roots":{"type":"array","items":{"$ref":"#/$defs/line"}},"interactive":{"enum":["serialize"]}}};
const schema62 = {"type":"string","pattern":"^[^\\u0000]*$"};
const schema63 = {"type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_]*$"};
const schema70 = {"type":"string","pattern":"^[A-Za-z0-9][A-Za-z0-9_.-]*$"};
const pattern44 = new RegExp("^[^\\u0000]*$", "u");
const pattern46 = new RegExp("^[A-Za-z_][A-Za-z0-9_]*$", "u");
const pattern54 = new RegExp("^[a-z][a-z0-9-]*$", "u");
const pattern55 = new RegExp("^[A-Za-z0-9][A-Za-z0-9_.-]*$", "u");
const pattern71 = new RegExp("^[A-Za-z0-9][A-Za-z0-9._/:@-]*$", "u");
const pattern73 = new RegExp("^[^\\u0000-\\u001f,\"]+$", "u");
const pattern74 = new RegExp("^/[^\\u0000-\\u001f,\":]+$", "u");
const pattern75 = new RegExp("^[1-9][0-9]*[kmg]$", "u");
const pattern76 = new RegExp("^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$", "u");
const schema66 = {"type":["string","object"],"pattern":"^[A-Za-z_][A-Za-z0-9_]*$","additionalProperties":false,"required":["name","from"],"properties":{"name":{"$ref":"#/$defs/variable"},"from":{"type":"object","additionalProperties":false,"minProperties":1,"maxProperties":1,"properties":{"env":{"$ref":"#/$defs/variable"},"file":{"type":"string","pattern":"^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"},"command":{"type":"array","items":{"$ref":"#/$defs/text"},"minItems":1}}}}};

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
if((typeof data !== "string") && (!(data && typeof data == "object" && !Array.isArray(data)))){
const err0 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: schema66.type}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(typeof data === "string"){
if(!pattern46.test(data)){
const err1 = {instancePath,schemaPath:"#/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.name === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.from === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "from"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!((key0 === "name") || (key0 === "from"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.name !== undefined){
let data0 = data.name;
if(typeof data0 === "string"){
if(!pattern46.test(data0)){
const err5 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/variable/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/variable/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.from !== undefined){
let data1 = data.from;
if(data1 && typeof data1 == "object" && !Array.isArray(data1)){
if(Object.keys(data1).length > 1){
const err7 = {instancePath:instancePath+"/from",schemaPath:"#/properties/from/maxProperties",keyword:"maxProperties",params:{limit: 1}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(Object.keys(data1).length < 1){
const err8 = {instancePath:instancePath+"/from",schemaPath:"#/properties/from/minProperties",keyword:"minProperties",params:{limit: 1}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
for(const key1 in data1){
if(!(((key1 === "env") || (key1 === "file")) || (key1 === "command"))){
const err9 = {instancePath:instancePath+"/from",schemaPath:"#/properties/from/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data1.env !== undefined){
let data2 = data1.env;
if(typeof data2 === "string"){
if(!pattern46.test(data2)){
const err10 = {instancePath:instancePath+"/from/env",schemaPath:"#/$defs/variable/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
else {
const err11 = {instancePath:instancePath+"/from/env",schemaPath:"#/$defs/variable/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data1.file !== undefined){
let data3 = data1.file;
if(typeof data3 === "string"){
if(!pattern5.test(data3)){
const err12 = {instancePath:instancePath+"/from/file",schemaPath:"#/properties/from/properties/file/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
else {
const err13 = {instancePath:instancePath+"/from/file",schemaPath:"#/properties/from/properties/file/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data1.command !== undefined){
let data4 = data1.command;
if(Array.isArray(data4)){
if(data4.length < 1){
const err14 = {instancePath:instancePath+"/from/command",schemaPath:"#/properties/from/properties/command/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
const len0 = data4.length;
for(let i0=0; i0<len0; i0++){
let data5 = data4[i0];
if(typeof data5 === "string"){
if(!pattern44.test(data5)){
const err15 = {instancePath:instancePath+"/from/command/" + i0,schemaPath:"#/$defs/text/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000]*$"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/from/command/" + i0,schemaPath:"#/$defs/text/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
}
else {
const err17 = {instancePath:instancePath+"/from/command",schemaPath:"#/properties/from/properties/command/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
}
else {
const err18 = {instancePath:instancePath+"/from",schemaPath:"#/properties/from/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
}
validate32.errors = vErrors;
return errors === 0;
}
validate32.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema74 = {"type":"object","additionalProperties":false,"minProperties":1,"properties":{"name":{"$ref":"#/$defs/tool_name"},"expose":{"$ref":"#/$defs/tool_name"},"description":{"$ref":"#/$defs/text"},"hidden":{"type":"boolean"}}};
const schema75 = {"type":"string","pattern":"^[A-Za-z0-9_.-]{1,128}$"};
const pattern59 = new RegExp("^[A-Za-z0-9_.-]{1,128}$", "u");

function validate34(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate34.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
if(Object.keys(data).length < 1){
const err0 = {instancePath,schemaPath:"#/minProperties",keyword:"minProperties",params:{limit: 1}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "name") || (key0 === "expose")) || (key0 === "description")) || (key0 === "hidden"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.name !== undefined){
let data0 = data.name;
if(typeof data0 === "string"){
if(!pattern59.test(data0)){
const err2 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/tool_name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_.-]{1,128}$"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/tool_name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.expose !== undefined){
let data1 = data.expose;
if(typeof data1 === "string"){
if(!pattern59.test(data1)){
const err4 = {instancePath:instancePath+"/expose",schemaPath:"#/$defs/tool_name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_.-]{1,128}$"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/expose",schemaPath:"#/$defs/tool_name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.description !== undefined){
let data2 = data.description;
if(typeof data2 === "string"){
if(!pattern44.test(data2)){
const err6 = {instancePath:instancePath+"/description",schemaPath:"#/$defs/text/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000]*$"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/description",schemaPath:"#/$defs/text/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.hidden !== undefined){
if(typeof data.hidden !== "boolean"){
const err8 = {instancePath:instancePath+"/hidden",schemaPath:"#/properties/hidden/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
else {
const err9 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
validate34.errors = vErrors;
return errors === 0;
}
validate34.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const schema79 = {"type":"object","additionalProperties":false,"properties":{"grant":{"enum":["authorization_code","client_credentials"]},"client_id":{"type":"string","pattern":"^[\\x20-\\x7e]+$"},"client_secret":{"$ref":"#/$defs/secret"},"private_key":{"$ref":"#/$defs/secret"},"private_key_algorithm":{"enum":["RS256","RS384","RS512","PS256","PS384","PS512","ES256","ES384","ES512"]},"client_metadata_url":{"type":"string","pattern":"^https://[^/\\s]+/\\S+$"},"redirect_url":{"type":"string","pattern":"^http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]{1,5})?(/[^\\s?#]*)?$"},"scopes":{"type":"array","items":{"type":"string","pattern":"^[\\x21\\x23-\\x5b\\x5d-\\x7e]+$"},"minItems":1},"issuer":{"type":"string","pattern":"^https?://\\S+$"}}};
const pattern63 = new RegExp("^[\\x20-\\x7e]+$", "u");
const pattern64 = new RegExp("^https://[^/\\s]+/\\S+$", "u");
const pattern65 = new RegExp("^http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]{1,5})?(/[^\\s?#]*)?$", "u");
const pattern66 = new RegExp("^[\\x21\\x23-\\x5b\\x5d-\\x7e]+$", "u");
const pattern67 = new RegExp("^https?://\\S+$", "u");

function validate36(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate36.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(func1.call(schema79.properties, key0))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.grant !== undefined){
let data0 = data.grant;
if(!((data0 === "authorization_code") || (data0 === "client_credentials"))){
const err1 = {instancePath:instancePath+"/grant",schemaPath:"#/properties/grant/enum",keyword:"enum",params:{allowedValues: schema79.properties.grant.enum}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.client_id !== undefined){
let data1 = data.client_id;
if(typeof data1 === "string"){
if(!pattern63.test(data1)){
const err2 = {instancePath:instancePath+"/client_id",schemaPath:"#/properties/client_id/pattern",keyword:"pattern",params:{pattern: "^[\\x20-\\x7e]+$"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/client_id",schemaPath:"#/properties/client_id/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.client_secret !== undefined){
if(!(validate32(data.client_secret, {instancePath:instancePath+"/client_secret",parentData:data,parentDataProperty:"client_secret",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate32.errors : vErrors.concat(validate32.errors);
errors = vErrors.length;
}
}
if(data.private_key !== undefined){
if(!(validate32(data.private_key, {instancePath:instancePath+"/private_key",parentData:data,parentDataProperty:"private_key",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate32.errors : vErrors.concat(validate32.errors);
errors = vErrors.length;
}
}
if(data.private_key_algorithm !== undefined){
let data4 = data.private_key_algorithm;
if(!(((((((((data4 === "RS256") || (data4 === "RS384")) || (data4 === "RS512")) || (data4 === "PS256")) || (data4 === "PS384")) || (data4 === "PS512")) || (data4 === "ES256")) || (data4 === "ES384")) || (data4 === "ES512"))){
const err4 = {instancePath:instancePath+"/private_key_algorithm",schemaPath:"#/properties/private_key_algorithm/enum",keyword:"enum",params:{allowedValues: schema79.properties.private_key_algorithm.enum}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.client_metadata_url !== undefined){
let data5 = data.client_metadata_url;
if(typeof data5 === "string"){
if(!pattern64.test(data5)){
const err5 = {instancePath:instancePath+"/client_metadata_url",schemaPath:"#/properties/client_metadata_url/pattern",keyword:"pattern",params:{pattern: "^https://[^/\\s]+/\\S+$"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/client_metadata_url",schemaPath:"#/properties/client_metadata_url/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.redirect_url !== undefined){
let data6 = data.redirect_url;
if(typeof data6 === "string"){
if(!pattern65.test(data6)){
const err7 = {instancePath:instancePath+"/redirect_url",schemaPath:"#/properties/redirect_url/pattern",keyword:"pattern",params:{pattern: "^http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]{1,5})?(/[^\\s?#]*)?$"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/redirect_url",schemaPath:"#/properties/redirect_url/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.scopes !== undefined){
let data7 = data.scopes;
if(Array.isArray(data7)){
if(data7.length < 1){
const err9 = {instancePath:instancePath+"/scopes",schemaPath:"#/properties/scopes/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
const len0 = data7.length;
for(let i0=0; i0<len0; i0++){
let data8 = data7[i0];
if(typeof data8 === "string"){
if(!pattern66.test(data8)){
const err10 = {instancePath:instancePath+"/scopes/" + i0,schemaPath:"#/properties/scopes/items/pattern",keyword:"pattern",params:{pattern: "^[\\x21\\x23-\\x5b\\x5d-\\x7e]+$"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
else {
const err11 = {instancePath:instancePath+"/scopes/" + i0,schemaPath:"#/properties/scopes/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
}
else {
const err12 = {instancePath:instancePath+"/scopes",schemaPath:"#/properties/scopes/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.issuer !== undefined){
let data9 = data.issuer;
if(typeof data9 === "string"){
if(!pattern67.test(data9)){
const err13 = {instancePath:instancePath+"/issuer",schemaPath:"#/properties/issuer/pattern",keyword:"pattern",params:{pattern: "^https?://\\S+$"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/issuer",schemaPath:"#/properties/issuer/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
}
else {
const err15 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
validate36.errors = vErrors;
return errors === 0;
}
validate36.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};


function validate31(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate31.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(func1.call(schema61.properties, key0))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.command !== undefined){
let data0 = data.command;
if(typeof data0 === "string"){
if(!pattern5.test(data0)){
const err1 = {instancePath:instancePath+"/command",schemaPath:"#/properties/command/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
else {
const err2 = {instancePath:instancePath+"/command",schemaPath:"#/properties/command/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
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
if(!pattern44.test(data2)){
const err3 = {instancePath:instancePath+"/args/" + i0,schemaPath:"#/$defs/text/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000]*$"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/args/" + i0,schemaPath:"#/$defs/text/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
else {
const err5 = {instancePath:instancePath+"/args",schemaPath:"#/properties/args/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.cwd !== undefined){
let data3 = data.cwd;
if(typeof data3 === "string"){
if(!pattern5.test(data3)){
const err6 = {instancePath:instancePath+"/cwd",schemaPath:"#/properties/cwd/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/cwd",schemaPath:"#/properties/cwd/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.env !== undefined){
let data4 = data.env;
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
for(const key1 in data4){
const _errs13 = errors;
if(typeof key1 === "string"){
if(!pattern46.test(key1)){
const err8 = {instancePath:instancePath+"/env",schemaPath:"#/$defs/variable/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"},propertyName:key1};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/env",schemaPath:"#/$defs/variable/type",keyword:"type",params:{type: "string"},propertyName:key1};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
var valid4 = _errs13 === errors;
if(!valid4){
const err10 = {instancePath:instancePath+"/env",schemaPath:"#/properties/env/propertyNames",keyword:"propertyNames",params:{propertyName: key1}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
for(const key2 in data4){
let data5 = data4[key2];
if(typeof data5 === "string"){
if(!pattern44.test(data5)){
const err11 = {instancePath:instancePath+"/env/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/text/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000]*$"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/env/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/text/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
else {
const err13 = {instancePath:instancePath+"/env",schemaPath:"#/properties/env/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
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
if(!pattern46.test(data7)){
const err14 = {instancePath:instancePath+"/inherit_env/" + i1,schemaPath:"#/$defs/variable/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
else {
const err15 = {instancePath:instancePath+"/inherit_env/" + i1,schemaPath:"#/$defs/variable/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
}
else {
const err16 = {instancePath:instancePath+"/inherit_env",schemaPath:"#/properties/inherit_env/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data.secrets !== undefined){
let data8 = data.secrets;
if(Array.isArray(data8)){
const len2 = data8.length;
for(let i2=0; i2<len2; i2++){
if(!(validate32(data8[i2], {instancePath:instancePath+"/secrets/" + i2,parentData:data8,parentDataProperty:i2,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate32.errors : vErrors.concat(validate32.errors);
errors = vErrors.length;
}
}
}
else {
const err17 = {instancePath:instancePath+"/secrets",schemaPath:"#/properties/secrets/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data.framing !== undefined){
let data10 = data.framing;
if(!(((data10 === "auto") || (data10 === "newline")) || (data10 === "content-length"))){
const err18 = {instancePath:instancePath+"/framing",schemaPath:"#/properties/framing/enum",keyword:"enum",params:{allowedValues: schema61.properties.framing.enum}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data.namespace !== undefined){
let data11 = data.namespace;
if(typeof data11 === "string"){
if(!pattern54.test(data11)){
const err19 = {instancePath:instancePath+"/namespace",schemaPath:"#/properties/namespace/pattern",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9-]*$"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
else {
const err20 = {instancePath:instancePath+"/namespace",schemaPath:"#/properties/namespace/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data.prefix !== undefined){
if(typeof data.prefix !== "boolean"){
const err21 = {instancePath:instancePath+"/prefix",schemaPath:"#/properties/prefix/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data.isolation !== undefined){
let data13 = data.isolation;
if(!((((data13 === "auto") || (data13 === "shared")) || (data13 === "session")) || (data13 === "pool"))){
const err22 = {instancePath:instancePath+"/isolation",schemaPath:"#/properties/isolation/enum",keyword:"enum",params:{allowedValues: schema61.properties.isolation.enum}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data.resources !== undefined){
let data14 = data.resources;
if(data14 && typeof data14 == "object" && !Array.isArray(data14)){
for(const key3 in data14){
if(!(key3 === "uris")){
const err23 = {instancePath:instancePath+"/resources",schemaPath:"#/properties/resources/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data14.uris !== undefined){
let data15 = data14.uris;
if(!((data15 === "native") || (data15 === "prefixed"))){
const err24 = {instancePath:instancePath+"/resources/uris",schemaPath:"#/properties/resources/properties/uris/enum",keyword:"enum",params:{allowedValues: schema61.properties.resources.properties.uris.enum}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
}
else {
const err25 = {instancePath:instancePath+"/resources",schemaPath:"#/properties/resources/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data.disabled !== undefined){
if(typeof data.disabled !== "boolean"){
const err26 = {instancePath:instancePath+"/disabled",schemaPath:"#/properties/disabled/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data.tags !== undefined){
let data17 = data.tags;
if(Array.isArray(data17)){
const len3 = data17.length;
for(let i3=0; i3<len3; i3++){
let data18 = data17[i3];
if(typeof data18 === "string"){
if(!pattern55.test(data18)){
const err27 = {instancePath:instancePath+"/tags/" + i3,schemaPath:"#/$defs/tag/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]*$"}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
else {
const err28 = {instancePath:instancePath+"/tags/" + i3,schemaPath:"#/$defs/tag/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
}
else {
const err29 = {instancePath:instancePath+"/tags",schemaPath:"#/properties/tags/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data.policy !== undefined){
let data19 = data.policy;
if(data19 && typeof data19 == "object" && !Array.isArray(data19)){
for(const key4 in data19){
if(!(func1.call(schema61.properties.policy.properties, key4))){
const err30 = {instancePath:instancePath+"/policy",schemaPath:"#/properties/policy/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
if(data19.allow_destructive !== undefined){
if(typeof data19.allow_destructive !== "boolean"){
const err31 = {instancePath:instancePath+"/policy/allow_destructive",schemaPath:"#/properties/policy/properties/allow_destructive/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data19.allow_tools !== undefined){
let data21 = data19.allow_tools;
if(Array.isArray(data21)){
const len4 = data21.length;
for(let i4=0; i4<len4; i4++){
let data22 = data21[i4];
if(typeof data22 === "string"){
if(!pattern19.test(data22)){
const err32 = {instancePath:instancePath+"/policy/allow_tools/" + i4,schemaPath:"#/$defs/glob/pattern",keyword:"pattern",params:{pattern: "^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$"}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
else {
const err33 = {instancePath:instancePath+"/policy/allow_tools/" + i4,schemaPath:"#/$defs/glob/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
}
else {
const err34 = {instancePath:instancePath+"/policy/allow_tools",schemaPath:"#/properties/policy/properties/allow_tools/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data19.deny_tools !== undefined){
let data23 = data19.deny_tools;
if(Array.isArray(data23)){
const len5 = data23.length;
for(let i5=0; i5<len5; i5++){
let data24 = data23[i5];
if(typeof data24 === "string"){
if(!pattern19.test(data24)){
const err35 = {instancePath:instancePath+"/policy/deny_tools/" + i5,schemaPath:"#/$defs/glob/pattern",keyword:"pattern",params:{pattern: "^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$"}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
else {
const err36 = {instancePath:instancePath+"/policy/deny_tools/" + i5,schemaPath:"#/$defs/glob/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
}
else {
const err37 = {instancePath:instancePath+"/policy/deny_tools",schemaPath:"#/properties/policy/properties/deny_tools/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
if(data19.destructive_tools !== undefined){
let data25 = data19.destructive_tools;
if(Array.isArray(data25)){
const len6 = data25.length;
for(let i6=0; i6<len6; i6++){
let data26 = data25[i6];
if(typeof data26 === "string"){
if(!pattern19.test(data26)){
const err38 = {instancePath:instancePath+"/policy/destructive_tools/" + i6,schemaPath:"#/$defs/glob/pattern",keyword:"pattern",params:{pattern: "^[^\\s\\u0000-\\u001f?!{}\\[\\]]+$"}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
else {
const err39 = {instancePath:instancePath+"/policy/destructive_tools/" + i6,schemaPath:"#/$defs/glob/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
}
else {
const err40 = {instancePath:instancePath+"/policy/destructive_tools",schemaPath:"#/properties/policy/properties/destructive_tools/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data19.destructive !== undefined){
let data27 = data19.destructive;
if(!((data27 === "declared") || (data27 === "assumed"))){
const err41 = {instancePath:instancePath+"/policy/destructive",schemaPath:"#/properties/policy/properties/destructive/enum",keyword:"enum",params:{allowedValues: schema61.properties.policy.properties.destructive.enum}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
if(data19.max_concurrency !== undefined){
let data28 = data19.max_concurrency;
if(!(((typeof data28 == "number") && (!(data28 % 1) && !isNaN(data28))) && (isFinite(data28)))){
const err42 = {instancePath:instancePath+"/policy/max_concurrency",schemaPath:"#/properties/policy/properties/max_concurrency/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
if((typeof data28 == "number") && (isFinite(data28))){
if(data28 > 1000000 || isNaN(data28)){
const err43 = {instancePath:instancePath+"/policy/max_concurrency",schemaPath:"#/properties/policy/properties/max_concurrency/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
if(data28 < 1 || isNaN(data28)){
const err44 = {instancePath:instancePath+"/policy/max_concurrency",schemaPath:"#/properties/policy/properties/max_concurrency/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
}
if(data19.max_queue !== undefined){
let data29 = data19.max_queue;
if(!(((typeof data29 == "number") && (!(data29 % 1) && !isNaN(data29))) && (isFinite(data29)))){
const err45 = {instancePath:instancePath+"/policy/max_queue",schemaPath:"#/properties/policy/properties/max_queue/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
if((typeof data29 == "number") && (isFinite(data29))){
if(data29 > 1000000 || isNaN(data29)){
const err46 = {instancePath:instancePath+"/policy/max_queue",schemaPath:"#/properties/policy/properties/max_queue/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
if(data29 < 0 || isNaN(data29)){
const err47 = {instancePath:instancePath+"/policy/max_queue",schemaPath:"#/properties/policy/properties/max_queue/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
}
if(data19.rate_limit_rps !== undefined){
let data30 = data19.rate_limit_rps;
if((typeof data30 == "number") && (isFinite(data30))){
if(data30 > 1000000 || isNaN(data30)){
const err48 = {instancePath:instancePath+"/policy/rate_limit_rps",schemaPath:"#/properties/policy/properties/rate_limit_rps/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000}};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
if(data30 < 0 || isNaN(data30)){
const err49 = {instancePath:instancePath+"/policy/rate_limit_rps",schemaPath:"#/properties/policy/properties/rate_limit_rps/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
else {
const err50 = {instancePath:instancePath+"/policy/rate_limit_rps",schemaPath:"#/properties/policy/properties/rate_limit_rps/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
if(data19.timeout_ms !== undefined){
let data31 = data19.timeout_ms;
if(!(((typeof data31 == "number") && (!(data31 % 1) && !isNaN(data31))) && (isFinite(data31)))){
const err51 = {instancePath:instancePath+"/policy/timeout_ms",schemaPath:"#/properties/policy/properties/timeout_ms/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
if((typeof data31 == "number") && (isFinite(data31))){
if(data31 > 86400000 || isNaN(data31)){
const err52 = {instancePath:instancePath+"/policy/timeout_ms",schemaPath:"#/properties/policy/properties/timeout_ms/maximum",keyword:"maximum",params:{comparison: "<=", limit: 86400000}};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
if(data31 < 1 || isNaN(data31)){
const err53 = {instancePath:instancePath+"/policy/timeout_ms",schemaPath:"#/properties/policy/properties/timeout_ms/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
}
if(data19.max_timeout_ms !== undefined){
let data32 = data19.max_timeout_ms;
if(!(((typeof data32 == "number") && (!(data32 % 1) && !isNaN(data32))) && (isFinite(data32)))){
const err54 = {instancePath:instancePath+"/policy/max_timeout_ms",schemaPath:"#/properties/policy/properties/max_timeout_ms/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
if((typeof data32 == "number") && (isFinite(data32))){
if(data32 > 86400000 || isNaN(data32)){
const err55 = {instancePath:instancePath+"/policy/max_timeout_ms",schemaPath:"#/properties/policy/properties/max_timeout_ms/maximum",keyword:"maximum",params:{comparison: "<=", limit: 86400000}};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
if(data32 < 1 || isNaN(data32)){
const err56 = {instancePath:instancePath+"/policy/max_timeout_ms",schemaPath:"#/properties/policy/properties/max_timeout_ms/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
}
}
else {
const err57 = {instancePath:instancePath+"/policy",schemaPath:"#/properties/policy/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
if(data.health !== undefined){
let data33 = data.health;
if(data33 && typeof data33 == "object" && !Array.isArray(data33)){
for(const key5 in data33){
if(!((((((key5 === "startup_timeout_ms") || (key5 === "ping_interval_ms")) || (key5 === "ping_failures")) || (key5 === "restart_backoff_ms")) || (key5 === "max_restarts")) || (key5 === "stop_timeout_ms"))){
const err58 = {instancePath:instancePath+"/health",schemaPath:"#/properties/health/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5}};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
if(data33.startup_timeout_ms !== undefined){
let data34 = data33.startup_timeout_ms;
if(!(((typeof data34 == "number") && (!(data34 % 1) && !isNaN(data34))) && (isFinite(data34)))){
const err59 = {instancePath:instancePath+"/health/startup_timeout_ms",schemaPath:"#/properties/health/properties/startup_timeout_ms/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
if((typeof data34 == "number") && (isFinite(data34))){
if(data34 > 86400000 || isNaN(data34)){
const err60 = {instancePath:instancePath+"/health/startup_timeout_ms",schemaPath:"#/properties/health/properties/startup_timeout_ms/maximum",keyword:"maximum",params:{comparison: "<=", limit: 86400000}};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
if(data34 < 1 || isNaN(data34)){
const err61 = {instancePath:instancePath+"/health/startup_timeout_ms",schemaPath:"#/properties/health/properties/startup_timeout_ms/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
}
if(data33.ping_interval_ms !== undefined){
let data35 = data33.ping_interval_ms;
if(!(((typeof data35 == "number") && (!(data35 % 1) && !isNaN(data35))) && (isFinite(data35)))){
const err62 = {instancePath:instancePath+"/health/ping_interval_ms",schemaPath:"#/properties/health/properties/ping_interval_ms/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
if((typeof data35 == "number") && (isFinite(data35))){
if(data35 > 86400000 || isNaN(data35)){
const err63 = {instancePath:instancePath+"/health/ping_interval_ms",schemaPath:"#/properties/health/properties/ping_interval_ms/maximum",keyword:"maximum",params:{comparison: "<=", limit: 86400000}};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
if(data35 < 0 || isNaN(data35)){
const err64 = {instancePath:instancePath+"/health/ping_interval_ms",schemaPath:"#/properties/health/properties/ping_interval_ms/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
}
if(data33.ping_failures !== undefined){
let data36 = data33.ping_failures;
if(!(((typeof data36 == "number") && (!(data36 % 1) && !isNaN(data36))) && (isFinite(data36)))){
const err65 = {instancePath:instancePath+"/health/ping_failures",schemaPath:"#/properties/health/properties/ping_failures/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
if((typeof data36 == "number") && (isFinite(data36))){
if(data36 > 1000 || isNaN(data36)){
const err66 = {instancePath:instancePath+"/health/ping_failures",schemaPath:"#/properties/health/properties/ping_failures/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000}};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
if(data36 < 1 || isNaN(data36)){
const err67 = {instancePath:instancePath+"/health/ping_failures",schemaPath:"#/properties/health/properties/ping_failures/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
}
if(data33.restart_backoff_ms !== undefined){
let data37 = data33.restart_backoff_ms;
if(!(((typeof data37 == "number") && (!(data37 % 1) && !isNaN(data37))) && (isFinite(data37)))){
const err68 = {instancePath:instancePath+"/health/restart_backoff_ms",schemaPath:"#/properties/health/properties/restart_backoff_ms/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
if((typeof data37 == "number") && (isFinite(data37))){
if(data37 > 86400000 || isNaN(data37)){
const err69 = {instancePath:instancePath+"/health/restart_backoff_ms",schemaPath:"#/properties/health/properties/restart_backoff_ms/maximum",keyword:"maximum",params:{comparison: "<=", limit: 86400000}};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
if(data37 < 1 || isNaN(data37)){
const err70 = {instancePath:instancePath+"/health/restart_backoff_ms",schemaPath:"#/properties/health/properties/restart_backoff_ms/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
}
if(data33.max_restarts !== undefined){
let data38 = data33.max_restarts;
if(!(((typeof data38 == "number") && (!(data38 % 1) && !isNaN(data38))) && (isFinite(data38)))){
const err71 = {instancePath:instancePath+"/health/max_restarts",schemaPath:"#/properties/health/properties/max_restarts/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
if((typeof data38 == "number") && (isFinite(data38))){
if(data38 > 1000000 || isNaN(data38)){
const err72 = {instancePath:instancePath+"/health/max_restarts",schemaPath:"#/properties/health/properties/max_restarts/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000}};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
if(data38 < 0 || isNaN(data38)){
const err73 = {instancePath:instancePath+"/health/max_restarts",schemaPath:"#/properties/health/properties/max_restarts/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
}
if(data33.stop_timeout_ms !== undefined){
let data39 = data33.stop_timeout_ms;
if(!(((typeof data39 == "number") && (!(data39 % 1) && !isNaN(data39))) && (isFinite(data39)))){
const err74 = {instancePath:instancePath+"/health/stop_timeout_ms",schemaPath:"#/properties/health/properties/stop_timeout_ms/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
if((typeof data39 == "number") && (isFinite(data39))){
if(data39 > 86400000 || isNaN(data39)){
const err75 = {instancePath:instancePath+"/health/stop_timeout_ms",schemaPath:"#/properties/health/properties/stop_timeout_ms/maximum",keyword:"maximum",params:{comparison: "<=", limit: 86400000}};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
if(data39 < 0 || isNaN(data39)){
const err76 = {instancePath:instancePath+"/health/stop_timeout_ms",schemaPath:"#/properties/health/properties/stop_timeout_ms/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
}
}
}
else {
const err77 = {instancePath:instancePath+"/health",schemaPath:"#/properties/health/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
}
if(data.tools !== undefined){
let data40 = data.tools;
if(data40 && typeof data40 == "object" && !Array.isArray(data40)){
for(const key6 in data40){
if(!(validate34(data40[key6], {instancePath:instancePath+"/tools/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data40,parentDataProperty:key6,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate34.errors : vErrors.concat(validate34.errors);
errors = vErrors.length;
}
}
}
else {
const err78 = {instancePath:instancePath+"/tools",schemaPath:"#/properties/tools/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
}
if(data.scaling !== undefined){
let data42 = data.scaling;
if(data42 && typeof data42 == "object" && !Array.isArray(data42)){
for(const key7 in data42){
if(!((key7 === "min") || (key7 === "max"))){
const err79 = {instancePath:instancePath+"/scaling",schemaPath:"#/properties/scaling/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7}};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
}
if(data42.min !== undefined){
let data43 = data42.min;
if(!(((typeof data43 == "number") && (!(data43 % 1) && !isNaN(data43))) && (isFinite(data43)))){
const err80 = {instancePath:instancePath+"/scaling/min",schemaPath:"#/properties/scaling/properties/min/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
if((typeof data43 == "number") && (isFinite(data43))){
if(data43 > 1000 || isNaN(data43)){
const err81 = {instancePath:instancePath+"/scaling/min",schemaPath:"#/properties/scaling/properties/min/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000}};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
if(data43 < 1 || isNaN(data43)){
const err82 = {instancePath:instancePath+"/scaling/min",schemaPath:"#/properties/scaling/properties/min/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
}
}
if(data42.max !== undefined){
let data44 = data42.max;
if(!(((typeof data44 == "number") && (!(data44 % 1) && !isNaN(data44))) && (isFinite(data44)))){
const err83 = {instancePath:instancePath+"/scaling/max",schemaPath:"#/properties/scaling/properties/max/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
if((typeof data44 == "number") && (isFinite(data44))){
if(data44 > 1000 || isNaN(data44)){
const err84 = {instancePath:instancePath+"/scaling/max",schemaPath:"#/properties/scaling/properties/max/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000}};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
if(data44 < 1 || isNaN(data44)){
const err85 = {instancePath:instancePath+"/scaling/max",schemaPath:"#/properties/scaling/properties/max/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
}
}
else {
const err86 = {instancePath:instancePath+"/scaling",schemaPath:"#/properties/scaling/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
if(data.url !== undefined){
if(typeof data.url !== "string"){
const err87 = {instancePath:instancePath+"/url",schemaPath:"#/properties/url/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
}
if(data.transport !== undefined){
let data46 = data.transport;
if(!((((data46 === "auto") || (data46 === "streamable-http")) || (data46 === "sse")) || (data46 === "websocket"))){
const err88 = {instancePath:instancePath+"/transport",schemaPath:"#/properties/transport/enum",keyword:"enum",params:{allowedValues: schema61.properties.transport.enum}};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
if(data.headers !== undefined){
let data47 = data.headers;
if(data47 && typeof data47 == "object" && !Array.isArray(data47)){
for(const key8 in data47){
if(typeof data47[key8] !== "string"){
const err89 = {instancePath:instancePath+"/headers/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/headers/additionalProperties/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
}
}
else {
const err90 = {instancePath:instancePath+"/headers",schemaPath:"#/properties/headers/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
}
if(data.auth !== undefined){
let data49 = data.auth;
if(data49 && typeof data49 == "object" && !Array.isArray(data49)){
for(const key9 in data49){
if(!((key9 === "bearer") || (key9 === "oauth"))){
const err91 = {instancePath:instancePath+"/auth",schemaPath:"#/properties/auth/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key9}};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
if(data49.bearer !== undefined){
let data50 = data49.bearer;
if(typeof data50 === "string"){
if(!pattern46.test(data50)){
const err92 = {instancePath:instancePath+"/auth/bearer",schemaPath:"#/$defs/variable/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"}};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
}
else {
const err93 = {instancePath:instancePath+"/auth/bearer",schemaPath:"#/$defs/variable/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
}
if(data49.oauth !== undefined){
if(!(validate36(data49.oauth, {instancePath:instancePath+"/auth/oauth",parentData:data49,parentDataProperty:"oauth",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate36.errors : vErrors.concat(validate36.errors);
errors = vErrors.length;
}
}
}
else {
const err94 = {instancePath:instancePath+"/auth",schemaPath:"#/properties/auth/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
}
if(data.credentials !== undefined){
let data52 = data.credentials;
if(!((data52 === "shared") || (data52 === "per-user"))){
const err95 = {instancePath:instancePath+"/credentials",schemaPath:"#/properties/credentials/enum",keyword:"enum",params:{allowedValues: schema61.properties.credentials.enum}};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
}
if(data.allow_private !== undefined){
if(typeof data.allow_private !== "boolean"){
const err96 = {instancePath:instancePath+"/allow_private",schemaPath:"#/properties/allow_private/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
}
if(data.tls !== undefined){
let data54 = data.tls;
if(data54 && typeof data54 == "object" && !Array.isArray(data54)){
if(Object.keys(data54).length < 1){
const err97 = {instancePath:instancePath+"/tls",schemaPath:"#/properties/tls/minProperties",keyword:"minProperties",params:{limit: 1}};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
for(const key10 in data54){
if(!(((key10 === "ca") || (key10 === "cert")) || (key10 === "key"))){
const err98 = {instancePath:instancePath+"/tls",schemaPath:"#/properties/tls/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key10}};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
}
if(data54.ca !== undefined){
let data55 = data54.ca;
if(typeof data55 === "string"){
if(!pattern5.test(data55)){
const err99 = {instancePath:instancePath+"/tls/ca",schemaPath:"#/properties/tls/properties/ca/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
}
else {
const err100 = {instancePath:instancePath+"/tls/ca",schemaPath:"#/properties/tls/properties/ca/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
}
if(data54.cert !== undefined){
let data56 = data54.cert;
if(typeof data56 === "string"){
if(!pattern5.test(data56)){
const err101 = {instancePath:instancePath+"/tls/cert",schemaPath:"#/properties/tls/properties/cert/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
}
else {
const err102 = {instancePath:instancePath+"/tls/cert",schemaPath:"#/properties/tls/properties/cert/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
}
if(data54.key !== undefined){
let data57 = data54.key;
if(typeof data57 === "string"){
if(!pattern5.test(data57)){
const err103 = {instancePath:instancePath+"/tls/key",schemaPath:"#/properties/tls/properties/key/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
}
else {
const err104 = {instancePath:instancePath+"/tls/key",schemaPath:"#/properties/tls/properties/key/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
}
}
else {
const err105 = {instancePath:instancePath+"/tls",schemaPath:"#/properties/tls/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
}
if(data.container !== undefined){
let data58 = data.container;
if(data58 && typeof data58 == "object" && !Array.isArray(data58)){
if(data58.image === undefined){
const err106 = {instancePath:instancePath+"/container",schemaPath:"#/properties/container/required",keyword:"required",params:{missingProperty: "image"}};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
for(const key11 in data58){
if(!((((((((key11 === "image") || (key11 === "engine")) || (key11 === "network")) || (key11 === "mounts")) || (key11 === "memory")) || (key11 === "pids")) || (key11 === "user")) || (key11 === "writable"))){
const err107 = {instancePath:instancePath+"/container",schemaPath:"#/properties/container/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key11}};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
}
if(data58.image !== undefined){
let data59 = data58.image;
if(typeof data59 === "string"){
if(!pattern71.test(data59)){
const err108 = {instancePath:instancePath+"/container/image",schemaPath:"#/properties/container/properties/image/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9._/:@-]*$"}};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
}
else {
const err109 = {instancePath:instancePath+"/container/image",schemaPath:"#/properties/container/properties/image/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
}
if(data58.engine !== undefined){
let data60 = data58.engine;
if(!(((data60 === "auto") || (data60 === "docker")) || (data60 === "podman"))){
const err110 = {instancePath:instancePath+"/container/engine",schemaPath:"#/properties/container/properties/engine/enum",keyword:"enum",params:{allowedValues: schema61.properties.container.properties.engine.enum}};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
}
if(data58.network !== undefined){
let data61 = data58.network;
if(typeof data61 === "string"){
if(!pattern55.test(data61)){
const err111 = {instancePath:instancePath+"/container/network",schemaPath:"#/properties/container/properties/network/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]*$"}};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
}
else {
const err112 = {instancePath:instancePath+"/container/network",schemaPath:"#/properties/container/properties/network/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
}
if(data58.mounts !== undefined){
let data62 = data58.mounts;
if(Array.isArray(data62)){
const len7 = data62.length;
for(let i7=0; i7<len7; i7++){
let data63 = data62[i7];
if(data63 && typeof data63 == "object" && !Array.isArray(data63)){
if(data63.source === undefined){
const err113 = {instancePath:instancePath+"/container/mounts/" + i7,schemaPath:"#/properties/container/properties/mounts/items/required",keyword:"required",params:{missingProperty: "source"}};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
if(data63.target === undefined){
const err114 = {instancePath:instancePath+"/container/mounts/" + i7,schemaPath:"#/properties/container/properties/mounts/items/required",keyword:"required",params:{missingProperty: "target"}};
if(vErrors === null){
vErrors = [err114];
}
else {
vErrors.push(err114);
}
errors++;
}
for(const key12 in data63){
if(!(((key12 === "source") || (key12 === "target")) || (key12 === "writable"))){
const err115 = {instancePath:instancePath+"/container/mounts/" + i7,schemaPath:"#/properties/container/properties/mounts/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key12}};
if(vErrors === null){
vErrors = [err115];
}
else {
vErrors.push(err115);
}
errors++;
}
}
if(data63.source !== undefined){
let data64 = data63.source;
if(typeof data64 === "string"){
if(!pattern73.test(data64)){
const err116 = {instancePath:instancePath+"/container/mounts/" + i7+"/source",schemaPath:"#/properties/container/properties/mounts/items/properties/source/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f,\"]+$"}};
if(vErrors === null){
vErrors = [err116];
}
else {
vErrors.push(err116);
}
errors++;
}
}
else {
const err117 = {instancePath:instancePath+"/container/mounts/" + i7+"/source",schemaPath:"#/properties/container/properties/mounts/items/properties/source/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err117];
}
else {
vErrors.push(err117);
}
errors++;
}
}
if(data63.target !== undefined){
let data65 = data63.target;
if(typeof data65 === "string"){
if(!pattern74.test(data65)){
const err118 = {instancePath:instancePath+"/container/mounts/" + i7+"/target",schemaPath:"#/properties/container/properties/mounts/items/properties/target/pattern",keyword:"pattern",params:{pattern: "^/[^\\u0000-\\u001f,\":]+$"}};
if(vErrors === null){
vErrors = [err118];
}
else {
vErrors.push(err118);
}
errors++;
}
}
else {
const err119 = {instancePath:instancePath+"/container/mounts/" + i7+"/target",schemaPath:"#/properties/container/properties/mounts/items/properties/target/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err119];
}
else {
vErrors.push(err119);
}
errors++;
}
}
if(data63.writable !== undefined){
if(typeof data63.writable !== "boolean"){
const err120 = {instancePath:instancePath+"/container/mounts/" + i7+"/writable",schemaPath:"#/properties/container/properties/mounts/items/properties/writable/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err120];
}
else {
vErrors.push(err120);
}
errors++;
}
}
}
else {
const err121 = {instancePath:instancePath+"/container/mounts/" + i7,schemaPath:"#/properties/container/properties/mounts/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err121];
}
else {
vErrors.push(err121);
}
errors++;
}
}
}
else {
const err122 = {instancePath:instancePath+"/container/mounts",schemaPath:"#/properties/container/properties/mounts/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err122];
}
else {
vErrors.push(err122);
}
errors++;
}
}
if(data58.memory !== undefined){
let data67 = data58.memory;
if(typeof data67 === "string"){
if(!pattern75.test(data67)){
const err123 = {instancePath:instancePath+"/container/memory",schemaPath:"#/properties/container/properties/memory/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]*[kmg]$"}};
if(vErrors === null){
vErrors = [err123];
}
else {
vErrors.push(err123);
}
errors++;
}
}
else {
const err124 = {instancePath:instancePath+"/container/memory",schemaPath:"#/properties/container/properties/memory/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err124];
}
else {
vErrors.push(err124);
}
errors++;
}
}
if(data58.pids !== undefined){
let data68 = data58.pids;
if(!(((typeof data68 == "number") && (!(data68 % 1) && !isNaN(data68))) && (isFinite(data68)))){
const err125 = {instancePath:instancePath+"/container/pids",schemaPath:"#/properties/container/properties/pids/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err125];
}
else {
vErrors.push(err125);
}
errors++;
}
if((typeof data68 == "number") && (isFinite(data68))){
if(data68 > 100000 || isNaN(data68)){
const err126 = {instancePath:instancePath+"/container/pids",schemaPath:"#/properties/container/properties/pids/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100000}};
if(vErrors === null){
vErrors = [err126];
}
else {
vErrors.push(err126);
}
errors++;
}
if(data68 < 2 || isNaN(data68)){
const err127 = {instancePath:instancePath+"/container/pids",schemaPath:"#/properties/container/properties/pids/minimum",keyword:"minimum",params:{comparison: ">=", limit: 2}};
if(vErrors === null){
vErrors = [err127];
}
else {
vErrors.push(err127);
}
errors++;
}
}
}
if(data58.user !== undefined){
let data69 = data58.user;
if(typeof data69 === "string"){
if(!pattern76.test(data69)){
const err128 = {instancePath:instancePath+"/container/user",schemaPath:"#/properties/container/properties/user/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$"}};
if(vErrors === null){
vErrors = [err128];
}
else {
vErrors.push(err128);
}
errors++;
}
}
else {
const err129 = {instancePath:instancePath+"/container/user",schemaPath:"#/properties/container/properties/user/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err129];
}
else {
vErrors.push(err129);
}
errors++;
}
}
if(data58.writable !== undefined){
if(typeof data58.writable !== "boolean"){
const err130 = {instancePath:instancePath+"/container/writable",schemaPath:"#/properties/container/properties/writable/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err130];
}
else {
vErrors.push(err130);
}
errors++;
}
}
}
else {
const err131 = {instancePath:instancePath+"/container",schemaPath:"#/properties/container/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err131];
}
else {
vErrors.push(err131);
}
errors++;
}
}
if(data.max_sessions !== undefined){
let data71 = data.max_sessions;
if(!(((typeof data71 == "number") && (!(data71 % 1) && !isNaN(data71))) && (isFinite(data71)))){
const err132 = {instancePath:instancePath+"/max_sessions",schemaPath:"#/properties/max_sessions/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err132];
}
else {
vErrors.push(err132);
}
errors++;
}
if((typeof data71 == "number") && (isFinite(data71))){
if(data71 > 10000 || isNaN(data71)){
const err133 = {instancePath:instancePath+"/max_sessions",schemaPath:"#/properties/max_sessions/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10000}};
if(vErrors === null){
vErrors = [err133];
}
else {
vErrors.push(err133);
}
errors++;
}
if(data71 < 1 || isNaN(data71)){
const err134 = {instancePath:instancePath+"/max_sessions",schemaPath:"#/properties/max_sessions/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err134];
}
else {
vErrors.push(err134);
}
errors++;
}
}
}
if(data.idle_timeout_ms !== undefined){
let data72 = data.idle_timeout_ms;
if(!(((typeof data72 == "number") && (!(data72 % 1) && !isNaN(data72))) && (isFinite(data72)))){
const err135 = {instancePath:instancePath+"/idle_timeout_ms",schemaPath:"#/properties/idle_timeout_ms/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err135];
}
else {
vErrors.push(err135);
}
errors++;
}
if((typeof data72 == "number") && (isFinite(data72))){
if(data72 > 86400000 || isNaN(data72)){
const err136 = {instancePath:instancePath+"/idle_timeout_ms",schemaPath:"#/properties/idle_timeout_ms/maximum",keyword:"maximum",params:{comparison: "<=", limit: 86400000}};
if(vErrors === null){
vErrors = [err136];
}
else {
vErrors.push(err136);
}
errors++;
}
if(data72 < 1000 || isNaN(data72)){
const err137 = {instancePath:instancePath+"/idle_timeout_ms",schemaPath:"#/properties/idle_timeout_ms/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1000}};
if(vErrors === null){
vErrors = [err137];
}
else {
vErrors.push(err137);
}
errors++;
}
}
}
if(data.roots !== undefined){
let data73 = data.roots;
if(Array.isArray(data73)){
const len8 = data73.length;
for(let i8=0; i8<len8; i8++){
let data74 = data73[i8];
if(typeof data74 === "string"){
if(!pattern5.test(data74)){
const err138 = {instancePath:instancePath+"/roots/" + i8,schemaPath:"#/$defs/line/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000-\\u001f]*\\S[^\\u0000-\\u001f]*$"}};
if(vErrors === null){
vErrors = [err138];
}
else {
vErrors.push(err138);
}
errors++;
}
}
else {
const err139 = {instancePath:instancePath+"/roots/" + i8,schemaPath:"#/$defs/line/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err139];
}
else {
vErrors.push(err139);
}
errors++;
}
}
}
else {
const err140 = {instancePath:instancePath+"/roots",schemaPath:"#/properties/roots/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err140];
}
else {
vErrors.push(err140);
}
errors++;
}
}
if(data.interactive !== undefined){
if(!(data.interactive === "serialize")){
const err141 = {instancePath:instancePath+"/interactive",schemaPath:"#/properties/interactive/enum",keyword:"enum",params:{allowedValues: schema61.properties.interactive.enum}};
if(vErrors === null){
vErrors = [err141];
}
else {
vErrors.push(err141);
}
errors++;
}
}
}
else {
const err142 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err142];
}
else {
vErrors.push(err142);
}
errors++;
}
validate31.errors = vErrors;
return errors === 0;
}
validate31.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

const pattern26 = new RegExp("^[A-Za-z0-9][A-Za-z0-9_.@-]*$", "u");

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
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.version !== undefined){
if(1 !== data.version){
const err1 = {instancePath:instancePath+"/version",schemaPath:"#/properties/version/const",keyword:"const",params:{allowedValue: 1}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
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
if(!pattern26.test(key1)){
const err2 = {instancePath:instancePath+"/clients",schemaPath:"#/$defs/client_name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9_.@-]*$"},propertyName:key1};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/clients",schemaPath:"#/$defs/client_name/type",keyword:"type",params:{type: "string"},propertyName:key1};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
var valid1 = _errs6 === errors;
if(!valid1){
const err4 = {instancePath:instancePath+"/clients",schemaPath:"#/properties/clients/propertyNames",keyword:"propertyNames",params:{propertyName: key1}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
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
const err5 = {instancePath:instancePath+"/clients",schemaPath:"#/properties/clients/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.profiles !== undefined){
let data4 = data.profiles;
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
for(const key3 in data4){
const _errs13 = errors;
if(typeof key3 === "string"){
if(!pattern30.test(key3)){
const err6 = {instancePath:instancePath+"/profiles",schemaPath:"#/$defs/profile_name/pattern",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9-]{0,31}$"},propertyName:key3};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/profiles",schemaPath:"#/$defs/profile_name/type",keyword:"type",params:{type: "string"},propertyName:key3};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
var valid4 = _errs13 === errors;
if(!valid4){
const err8 = {instancePath:instancePath+"/profiles",schemaPath:"#/properties/profiles/propertyNames",keyword:"propertyNames",params:{propertyName: key3}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
for(const key4 in data4){
if(!(validate29(data4[key4], {instancePath:instancePath+"/profiles/" + key4.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data4,parentDataProperty:key4,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate29.errors : vErrors.concat(validate29.errors);
errors = vErrors.length;
}
}
}
else {
const err9 = {instancePath:instancePath+"/profiles",schemaPath:"#/properties/profiles/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.cores !== undefined){
let data6 = data.cores;
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
for(const key5 in data6){
if(!(validate31(data6[key5], {instancePath:instancePath+"/cores/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data6,parentDataProperty:key5,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate31.errors : vErrors.concat(validate31.errors);
errors = vErrors.length;
}
}
}
else {
const err10 = {instancePath:instancePath+"/cores",schemaPath:"#/properties/cores/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.include !== undefined){
let data8 = data.include;
if(Array.isArray(data8)){
const len0 = data8.length;
for(let i0=0; i0<len0; i0++){
if(typeof data8[i0] !== "string"){
const err11 = {instancePath:instancePath+"/include/" + i0,schemaPath:"#/properties/include/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
}
else {
const err12 = {instancePath:instancePath+"/include",schemaPath:"#/properties/include/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
else {
const err13 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
validate20.errors = vErrors;
return errors === 0;
}
validate20.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};

