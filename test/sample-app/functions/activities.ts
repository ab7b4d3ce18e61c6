import * as df from 'durable-functions';
import { note } from './seen';

const failures = new Map<string, number>();

df.app.activity('double', { handler: (value: number) => value * 2 });
df.app.activity('shout', { handler: (text: string) => `${text.toUpperCase()}!` });
df.app.activity('failsTwice', {
  handler: (key: string) => {
    const attempt = (failures.get(key) ?? 0) + 1;
    failures.set(key, attempt);
    note('failsTwice', attempt);
    if (attempt < 3) throw new Error(`attempt ${attempt} of ${key}`);
    return attempt;
  },
});
df.app.activity('alwaysFails', {
  handler: (): never => {
    throw new Error('it always fails');
  },
});
