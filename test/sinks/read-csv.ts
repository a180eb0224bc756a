/** Reads CSV as RFC 4180 has it (CRLF, quoted fields), strictly: a record an object by the names of the header. */
export function readCsv(text: string): Record<string, string>[] {
  const records: string[][] = [];
  let record: string[] = [];
  let end = 0;
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy)) {
    const [whole, quoted, plain, separator] = match;
    record.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (separator === '\r\n') {
      records.push(record);
      record = [];
    }
    end = match.index + whole.length;
  }
  if (end !== text.length) throw new Error(`Expected CSV, got ${JSON.stringify(text.slice(end, end + 40))}`);
  const [header = [], ...rest] = records;
  return rest.map((fields) => {
    if (fields.length !== header.length)
      throw new Error(`Expected ${header.length} fields, got ${fields.length}`);
    return Object.fromEntries(fields.map((field, index) => [header[index]!, field]));
  });
}
