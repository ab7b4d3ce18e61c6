import { z } from 'zod';
import { type RegisteredFunction } from '../core/function-registry';
import { HostError } from '../host-error';
import { RouteTemplate, type RouteValues } from './route-template';

const HttpTrigger = z.looseObject({
  authLevel: z
    .string()
    .transform((level) => level.toLowerCase())
    .pipe(z.enum(['anonymous', 'function', 'admin'], { error: 'must be anonymous, function or admin' }))
    .default('function'),
  methods: z.array(z.string().transform((method) => method.toUpperCase())).optional(),
  route: z.string().optional(),
});

export interface HttpRoute {
  readonly registered: RegisteredFunction;
  readonly template: RouteTemplate;
  /** Empty: every method. */
  readonly methods: readonly string[];
  readonly authLevel: 'anonymous' | 'function' | 'admin';
}

/** The route of one HTTP function, or a refusal that says what is wrong with it. */
export function httpRoute(
  registered: RegisteredFunction,
  routePrefix: string,
  earlier: readonly HttpRoute[],
): HttpRoute {
  const parsed = HttpTrigger.safeParse(registered.trigger);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new HostError(`${issue?.path.join('.') ?? 'trigger'}: ${issue?.message ?? 'is not valid'}`);
  }
  const route = parsed.data.route ?? registered.name;
  if (route.startsWith('/')) throw new HostError(`route "${route}": must not start with a slash.`);
  const text = [routePrefix, route].filter((part) => part !== '').join('/');
  if (/^(admin|runtime)(\/|$)/i.test(text)) {
    throw new HostError(
      `route "${text}": a route must not start with "admin" or "runtime", the host keeps those.`,
    );
  }
  const methods = parsed.data.methods ?? [];
  refuseTaken(text, methods, earlier);
  return { registered, template: new RouteTemplate(text), methods, authLevel: parsed.data.authLevel };
}

function refuseTaken(text: string, methods: readonly string[], earlier: readonly HttpRoute[]): void {
  for (const other of earlier) {
    if (other.template.text.toLowerCase() !== text.toLowerCase()) continue;
    const shared = methods.length === 0 || other.methods.length === 0;
    const both = methods.find((method) => other.methods.includes(method));
    if (shared || both !== undefined) {
      throw new HostError(
        `route "${text}": already used by function '${other.registered.name}' for ${both ?? 'every method'}.`,
      );
    }
  }
}

/** The first route, in the order of function names, that takes this method and path. */
export function matchRoute(
  routes: readonly HttpRoute[],
  method: string,
  segments: readonly string[],
): { readonly route: HttpRoute; readonly values: RouteValues } | undefined {
  for (const route of routes) {
    if (route.methods.length > 0 && !route.methods.includes(method)) continue;
    const values = route.template.match(segments);
    if (values !== undefined) return { route, values };
  }
  return undefined;
}
