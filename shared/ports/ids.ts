/** New names for new things. Never the same twice within one installation. */
export interface Ids {
  /** A random UUID, lower case. */
  uuid(): string;
}
