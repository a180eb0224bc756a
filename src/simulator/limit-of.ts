import { BadRequest } from './bad-request.ts';

/** The `limit` of a query: `usual` where it has none. Failure: `BadRequest` where it is not from 1 to `most`. */
export function limitOf(
  settings: URLSearchParams,
  { usual, most }: { readonly usual: number; readonly most: number },
): number {
  const text = settings.get('limit');
  if (text === null) return usual;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= most) return limit;
  throw new BadRequest(`The parameter 'limit' must be an integer from 1 to ${most}`);
}
