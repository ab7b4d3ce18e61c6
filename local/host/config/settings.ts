import { HostError } from '../host-error';

/** A setting by name; undefined when it is not set. */
export type Settings = (name: string) => string | undefined;

/** Replaces every `%NAME%` by its setting. `where` names the key in the refusal: `host.json: extensions.durableTask.hubName`. */
export function substitute(text: string, settings: Settings, where: string): string {
  return text.replace(/%([^%]+)%/g, (_, name: string) => {
    const value = settings(name);
    if (value === undefined)
      throw new HostError(`${where}: %${name}% does not resolve, no setting ${name} is there.`);
    return value;
  });
}

/** The connection string behind the name of a connection. */
export function connectionString(name: string, settings: Settings, where: string): string {
  const value = settings(name) ?? settings(`AzureWebJobs${name}`);
  if (value !== undefined && value !== '') return value;
  if (settings(`${name}__fullyQualifiedNamespace`) !== undefined) {
    throw new HostError(
      `${where}: ${name}__fullyQualifiedNamespace needs an identity; this host takes connection strings only. Set ${name}.`,
    );
  }
  throw new HostError(`${where}: the connection setting ${name} is missing or empty.`);
}
