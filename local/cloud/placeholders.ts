/** What placeholders may name, for example `cache.endpoint`. */
export type Facts = Readonly<Record<string, string>>;

/** Puts facts in the place of `{{name}}`. An unknown name is an error that says where it stands. */
export function fill(template: string, facts: Facts, where: string): string {
  return template.replace(/\{\{([^{}]*)\}\}/g, (_, name: string) => {
    const fact = facts[name.trim()];
    if (fact === undefined) {
      throw new Error(
        `${where} has the placeholder {{${name}}}; there is only ${Object.keys(facts).join(', ')}`,
      );
    }
    return fact;
  });
}

/** Fills every value of a record. */
export function fillAll(templates: Facts, facts: Facts, where: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(templates).map(([name, template]) => [name, fill(template, facts, `${where}.${name}`)]),
  );
}
