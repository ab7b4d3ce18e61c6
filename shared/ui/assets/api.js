const version = 'api-version=2023-06-01';

/** The Site Recovery API, read with the viewer's own token. It is kept in this tab only. */
export class Api {
  constructor(vaultId, token) {
    this.vaultId = vaultId;
    this.token = token;
  }

  async get(path) {
    const response = await fetch(path, {
      headers: { authorization: `Bearer ${this.token}` },
      cache: 'no-store',
    }).catch(() => {
      throw new Error('The service cannot be reached.');
    });
    const body = await response.json().catch(() => ({}));
    if (response.ok) return body;
    const { code = String(response.status), message = response.statusText, details } = body.error ?? {};
    throw Object.assign(new Error(`${code}: ${message}`), {
      status: response.status,
      action: details?.[0]?.recommendedAction,
    });
  }

  /** Everything of a list, or its first so many. */
  async list(path, { top = 100, most = Infinity } = {}) {
    const found = [];
    let next = `${encoded(this.vaultId)}/${encoded(path)}?${version}&$top=${Math.min(top, most)}`;
    while (next && found.length < most) {
      const page = await this.get(next);
      found.push(...(page.value ?? []));
      next = page.nextLink ? sameOrigin(page.nextLink) : undefined;
    }
    return found;
  }

  read(path) {
    return this.get(`${encoded(path.startsWith('/') ? path : `${this.vaultId}/${path}`)}?${version}`);
  }

  items() {
    return this.list('replicationProtectedItems', { top: 1_000 });
  }

  jobs() {
    return this.list('replicationJobs', { most: 25 });
  }

  health() {
    return this.read('replicationVaultHealth');
  }

  /** The points of a machine, newest first. */
  points(itemId) {
    return this.list(`${itemId.slice(this.vaultId.length + 1)}/recoveryPoints`, { top: 500, most: 500 });
  }
}

/** Names are whatever people called things. */
function encoded(path) {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** A link that leads elsewhere would carry the token there. */
function sameOrigin(link) {
  const { pathname, search } = new URL(link, location.origin);
  return pathname + search;
}
