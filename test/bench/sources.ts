import { registerHooks } from 'node:module';

/** From here on this process can import what tests import: `.js` in their specifiers stands for the `.ts` beside. */
registerHooks({
  resolve(specifier, context, next) {
    const isOurs = specifier.startsWith('.') && context.parentURL?.endsWith('.ts') === true;
    return next(isOurs ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
});
