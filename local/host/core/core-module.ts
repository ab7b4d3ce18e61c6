import Module from 'node:module';
import { type FunctionCallback, type FunctionMetadata, type ProgrammingModel } from './core-types';
import { type FunctionRegistry } from './function-registry';
import { type HookCallback, type Hooks } from './hooks';

const moduleName = '@azure/functions-core';

export interface CoreModuleParts {
  readonly version: string;
  readonly registry: FunctionRegistry;
  readonly hooks: Hooks;
  readonly log: (level: string, category: string, message: string) => void;
}

class Disposable {
  readonly #undo: () => unknown;
  constructor(undo: () => unknown) {
    this.#undo = undo;
  }
  static from(...parts: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => parts.forEach((part) => part.dispose()));
  }
  dispose(): unknown {
    return this.#undo();
  }
}

/**
 * Answers `require('@azure/functions-core')`, which is no package: only a host provides it. The library asks once
 * per process and remembers the answer, so this runs before anything loads `@azure/functions`.
 */
export function provideCoreModule(parts: CoreModuleParts): {
  programmingModel(): ProgrammingModel | undefined;
} {
  let model: ProgrammingModel | undefined;
  const core = {
    version: parts.version,
    hostVersion: parts.version,
    Disposable,
    setProgrammingModel: (next: ProgrammingModel) => (model = next),
    getProgrammingModel: () => model,
    registerFunction: (metadata: FunctionMetadata, callback: FunctionCallback) =>
      new Disposable(parts.registry.register(metadata, callback)),
    registerHook: (name: string, callback: HookCallback) => new Disposable(parts.hooks.add(name, callback)),
    log: parts.log,
  };
  answerRequire(core);
  return { programmingModel: () => model };
}

function answerRequire(core: object): void {
  const prototype = Module.prototype as unknown as { require: (this: unknown, id: string) => unknown };
  const original = prototype.require;
  prototype.require = function (id) {
    return id === moduleName ? core : original.call(this, id);
  };
}
