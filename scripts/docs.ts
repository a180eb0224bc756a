/** Writes the reference pages that come from the code: `npm run docs`. */
import { writeFileSync } from 'node:fs';
import { errorReference, settingsReference } from './support/reference.ts';

writeFileSync(new URL('../docs/settings.md', import.meta.url), settingsReference());
writeFileSync(new URL('../docs/outcomes.md', import.meta.url), errorReference());
