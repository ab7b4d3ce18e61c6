import { RouteTemplate } from '../../../local/host/http/route-template';

const match = (template: string, path: string) => new RouteTemplate(template).match(path.split('/'));

describe('a route template', () => {
  it.each([
    ['items/{id}', 'items/5', { id: '5' }],
    ['Items/{Id}', 'iTEMS/x', { Id: 'x' }],
    ['items/{id}', 'items/5/', { id: '5' }],
    ['items/{id?}', 'items', {}],
    ['items/{id=7}', 'items', { id: '7' }],
    ['items/{id:int?}', 'items/12', { id: '12' }],
    ['{*path}', '', {}],
    ['{*path}', 'a/b/c', { path: 'a/b/c' }],
    ['{*path}', 'a/b/', { path: 'a/b/' }],
    ['files/{**rest}', 'files/x/y', { rest: 'x/y' }],
    ['v{version}.{format}', 'v12.json', { version: '12', format: 'json' }],
    ['{a:guid}', '6F9619FF-8B86-D011-B42D-00CF4FC964FF', { a: '6F9619FF-8B86-D011-B42D-00CF4FC964FF' }],
    ['{a:length(2,3)}/{b:range(1,9)}', 'xy/9', { a: 'xy', b: '9' }],
    ['{a:regex(^x\\d+$)}', 'x12', { a: 'x12' }],
    ['', '', {}],
  ])('%s takes %s', (template, path, values) => {
    expect(match(template, path)).toEqual(values);
  });

  it.each([
    ['items/{id}', 'items'],
    ['items/{id}', 'items/1/2'],
    ['items/{id}', 'other/1'],
    ['items/{id:int}', 'items/x'],
    ['items/{id:int}', 'items/2147483648'],
    ['{a:alpha}', 'a1'],
    ['{a:bool}', 'yes'],
    ['{a:min(5)}', '4'],
    ['{a:maxlength(2)}', 'abc'],
    ['v{version}.{format}', 'v12'],
  ])('%s does not take %s', (template, path) => {
    expect(match(template, path)).toBeUndefined();
  });

  it.each([
    ['items//x', 'empty segment'],
    ['{a', 'unbalanced'],
    ['{*a}/b', 'last segment'],
    ['{a}/{A}', 'appears twice'],
    ['{a:nosuch}', '"nosuch"'],
    ['{a:range(1)}', '"range(1)"'],
    ['{1a}', 'not a valid parameter'],
    ['x{*a}', 'stand alone'],
  ])('refuses %s', (template, reason) => {
    expect(() => new RouteTemplate(template)).toThrow(reason);
  });
});
