import { type DurableApp } from '../../support/durable/sdk';
import { TestEngine } from '../../support/durable/test-engine';

const app: DurableApp = {
  orchestrators: {
    hello: function* (context) {
      const names = context.df.getInput() as string[];
      const greetings: unknown = yield context.df.Task.all(
        names.map((name) => context.df.callActivity('greet', name)),
      );
      return greetings;
    },
    chain: function* (context) {
      let value = context.df.getInput() as number;
      for (let step = 0; step < 5; step++) value = (yield context.df.callActivity('double', value)) as number;
      return value;
    },
  },
  activities: { greet: (name: string) => `Hello ${name}`, double: (value: number) => value * 2 },
};

describe('durable engine', () => {
  let test: TestEngine;
  beforeEach(async () => void (test = await TestEngine.start(app)));
  afterEach(() => test.stop());

  it('runs activities side by side and one after another', async () => {
    expect(await test.run('hello', ['Ada', 'Max'])).toMatchObject({
      runtimeStatus: 'Completed',
      output: ['Hello Ada', 'Hello Max'],
    });
    expect((await test.run('chain', 1)).output).toBe(32);
  });
});
