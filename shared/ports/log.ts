/** One line of what happened, for operators. Never a secret: the implementation redacts, the caller does not rely on it. */
export interface Log {
  info(what: string, about?: object): void;
  warn(what: string, about?: object): void;
  error(what: string, about?: object): void;
}
