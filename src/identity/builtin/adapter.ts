// The store as the library asks for it.
import type { Adapter, AdapterPayload } from "oidc-provider";
import type { Kind, Payload, Store } from "./store.ts";

/** `model`: what the library calls the kind. */
export function adapterOf(store: Store, model: string): Adapter {
  const kind = model as Kind;
  const given = (payload: Payload | undefined) => payload as AdapterPayload | undefined;
  return {
    async upsert(id, payload, expiresIn) {
      store.put(kind, id, payload as Payload, typeof expiresIn === "number" ? expiresIn * 1000 : undefined);
    },
    find: async (id) => given(store.find(kind, id)),
    findByUid: async (uid) => given(store.findByUid(kind, uid)),
    findByUserCode: async () => undefined,
    async consume(id) {
      store.consume(kind, id);
    },
    async destroy(id) {
      store.remove(kind, id);
    },
    async revokeByGrantId(grantId) {
      store.removeByGrant(kind, grantId);
    },
  };
}
