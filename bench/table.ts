export interface Table {
  /** Headings; what is not a heading of words is one of numbers. */
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

export interface Column {
  readonly heading: string;
  /** Whether there are words in it. */
  readonly isText?: true;
}

/** On a terminal: numbers to the right, words to the left. */
export function textOfTable({ columns, rows }: Table): string {
  const lines = [columns.map(({ heading }) => heading), ...rows];
  const widths = columns.map((_, column) => Math.max(...lines.map((cells) => cells[column]!.length)));
  return lines
    .map((cells) =>
      cells.map((cell, column) =>
        columns[column]!.isText ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      ),
    )
    .map((cells) => `  ${cells.join('  ').trimEnd()}\n`)
    .join('');
}

/** In a page of Markdown. */
export function markdownOfTable({ columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return (
    line(columns.map(({ heading }) => heading)) +
    line(columns.map(({ isText }) => (isText ? '---' : '---:'))) +
    rows.map((cells) => line(cells.map((cell) => cell.replaceAll('|', '\\|')))).join('')
  );
}
