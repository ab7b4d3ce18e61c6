/** What a path names. */
export type Address =
  | { readonly kind: 'subscription'; readonly id: string }
  /** `locations`, `resourceGroups`, `resources`. */
  | { readonly kind: 'subscriptionList'; readonly subscription: string; readonly what: string }
  /** `usages`, `vmSizes`, `operations`, `operationResults` of a region. */
  | {
      readonly kind: 'region';
      readonly subscription: string;
      readonly location: string;
      readonly what: string;
      readonly name?: string;
    }
  | { readonly kind: 'list'; readonly within: string; readonly type: string }
  | { readonly kind: 'groupResources'; readonly within: string }
  | { readonly kind: 'group'; readonly id: string; readonly name: string }
  | {
      readonly kind: 'resource';
      readonly id: string;
      readonly type: string;
      readonly name: string;
      readonly action?: string;
    };

/** Reads a path of Resource Manager; undefined if it is none that is served. */
export function parseAddress(path: readonly string[]): Address | undefined {
  const [root = '', subscription = '', third, ...rest] = path;
  if (root.toLowerCase() !== 'subscriptions' || subscription === '') return undefined;
  const id = `/subscriptions/${subscription}`;
  const word = third?.toLowerCase();
  if (word === undefined) return { kind: 'subscription', id };
  if (word === 'providers') return ofProvider(subscription, id, rest);
  if (rest.length === 0) return { kind: 'subscriptionList', subscription, what: word };
  return word === 'resourcegroups' ? inGroup(id, rest) : undefined;
}

function ofProvider(
  subscription: string,
  id: string,
  [namespace = '', type = '', ...rest]: readonly string[],
): Address | undefined {
  if (type.toLowerCase() === 'locations') {
    const [location = '', what = '', name] = rest;
    return {
      kind: 'region',
      subscription,
      location,
      what: what.toLowerCase(),
      ...(name !== undefined && { name }),
    };
  }
  return rest.length === 0 ? { kind: 'list', within: id, type: `${namespace}/${type}` } : undefined;
}

function inGroup(
  subscriptionId: string,
  [group = '', word, namespace = '', ...rest]: readonly string[],
): Address | undefined {
  const id = `${subscriptionId}/resourceGroups/${group}`;
  if (word === undefined) return { kind: 'group', id, name: group };
  if (word.toLowerCase() === 'resources' && namespace === '') return { kind: 'groupResources', within: id };
  if (word.toLowerCase() !== 'providers' || rest.length === 0) return undefined;
  const provider = `${id}/providers/${namespace}`;
  if (rest.length === 1) return { kind: 'list', within: provider, type: `${namespace}/${rest[0] ?? ''}` };
  const [type = '', name = '', child, childName, ...more] = rest;
  const self = {
    kind: 'resource',
    id: `${provider}/${type}/${name}`,
    type: `${namespace}/${type}`,
    name,
  } as const;
  if (child === undefined) return self;
  if (childName === undefined) return { ...self, action: child };
  if (more.length > 0) return undefined;
  return {
    kind: 'resource',
    id: `${self.id}/${child}/${childName}`,
    type: `${self.type}/${child}`,
    name: childName,
  };
}
