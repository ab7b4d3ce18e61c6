const hookNames = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation', 'log'] as const;
export type HookName = (typeof hookNames)[number];
export type HookCallback = (context: Record<string, unknown>) => unknown;

/** The app's hooks, in the order they were added. */
export class Hooks {
  readonly #callbacks = new Map<HookName, Set<HookCallback>>(hookNames.map((name) => [name, new Set()]));

  add(name: string, callback: HookCallback): () => void {
    const callbacks = this.#callbacks.get(name as HookName);
    if (callbacks === undefined) throw unknownHook(name);
    callbacks.add(callback);
    return () => callbacks.delete(callback);
  }

  async run(name: HookName, context: Record<string, unknown>): Promise<void> {
    for (const callback of this.#callbacks.get(name) ?? []) await callback(context);
  }

  /** Log hooks are synchronous; they may change level and message. */
  runLog(context: Record<string, unknown>): void {
    for (const callback of this.#callbacks.get('log') ?? []) callback(context);
  }

  has(name: HookName): boolean {
    return (this.#callbacks.get(name)?.size ?? 0) > 0;
  }
}

/** The library recognises exactly this property and tells the user that the host is too old for the hook. */
function unknownHook(name: string): RangeError {
  return Object.assign(new RangeError(`Unrecognized hook "${name}"`), { isAzureFunctionsSystemError: true });
}
