/**
 * A request as the official client takes it. Its types list every scenario with its own fields; which scenario a machine
 * is of, and what the user adds in its words, is known only when the command runs. The service checks it.
 */
export function openRequest<T>(body: object): T {
  return body as T;
}
