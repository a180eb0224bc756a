/** Responses that clients of the services have recorded, where they are there. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../../shared/data/provider-fixtures/', import.meta.url));

export const HAS_FIXTURES = existsSync(FOLDER);

/** The body of a recorded response, as text. */
export function recordedBody(file: string): string {
  const { response } = JSON.parse(readFileSync(FOLDER + file, 'utf8')) as {
    response: { body?: unknown; bodyText?: string };
  };
  return response.bodyText ?? JSON.stringify(response.body);
}
