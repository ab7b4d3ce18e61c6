import { notImplemented } from '../../failure';
import type { Value } from '../../json';
import { queryError } from '../query-error';
import { arrayFunctions } from './arrays';
import { dateFunctions } from './dates';
import type { SqlFunction } from './function';
import { numberFunctions } from './numbers';
import { textFunctions } from './texts';
import { typeFunctions } from './types';

const functions: ReadonlyMap<string, SqlFunction> = new Map(
  Object.entries({
    ...textFunctions,
    ...numberFunctions,
    ...arrayFunctions,
    ...typeFunctions,
    ...dateFunctions,
  }),
);

/** Functions of the real service that this one knows by name only. */
const unbuilt = new Set(
  (
    'RAND REGEXMATCH REGEXEXTRACT REGEXEXTRACTALL NUMBERBIN INTADD INTBITAND INTBITLEFTSHIFT INTBITNOT INTBITOR ' +
    'INTBITRIGHTSHIFT INTBITXOR INTDIV INTMOD INTMUL INTSUB ST_AREA ST_DISTANCE ST_INTERSECTS ST_ISVALID ' +
    'ST_ISVALIDDETAILED ST_WITHIN DATETIMEADD DATETIMEBIN DATETIMEDIFF DATETIMEFROMPARTS DATETIMEPART ' +
    'GETCURRENTDATETIMESTATIC GETCURRENTTICKSSTATIC GETCURRENTTIMESTAMPSTATIC FULLTEXTCONTAINS FULLTEXTCONTAINSALL ' +
    'FULLTEXTCONTAINSANY FULLTEXTSCORE RRF VECTORDISTANCE DOCUMENTID COUNTIF MAKELIST MAKESET'
  ).split(' '),
);

/** The function of this name, whatever its case, for that many operands. */
export function functionNamed(
  name: string,
  operands: number,
  nowInMs: number,
): (operands: readonly Value[]) => Value {
  const known = functions.get(name.toUpperCase());
  if (known === undefined) {
    if (unbuilt.has(name.toUpperCase())) throw notImplemented(`the SQL function ${name}`);
    throw queryError('SC2005', `'${name}' is not a recognized built-in function name.`);
  }
  const { atLeast, atMost, evaluate } = known;
  if (operands < atLeast || operands > atMost) {
    const wanted = atLeast === atMost ? `${atLeast}` : `${atLeast} to ${atMost}`;
    throw queryError('SC2050', `The ${name} function requires ${wanted} argument(s).`);
  }
  return (values) => evaluate(values, nowInMs);
}
