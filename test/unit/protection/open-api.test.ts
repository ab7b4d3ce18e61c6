import { describeCalls } from '../../../shared/agents/describe-calls';
import { World } from '../../support/arm/world';

describe('the description of the API', () => {
  it('has every call of an agent, with the schemas it is parsed by', async () => {
    const world = await World.open();
    const { body } = await world.ask('GET', '/openapi.json');
    const paths = Object.keys(body.paths as object).filter((path) => path.startsWith('/agents/v1/'));
    expect(paths.toSorted()).toEqual(Object.keys(describeCalls()).toSorted());
    const request = body.paths['/agents/v1/grants'].post.requestBody.content['application/json'].schema;
    expect(request).toMatchObject({ type: 'object', required: ['replicaId', 'epoch'] });
  });
});
