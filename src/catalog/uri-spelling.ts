// The uris of a Core with `resources: { uris: prefixed }` as its clients see them: with the namespace in them, so that no two Cores
// have the same. What comes out is a uri wherever the Core's own is one, and the Core's own can be read off it.
//
//   file:///a      files+file:///a
//   ui://chart/a   ui://files+chart/a    a page of an MCP App: clients know it by its scheme
//   a, {+path}     files+:a, files+:{+path}    no uri, or a template with a variable where the scheme would be

const scheme = /^[a-z][a-z0-9+.-]*:/i;
/** Not before a literal IPv6 address, with which a host's name has to start. */
const page = /^ui:\/\/(?!\[)/i;
const pageStart = "ui://".length;

/** For templates as well. */
export function toClient(namespace: string, uri: string): string {
  if (page.test(uri)) return `${uri.slice(0, pageStart)}${namespace}+${uri.slice(pageStart)}`;
  return scheme.test(uri) ? `${namespace}+${uri}` : `${namespace}+:${uri}`;
}

/** Undefined for what is not of this namespace. */
export function toCore(namespace: string, uri: string): string | undefined {
  const mark = `${namespace}+`;
  if (page.test(uri)) {
    return uri.startsWith(mark, pageStart)
      ? `${uri.slice(0, pageStart)}${uri.slice(pageStart + mark.length)}`
      : undefined;
  }
  if (!uri.startsWith(mark)) return undefined;
  const native = uri.slice(uri[mark.length] === ":" ? mark.length + 1 : mark.length);
  return native === "" ? undefined : native;
}
