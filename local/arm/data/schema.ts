/** The tables, step by step. */
export const migrations: readonly string[] = [
  `CREATE TABLE resources (key TEXT PRIMARY KEY, type TEXT NOT NULL, body TEXT NOT NULL) STRICT;
   CREATE INDEX resourcesByType ON resources (type, key);
   CREATE TABLE tags (name TEXT NOT NULL, value TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (name, value, key)) STRICT;
   CREATE INDEX tagsByKey ON tags (key);
   CREATE TABLE addresses (subnet TEXT NOT NULL, address TEXT NOT NULL, holder TEXT NOT NULL, PRIMARY KEY (subnet, address)) STRICT;
   CREATE INDEX addressesByHolder ON addresses (holder);
   CREATE TABLE operations (id TEXT PRIMARY KEY, status TEXT NOT NULL, body TEXT NOT NULL) STRICT;
   CREATE TABLE quotas (location TEXT NOT NULL, name TEXT NOT NULL, ceiling INTEGER NOT NULL, PRIMARY KEY (location, name)) STRICT;
   CREATE TABLE bootTraces (disk TEXT PRIMARY KEY, windows TEXT NOT NULL) STRICT;`,
];
