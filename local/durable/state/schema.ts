/** One SQL text per schema version; append, never edit. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE instance (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    execution TEXT NOT NULL,
    version TEXT,
    status TEXT NOT NULL,
    input TEXT,
    output TEXT,
    custom_status TEXT,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    finished INTEGER,
    parent_instance TEXT,
    parent_execution TEXT,
    parent_task INTEGER,
    outcome TEXT,
    carried TEXT,
    is_entity INTEGER NOT NULL DEFAULT 0,
    entity_state TEXT,
    locked_by TEXT,
    locked_by_execution TEXT
  ) STRICT;
  CREATE INDEX instance_by_creation ON instance (created, id);
  CREATE INDEX instance_by_end ON instance (finished) WHERE finished IS NOT NULL;

  CREATE TABLE history (
    instance TEXT NOT NULL,
    turn INTEGER NOT NULL,
    events TEXT NOT NULL,
    PRIMARY KEY (instance, turn)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE inbox (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    instance TEXT NOT NULL,
    execution TEXT,
    due INTEGER,
    sender TEXT,
    event TEXT NOT NULL
  ) STRICT;
  CREATE INDEX inbox_by_instance ON inbox (instance, sequence);
  CREATE INDEX inbox_by_due ON inbox (due) WHERE due IS NOT NULL;

  CREATE TABLE task (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    instance TEXT NOT NULL,
    execution TEXT NOT NULL,
    task_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    input TEXT,
    restarts INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX task_by_instance ON task (instance);
  `,
];
