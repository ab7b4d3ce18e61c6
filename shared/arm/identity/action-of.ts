const words: Readonly<Record<string, string>> = {
  GET: 'read',
  HEAD: 'read',
  PUT: 'write',
  PATCH: 'write',
  DELETE: 'delete',
};

/** The name an operation is authorized by: the types of its path, joined, and what is done to them. */
export function actionOf(method: string, path: string): string {
  const provider = path.slice(path.toLowerCase().lastIndexOf('/providers/') + '/providers/'.length);
  const types = provider.split('/').filter((segment) => !segment.startsWith('{'));
  // `default`, `vaultExtendedInfo` and the like name the one resource of their type, not another type.
  const isSingleton = method !== 'POST' && /^(default|vaultExtendedInfo)$/.test(types.at(-1) ?? '');
  const named = isSingleton ? types.slice(0, -1) : types;
  return `${named.join('/')}/${words[method] ?? 'action'}`;
}
