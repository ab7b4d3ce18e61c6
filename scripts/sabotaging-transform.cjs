// What jest runs tests through for scripts/sabotage-protection.mjs: the usual transform, with one line of one file changed.
const { createHash } = require('node:crypto');
const swc = require('@swc/jest');

exports.createTransformer = ({ sabotage, ...options }) => {
  const usual = swc.createTransformer(options);
  const changed = (text, path) =>
    path.endsWith(`/${sabotage.file}`) ? text.split(sabotage.text).join(sabotage.becomes) : text;
  return {
    canInstrument: usual.canInstrument,
    process: (text, path, ...rest) => usual.process(changed(text, path), path, ...rest),
    getCacheKey: (text, path, ...rest) =>
      createHash('sha256')
        .update(usual.getCacheKey(changed(text, path), path, ...rest))
        .update(changed(text, path))
        .digest('hex'),
  };
};
