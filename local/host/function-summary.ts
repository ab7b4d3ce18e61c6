import { type FunctionSummary } from './host-options';
import { type Plan } from './plan-functions';

/** The functions as a person wants to see them. */
export function summarize({ active, routes }: Plan, origin: string): readonly FunctionSummary[] {
  return active.map((registered) => {
    const { name } = registered;
    const route = routes.find((one) => one.registered === registered);
    if (route === undefined) return { name, trigger: registered.trigger.type };
    const url = `${origin}/${route.template.text}`;
    return { name, trigger: registered.trigger.type, url, methods: route.methods };
  });
}

/** What `func start` prints. */
export function functionTable(functions: readonly FunctionSummary[]): string {
  const lines = functions.map(({ name, trigger, url, methods }) =>
    url === undefined ? `\t${name}: ${trigger}` : `\t${name}: [${methods?.join(',') ?? ''}] ${url}`,
  );
  return ['', 'Functions:', '', ...lines.flatMap((line) => [line, ''])].join('\n');
}
