import { compileQuery, paged } from '../../../local/cosmos/sql/compile-query';
import { givenOf } from '../../../local/cosmos/sql/given';
import { parseQuery } from '../../../local/cosmos/sql/parse/parse-query';
import type { Json, Value } from '../../../local/cosmos/json';

const nowInMs = 1_700_000_000_123;

function run(
  query: string,
  documents: readonly Json[] = [],
  parameters: Record<string, Value> = {},
): Value[] {
  const given = givenOf(
    Object.entries(parameters).map(([name, value]) => ({ name, value })),
    nowInMs,
  );
  const compiled = compileQuery(parseQuery(query), given);
  return [...paged(compiled.results(documents), compiled)];
}

/** One expression without any document; nothing is `undefined`. */
function valueOf(expression: string, parameters: Record<string, Value> = {}): Value {
  return run(`SELECT VALUE [${expression}]`, [], parameters)
    .map((array) => (Array.isArray(array) ? (array as Json[])[0] : array))
    .at(0);
}

describe('an expression', () => {
  it.each<[string, Value]>([
    // Constants and operators
    ['1', 1],
    ['1.5e3', 1500],
    ['0x1F', 31],
    ['.5', 0.5],
    ["'it\\'s \"so\" \\u00e9\\n'", 'it\'s "so" é\n'],
    ['"two" || " " || "words"', 'two words'],
    ['true', true],
    ['NULL', null],
    ['undefined', undefined],
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['7 % 4 - -1', 4],
    ['1 / 0', undefined],
    ['-(-3)', 3],
    ['~5', -6],
    ['6 & 3 | 8', 10],
    ['5 ^ 1', 4],
    ['1 << 3 >> 1', 4],
    ['1 + "1"', undefined],
    // Comparisons
    ['1 = 1.0', true],
    ['1 != 1', false],
    ['1 <> 2', true],
    ["'a' < 'b'", true],
    ["'B' < 'a'", true],
    ["'\uffff' < '\u{1f600}'", true],
    ['1 = "1"', undefined],
    ['1 != "1"', undefined],
    ['null = null', true],
    ['null = false', undefined],
    ['undefined = undefined', undefined],
    ['true > false', true],
    ['[1, {"a": 2}] = [1, {"a": 2}]', true],
    ['{"a": 1, "b": 2} = {"b": 2, "a": 1}', true],
    ['[1] < [2]', undefined],
    ['2 BETWEEN 1 AND 3', true],
    ['2 NOT BETWEEN 1 AND 3 OR false', false],
    ["'b' BETWEEN 'a' AND 'c' AND true", true],
    ['2 IN (1, 2)', true],
    ['2 NOT IN (1, 3)', true],
    ['undefined IN (1)', undefined],
    // Logic
    ['true AND undefined', undefined],
    ['false AND undefined', false],
    ['undefined AND false', false],
    ['true OR undefined', true],
    ['undefined OR true', true],
    ['false OR undefined', undefined],
    ['1 AND true', undefined],
    ['NOT 1 = 2', true],
    ['NOT false AND false', false],
    ['NOT (true OR true)', false],
    ['NOT undefined', undefined],
    ['true OR false AND false', true],
    ['1 = 1 ? "y" : "n"', 'y'],
    ['undefined ? 1 : 2 ? 3 : 4', 4],
    ['undefined ?? 5', 5],
    ['null ?? 5', null],
    // Structures
    ['{"a": [1, 2, {"b": 3}]}.a[2].b', 3],
    ['{a: 1}["a"]', 1],
    ['[1, undefined, 2]', [1, 2]],
    ['{"a": undefined, "b": 1}', { b: 1 }],
    ['[1, 2][5]', undefined],
    ['"text"["length"]', undefined],
    ['{"a": 1}.constructor', undefined],
    // LIKE
    ["'abc' LIKE 'a%'", true],
    ["'abc' LIKE '_b_'", true],
    ["'abc' LIKE 'b'", false],
    ["'abc' NOT LIKE '%c'", false],
    ["'aXbXc' LIKE '%X%X%'", true],
    ["'50%' LIKE '50!%' ESCAPE '!'", true],
    ["'500' LIKE '50!%' ESCAPE '!'", false],
    ["'b7' LIKE '[a-c][0-9]'", true],
    ["'d7' LIKE '[^a-c]%'", true],
    ["'a.c' LIKE 'a.c'", true],
    ["'abc' LIKE 'a.c'", false],
    ["1 LIKE '1'", undefined],
    // Texts
    ["CONTAINS('Hello', 'ell')", true],
    ["contains('Hello', 'ELL', true)", true],
    ["STARTSWITH('Hello', 'he')", false],
    ["ENDSWITH('Hello', 'LO', true)", true],
    ["STRINGEQUALS('a', 'A', true)", true],
    ["LENGTH('four')", 4],
    ["LOWER('ÀB') || UPPER('c')", 'àbC'],
    ["TRIM('  x ') || LTRIM(' y') || RTRIM('z ')", 'xyz'],
    ["LEFT('abcd', 2) || RIGHT('abcd', 1)", 'abd'],
    ["SUBSTRING('abcd', 1, 2)", 'bc'],
    ["SUBSTRING('abcd', 1, 0)", ''],
    ["INDEX_OF('abcb', 'b')", 1],
    ["INDEX_OF('abcb', 'b', 2)", 3],
    ["REPLACE('a.b.c', '.', '-')", 'a-b-c'],
    ["REPLICATE('ab', 3)", 'ababab'],
    ["REPLICATE('ab', 10001)", undefined],
    ["REVERSE('abc')", 'cba'],
    ["CONCAT('a', 'b', 'c')", 'abc'],
    ["CONCAT('a', 1)", undefined],
    ['TOSTRING({"a": 1})', '{"a":1}'],
    ["STRINGTONUMBER('1.5')", 1.5],
    ["STRINGTONUMBER('x')", undefined],
    ["STRINGTOBOOLEAN('true')", true],
    ["STRINGTONULL('null')", null],
    ["StringToArray('[1]')", [1]],
    ["StringToObject('[1]')", undefined],
    ["STRINGJOIN(['a', 'b'], '-')", 'a-b'],
    ["STRINGSPLIT('a-b', '-')", ['a', 'b']],
    // Numbers
    ['ABS(-2) + CEILING(1.2) + FLOOR(1.8) + SIGN(-9)', 4],
    ['ROUND(-2.5)', -3],
    ['ROUND(2.345, 2)', 2.35],
    ['TRUNC(-1.7)', -1],
    ['SQRT(16) + SQUARE(2) + POWER(2, 3)', 16],
    ['SQRT(-1)', undefined],
    ['LOG10(1000) + LOG(8, 2)', 6],
    ['PI() > 3.14', true],
    // Arrays
    ['ARRAY_LENGTH([1, 2])', 2],
    ['ARRAY_LENGTH("no")', undefined],
    ['ARRAY_CONCAT([1], [2, 3])', [1, 2, 3]],
    ['ARRAY_CONTAINS([1, {"a": 1, "b": 2}], {"a": 1})', false],
    ['ARRAY_CONTAINS([1, {"a": 1, "b": 2}], {"a": 1}, true)', true],
    ['ARRAY_CONTAINS_ANY([1, 2], 3, 2)', true],
    ['ARRAY_CONTAINS_ALL([1, 2], 3, 2)', false],
    ['ARRAY_SLICE([1, 2, 3], 1)', [2, 3]],
    ['ARRAY_SLICE([1, 2, 3], -2, 1)', [2]],
    ['SetUnion([1, 2], [2, 3])', [1, 2, 3]],
    ['SetIntersect([1, 2, 2], [2, 3])', [2]],
    ['CHOOSE(2, "a", "b")', 'b'],
    ['OBJECTTOARRAY({"a": 1})', [{ k: 'a', v: 1 }]],
    // Types and time
    ['[IS_DEFINED(undefined), IS_DEFINED(null), IS_NULL(null)]', [false, true, true]],
    [
      '[IS_BOOL(1), IS_NUMBER(1), IS_STRING(""), IS_ARRAY([]), IS_OBJECT({})]',
      [false, true, true, true, true],
    ],
    ['[IS_INTEGER(1.5), IS_PRIMITIVE([]), IS_PRIMITIVE(null)]', [false, false, true]],
    ['IIF(true, 1, 2)', 1],
    ['GetCurrentTimestamp()', nowInMs],
    ['GETCURRENTDATETIME()', '2023-11-14T22:13:20.1230000Z'],
    ["DateTimeToTimestamp('1970-01-01T00:00:01Z')", 1000],
    ['TimestampToDateTime(0)', '1970-01-01T00:00:00.0000000Z'],
    // Subqueries
    ['(SELECT VALUE 1)', 1],
    ['ARRAY(SELECT VALUE x * 2 FROM x IN [1, 2] WHERE x > 1)', [4]],
    ['EXISTS(SELECT VALUE x FROM x IN [])', false],
    ['(SELECT VALUE COUNT(1) FROM x IN [1, 2, 3])', 3],
    // Comments and layout
    ['1 -- one\n + /* two */ 2', 3],
  ])('%s is %j', (expression, expected) => {
    expect(valueOf(expression)).toEqual(expected);
  });

  it('takes parameters of every type, and null is not nothing', () => {
    expect(valueOf('[@a, @b.c, @d = null]', { '@a': 1, '@b': { c: ['x'] }, '@d': null })).toEqual([
      1,
      ['x'],
      true,
    ]);
  });
});

