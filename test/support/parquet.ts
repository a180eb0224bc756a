/** Parquet files as small as they can be: plain encoding, required columns, one page a column and row group. */
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';

export type ParquetColumn =
  | { readonly name: string; readonly kind: 'text'; readonly values: readonly string[] }
  | { readonly name: string; readonly kind: 'double' | 'day'; readonly values: readonly number[] }
  | { readonly name: string; readonly kind: 'bigint'; readonly values: readonly bigint[] };

const KINDS = {
  day: { type: 1, converted: 6 },
  bigint: { type: 2, converted: undefined },
  double: { type: 5, converted: undefined },
  text: { type: 6, converted: 0 },
} as const;

const CODECS = {
  none: { id: 0, zip: (bytes: Buffer) => bytes },
  gzip: { id: 2, zip: gzipSync },
  brotli: { id: 4, zip: brotliCompressSync },
  zstd: { id: 6, zip: zstdCompressSync },
} as const;

export type ParquetCodec = keyof typeof CODECS;

/** The bytes of a file with these columns, in row groups of `groupRows`. */
export function parquetFile(
  columns: readonly ParquetColumn[],
  { codec = 'none', groupRows = 1000 }: { readonly codec?: ParquetCodec; readonly groupRows?: number } = {},
): Buffer {
  const rows = columns[0]!.values.length;
  const parts: Buffer[] = [Buffer.from('PAR1')];
  let offset = 4;
  const groups: Field[][] = [];
  for (let start = 0; start < rows; start += groupRows) {
    const count = Math.min(groupRows, rows - start);
    const chunks = columns.map((column) => {
      const plain = plainBytes(column, start, start + count);
      const zipped = CODECS[codec].zip(plain);
      const page = struct([
        [1, i32(0)],
        [2, i32(plain.length)],
        [3, i32(zipped.length)],
        [
          5,
          nested([
            [1, i32(count)],
            [2, i32(0)],
            [3, i32(3)],
            [4, i32(3)],
          ]),
        ],
      ]);
      const at = offset;
      parts.push(page, zipped);
      offset += page.length + zipped.length;
      const meta: Field[] = [
        [1, i32(KINDS[column.kind].type)],
        [2, list([i32(0)])],
        [3, list([binary(column.name)])],
        [4, i32(CODECS[codec].id)],
        [5, i64(count)],
        [6, i64(page.length + plain.length)],
        [7, i64(page.length + zipped.length)],
        [9, i64(at)],
      ];
      return nested([
        [2, i64(at)],
        [3, nested(meta)],
      ]);
    });
    groups.push([
      [1, list(chunks)],
      [2, i64(0)],
      [3, i64(count)],
    ]);
  }
  const schema = columns.map(({ name, kind }) => {
    const { type, converted } = KINDS[kind];
    const element: Field[] = [
      [1, i32(type)],
      [3, i32(0)],
      [4, binary(name)],
    ];
    return nested(converted === undefined ? element : [...element, [6, i32(converted)]]);
  });
  const root = nested([
    [4, binary('schema')],
    [5, i32(columns.length)],
  ]);
  const footer = struct([
    [1, i32(1)],
    [2, list([root, ...schema])],
    [3, i64(rows)],
    [4, list(groups.map(nested))],
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([...parts, footer, length, Buffer.from('PAR1')]);
}

function plainBytes(column: ParquetColumn, start: number, end: number): Buffer {
  if (column.kind === 'text') {
    const texts = column.values.slice(start, end).map((text) => {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return Buffer.concat([length, bytes]);
    });
    return Buffer.concat(texts);
  }
  const size = column.kind === 'day' ? 4 : 8;
  const bytes = Buffer.alloc((end - start) * size);
  column.values.slice(start, end).forEach((value, row) => {
    if (typeof value === 'bigint') bytes.writeBigInt64LE(value, row * size);
    else if (column.kind === 'day') bytes.writeInt32LE(value, row * size);
    else bytes.writeDoubleLE(value, row * size);
  });
  return bytes;
}

// Thrift's compact protocol: a value is its type and its bytes.
interface Value {
  readonly type: number;
  readonly bytes: Buffer;
}
type Field = readonly [id: number, value: Value];

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (; value > 0x7fn; value >>= 7n) bytes.push(Number(value & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(value)]);
}

function i32(value: number): Value {
  return { type: 5, bytes: varint(BigInt(value) * 2n) };
}

function i64(value: number): Value {
  return { type: 6, bytes: varint(BigInt(value) * 2n) };
}

function binary(text: string): Value {
  return { type: 8, bytes: Buffer.concat([varint(BigInt(Buffer.byteLength(text))), Buffer.from(text)]) };
}

function list(values: readonly Value[]): Value {
  const head = Buffer.from([0xf0 | (values[0]?.type ?? 12)]);
  const bytes = [head, varint(BigInt(values.length)), ...values.map((value) => value.bytes)];
  return { type: 9, bytes: Buffer.concat(bytes) };
}

function nested(fields: readonly Field[]): Value {
  return { type: 12, bytes: struct(fields) };
}

/** Ids ascend by less than 16. */
function struct(fields: readonly Field[]): Buffer {
  let last = 0;
  const parts = fields.flatMap(([id, { type, bytes }]) => {
    const head = Buffer.from([((id - last) << 4) | type]);
    last = id;
    return [head, bytes];
  });
  return Buffer.concat([...parts, Buffer.from([0])]);
}
