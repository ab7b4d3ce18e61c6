/** Something in the infrastructure that is not as it must be. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly rule: Rule;
  readonly message: string;
}

/** The rules by name; a test shows a change to the real files that each of them catches. */
export type Rule =
  | 'syntax'
  | 'names'
  | 'modules'
  | 'roles'
  | 'secrets'
  | 'hardening'
  | 'versions'
  | 'settings'
  | 'lengths'
  | 'places'
  | 'entities'
  | 'azd'
  | 'inventory';
