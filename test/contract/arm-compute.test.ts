import { present } from '../../shared/assert';
import { startArmDouble, type ArmDouble } from '../support/compute/arm-double';
import { describeCompute } from './compute.contract';

let double: ArmDouble | undefined;

beforeAll(async () => {
  double = await startArmDouble();
});
afterAll(async () => double?.stop());

describeCompute('Resource Manager', () => present(double, 'the double'));
