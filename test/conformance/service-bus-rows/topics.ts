import { strict as assert } from 'node:assert';
import { type RuleProperties, type ServiceBusClient, type ServiceBusRuleManager } from '@azure/service-bus';
import { newSession, receive, receiveOne, rejectsWith, type Row, send } from './row';

export const topics: Row[] = [
  {
    operation: 'topics',
    shows: 'gives every subscription that wants it a copy',
    run: async (trial) => {
      await onlyRule(trial.client, 'wanted', {
        subject: 'wanted',
        applicationProperties: { level: 3 },
      });
      await send(
        trial,
        'news',
        { body: 1, subject: 'wanted', applicationProperties: { level: 3 } },
        { body: 2, subject: 'wanted', applicationProperties: { level: 4 } },
        { body: 3 },
      );
      const all = await receive(
        trial.client.createReceiver('news', 'all', { receiveMode: 'receiveAndDelete' }),
        3,
      );
      assert.deepEqual(
        all.map(({ body }) => body as number),
        [1, 2, 3],
      );
      const some = trial.client.createReceiver('news', 'some', { receiveMode: 'receiveAndDelete' });
      assert.equal((await receiveOne(some)).body, 1);
      assert.deepEqual(await some.peekMessages(1), []);
    },
  },
  {
    operation: 'topics',
    shows: 'keeps sessions in subscriptions',
    run: async (trial) => {
      const sessionId = newSession();
      await send(trial, 'ordered-news', { body: 1, sessionId }, { body: 2, sessionId });
      const receiver = await trial.client.acceptSession('ordered-news', 'in-order', sessionId, {
        receiveMode: 'receiveAndDelete',
      });
      assert.deepEqual(
        (await receive(receiver, 2)).map(({ body }) => body as number),
        [1, 2],
      );
      await receiver.close();
    },
  },
  {
    operation: 'topics',
    shows: 'schedules on a topic and dead-letters in a subscription',
    run: async (trial) => {
      const sender = trial.client.createSender('news');
      await sender.scheduleMessages({ body: 'soon' }, new Date(Date.now() + 300));
      const receiver = trial.client.createReceiver('news', 'all');
      await receiver.deadLetterMessage(await receiveOne(receiver));
      const dead = trial.client.createReceiver('news', 'all', {
        subQueueType: 'deadLetter',
        receiveMode: 'receiveAndDelete',
      });
      assert.equal((await receiveOne(dead)).body, 'soon');
    },
  },
  {
    operation: 'createRuleManager',
    shows: 'adds, lists and removes rules',
    run: async (trial) => {
      const rules = trial.client.createRuleManager('news', 'some');
      await clear(rules);
      const filter = {
        correlationId: 'c',
        subject: 's',
        applicationProperties: { whole: 1, text: 'x', yes: true },
      };
      await rules.createRule('by-fields', filter);
      await rules.createRule('everything', { sqlExpression: '1=1' });
      await rejectsWith(
        'MessagingEntityAlreadyExists',
        rules.createRule('everything', { sqlExpression: '1=0' }),
      );
      const listed = await listOf(rules);
      assert.deepEqual(listed.map(({ name }) => name).sort(), ['by-fields', 'everything']);
      const found = listed.find(({ name }) => name === 'by-fields')?.filter as typeof filter;
      assert.equal(found.correlationId, 'c');
      assert.deepEqual(found.applicationProperties, filter.applicationProperties);
      await rules.deleteRule('everything');
      await rejectsWith('MessagingEntityNotFound', rules.deleteRule('everything'));
    },
  },
  {
    operation: 'createRuleManager',
    shows: 'lets nothing in by a false filter',
    run: async (trial) => {
      await onlyRule(trial.client, 'nothing', { sqlExpression: '1=0' });
      await send(trial, 'news', { body: 'unwanted' });
      await receiveOne(trial.client.createReceiver('news', 'all', { receiveMode: 'receiveAndDelete' }));
      assert.deepEqual(await trial.client.createReceiver('news', 'some').peekMessages(1), []);
    },
  },
];

async function onlyRule(
  client: ServiceBusClient,
  name: string,
  filter: Parameters<ServiceBusRuleManager['createRule']>[1],
): Promise<void> {
  const rules = client.createRuleManager('news', 'some');
  await clear(rules);
  await rules.createRule(name, filter);
}

async function clear(rules: ServiceBusRuleManager): Promise<void> {
  for (const { name } of await listOf(rules)) await rules.deleteRule(name);
}

/** Of no rules the client makes one that is undefined. */
async function listOf(rules: ServiceBusRuleManager): Promise<RuleProperties[]> {
  const found: (RuleProperties | undefined)[] = [];
  for await (const rule of rules.listRules()) found.push(rule);
  return found.filter((rule) => rule !== undefined);
}
