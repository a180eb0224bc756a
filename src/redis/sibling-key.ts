/**
 * The name of a key that goes with another one: its name and a suffix, in braces that keep both on the same node of a cluster.
 * What is in braces already stays as it is; one whose name has a `}` and no part in braces can have no such sibling.
 */
export function siblingKey(key: string, suffix: string): string {
  const isTagged = /^[^{]*\{[^}]+\}/.test(key);
  return isTagged || key.includes('}') ? `${key}:${suffix}` : `{${key}}:${suffix}`;
}