describe('a query', () => {
  const people: readonly Json[] = [
    { id: '1', name: 'Ada', age: 36, city: 'London', tags: ['math', 'code'] },
    { id: '2', name: 'Bob', age: 36, city: 'Paris', tags: [] },
    { id: '3', name: 'Cy', age: null, city: 'London', pets: [{ kind: 'cat' }, { kind: 'dog' }] },
    { id: '4', name: 'Di', city: 'Rome', tags: ['code'] },
  ];

  it.each<[string, Value[]]>([
    ['SELECT VALUE c.name FROM c', ['Ada', 'Bob', 'Cy', 'Di']],
    ['SELECT VALUE p.name FROM c p WHERE p.age = 36', ['Ada', 'Bob']],
    ['SELECT VALUE p.name FROM c AS p WHERE p.age = null', ['Cy']],
    ['SELECT VALUE root.name FROM root WHERE NOT IS_DEFINED(root.age)', ['Di']],
    ['select c.name, c.age from c where c.age != null', []],
    ['SELECT c.id, c.missing FROM c WHERE c.id = "4"', [{ id: '4' }]],
    ['SELECT c.id AS a, c.age + 1, 2 FROM c WHERE c.id = "1"', [{ a: '1', $1: 37, $2: 2 }]],
    ['SELECT 1 AS one', [{ one: 1 }]],
    ['SELECT VALUE c.id FROM c ORDER BY c.age', ['4', '3', '1', '2']],
    ['SELECT VALUE c.id FROM c ORDER BY c.city ASC, c.name DESC', ['3', '1', '2', '4']],
    ['SELECT VALUE c.id FROM c ORDER BY c.id DESC OFFSET 1 LIMIT 2', ['3', '2']],
    ['SELECT TOP 2 VALUE c.id FROM c', ['1', '2']],
    ['SELECT TOP 0 VALUE c.id FROM c', []],
    ['SELECT DISTINCT VALUE c.city FROM c', ['London', 'Paris', 'Rome']],
    ['SELECT DISTINCT c.age FROM c', [{ age: 36 }, { age: null }, {}]],
    ['SELECT VALUE COUNT(1) FROM c', [4]],
    ['SELECT VALUE COUNT(c.age) FROM c', [3]],
    ['SELECT VALUE SUM(c.age) FROM c', []],
    ['SELECT VALUE SUM(c.age) FROM c WHERE IS_NUMBER(c.age)', [72]],
    [
      'SELECT COUNT(1) AS n, MIN(c.name) AS first, MAX(c.name) AS last FROM c',
      [{ n: 4, first: 'Ada', last: 'Di' }],
    ],
    ['SELECT VALUE AVG(c.age) FROM c WHERE c.age > 0', [36]],
    ['SELECT VALUE COUNT(1) FROM c WHERE false', [0]],
    ['SELECT VALUE MAX(c.age) FROM c WHERE false', []],
    [
      'SELECT c.city, COUNT(1) AS n, SUM(c.age ?? 0) AS sum FROM c GROUP BY c.city',
      [
        { city: 'London', n: 2 },
        { city: 'Paris', n: 1, sum: 36 },
        { city: 'Rome', n: 1, sum: 0 },
      ],
    ],
    ['SELECT VALUE COUNT(1) FROM c GROUP BY c.age, c.nothing', [2, 1, 1]],
    ['SELECT COUNT(1) AS n FROM c WHERE false GROUP BY c.city', []],
    ['SELECT VALUE t FROM c JOIN t IN c.tags', ['math', 'code', 'code']],
    [
      'SELECT VALUE {id: c.id, kind: p.kind} FROM c JOIN p IN c.pets WHERE p.kind = "dog"',
      [{ id: '3', kind: 'dog' }],
    ],
    ['SELECT VALUE COUNT(1) FROM c JOIN t IN c.tags JOIN u IN c.tags', [5]],
    ['SELECT VALUE t FROM t IN c.tags', ['math', 'code', 'code']],
    ['SELECT VALUE c.id FROM c WHERE EXISTS (SELECT VALUE t FROM t IN c.tags WHERE t = "code")', ['1', '4']],
    ['SELECT VALUE ARRAY(SELECT VALUE p.kind FROM p IN c.pets) FROM c WHERE c.id = "3"', [['cat', 'dog']]],
    [
      'SELECT c.city, COUNT(1) AS n, EXISTS(SELECT VALUE x FROM x IN [1] WHERE x = 1) AS yes FROM c GROUP BY c.city OFFSET 1 LIMIT 1',
      [{ city: 'Paris', n: 1, yes: true }],
    ],
    ['SELECT VALUE c FROM c WHERE c.id = "2"', [people[1]]],
    ['SELECT * FROM c WHERE c["id"] = "2"', [people[1]]],
    ['SELECT VALUE tags FROM c.tags', [['math', 'code'], [], ['code']]],
  ])('%s', (query, expected) => {
    expect(run(query, people)).toEqual(expected);
  });

  it('orders values of all types: nothing, null, false, true, numbers, texts, arrays, objects', () => {
    const values: readonly Json[] = [{ v: {} }, { v: [1] }, { v: 'b' }, { v: 'a' }, { v: 2 }, { v: -1 }];
    const all = [...values, { v: true }, { v: false }, { v: null }, { none: 1 }];
    const expected = [null, false, true, -1, 2, 'a', 'b', [1], {}];
    expect(run('SELECT VALUE c.v FROM c ORDER BY c.v', all)).toEqual(expected);
    expect(run('SELECT VALUE c.v FROM c ORDER BY c.v DESC', all)).toEqual(expected.toReversed());
  });

  it.each([
    ['', 'SC1001'],
    ['SELECT', 'SC1001'],
    ['SELEC 1', 'SC1001'],
    ['SELECT 1 FROM', 'SC1001'],
    ['SELECT * FROM c WHERE', 'SC1001'],
    ['SELECT * FROM c WHERE c.a = ', 'SC1001'],
    ["SELECT * FROM c WHERE c.a = 'open", 'SC1001'],
    ['SELECT * FROM c ORDER c.a', 'SC1001'],
    ['SELECT * FROM c; DROP', 'SC1001'],
    ['SELECT * FROM c OFFSET 1', 'SC1001'],
    ['SELECT TOP x * FROM c', 'SC1001'],
    ['SELECT VALUE c.from FROM c JOIN', 'SC1001'],
    ['SELECT x.a FROM c', 'SC2001'],
    ['SELECT c.a FROM c p', 'SC2001'],
    ['SELECT VALUE NOSUCH(1)', 'SC2005'],
    ['SELECT * FROM c JOIN c IN c.tags', 'SC2011'],
    ["SELECT VALUE '\\x'", 'SC1001'],
    ['SELECT *', 'SC2030'],
    ['SELECT * FROM c JOIN t IN c.tags', 'SC2030'],
    ['SELECT c.a, c.a FROM c', 'SC2031'],
    ['SELECT VALUE c.a FROM c WHERE COUNT(1) > 1', 'SC2041'],
    ['SELECT VALUE SUM(MAX(c.a)) FROM c', 'SC2041'],
    ['SELECT VALUE LENGTH()', 'SC2050'],
    ['SELECT VALUE COUNT(1, 2) FROM c', 'SC2050'],
    ['SELECT VALUE @missing', 'SC2061'],
    ['SELECT TOP @n VALUE c.id FROM c', 'SC2062'],
    [`SELECT VALUE ${'('.repeat(5000)}1${')'.repeat(5000)}`, 'SC2029'],
    [`SELECT VALUE ${'-'.repeat(1)}${' - '.repeat(5000)}1`, 'SC2029'],
    [`SELECT VALUE 1${' + 1'.repeat(20000)}`, 'SC2029'],
  ])('refuses %.60s', (query, code) => {
    expect(() => run(query, people, { '@n': -1 })).toThrow(expect.objectContaining({ status: 400 }));
    expect(() => run(query, people, { '@n': -1 })).toThrow(code);
  });

  it.each([
    'SELECT VALUE REGEXMATCH("a", "b")',
    'SELECT VALUE udf.mine(1)',
    'SELECT VALUE ST_DISTANCE(1, 2)',
  ])('says that it does not know how: %s', (query) => {
    expect(() => run(query)).toThrow(expect.objectContaining({ status: 501 }));
  });

  it('gives up on joins without end', () => {
    const documents = [{ id: '1', list: Array.from({ length: 400 }, (_, index) => index) }];
    const query = 'SELECT VALUE COUNT(1) FROM c JOIN a IN c.list JOIN b IN c.list JOIN d IN c.list';
    expect(() => run(query, documents)).toThrow('SC2102');
  });
});
