import { type Settings } from './config/settings';
import { type FunctionRegistry, type RegisteredFunction } from './core/function-registry';
import { durableKind, isDurableClient } from './durable/durable-binding';
import { HostError, messageOf } from './host-error';
import { type HttpRoute, httpRoute } from './http/http-routes';
import { type Listener } from './listener';

export interface PlanOptions {
  readonly registry: FunctionRegistry;
  readonly settings: Settings;
  readonly routePrefix: string;
  readonly timer: (registered: RegisteredFunction) => Listener;
  readonly serviceBus: (registered: RegisteredFunction) => Listener;
}

/** What the host will do with each function. One that is in error is left out and named; the others run. */
export interface Plan {
  readonly routes: readonly HttpRoute[];
  readonly listeners: readonly Listener[];
  readonly active: readonly RegisteredFunction[];
  readonly inError: readonly { readonly name: string; readonly reason: string }[];
}

export function planFunctions(options: PlanOptions): Plan {
  const routes: HttpRoute[] = [];
  const listeners: Listener[] = [];
  const active: RegisteredFunction[] = [];
  const inError: { name: string; reason: string }[] = [];
  for (const registered of options.registry.all()) {
    if (isDisabled(registered, options.settings)) continue;
    try {
      refuseUnknownBindings(registered);
      addTrigger(registered, options, { routes, listeners });
      active.push(registered);
    } catch (error) {
      inError.push({ name: registered.name, reason: `${registered.file}: ${messageOf(error)}` });
    }
  }
  return { routes, listeners, active, inError };
}

function addTrigger(
  registered: RegisteredFunction,
  { routePrefix, timer, serviceBus }: PlanOptions,
  { routes, listeners }: { routes: HttpRoute[]; listeners: Listener[] },
): void {
  if (durableKind(registered) !== undefined) return;
  switch (registered.trigger.type.toLowerCase()) {
    case 'httptrigger':
      return void routes.push(httpRoute(registered, routePrefix, routes));
    case 'timertrigger':
      return void listeners.push(timer(registered));
    case 'servicebustrigger':
      return void listeners.push(serviceBus(registered));
    case 'eventgridtrigger':
      return;
    default:
      throw new HostError(`the trigger ${registered.trigger.type} is not supported by this host.`);
  }
}

function refuseUnknownBindings({ metadata, trigger }: RegisteredFunction): void {
  for (const [name, binding] of Object.entries(metadata.bindings)) {
    if (binding['sdkBinding'] === true) {
      throw new HostError(`the binding ${name} uses sdkBinding, which is not supported by this host.`);
    }
    const isKnown =
      name === trigger.name || isDurableClient(binding) || binding.type.toLowerCase() === 'http';
    if (!isKnown)
      throw new HostError(`the binding ${name} of type ${binding.type} is not supported by this host.`);
  }
}

function isDisabled({ name }: RegisteredFunction, settings: Settings): boolean {
  return /^(true|1)$/i.test(settings(`AzureWebJobs.${name}.Disabled`) ?? '');
}
