import { HostError } from '../host-error';
import { type Binding, type FunctionCallback, type FunctionMetadata } from './core-types';

export interface RegisteredFunction {
  readonly name: string;
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
  readonly trigger: Binding & { readonly name: string };
  /** The file that was being loaded when the function was registered. */
  readonly file: string;
}

/** Every function the app registered while it was loaded. Closed once loading is over, as in the real worker. */
export class FunctionRegistry {
  readonly #functions = new Map<string, RegisteredFunction>();
  #closed = false;
  /** Named in messages; the loader sets it. */
  currentFile = '';

  register(metadata: FunctionMetadata, callback: FunctionCallback): () => void {
    if (this.#closed) throw new HostError('A function can only be registered during app startup.');
    const key = metadata.name.toLowerCase();
    const earlier = this.#functions.get(key);
    if (earlier !== undefined) {
      throw new HostError(
        `${this.currentFile}: the function name '${metadata.name}' is already taken by ${earlier.file}. Names are unique, whatever their case.`,
      );
    }
    this.#functions.set(key, {
      name: metadata.name,
      metadata,
      callback,
      trigger: triggerOf(metadata, this.currentFile),
      file: this.currentFile,
    });
    return () => this.#functions.delete(key);
  }

  close(): void {
    this.#closed = true;
  }

  /** In the order of names, which is the order in which the host matches routes. */
  all(): readonly RegisteredFunction[] {
    return [...this.#functions.values()].sort((a, b) =>
      a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1,
    );
  }

  find(name: string): RegisteredFunction | undefined {
    return this.#functions.get(name.toLowerCase());
  }
}

function triggerOf(metadata: FunctionMetadata, file: string): RegisteredFunction['trigger'] {
  for (const [name, binding] of Object.entries(metadata.bindings)) {
    if (/trigger$/i.test(binding.type)) return { ...binding, name };
  }
  throw new HostError(`${file}: the function '${metadata.name}' has no trigger.`);
}
