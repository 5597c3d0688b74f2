/** A resource without what a server gives it: its id, `meta.versionId` and `meta.lastUpdated`. */
export function withoutServerParts(resource: object): object {
  const { id: _id, meta, ...rest } = resource as { id?: unknown; meta?: object };
  const { versionId: _versionId, lastUpdated: _lastUpdated, ...more } = (meta ?? {}) as Record<string, unknown>;
  return Object.keys(more).length === 0 ? rest : { ...rest, meta: more };
}
